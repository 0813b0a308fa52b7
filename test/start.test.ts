import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { createApiKey } from '../src/access/public.ts'
import { readConfig } from '../src/platform/config.ts'
import { openInstallation } from '../src/platform/installation.ts'
import { call, json } from './http-client.ts'
import { freshInstallation, type TestInstallation } from './installation.ts'
import { startServerProcess as start } from './server-process.ts'

describe('npm start', () => {
  let installation: TestInstallation
  let own: Readonly<Record<string, string>>
  before(async () => {
    installation = await freshInstallation()
    const { config, urls } = installation
    own = { DOSSIER_DATA: config.paths.data, DATABASE_URL: urls.main, KEYS_DATABASE_URL: urls.keys }
  })
  // Inside the suite: the cluster the tests share may stop before hooks outside of it run.
  after(() => installation.dispose())

  test('it says where it is and where it keeps things, in the language of the machine', async () => {
    const english = await start(own)
    assert.match(
      english.printed(),
      /^Dossier \d+\.\d+\.\d+ is running: http:\/\/127\.0\.0\.1:\d+\nData: .*\nKeys: .*\n/,
    )
    assert.equal(await english.end('SIGTERM'), 0)
    const french = await start({ ...own, LANG: 'fr_FR.UTF-8', DOSSIER_CLOCK: '2031-05-01T00:00:00Z' })
    assert.match(french.printed(), /^Dossier .* fonctionne : http.*\nDonnées : .*\nClés : /)
    assert.match(french.printed(), /Répétition : l’horloge est avancée au 1 mai 2031\n/)
    assert.equal(await french.end('SIGTERM'), 0)
  })

  test('it stops cleanly on SIGTERM and on Ctrl-C, within ten seconds and with a call under way', async () => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      const server = await start(own)
      const calls = Array.from({ length: 20 }, () => call(server.url, '/api/health'))
      const [answers, code] = await Promise.all([Promise.allSettled(calls), server.end(signal)])
      assert.equal(code, 0)
      assert.match(server.printed(), /Dossier has stopped\. Nothing was lost\.\n/)
      const statuses = answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value.status : []))
      assert.ok(
        statuses.every((status) => status === 200 || status === 503),
        statuses.join(),
      )
    }
  })

  test('the same wish twice, as a terminal and a launcher bring it, is one; a later one ends it at once', async () => {
    const server = await start(own)
    server.process.kill('SIGINT')
    assert.equal(await server.end('SIGINT'), 0)
  })

  test('a second one on the same directory is refused, and the first goes on', async () => {
    const first = await start(own)
    const second = await start(own)
    assert.equal(await second.end('SIGTERM'), 3)
    assert.match(second.complained(), /^Another Dossier already serves .* This one did not start\..*\n$/)
    assert.equal((await call(first.url, '/api/health')).status, 200)
    assert.equal(await first.end('SIGTERM'), 0)
  })

  test('a port that is taken is named, and nothing is left behind', async (t) => {
    const blocker = createServer().listen(0, '127.0.0.1')
    t.after(() => blocker.close())
    await once(blocker, 'listening')
    const address = blocker.address()
    const port = String(typeof address === 'object' ? address?.port : '')
    const refused = await start({ ...own, PORT: port })
    assert.equal(await refused.end('SIGTERM'), 3)
    assert.match(refused.complained(), new RegExp(`^Port ${port} is taken by another program\\..*\\n$`))
    blocker.close()
    const server = await start({ ...own, PORT: port })
    assert.equal(server.url, `http://127.0.0.1:${port}`)
    assert.equal(await server.end('SIGTERM'), 0)
  })

  test('a setting that cannot be used is named in a sentence, and nothing starts', async () => {
    const wrong = await start({ ...own, PORT: 'eighty' })
    assert.equal(await wrong.end('SIGTERM'), 2)
    assert.match(wrong.complained(), /^The setting PORT cannot be used: .*\n$/)
    const absent = await start({ ...own, DATABASE_URL: 'postgres://nobody:canary@127.0.0.1:1/none' })
    assert.equal(await absent.end('SIGTERM'), 3)
    assert.match(absent.complained(), /^The database does not answer .*\n$/)
    assert.doesNotMatch(absent.complained(), /canary/)
  })

  test('an error nobody caught ends it, told by kind and place and without its words', async () => {
    const bug = "process.on('SIGUSR2',()=>{throw%20new%20RangeError('marie.'%2B'canary')})"
    const server = await start({ ...own, NODE_OPTIONS: `--import=data:text/javascript,${bug}` })
    assert.equal(await server.end('SIGUSR2'), 1)
    assert.match(
      server.complained(),
      /Something went wrong inside Dossier\..*\n\{"level":"fatal","kind":"RangeError"/,
    )
    assert.doesNotMatch(server.said(), /marie\.canary/)
    const again = await start(own)
    assert.equal(await again.end('SIGTERM'), 0)
  })

  test('killed outright it comes up again with its own database, and nothing is lost', {
    timeout: 60_000,
  }, async () => {
    const data = await mkdtemp(join(tmpdir(), 'dossier-start-'))
    const server = await start({ DOSSIER_DATA: data })
    const { config, urls } = readConfig({ DOSSIER_DATA: data })
    const beside = await openInstallation({
      config,
      urls,
      actor: { kind: 'operator', id: 'test' },
      role: 'beside',
      logLevel: 'silent',
    })
    const { token } = await createApiKey(beside.ctx, { name: 'kept', scopes: ['requests:read'] })
    await beside[Symbol.asyncDispose]()
    const entries = async (url: string) =>
      json<{ evidence: { entries: number } }>(await call(url, '/api/health')).evidence.entries
    for (const deadline = Date.now() + 5_000; (await entries(server.url)) === 0; await sleep(50))
      assert.ok(Date.now() < deadline, 'the entry of another process reaches the log')
    assert.equal(await server.end('SIGKILL'), null)

    const again = await start({ DOSSIER_DATA: data })
    assert.equal(await entries(again.url), 1)
    const known = await call(again.url, '/api/requests', {
      headers: { authorization: `Bearer ${token}` },
    })
    assert.equal(known.status, 200)
    assert.equal(await again.end('SIGTERM'), 0)
    const checkpoint = await readFile(join(data, 'evidence', 'checkpoint'), 'utf8')
    assert.match(checkpoint, /^dossier\/.*\n1\n/)
    await assert.rejects(readFile(join(data, 'postgres', 'postmaster.pid')), { code: 'ENOENT' })
    await rm(data, { recursive: true, force: true })
  })
})
