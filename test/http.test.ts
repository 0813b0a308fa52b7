import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { Readable } from 'node:stream'
import { after, before, test } from 'node:test'
import { z } from 'zod'
import { createApiKey, openDoor, revokeApiKey } from '../src/access/public.ts'
import { homePage } from '../src/pages/home.ts'
import type { Context } from '../src/platform/context.ts'
import { problem } from '../src/platform/problems.ts'
import { file, instant, type Route, route } from '../src/platform/route.ts'
import { type Ask, call, json, type ProblemReply, type Reply } from './http-client.ts'
import { startServer, type TestServer } from './http-server.ts'

const canary = 'marie.canary@example.org'
const thing = z.object({
  id: z.string(),
  name: z.string(),
  at: instant,
  owner: z.object({ city: z.string() }),
})
let made = 0

const routes: readonly Route[] = [
  route({
    id: 'readThing',
    method: 'GET',
    url: '/api/things/:id',
    scope: 'map:read',
    summary: 'A thing',
    params: z.strictObject({ id: z.string().max(8) }),
    query: z.strictObject({ limit: z.coerce.number().int().max(10).default(5) }),
    responses: { 200: thing },
    handler: async (ctx, { params, query }) => {
      const stored = { id: params.id, name: `${query.limit}`, at: new Date(0), owner: { city: 'Lyon' } }
      return Object.assign(stored, {
        email: canary,
        actor: ctx.actor.id,
        owner: { city: 'Lyon', email: canary },
      })
    },
  }),
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
      made += 1
      return { number: made, name: body.name }
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
      return { found: body.identifier }
    },
  }),
  route({
    id: 'download',
    method: 'GET',
    url: '/api/files',
    scope: 'map:read',
    summary: 'A file',
    responses: { 200: file('application/zip') },
    handler: async () => ({ name: 'copy "1".zip', content: Readable.from(['PK', 'zip']) }),
  }),
  route({
    id: 'answerWrongly',
    method: 'GET',
    url: '/api/wrong',
    scope: 'map:read',
    summary: 'Answers in another shape than it said',
    responses: { 200: z.object({ count: z.int() }) },
    handler: async () => JSON.parse(`{"count":"${canary}"}`),
  }),
]

let server: TestServer
let all = ''
let reader = ''

before(async () => {
  server = await startServer({ routes, pages: [homePage('1.2.3')], hosts: ['dossier.example'] })
  all = await server.token('map:read', 'map:write', 'holdings:find')
  reader = await server.token('map:read')
})
after(() => server.dispose())

const ask = (path: string, more: Ask = {}, token = all): Promise<Reply> => server.ask(path, token, more)
const post = (path: string, body: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Reply> =>
  ask(path, { method: 'POST', body, headers })

test('what a handler returns beyond its schema never leaves the house', async () => {
  const reply = await ask('/api/things/7?limit=3')
  assert.equal(reply.status, 200)
  assert.deepEqual(json(reply), {
    id: '7',
    name: '3',
    at: '1970-01-01T00:00:00.000Z',
    owner: { city: 'Lyon' },
  })
})

test('an answer in another shape than promised is a bug, and says nothing of its values', async () => {
  const reply = await ask('/api/wrong')
  assert.equal(reply.status, 500)
  assert.equal(json<ProblemReply>(reply).code, 'platform.unexpected')
  assert.doesNotMatch(reply.text, new RegExp(canary))
})

test('an unknown field is refused wherever it stands, and nothing is done', async () => {
  const before = made
  const attempts = [
    await post('/api/things', { name: 'a', admin: true }),
    await post('/api/things', { name: 'a', tags: [{ label: 'x', color: 'red' }] }),
    await ask('/api/things/7?debug=1'),
    await post('/api/refusals', { anything: 1 }),
  ]
  for (const reply of attempts) {
    assert.equal(reply.status, 400)
    assert.equal(json<ProblemReply>(reply).code, 'platform.invalid')
  }
  assert.equal(made, before)
})

test('a field that would change the prototype is refused', async () => {
  const reply = await ask('/api/things', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    bytes: '{"name":"a","__proto__":{"admin":true}}',
  })
  assert.equal(reply.status, 400)
  assert.equal(json<ProblemReply>(reply).code, 'http.not-json')
})

test('a problem is told in the language of the caller, with the same code', async () => {
  const wrong = { name: '', extra: 1 }
  const english = await post('/api/things', wrong, { 'accept-language': 'en-GB' })
  const french = await post('/api/things', wrong, { 'accept-language': 'fr-FR,fr;q=0.9,en;q=0.5' })
  assert.equal(english.headers['content-type'], 'application/problem+json; charset=utf-8')
  const document = json<ProblemReply>(english)
  assert.deepEqual(Object.keys(document), ['type', 'title', 'status', 'code', 'detail', 'instance', 'errors'])
  assert.equal(document.title, 'Bad Request')
  assert.match(document.detail, /^The input is not valid: body\.name: Too small.* Nothing was changed\.$/)
  assert.equal(document.instance, `urn:uuid:${english.headers['x-request-id']}`)
  assert.deepEqual(
    document.errors?.map((error) => error.place),
    ['body.name', 'body'],
  )
  assert.equal(json<ProblemReply>(french).code, document.code)
  assert.equal(json<ProblemReply>(french).title, 'Requête incorrecte')
  assert.match(json<ProblemReply>(french).detail, /^La saisie n’est pas valable : body\.name : Trop petit/)
})

test('a key of the caller that could be personal data is not said back', async () => {
  const reply = await post('/api/things', { name: 'a', [canary]: 1 })
  assert.equal(reply.status, 400)
  assert.doesNotMatch(reply.text, new RegExp(canary))
  assert.match(reply.text, /A key is not known here/)
})

test('bodies that are no JSON, too large, or of another type are refused with their own problem', async () => {
  const send = (bytes: string, type = 'application/json') =>
    ask('/api/things', { method: 'POST', bytes, headers: { 'content-type': type } })
  const outcome = async (reply: Promise<Reply>) => [
    (await reply).status,
    json<ProblemReply>(await reply).code,
  ]
  assert.deepEqual(await outcome(send('{"name":')), [400, 'http.not-json'])
  assert.deepEqual(await outcome(send('')), [400, 'platform.invalid'])
  assert.deepEqual(await outcome(send('{"name":"a"}', 'text/plain')), [415, 'http.media-type'])
  assert.deepEqual(await outcome(send('name=a', 'application/x-www-form-urlencoded')), [
    415,
    'http.media-type',
  ])
  assert.deepEqual(await outcome(send(`"${'x'.repeat(1_048_577)}"`)), [413, 'http.too-large'])
  assert.deepEqual(await outcome(ask('/api/nothing')), [404, 'platform.not-found'])
  assert.deepEqual(await outcome(ask('/api/things/%zz')), [404, 'platform.not-found'])
  assert.deepEqual(await outcome(ask('/api/things/7', { method: 'DELETE' })), [404, 'platform.not-found'])
})

test('bytes that are no HTTP are answered without a word about them', async () => {
  const socket = connect(Number(new URL(server.base).port), '127.0.0.1')
  await once(socket, 'connect')
  socket.end(`NONSENSE ${canary}\r\n\r\n`)
  let text = ''
  for await (const chunk of socket) text += chunk
  assert.match(text, /^HTTP\/1\.1 400 Bad Request\r\n/)
  assert.doesNotMatch(text, new RegExp(canary))
})

test('a bug is answered with an id and nothing else, and logged by kind and place under that id', async () => {
  const reply = await post('/api/bugs', { name: canary })
  const document = json<ProblemReply>(reply)
  assert.equal(reply.status, 500)
  assert.deepEqual(Object.keys(document), ['type', 'title', 'status', 'code', 'detail', 'instance'])
  const line = server.logged.find(
    (entry) => entry.includes('"failed"') && entry.includes(document.instance.slice(9)),
  )
  assert.match(line ?? '', /"kind":"TypeError"/)
  assert.match(line ?? '', /http\.test\.ts:\d+:\d+/)
})

test('who calls without a valid key or without the scope is told so before the body is read', async () => {
  const huge = { method: 'POST', bytes: '{'.repeat(2_000), headers: { 'content-type': 'application/json' } }
  const anonymous = await call(server.base, '/api/things', huge)
  assert.equal(anonymous.status, 401)
  assert.equal(anonymous.headers['www-authenticate'], 'Bearer')
  assert.equal(json<ProblemReply>(anonymous).code, 'access.key-needed')
  const limited = await ask('/api/things', huge, reader)
  assert.equal(limited.status, 403)
  assert.match(json<ProblemReply>(limited).detail, /map:write/)
})

test('a key that is revoked half-way is refused with the next call on the same connection', async () => {
  const { ctx } = server
  const key = await createApiKey(ctx, { name: 'brief', scopes: ['map:read'] })
  const once = () =>
    fetch(`${server.base}/api/things/7`, { headers: { authorization: `Bearer ${key.token}` } })
  const [first] = [await once()]
  await first?.text()
  await revokeApiKey(ctx, key)
  const second = await once()
  assert.deepEqual([first?.status, second.status], [200, 401])
  assert.equal(((await second.json()) as ProblemReply).code, 'access.key-revoked')
})

test('wrong keys are slowed down, and right ones from the same address are not', async () => {
  const rate = { burst: 3, perSecond: 0.01 }
  const door = (ctx: Context) => openDoor(ctx, { key: { burst: 9, perSecond: 1 }, open: rate, refused: rate })
  await using own = await startServer({ routes, door })
  const token = await own.token('map:read')
  const knock = (key: string) => own.ask('/api/things/7', key)
  const wrong = [await knock('x'), await knock('x'), await knock('x'), await knock('x')]
  assert.deepEqual(
    wrong.map(({ status }) => status),
    [401, 401, 401, 429],
  )
  assert.equal(wrong[3]?.headers['retry-after'], '100')
  const right = await Promise.all(Array.from({ length: 12 }, () => knock(token)))
  const passed = right.filter(({ status }) => status === 200).length
  assert.ok(passed >= 9 && passed < 12, `${passed} of 12 passed a burst of 9`)
})

test('a name that was pointed at our address is refused; addresses, localhost and configured names are not', async () => {
  const statusFor = async (host: string) => (await call(server.base, '/', { headers: { host } })).status
  for (const host of [
    'evil.example',
    'evil.example:8420',
    '127.0.0.1.evil.example',
    'localhost.evil.example',
    'a b',
  ])
    assert.equal(await statusFor(host), 421, host)
  for (const host of [
    '127.0.0.1',
    'localhost:8420',
    '[::1]:8420',
    '192.168.1.4',
    'DOSSIER.example',
    'dossier.example:443',
  ])
    assert.equal(await statusFor(host), 200, host)
})

test('a page of another site cannot make a browser act, whatever it sends', async () => {
  const before = made
  const { host } = new URL(server.base)
  const foreign = [
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
    { origin: 'https://evil.example' },
    { origin: 'null' },
    { origin: `http://${host}.evil.example` },
    { 'sec-fetch-site': 'cross-site', origin: `http://${host}` },
  ]
  for (const headers of foreign) {
    const reply = await post('/api/things', { name: 'forged' }, headers)
    assert.equal(reply.status, 403, JSON.stringify(headers))
    assert.equal(json<ProblemReply>(reply).code, 'http.cross-site')
  }
  assert.equal(made, before)
  const own = await post(
    '/api/things',
    { name: 'own' },
    { 'sec-fetch-site': 'same-origin', origin: `http://${host}` },
  )
  assert.equal(own.status, 201)
})

test('a monitor may ask with HEAD', async () => {
  const page = await call(server.base, '/', { method: 'HEAD' })
  const thing = await ask('/api/things/7', { method: 'HEAD' })
  assert.deepEqual([page.status, page.text, thing.status, thing.text], [200, '', 200, ''])
  assert.equal((await call(server.base, '/api/things/7', { method: 'HEAD' })).status, 401)
})

test('every answer carries the security headers', async () => {
  const replies = await Promise.all([
    ask('/api/things/7'),
    call(server.base, '/'),
    call(server.base, '/nothing'),
    ask('/api/things/%zz'),
  ])
  for (const { headers } of replies) {
    assert.match(
      headers['content-security-policy']?.toString() ?? '',
      /^default-src 'none';.*frame-ancestors 'none'$/,
    )
    assert.equal(headers['x-content-type-options'], 'nosniff')
    assert.equal(headers['referrer-policy'], 'no-referrer')
    assert.equal(headers['cross-origin-opener-policy'], 'same-origin')
    assert.equal(headers['cross-origin-resource-policy'], 'same-origin')
    assert.equal(headers['cache-control'], 'no-store')
    assert.equal(headers['access-control-allow-origin'], undefined)
    assert.equal(headers.server, undefined)
  }
})

test('a file is sent as it is, to be saved under a plain name', async () => {
  const reply = await ask('/api/files')
  assert.equal(reply.text, 'PKzip')
  assert.equal(reply.headers['content-type'], 'application/zip')
  assert.equal(reply.headers['content-disposition'], 'attachment; filename="copy--1-.zip"')
})

test('the log knows pattern, status and time of each call, and nothing the caller wrote', async () => {
  await ask(`/api/things/7?limit=${canary}`)
  await ask(`/${canary}`)
  await post('/api/searches', { identifier: canary })
  const text = server.logged.join('\n')
  assert.match(text, /"method":"GET","route":"\/api\/things\/:id","status":200,"ms":\d+/)
  assert.match(text, /"route":"unmatched","status":404/)
  assert.doesNotMatch(text, new RegExp(`${canary}|canary|127\\.0\\.0\\.1|Bearer|dossier_k`))
})
