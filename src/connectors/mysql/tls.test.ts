import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { MysqlServer } from '../../../test/mysql-server.ts'
import { isProblem } from '../../platform/problem.ts'
import { asAccount, limits, servers, withDatabase } from './database.fixture.ts'
import { driver } from './driver.ts'

/** The address with another host and with parameters. */
function changed(url: string, host: string, parameters: Readonly<Record<string, string>>): string {
  const other = new URL(url)
  other.hostname = host
  for (const [key, value] of Object.entries(parameters)) other.searchParams.set(key, value)
  return driver.parse(other.href, '/').secret
}

const withAuthority = servers.filter(
  (server): server is MysqlServer & { authority: string } => server.authority !== null,
)
if (withAuthority.length < servers.length)
  console.log('# skipped, said aloud: no openssl to make certificates')

for (const server of withAuthority)
  describe(`${server.name}: encryption`, () => {
    const untrusted = (error: unknown) => {
      assert.ok(isProblem(error, 'connectors.unreachable'), String(error))
      assert.equal(error.params.reason, "the server's certificate is not trusted")
      return true
    }

    it('is verified against the authority the address names, and against the name in the certificate', () =>
      withDatabase(server, [], async ({ url }) => {
        const probe = (host: string, parameters: Readonly<Record<string, string>>) =>
          driver.probe(changed(url, host, parameters), limits)
        const sslrootcert = server.authority
        await probe('localhost', { sslmode: 'verify-full', sslrootcert })
        await probe('localhost', { ssl: 'true', sslrootcert })
        await probe('127.0.0.1', { sslmode: 'verify-ca', sslrootcert })
        await assert.rejects(probe('localhost', { sslmode: 'require' }), untrusted)
        await assert.rejects(probe('127.0.0.1', { sslmode: 'require', sslrootcert }), untrusted)
        await assert.rejects(probe('127.0.0.1', { sslmode: 'verify-full', sslrootcert }), untrusted)
      }))

    it('is what an account may insist on', () =>
      withDatabase(server, [], async (database) => {
        const account = `careful_${process.pid}`
        const { secret, drop } = await asAccount(database, account)
        await database.query(`alter user ${account}@'127.0.0.1' require ssl`)
        await database.query(`grant select on ${database.name}.* to ${account}@'127.0.0.1'`)
        try {
          await assert.rejects(driver.probe(secret, limits), {
            code: 'connectors.refused',
            params: { what: 'signing in' },
          })
          const sslrootcert = server.authority
          await driver.probe(changed(secret, 'localhost', { sslmode: 'require', sslrootcert }), limits)
        } finally {
          await drop()
        }
      }))
  })
