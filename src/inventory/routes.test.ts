import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { json, type ProblemReply, type Reply } from '../../test/http-client.ts'
import { startServer, type TestServer } from '../../test/http-server.ts'
import { postgresServer } from '../../test/servers.ts'
import { inventoryRoutes } from './routes.ts'
import { canaries, makeTargets, type Targets } from './targets.fixture.ts'

describe('the inventory over HTTP', () => {
  let server: TestServer
  let targets: Targets
  let token = ''
  const said: string[] = []
  before(async () => {
    targets = await makeTargets(await postgresServer())
    server = await startServer({ routes: inventoryRoutes })
    token = await server.token('systems:read', 'systems:write', 'map:read', 'map:write')
  })
  after(async () => {
    await server.dispose()
    await targets[Symbol.asyncDispose]()
  })

  const ask = async (method: string, path: string, body?: unknown, language = 'en'): Promise<Reply> => {
    const headers = { 'accept-language': language }
    const reply = await server.ask(path, token, { method, headers, ...(body !== undefined && { body }) })
    said.push(reply.text)
    return reply
  }

  it('adds, lists and tests systems', async () => {
    for (const [name, url] of Object.entries(targets.urls))
      assert.equal((await ask('POST', '/api/systems', { name, url })).status, 201)
    const taken = await ask('POST', '/api/systems', { name: 'shop', url: targets.urls.shop })
    assert.deepEqual([taken.status, json<ProblemReply>(taken).code], [409, 'inventory.system-name-taken'])
    const list = json<{ systems: { name: string; mapped: boolean; scannedAt: string | null }[] }>(
      await ask('GET', '/api/systems'),
    )
    assert.deepEqual(
      list.systems.map(({ name }) => name),
      ['desk', 'letters', 'shop'],
    )
    const tested = await ask('POST', '/api/systems/shop/test')
    const report = json<{ ok: boolean; erase: { collections: number; ownCredentials: boolean } }>(tested)
    assert.deepEqual(
      [tested.status, report.ok, report.erase.collections, report.erase.ownCredentials],
      [200, true, 3, false],
    )
    assert.equal((await ask('POST', '/api/systems/nowhere/test')).status, 404)
  })

  it('answers 503 for a system that does not answer', async () => {
    const url = 'postgres://user:Sesame-canary@127.0.0.1:1/x?sslmode=disable'
    const reply = await ask('POST', '/api/systems', { name: 'cellar', url })
    assert.deepEqual([reply.status, json<ProblemReply>(reply).code], [503, 'inventory.system-silent'])
  })

  it('scans and accepts, with sentences in the language of the caller', async () => {
    const scanned = await ask('POST', '/api/scan', { sample: 20 }, 'fr')
    const { systems, unreachable } = json<{
      systems: { name: string; collections: { fields: { reason: string }[] }[] }[]
      unreachable: unknown[]
    }>(scanned)
    assert.deepEqual([scanned.status, systems.length, unreachable.length], [200, 3, 0])
    const accepted = json<{ version: number; changed: boolean; notes: { detail: string }[] }>(
      await ask('POST', '/api/map/accept', { country: 'FR', minConfidence: 0.99 }, 'fr'),
    )
    assert.deepEqual([accepted.version, accepted.changed], [1, true])
    assert.ok(accepted.notes.length > 0)
    const shown = json<{ version: number; map: { systems: object } }>(await ask('GET', '/api/map'))
    assert.deepEqual([shown.version, Object.keys(shown.map.systems)], [1, ['desk', 'letters', 'shop']])
    const coverage = json<{ fields: unknown[] }>(await ask('GET', '/api/map/coverage'))
    assert.ok(coverage.fields.length > 20)
  })

  it('hands out the map as a file and takes it back', async () => {
    const file = await ask('GET', '/api/map/file')
    assert.equal(file.status, 200)
    assert.match(file.headers['content-type'] ?? '', /^application\/yaml/)
    const yaml = file.text
    const same = json(await ask('POST', '/api/map/import', { yaml }))
    assert.deepEqual([same.imported, same.changed, same.version], [true, false, 1])
    const wrong = await ask('POST', '/api/map/import', { yaml: `${yaml}\nrulez: {}\n` })
    const { imported, version, problems } = json<{
      imported: boolean
      version: null
      problems: { line: number; detail: string }[]
    }>(wrong)
    assert.deepEqual([wrong.status, imported, version], [200, false, null])
    assert.equal(problems.at(-1)?.line, yaml.split('\n').length + 1)
  })

  it('refuses what it does not know, and needs force to take a system out of the map', async () => {
    assert.equal((await ask('POST', '/api/scan', { sampel: 3 })).status, 400)
    assert.equal((await ask('DELETE', '/api/systems/desk')).status, 409)
    const removed = await ask('DELETE', '/api/systems/desk?force=true')
    assert.deepEqual([removed.status, json(removed)], [200, { removed: { name: 'desk', mapVersion: 2 } }])
  })

  it('has told nobody, and no log, a password or a value of a target', () => {
    const everything = [...said, ...server.logged].join('\n')
    assert.ok(everything.length > 10_000)
    const { password } = new URL(targets.urls.shop)
    for (const secret of [password, decodeURIComponent(password), 'Sesame', ...canaries])
      assert.ok(!everything.includes(secret), secret)
  })
})
