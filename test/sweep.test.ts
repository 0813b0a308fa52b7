import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { entriesOf } from '../src/evidence/public.ts'
import { addSystem } from '../src/inventory/public.ts'
import type { Context } from '../src/platform/context.ts'
import { outcomeOf, type SweepReport, sweepSystems } from '../src/requests/public.ts'
import { eraseNow } from './erase-now.ts'
import { freshInstallation } from './installation.ts'
import { administer, freshDatabase, postgresServers, type TestServer } from './servers.ts'
import { type SmallCompany, smallCompany } from './small-company.ts'

const verdicts = ({ found }: SweepReport) => found.map(({ verdict }) => verdict)
const places = ({ found }: SweepReport) =>
  found.flatMap((one) =>
    one.places.map(({ collection, field, rows, state }) => `${collection}.${field} ${rows} ${state}`),
  )

for (const server of await postgresServers()) describe(`a sweep on ${server.name}`, () => sweeping(server))

/** A server tells its counters of what a session did with a delay, unless the session asks for it. */
const settled = (company: SmallCompany) => company.run('select pg_stat_force_next_flush()')

function sweeping(server: TestServer): void {
  const each = (title: string, work: (ctx: Context, company: SmallCompany) => Promise<void>) =>
    it(title, async () => {
      await using installation = await freshInstallation()
      await using company = await smallCompany(installation.ctx, server)
      await work(installation.ctx, company)
    })

  each('finds nobody where nobody came back, and leaves what stays with a ground in peace', async (ctx) => {
    await eraseNow(ctx, 'anna@example.org')
    await eraseNow(ctx, 'carla@example.net')
    const report = await sweepSystems(ctx, { erase: true })
    assert.deepEqual(verdicts(report), [])
    assert.ok(report.kept > 0, 'Carla’s address stays while her invoice is unpaid')
    assert.deepEqual(
      report.systems.map(({ state }) => state),
      ['swept'],
    )
  })

  each(
    'finds who was put in again in another spelling, and erases them under the old request',
    async (ctx, company) => {
      const erased = await eraseNow(ctx, 'anna@example.org')
      await company.run(
        `insert into person (person_id, email, first_name, last_name) values (9, 'ANNA@Example.ORG', 'A', 'M')`,
      )
      await company.run(`insert into visit values (' anna@example.org', '/again', '2026-02-02')`)
      const seen = await sweepSystems(ctx)
      assert.deepEqual(verdicts(seen), ['returned'])
      assert.equal(seen.found[0]?.request, erased.request)
      assert.deepEqual(places(seen).toSorted(), [
        'public.person.email 1 returned',
        'public.visit.email 1 returned',
      ])
      assert.equal(
        (await outcomeOf(ctx, erased.request)).state,
        'incomplete',
        'the certificate no longer holds',
      )
      assert.deepEqual(await company.query('select person_id from person where person_id = 9'), ['9'])

      const again = await sweepSystems(ctx, { erase: true })
      assert.deepEqual(
        again.found.map(({ verdict, state }) => [verdict, state]),
        [['returned', 'completed']],
      )
      assert.deepEqual(await company.query('select person_id from person where person_id = 9'), [])
      assert.deepEqual(await company.query(`select page from visit where page = '/again'`), [])
      const entries = await entriesOf(ctx, { requestId: erased.request })
      assert.equal(entries.filter(({ kind }) => kind === 'requests.returned').length, 2)
      assert.deepEqual(verdicts(await sweepSystems(ctx)), [])
    },
  )

  each('does not read a table again that did not change, and notices when it did', async (ctx, company) => {
    await eraseNow(ctx, 'anna@example.org')
    await settled(company)
    const read = async () => {
      const { systems } = await sweepSystems(ctx)
      return systems[0]?.collections.flatMap(({ name, state }) => (state === 'read' ? [name] : []))
    }
    assert.deepEqual(await read(), ['public.person', 'public.visit', 'public.person_history'])
    assert.deepEqual(await read(), [])
    await company.run(`insert into visit values ('dora@example.org', '/new', '2026-02-02')`)
    await settled(company)
    assert.deepEqual(await read(), ['public.visit'])
    await company.run('truncate person_history')
    assert.deepEqual(await read(), ['public.person_history'])
  })

  it('finds who is back in a database restored from its backup', async () => {
    await using installation = await freshInstallation()
    const { ctx } = installation
    await using company = await smallCompany(ctx, server)
    const database = new URL(company.url).pathname.slice(1)
    await administer(
      server,
      `select pg_terminate_backend(a.pid) from pg_stat_activity a where a.datname = '${database}'`,
    )
    const backup = await freshDatabase(server, database)
    try {
      await eraseNow(ctx, 'anna@example.org')
      await sweepSystems(ctx)
      await addSystem(ctx, { name: 'shop', url: backup.url, baseDirectory: '/', replace: true })
      const report = await sweepSystems(ctx, { erase: true })
      assert.deepEqual(
        report.found.map(({ verdict, state }) => [verdict, state]),
        [['returned', 'completed']],
      )
      assert.equal(report.systems[0]?.restored, true)
      assert.deepEqual(verdicts(await sweepSystems(ctx)), [])
    } finally {
      await backup.drop()
    }
  })
}
