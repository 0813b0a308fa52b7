import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import fc from 'fast-check'
import { freshInstallation, type TestInstallation } from '../../test/installation.ts'
import { isProblem } from '../platform/problem.ts'
import { scopes } from '../platform/scopes.ts'
import { sql } from '../platform/sql.ts'
import { authenticate } from './authenticate.ts'
import { createApiKey } from './create-api-key.ts'
import { listApiKeys } from './list-api-keys.ts'
import { revokeApiKey } from './revoke-api-key.ts'

let installation: TestInstallation
let today = new Date('2026-11-21T10:00:00Z')
before(async () => {
  installation = await freshInstallation({ now: () => today })
})
after(() => installation.dispose())

const refusedWith = (code: string) => (error: unknown) => isProblem(error, code)

test('a new key opens the door to its holder, for its scopes', async () => {
  const { ctx } = installation
  const key = await createApiKey(ctx, { name: 'shop', scopes: ['requests:read', 'map:read', 'map:read'] })
  assert.match(key.token, /^dossier_k[0-9a-f]{16}_[\w-]{43}$/)
  const caller = await authenticate(ctx, `Bearer ${key.token}`)
  assert.deepEqual(caller, { actor: { kind: 'api-key', id: key.id }, scopes: ['map:read', 'requests:read'] })
})

test('the token is stored nowhere, and never listed', async () => {
  const { ctx } = installation
  const { token, id } = await createApiKey(ctx, { name: 'canary', scopes: ['map:read'] })
  const secret = token.slice(-43)
  const rows = await ctx.db.rows<{ row: string }>(sql`select k::text as row from access.api_key k`)
  const entries = await ctx.db.rows<{ row: string }>(sql`select e::text as row from evidence.entry e`)
  assert.doesNotMatch(JSON.stringify([rows, entries, await listApiKeys(ctx)]), new RegExp(secret))
  assert.equal(
    (await listApiKeys(ctx)).some((key) => key.id === id),
    true,
  )
})

test('making and revoking a key leaves evidence of its id and scopes, without its name', async () => {
  const { ctx } = installation
  const key = await createApiKey(ctx, {
    name: 'Marie Martin',
    scopes: ['map:read'],
    expiresAt: new Date('2027-01-01'),
  })
  await revokeApiKey(ctx, key)
  const entries = await ctx.db.rows<{ kind: string; facts: unknown }>(
    sql`select e.kind, e.facts from evidence.entry e where e.facts->>'key' = ${key.id} order by e.id`,
  )
  assert.deepEqual(entries, [
    {
      kind: 'access.key-created',
      facts: { key: key.id, scopes: 'map:read', expiresAt: '2027-01-01T00:00:00.000Z' },
    },
    { kind: 'access.key-revoked', facts: { key: key.id } },
  ])
})

test('a revoked key is refused from its next call on, and revoking it again changes nothing', async () => {
  const { ctx } = installation
  const { id, token } = await createApiKey(ctx, { name: 'old', scopes: ['map:read'] })
  const first = await revokeApiKey(ctx, { id })
  await assert.rejects(authenticate(ctx, `Bearer ${token}`), refusedWith('access.key-revoked'))
  assert.deepEqual(await revokeApiKey(ctx, { id }), first)
  await assert.rejects(revokeApiKey(ctx, { id: 'k0000000000000000' }), refusedWith('access.no-such-key'))
})

test('a key is refused from the moment it expires', async () => {
  const { ctx } = installation
  const begun = today
  const expiresAt = new Date(begun.getTime() + 60_000)
  const { token } = await createApiKey(ctx, { name: 'short', scopes: ['map:read'], expiresAt })
  today = new Date(expiresAt.getTime() - 1)
  await authenticate(ctx, `Bearer ${token}`)
  today = expiresAt
  await assert.rejects(authenticate(ctx, `Bearer ${token}`), refusedWith('access.key-expired'))
  today = begun
})

test('whatever is not a whole, known token is refused alike', async () => {
  const { ctx } = installation
  const { token } = await createApiKey(ctx, { name: 'whole', scopes: ['map:read'] })
  const [, id = '', secret = ''] = /^dossier_(k\w{16})_(.+)$/.exec(token) ?? []
  const other = secret.startsWith('A') ? 'B' : 'A'
  const wrong = [
    '',
    'Bearer ',
    token,
    `Basic ${token}`,
    `Bearer ${token.slice(0, -1)}`,
    `Bearer dossier_${id}_${other}${secret.slice(1)}`,
    `Bearer dossier_k0000000000000000_${secret}`,
    `Bearer dossier_${id}_${secret}\u0000`,
  ]
  for (const header of wrong)
    await assert.rejects(authenticate(ctx, header), refusedWith('access.key-unknown'), JSON.stringify(header))
  await assert.rejects(authenticate(ctx, undefined), refusedWith('access.key-needed'))
})

test('no text a stranger sends is taken for a key, or breaks the door', async () => {
  const { ctx } = installation
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: 'binary' }), (text) =>
      assert.rejects(authenticate(ctx, `Bearer ${text}`), refusedWith('access.key-unknown')),
    ),
    { numRuns: 100 },
  )
})

test('secrets of keys share no bits that could be guessed', async () => {
  const { ctx } = installation
  const made = await Promise.all(
    Array.from({ length: 50 }, (_, i) => createApiKey(ctx, { name: `key ${i}`, scopes: ['map:read'] })),
  )
  const bytes = made.map(({ token }) => Buffer.from(token.slice(-43), 'base64url'))
  assert.equal(new Set(bytes.map((secret) => secret.toString('hex'))).size, 50)
  assert.ok(bytes.every((secret) => secret.length === 32))
  // Of 12,800 bits some 6,400 are set; seven standard deviations away would be one run in 10^11.
  const ones = bytes
    .flatMap((secret) => [...secret])
    .reduce((sum, byte) => sum + byte.toString(2).replaceAll('0', '').length, 0)
  assert.ok(Math.abs(ones - 6_400) < 400, `${ones} bits set`)
})

test('a key is not made without a good name, known scopes and a day to come', async () => {
  const { ctx } = installation
  const before = (await listApiKeys(ctx)).length
  const wrong: readonly (readonly [Parameters<typeof createApiKey>[1], string])[] = [
    [{ name: ' ', scopes: ['map:read'] }, 'access.bad-name'],
    [{ name: 'a\u0000b', scopes: ['map:read'] }, 'access.bad-name'],
    [{ name: 'x'.repeat(81), scopes: ['map:read'] }, 'access.bad-name'],
    [{ name: 'shop', scopes: [] }, 'access.no-scope'],
    [{ name: 'shop', scopes: ['map:read', 'everything'] }, 'access.unknown-scope'],
    [{ name: 'shop', scopes: ['map:read'], expiresAt: today }, 'access.expiry-past'],
    [{ name: 'shop', scopes: ['map:read'], expiresAt: new Date(Number.NaN) }, 'access.expiry-past'],
  ]
  for (const [input, code] of wrong) await assert.rejects(createApiKey(ctx, input), refusedWith(code), code)
  assert.equal((await listApiKeys(ctx)).length, before)
})

test('the list says when a key was last used, to the minute', async () => {
  const { ctx } = installation
  const { id, token } = await createApiKey(ctx, { name: 'used', scopes: scopes })
  const lastUse = async () => (await listApiKeys(ctx)).find((key) => key.id === id)?.lastUsedAt
  assert.equal(await lastUse(), null)
  const begun = today
  await authenticate(ctx, `Bearer ${token}`)
  assert.deepEqual(await lastUse(), begun)
  today = new Date(begun.getTime() + 59_000)
  await authenticate(ctx, `Bearer ${token}`)
  assert.deepEqual(await lastUse(), begun)
  today = new Date(begun.getTime() + 60_000)
  await authenticate(ctx, `Bearer ${token}`)
  assert.deepEqual(await lastUse(), today)
  today = begun
})
