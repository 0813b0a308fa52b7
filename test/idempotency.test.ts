import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { z } from 'zod'
import { forgetAnswers } from '../src/platform/idempotency.ts'
import { problem } from '../src/platform/problems.ts'
import { type Route, route } from '../src/platform/route.ts'
import { sql } from '../src/platform/sql.ts'
import { json, type ProblemReply, type Reply } from './http-client.ts'
import { startServer, type TestServer } from './http-server.ts'

const canary = 'marie.canary@example.org'
const counts = { made: 0, refused: 0, broken: 0, searched: 0 }
let slow = Promise.withResolvers<void>()

const routes: readonly Route[] = [
  route({
    id: 'makeThing',
    method: 'POST',
    url: '/api/things',
    scope: 'map:write',
    summary: 'Make a thing',
    body: z.strictObject({
      name: z.string().min(1),
      tags: z.array(z.strictObject({ label: z.string() })).optional(),
    }),
    responses: { 201: z.object({ number: z.int(), name: z.string() }) },
    handler: async (_ctx, { body }) => {
      counts.made += 1
      await slow.promise
      return { number: counts.made, name: body.name }
    },
  }),
  route({
    id: 'refuse',
    method: 'POST',
    url: '/api/refusals',
    scope: 'map:write',
    summary: 'Always refused',
    responses: { 200: z.object({}) },
    handler: async () => {
      counts.refused += 1
      throw problem('platform.not-found')
    },
  }),
  route({
    id: 'break',
    method: 'POST',
    url: '/api/bugs',
    scope: 'map:write',
    summary: 'Always breaks',
    body: z.strictObject({ name: z.string().optional() }).optional(),
    responses: { 200: z.object({}) },
    handler: async () => {
      counts.broken += 1
      throw new TypeError(`cannot read ${canary}`)
    },
  }),
  route({
    id: 'search',
    method: 'POST',
    url: '/api/searches',
    scope: 'holdings:find',
    summary: 'Reads, with its identifier in the body',
    reads: true,
    body: z.strictObject({ identifier: z.string() }),
    responses: { 200: z.object({ found: z.string() }) },
    handler: async (_ctx, { body }) => {
      counts.searched += 1
      return { found: body.identifier }
    },
  }),
]

let server: TestServer
let token = ''
before(async () => {
  server = await startServer({ routes })
  token = await server.token('map:write', 'holdings:find')
  slow.resolve()
})
after(() => server.dispose())

const post = (path: string, body: unknown, key: string, caller = token): Promise<Reply> =>
  server.ask(path, caller, { method: 'POST', body, headers: { 'idempotency-key': key } })

const rowsKept = async (): Promise<number> =>
  (await server.ctx.db.rows(sql`select i.caller from platform.idempotency i`)).length

test('a repeated call with its key is answered as before and done once', async () => {
  const before = counts.made
  const first = await post('/api/things', { name: 'a', tags: [] }, 'one')
  const second = await post('/api/things', { tags: [], name: 'a' }, 'one')
  assert.equal(counts.made, before + 1)
  assert.deepEqual([second.status, second.text], [first.status, first.text])
  assert.equal(first.headers['idempotency-replayed'], undefined)
  assert.equal(second.headers['idempotency-replayed'], 'true')
})

test('twenty calls at once with one key are one act; each is told its answer or to ask again', async () => {
  const before = counts.made
  slow = Promise.withResolvers()
  const replies = Array.from({ length: 20 }, () => post('/api/things', { name: 'b' }, 'twenty'))
  await Promise.race(replies)
  slow.resolve()
  const settled = await Promise.all(replies)
  assert.equal(counts.made, before + 1)
  assert.deepEqual([...new Set(settled.map(({ status }) => status))].sort(), [201, 409])
  const waiting = settled.find(({ status }) => status === 409)
  assert.equal(waiting && json<ProblemReply>(waiting).code, 'http.idempotency-running')
  assert.equal(waiting?.headers['retry-after'], '1')
  const later = await post('/api/things', { name: 'b' }, 'twenty')
  assert.deepEqual(json(later), { number: before + 1, name: 'b' })
})

test('a key used for one call is refused for another, and belongs to its caller alone', async () => {
  await post('/api/things', { name: 'a' }, 'mine')
  const other = [
    await post('/api/things', { name: 'b' }, 'mine'),
    await post('/api/refusals', undefined, 'mine'),
  ]
  for (const reply of other) {
    assert.equal(reply.status, 422)
    assert.equal(json<ProblemReply>(reply).code, 'http.idempotency-other')
  }
  const before = counts.made
  const stranger = await server.token('map:write')
  const reply = await post('/api/things', { name: 'a' }, 'mine', stranger)
  assert.deepEqual([reply.status, counts.made], [201, before + 1])
})

test('a refusal is kept for a repeated call, a bug is not, and a search leaves nothing behind', async () => {
  for (const _ of [1, 2]) assert.equal((await post('/api/refusals', undefined, 'refused')).status, 404)
  assert.equal(counts.refused, 1)
  for (const _ of [1, 2]) assert.equal((await post('/api/bugs', {}, 'broken')).status, 500)
  assert.equal(counts.broken, 2)
  const kept = await rowsKept()
  for (const _ of [1, 2]) await post('/api/searches', { identifier: canary }, 'search')
  assert.equal(counts.searched, 2)
  assert.equal(await rowsKept(), kept)
})

test('what is kept for repeated calls can be read by nobody who only has the database', async () => {
  await post('/api/things', { name: canary }, canary)
  const rows = await server.ctx.db.rows<{ row: string; bytes: Buffer | null }>(
    sql`select i::text as row, i.sealed_answer as bytes from platform.idempotency i`,
  )
  assert.ok(rows.length > 0)
  const everything = rows.map(({ row, bytes }) => `${row}${bytes?.toString('latin1') ?? ''}`).join('\n')
  assert.doesNotMatch(everything, new RegExp(canary))
  assert.doesNotMatch(everything, new RegExp(Buffer.from(canary).toString('hex')))
})

test('a key that is no key is refused', async () => {
  for (const key of ['', ' ', 'a b', 'é', 'x'.repeat(256)]) {
    const reply = await post('/api/things', { name: 'a' }, key)
    assert.equal(json<ProblemReply>(reply).code, 'http.idempotency-key', key)
  }
})

test('an act whose process died is begun again when its lease is over, and not before', async () => {
  const { db } = server.ctx
  const before = counts.made
  await post('/api/things', { name: 'a' }, 'orphan')
  await db.run(
    sql`update platform.idempotency i set status = null, sealed_answer = null
        where i.leased_until = (select max(j.leased_until) from platform.idempotency j)`,
  )
  const early = await post('/api/things', { name: 'a' }, 'orphan')
  assert.equal(early.status, 409)
  await db.run(sql`update platform.idempotency i set leased_until = ${new Date(0)} where i.status is null`)
  const late = await post('/api/things', { name: 'a' }, 'orphan')
  assert.deepEqual([late.status, counts.made], [201, before + 2])
})

test('after thirty days an answer is forgotten, and its key may be used anew', async () => {
  const { ctx } = server
  await post('/api/things', { name: 'old' }, 'old')
  const inDays = (days: number) => ({ ...ctx, now: () => new Date(ctx.now().getTime() + days * 86_400_000) })
  const run = { signal: AbortSignal.timeout(5_000), attempt: 1 }
  await forgetAnswers.run(inDays(29), {}, run)
  assert.equal((await post('/api/things', { name: 'other' }, 'old')).status, 422)
  await forgetAnswers.run(inDays(31), {}, run)
  assert.equal(await rowsKept(), 0)
  assert.equal((await post('/api/things', { name: 'other' }, 'old')).status, 201)
})
