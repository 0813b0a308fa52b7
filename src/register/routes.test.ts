import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { json, type ProblemReply } from '../../test/http-client.ts'
import { startServer, type TestServer } from '../../test/http-server.ts'
import { postgresServer } from '../../test/servers.ts'
import { type SmallCompany, smallCompany } from '../../test/small-company.ts'
import { registerRoutes } from './routes.ts'

interface Check {
  readonly ok: boolean
  readonly findings: readonly {
    readonly rule: string
    readonly collection: string | null
    readonly message: string
    readonly keys: readonly string[]
  }[]
  readonly accepted: number
}

describe('the check over HTTP', () => {
  let server: TestServer
  let company: SmallCompany
  let token = ''
  before(async () => {
    server = await startServer({ routes: registerRoutes })
    company = await smallCompany(server.ctx, await postgresServer())
    token = await server.token('map:read')
  })
  after(async () => {
    await company[Symbol.asyncDispose]()
    await server.dispose()
  })

  const check = (body: unknown, language = 'en') =>
    server.ask('/api/check', token, { method: 'POST', headers: { 'accept-language': language }, body })

  it('tells what the map in force owes to the systems as they are', async () => {
    await company.run('alter table person add column passport_number text')
    const answer = json<Check>(await check({}))
    assert.equal(answer.ok, false)
    const unmapped = answer.findings.filter(({ rule }) => rule === 'unmapped-personal-field')
    assert.ok(unmapped.some(({ collection }) => collection === 'public.person'))
    const french = json<Check>(await check({}, 'fr'))
    assert.notEqual(french.findings[0]?.message, answer.findings[0]?.message)
  })

  it('does not tell again what was accepted', async () => {
    const { findings } = json<Check>(await check({}))
    const accepted = findings.flatMap(({ keys }) => keys)
    const answer = json<Check>(await check({ accepted }))
    assert.deepEqual([answer.ok, answer.findings, answer.accepted], [true, [], accepted.length])
  })

  it('refuses a system that nobody knows, by name', async () => {
    const refused = await check({ systems: ['cellar'] })
    assert.deepEqual([refused.status, json<ProblemReply>(refused).code], [404, 'register.unknown-system'])
  })
})
