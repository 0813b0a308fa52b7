import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { json } from '../../test/http-client.ts'
import { startServer, type TestServer } from '../../test/http-server.ts'
import { doctorRoutes } from './routes.ts'

interface Examined {
  readonly ok: boolean
  readonly checks: readonly { readonly name: string; readonly state: string; readonly finding: string }[]
}

let server: TestServer
before(async () => {
  server = await startServer({ routes: doctorRoutes })
})
after(() => server.dispose())

test('an installation tells over HTTP how it is, in the language of the caller', async () => {
  const token = await server.token('systems:read')
  const ask = async (language: string) =>
    json<Examined>(await server.ask('/api/doctor', token, { headers: { 'accept-language': language } }))
  const { ok, checks } = await ask('en')
  assert.equal(ok, true)
  assert.deepEqual(
    checks.map(({ name, state }) => `${name} ${state}`),
    ['database good', 'keys good', 'epochs good', 'evidence good', 'tombstones good', 'backup warning'],
  )
  const french = await ask('fr')
  assert.notEqual(french.checks[0]?.finding, checks[0]?.finding)
})

test('it tells nobody over HTTP where it lies on its machine', async () => {
  const token = await server.token('systems:read')
  const { text, status } = await server.ask('/api/doctor', token)
  assert.equal(status, 200)
  assert.ok(!text.includes(server.ctx.paths.data), 'not the data directory')
  assert.equal((await server.ask('/api/doctor', await server.token('map:read'))).status, 403)
})
