import assert from 'node:assert/strict'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { hasOpenssl, makeCertificates } from '../../../test/certificates.ts'
import { type Cluster, openCluster } from '../../platform/embedded-postgres.ts'
import { findPostgresBinaries } from '../../platform/postgres-binaries.ts'
import { isProblem } from '../../platform/problem.ts'
import { serviceUser } from '../../platform/service-user.ts'
import { limits } from './database.fixture.ts'
import { driver } from './driver.ts'

if (!hasOpenssl) console.log('# skipped, said aloud: no openssl to make certificates')

/** A server whose certificate is made out to a number, as databases inside a company are often reached. */
describe('PostgreSQL: encryption', { skip: !hasOpenssl }, () => {
  let directory: string
  let cluster: Cluster
  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'dossier-tls-'))
    await chmod(directory, 0o755)
    const { postgres } = await findPostgresBinaries()
    const { uid, gid } = await serviceUser([postgres, directory])
    const owner = uid === undefined || gid === undefined ? undefined : { uid, gid }
    await makeCertificates(join(directory, 'tls'), 'IP:127.0.0.1,DNS:db.example', owner)
    await chmod(join(directory, 'tls', 'key.pem'), 0o600)
    cluster = await openCluster({
      directory: join(directory, 'postgres'),
      password: 'a test password',
      settings: {
        fsync: 'off',
        ssl: 'on',
        ssl_cert_file: join(directory, 'tls', 'cert.pem'),
        ssl_key_file: join(directory, 'tls', 'key.pem'),
      },
    })
  })
  after(async () => {
    await cluster.close()
    await rm(directory, { recursive: true, force: true })
  })

  const probe = (host: string, parameters: Readonly<Record<string, string>>) => {
    const url = new URL(cluster.url('postgres'))
    url.hostname = host
    for (const [key, value] of Object.entries(parameters)) url.searchParams.set(key, value)
    return driver.probe(driver.parse(url.href, directory).secret, limits)
  }

  const untrusted = (error: unknown) => {
    assert.ok(isProblem(error, 'connectors.unreachable'), String(error))
    assert.equal(error.params.reason, "the server's certificate is not trusted")
    return true
  }
  const sslrootcert = 'tls/ca.pem'

  it('is verified against the number in the certificate where the address has a number', async () => {
    await probe('127.0.0.1', { sslmode: 'verify-full', sslrootcert })
    await probe('127.0.0.1', { sslmode: 'require', sslrootcert })
  })

  it('is refused where the certificate is for another host, or from an authority nobody named', async () => {
    await assert.rejects(probe('localhost', { sslmode: 'verify-full', sslrootcert }), untrusted)
    await assert.rejects(probe('localhost', { sslmode: 'require', sslrootcert }), untrusted)
    await assert.rejects(probe('127.0.0.1', { sslmode: 'verify-full' }), untrusted)
  })

  it('may leave out the host name alone, where the address says so', async () => {
    await probe('localhost', { sslmode: 'verify-ca', sslrootcert })
    await assert.rejects(probe('localhost', { sslmode: 'verify-ca', sslrootcert: 'tls/cert.pem' }), untrusted)
  })
})
