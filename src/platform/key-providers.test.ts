import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { hasOpenssl, makeCertificates } from '../../test/certificates.ts'
import { conform } from '../../test/key-provider-conformance.ts'
import { startTransit, type TransitManners, type TransitServer } from '../../test/transit-server.ts'
import { readConfig } from './config.ts'
import { fileProvider } from './file-provider.ts'
import type { KeyProvider } from './key-provider.ts'
import { isProblem } from './problem.ts'
import { transitProvider } from './transit-provider.ts'

const hasCode = (code: string) => (error: unknown) => isProblem(error, code)
const parent = await mkdtemp(join(tmpdir(), 'dossier-providers-'))
after(() => rm(parent, { recursive: true, force: true }))

function transitOf(env: Readonly<Record<string, string>>): KeyProvider {
  const { epochKeys } = readConfig(env).config
  if (epochKeys.kind !== 'transit') throw new Error('not a key service')
  return transitProvider(epochKeys)
}

const at = ({ address, token }: TransitServer): Readonly<Record<string, string>> => ({
  DOSSIER_TRANSIT: address,
  DOSSIER_TRANSIT_TOKEN: token,
})

if (!hasOpenssl) console.log('# skipped, said aloud: no openssl to make certificates')

const piece = { plain: randomBytes(32), place: ['subject-key', 's', '1'] as const }

describe('a directory of epoch keys', () => {
  it('wraps, unwraps, and destroys for good', () => conform(fileProvider(join(parent, 'conform'))))

  it('leaves no copy of a destroyed key: neither a draft nor one that was set aside', async () => {
    const directory = join(parent, 'copies')
    const provider = fileProvider(directory)
    await provider.create(0)
    const key = await readFile(join(directory, '1.key'), 'utf8')
    assert.equal((await stat(join(directory, '1.key'))).mode & 0o777, 0o600)
    await writeFile(join(directory, '1.key.77.new'), key)
    await writeFile(join(directory, '1.key.before-restore'), key, { mode: 0o400 })
    await writeFile(join(directory, '10.key'), key)
    await provider.destroy(1)
    assert.deepEqual((await readdir(directory)).toSorted(), ['1.destroyed', '10.key'])
  })

  it('names a key that is missing or no key', async () => {
    const directory = join(parent, 'damaged')
    const provider = fileProvider(directory)
    await provider.create(0)
    await assert.rejects(provider.wrap(2, [piece]), hasCode('platform.key-missing'))
    await writeFile(join(directory, '1.key'), 'not a key')
    await assert.rejects(provider.wrap(1, [piece]), hasCode('platform.key-unreadable'))
  })
})

describe('a transit engine of Vault or OpenBao', () => {
  it('wraps, unwraps, and destroys for good', async () => {
    await using server = await startTransit()
    await conform(transitOf(at(server)))
    const opened = server.calls.filter((call) => call === 'POST decrypt/dossier').length
    assert.ok(opened < 20, `a thousand keys were opened in few calls, not in ${opened}`)
    assert.deepEqual([...(server.keys.get('dossier')?.versions.keys() ?? [])], [4], 'versions are trimmed')
  })

  it('is reached by TLS with a certificate that holds, or not at all', { skip: !hasOpenssl }, async () => {
    const made = join(parent, 'tls')
    await makeCertificates(made, 'DNS:localhost')
    const [key, cert] = [
      await readFile(join(made, 'key.pem'), 'utf8'),
      await readFile(join(made, 'cert.pem'), 'utf8'),
    ]
    await using server = await startTransit({ key, cert })
    const trusting = transitOf({ ...at(server), DOSSIER_TRANSIT_CA: join(made, 'ca.pem') })
    assert.equal(await trusting.create(0), 1)
    const calls = server.calls.length
    await assert.rejects(transitOf(at(server)).list(), hasCode('platform.transit-unreachable'))
    const elsewhere = { ...at(server), DOSSIER_TRANSIT: server.address.replace('localhost', '127.0.0.1') }
    await assert.rejects(
      transitOf({ ...elsewhere, DOSSIER_TRANSIT_CA: join(made, 'ca.pem') }).list(),
      hasCode('platform.transit-unreachable'),
      'another name than the certificate’s',
    )
    assert.equal(server.calls.length, calls, 'nobody who could not show it was told the token')
  })

  it('fails closed, with what to do, and never says its token', async () => {
    await using server = await startTransit()
    const provider = transitOf(at(server))
    await provider.create(0)
    const answers: readonly (readonly [TransitManners, string])[] = [
      ['sealed', 'platform.transit-sealed'],
      ['away', 'platform.transit-unreachable'],
      ['endless', 'platform.transit-unreachable'],
      ['redirecting', 'platform.transit-strange'],
      ['no-json', 'platform.transit-strange'],
      ['other-version', 'platform.transit-strange'],
      ['fewer', 'platform.transit-strange'],
    ]
    for (const [manners, code] of answers) {
      server.manners = manners
      await assert.rejects(provider.wrap(1, [piece]), (error: unknown) => {
        assert.ok(isProblem(error, code), `${manners}: ${String(error)}`)
        const told = `${JSON.stringify(error.params)} ${error.stack} ${String(error.cause)}`
        assert.ok(!told.includes(server.token), manners)
        return true
      })
    }
    server.manners = 'honest'
    await assert.rejects(
      transitOf({ ...at(server), DOSSIER_TRANSIT_TOKEN: 'another' }).wrap(1, [piece]),
      hasCode('platform.transit-refused'),
    )
    assert.equal((await provider.wrap(1, [piece])).length, 1)
    server.keys.clear()
    await assert.rejects(
      provider.create(1),
      hasCode('platform.transit-key-missing'),
      'a lost key is no beginning',
    )
    assert.equal(JSON.stringify(readConfig(at(server)).config).includes(server.token), false)
  })

  it('takes no key that could be copied out, and reads a renewed token', async () => {
    for (const settings of [{ exportable: true }, { allow_plaintext_backup: true }, { derived: true }]) {
      await using server = await startTransit(undefined, settings)
      await assert.rejects(transitOf(at(server)).create(0), hasCode('platform.transit-key-unfit'))
    }
    await using old = await startTransit()
    old.manners = 'old'
    await assert.rejects(transitOf(at(old)).create(0), hasCode('platform.transit-key-unfit'), 'binds nothing')
    await using server = await startTransit()
    const file = join(parent, 'token')
    await writeFile(file, 'an-old-one')
    const provider = transitOf({ DOSSIER_TRANSIT: server.address, DOSSIER_TRANSIT_TOKEN_FILE: file })
    await assert.rejects(provider.list(), hasCode('platform.transit-refused'))
    await writeFile(file, `${server.token}\n`)
    assert.deepEqual(await provider.list(), [])
    await rm(file)
    await assert.rejects(provider.list(), hasCode('platform.transit-token'))
  })

  it('is named in the environment, whole and without secrets', () => {
    const token = { DOSSIER_TRANSIT_TOKEN: 'a token' }
    for (const address of [
      'http://vault.example:8200/v1/transit/keys/dossier',
      'https://token@vault.example/v1/transit/keys/dossier',
      'https://vault.example/transit/dossier',
      'https://vault.example/v1/transit/keys/../../sys/seal',
    ])
      assert.throws(
        () => readConfig({ DOSSIER_TRANSIT: address, ...token }),
        hasCode('platform.config'),
        address,
      )
    const address = 'https://vault.example/v1/team/transit/keys/dossier'
    assert.throws(() => readConfig({ DOSSIER_TRANSIT: address }), hasCode('platform.config'))
    const { epochKeys } = readConfig({ DOSSIER_TRANSIT: address, ...token }).config
    assert.ok(epochKeys.kind === 'transit')
    assert.deepEqual(
      [epochKeys.server, epochKeys.mount, epochKeys.key],
      ['https://vault.example', 'team/transit', 'dossier'],
    )
    for (const days of ['0', '13', 'x'])
      assert.throws(() => readConfig({ DOSSIER_KEY_HOLD_DAYS: days }), hasCode('platform.config'))
  })
})

/** The same against a real server, where one is named: the key must not exist yet, and is used up. */
const real = process.env['DOSSIER_TEST_TRANSIT']
if (real)
  it('a real key service does what the test server does', () =>
    conform(
      transitOf({
        DOSSIER_TRANSIT: real,
        DOSSIER_TRANSIT_TOKEN: process.env['DOSSIER_TEST_TRANSIT_TOKEN'] ?? '',
      }),
    ))
