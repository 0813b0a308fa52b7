import { once } from 'node:events'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { scopes } from '../src/platform/scopes.ts'
import type { Job } from './canary-run.ts'
import { fullName, otokar } from './canary-words.ts'
import { type Ask, call, type Reply } from './http-client.ts'
import { startServerProcess } from './server-process.ts'

/** The same job over HTTP, and every way to ask wrongly. */
export async function serveAndAsk(job: Job): Promise<void> {
  const { config, urls } = job.installation
  const server = await startServerProcess({
    DOSSIER_DATA: config.paths.data,
    DATABASE_URL: urls.main,
    KEYS_DATABASE_URL: urls.keys,
    DOSSIER_DEBUG: '1',
    TMPDIR: job.temporary,
  })
  const created = await job.dossier.run('keys', 'create', 'canary', '--scope', scopes.join(','), '--json')
  const { token } = (JSON.parse(created.stdout) as { key: { token: string } }).key
  const ask = async (path: string, options: Ask = {}, headers: Ask['headers'] = {}): Promise<Reply> => {
    const method = options.body === undefined && options.bytes === undefined ? 'GET' : 'POST'
    const reply = await call(server.url, path, {
      method,
      ...options,
      headers: { authorization: `Bearer ${token}`, ...headers },
    })
    const text = `${JSON.stringify(reply.headers)}\n${reply.text}`
    if (!(path === '/api/access' && reply.status === 200))
      job.sightings.push({ place: 'answers of the server', by: `${method} ${path.slice(0, 40)}`, text })
    return reply
  }
  try {
    await askWrongly(job, ask)
    await hurlAt(server.url)
    await askRightly(job, ask)
  } catch (cause) {
    throw new Error(server.complained(), { cause })
  } finally {
    await server.end('SIGTERM')
    job.sightings.push({ place: 'output of the server', by: 'npm start', text: server.said() })
  }
}

type AskServer = (path: string, options?: Ask, headers?: Ask['headers']) => Promise<Reply>

async function askWrongly({ company }: Job, ask: AskServer): Promise<void> {
  const { email, number, phone } = otokar
  const at = encodeURIComponent(email)
  const json = { 'content-type': 'application/json' }
  for (const path of [
    `/${at}`,
    `/api/${at}`,
    `/api/find?email=${at}`,
    `/api/health?who=${at}`,
    `/?lang=${at}`,
    `/api/requests/${at}`,
    `/api/requests?of=${at}`,
    `/%E0%A4%A/${at}`,
    `/api/requests/${at}/certificate`,
  ])
    await ask(path)
  for (const path of [
    `/api/systems/${at}/test`,
    `/api/plans/${at}/approval`,
    `/api/requests/${at}/verification`,
  ])
    await ask(path, { method: 'POST' })
  for (const method of ['PATCH', 'PUT', 'DELETE'])
    await ask(`/api/find/${at}`, { method, body: { identifier: email } })
  for (const bytes of [`{"identifier": "${email}"`, `${email}`, `{"__proto__": {"identifier": "${email}"}}`])
    await ask('/api/find', { bytes }, json)
  for (const body of [
    { [email]: 1 },
    { identifier: { [phone]: email } },
    { identifier: email, name: fullName(otokar) },
    { identifier: `email:${fullName(otokar)}` },
    { identifier: `${email}\u0000` },
    [email],
    email,
  ])
    await ask('/api/find', { body })
  await ask('/api/erasures', { body: { identifier: email, identityProof: phone } })
  await ask('/api/find', { bytes: email }, { 'content-type': `text/plain; name=${at}` })
  await ask('/api/find', { body: { identifier: email.repeat(60_000) } })
  await ask('/api/find', { body: { identifier: email } }, { authorization: `Bearer ${email}` })
  await ask('/api/find', { body: { identifier: email } }, { host: 'otokarix.vrzgul-post.example' })
  await ask('/api/find', { body: { identifier: email } }, { origin: 'http://vrzgul-post.example' })
  await ask('/api/systems', { body: { name: number, url: company.urls.shop } })
  await ask('/api/systems', { body: { name: 'box', url: `postgres://${at}:x@127.0.0.1:1/shop` } })
  await ask('/api/systems', { body: { name: 'box', url: email } })
  await ask('/api/map/import', { body: { yaml: `${email}: {name: ${fullName(otokar)}}` } })
}

/** Bytes that are not HTTP. */
async function hurlAt(base: string): Promise<void> {
  const { hostname, port } = new URL(base)
  for (const bytes of [
    `${otokar.email}\r\n\r\n`,
    `GET /${otokar.email} HTTP/9\r\nX: ${otokar.phone}\r\n\r\n`,
  ]) {
    const socket = connect(Number(port), hostname)
    socket.on('error', () => undefined)
    socket.end(bytes)
    socket.resume()
    await once(socket, 'close')
  }
}

async function askRightly({ company }: Job, ask: AskServer): Promise<void> {
  const { email } = otokar
  const key = (text: string) => ({ 'idempotency-key': text })
  const insist = (status: number, reply: Reply): Reply => {
    if (reply.status === status) return reply
    throw new Error(`${reply.status} instead of ${status}: ${reply.text}`)
  }
  insist(200, await ask('/api/find', { body: { identifier: email } }))
  insist(200, await ask('/api/access', { body: { identifier: email, language: 'fr' } }))
  await company.run(
    `create trigger object before update or delete on customer for each row execute function object()`,
  )
  const first = insist(201, await ask('/api/erasures', { body: { identifier: email } }, key(email)))
  const again = insist(201, await ask('/api/erasures', { body: { identifier: email } }, key(email)))
  if (first.text !== again.text) throw new Error('a repeated call was not answered alike')
  insist(422, await ask('/api/erasures', { body: { identifier: otokar.number } }, key(email)))
  const request = await approve(first, ask)
  await settled(request, 'incomplete', ask)
  await company.run('drop trigger object on customer')
  await approve(insist(201, await ask('/api/erasures', { body: { identifier: email } })), ask)
  await settled(request, 'completed', ask)
  insist(200, await ask(`/api/requests/${request}/verification`, { method: 'POST' }))
  insist(200, await ask(`/api/requests/${request}/certificate`))
  insist(200, await ask(`/api/requests/${request}/evidence`))
  insist(200, await ask('/api/requests'))
  insist(200, await ask('/api/systems'))
  insist(200, await ask('/api/map/coverage'))
}

async function approve({ text }: Reply, ask: AskServer): Promise<string> {
  const { id, request } = JSON.parse(text) as { id: string; request: string }
  await ask(`/api/plans/${id}/approval`, { method: 'POST' })
  return request
}

async function settled(request: string, wanted: string, ask: AskServer): Promise<void> {
  for (const deadline = Date.now() + 30_000; Date.now() < deadline; await sleep(100)) {
    const { state } = JSON.parse((await ask(`/api/requests/${request}`)).text) as { state: string }
    if (state === wanted) return
  }
  throw new Error(`the request did not come to be ${wanted}`)
}
