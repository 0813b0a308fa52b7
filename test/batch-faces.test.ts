import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { batchRoutes } from '../src/requests/batch-routes.ts'
import { carryOutBatch, planBatch } from '../src/requests/public.ts'
import { requestRoutes } from '../src/requests/routes.ts'
import { json, type ProblemReply } from './http-client.ts'
import { startServer } from './http-server.ts'
import { postgresServer } from './servers.ts'
import { smallCompany } from './small-company.ts'

interface Batch {
  readonly id: string
  readonly state: string
  readonly plan: string | null
  readonly needsAnother: boolean
  readonly progress: { readonly people: number; readonly completed: number }
  readonly summary: { readonly people: number } | null
  readonly notTakenIn: readonly { readonly line: number; readonly code: string }[]
  readonly members: readonly {
    readonly line: number
    readonly request: string
    readonly state: string
  }[]
}

describe('a batch over HTTP', () => {
  it('is handed in, looked at, approved and carried out', async () => {
    await using server = await startServer({ routes: [...requestRoutes, ...batchRoutes] })
    const { ctx } = server
    await using company = await smallCompany(ctx, await postgresServer())
    const desk = await server.token('requests:write', 'requests:read')
    const officer = await server.token('requests:approve')
    const body = {
      identifiers: ['anna@example.org', 'carla@example.net', 'anna@example.org', '+33612345678'],
    }
    const handedIn = await server.ask('/api/batches', desk, { method: 'POST', body })
    assert.equal(handedIn.status, 202)
    const batch = json<Batch>(handedIn)
    assert.equal(batch.progress.people, 2)
    assert.deepEqual(
      batch.notTakenIn.map(({ line, code }) => `${line} ${code}`),
      ['4 holdings.shared-identifier'],
    )
    // As its job does.
    await planBatch(ctx, batch.id)
    const planned = json<Batch>(await server.ask(`/api/batches/${batch.id}`, desk))
    assert.deepEqual([planned.state, planned.summary?.people, planned.needsAnother], ['planned', 2, false])
    const path = `/api/batch-plans/${planned.plan}/approval`
    assert.equal((await server.ask(path, desk, { method: 'POST' })).status, 403, 'the desk may not approve')
    assert.equal((await server.ask(path, officer, { method: 'POST' })).status, 202)
    await carryOutBatch(ctx, batch.id)
    const done = json<Batch>(await server.ask(`/api/batches/${batch.id}`, desk))
    assert.deepEqual([done.state, done.progress.completed], ['finished', 2])
    assert.deepEqual(
      done.members.map(({ line, state }) => `${line} ${state}`),
      ['1 completed', '2 completed'],
    )
    const [first] = done.members
    const certificate = await server.ask(`/api/requests/${first?.request}/certificate`, desk)
    assert.equal(certificate.status, 200)
    const next = await server.ask(`/api/batches/${batch.id}?after=1`, desk)
    assert.deepEqual(
      json<Batch>(next).members.map(({ line }) => line),
      [2],
    )
    assert.deepEqual(await company.query('select first_name from person order by 1'), ['Bert', 'Carla'])
    assert.ok(server.logged.every((line) => !/anna|carla/i.test(line)))
  })

  it('is refused with the place of what cannot be read, and nobody is taken in', async () => {
    await using server = await startServer({ routes: batchRoutes })
    await using _company = await smallCompany(server.ctx, await postgresServer())
    const desk = await server.token('requests:write', 'requests:read')
    const body = { identifiers: ['anna@example.org', 'email:nowhere'] }
    const refused = await server.ask('/api/batches', desk, { method: 'POST', body })
    assert.equal(refused.status, 400)
    assert.match(json<ProblemReply>(refused).detail ?? '', /Lines that name nobody: 1 \(2\)/)
    const unknown = '01a1ffb6-bda9-7a3a-b497-54e2e7b6fbff'
    assert.equal((await server.ask(`/api/batches/${unknown}`, desk)).status, 404)
  })
})
