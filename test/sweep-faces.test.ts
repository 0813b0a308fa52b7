import assert from 'node:assert/strict'
import { it } from 'node:test'
import { sequence } from '../src/evidence/public.ts'
import { sql } from '../src/platform/sql.ts'
import { sweepSystems } from '../src/requests/public.ts'
import { requestRoutes } from '../src/requests/routes.ts'
import { commandLine } from './command-line.ts'
import { eraseNow } from './erase-now.ts'
import { json } from './http-client.ts'
import { startServer } from './http-server.ts'
import { freshInstallation } from './installation.ts'
import { postgresServer } from './servers.ts'
import { smallCompany } from './small-company.ts'

interface Report {
  readonly found: readonly {
    readonly verdict: string
    readonly state: string
    readonly plan: string | null
  }[]
  readonly systems: readonly { readonly name: string; readonly state: string }[]
}

it('dossier sweep says by its exit code whether somebody came back', async () => {
  await using installation = await freshInstallation()
  const { ctx } = installation
  await using company = await smallCompany(ctx, await postgresServer())
  const { json: sweep, run } = commandLine(installation)
  await eraseNow(ctx, 'anna@example.org')
  await sequence(ctx)
  const nobody = await sweep<Report>('sweep', 'shop')
  assert.deepEqual([nobody.exit, nobody.document.found], [0, []])
  assert.equal((await sweep('sweep', 'warehouse')).exit, 2)

  await company.run(`insert into visit values ('anna@example.org', '/again', '2026-02-02')`)
  const back = await run('sweep')
  assert.equal(back.exit, 1)
  assert.match(back.stdout, /the person is back/)
  assert.match(back.stdout, /public\.visit\.email: 1 rows; no field says when they were made/)
  assert.doesNotMatch(back.stdout, /anna/i, 'and names nobody')
  const erased = await sweep<Report>('sweep', '--erase')
  assert.equal(erased.exit, 1, 'somebody had come back')
  assert.deepEqual(
    erased.document.found.map(({ verdict, state }) => [verdict, state]),
    [['returned', 'completed']],
  )
  assert.equal((await run('sweep')).exit, 0)
})

it('a sweep asked for over HTTP is made by a job, and read under its number', async () => {
  await using server = await startServer({ routes: requestRoutes })
  const { ctx } = server
  await using company = await smallCompany(ctx, await postgresServer())
  const token = await server.token('requests:approve', 'requests:read')
  await eraseNow(ctx, 'anna@example.org')
  await company.run(`insert into visit values ('anna@example.org', '/again', '2026-02-02')`)
  const body = { systems: ['shop'], erase: true }
  const asked = await server.ask('/api/sweeps', token, { method: 'POST', body })
  assert.equal(asked.status, 202)
  const { id } = json<{ id: string }>(asked)
  const entries = await ctx.db.rows<{ facts: Record<string, unknown> }>(
    sql`select e.facts from evidence.entry e where e.kind = 'requests.sweep-asked'`,
  )
  assert.equal(entries.at(-1)?.facts['sweep'], id, 'the entry calls for the job')
  await sweepSystems(ctx, { sweep: id })
  const read = json<Report & { finishedAt: string }>(await server.ask(`/api/sweeps/${id}`, token))
  assert.ok(read.finishedAt)
  assert.deepEqual(
    read.found.map(({ verdict, state }) => [verdict, state]),
    [['returned', 'completed']],
  )
  assert.equal((await server.ask('/api/sweeps/01900000-0000-7000-8000-000000000000', token)).status, 404)
})
