import assert from 'node:assert/strict'
import { rm } from 'node:fs/promises'
import { describe, it } from 'node:test'
import { entriesOf, restoreState, sequence, verifyLog } from '../src/evidence/public.ts'
import { scanSystems, testSystem } from '../src/inventory/public.ts'
import type { Context } from '../src/platform/context.ts'
import { type Installation, openInstallation } from '../src/platform/installation.ts'
import { isProblem } from '../src/platform/problem.ts'
import { sql } from '../src/platform/sql.ts'
import {
  askedIdentifiers,
  findPerson,
  giveAccess,
  sweepSystems,
  verifyAgain,
  workDue,
} from '../src/requests/public.ts'
import { ledgerState } from '../src/subjects/public.ts'
import { eraseNow } from './erase-now.ts'
import { freshInstallation, type TestInstallation } from './installation.ts'
import { administer, postgresServer } from './servers.ts'
import { type SmallCompany, smallCompany } from './small-company.ts'

type Which = 'main' | 'keys'

/** Dossier's own databases as they were when this was called; all else is as it is when they are restored. */
async function backUp({ server, urls, config, ctx }: TestInstallation) {
  const copies = { main: new URL(urls.main), keys: new URL(urls.keys) }
  for (const url of Object.values(copies)) {
    const database = url.pathname.slice(1)
    url.pathname = `/${database}_backup`
    // A database is copied only while nobody is connected; the pool connects again by itself.
    await administer(
      server,
      `select pg_terminate_backend(a.pid) from pg_stat_activity a where a.datname = '${database}'`,
    )
    await administer(server, `create database ${database}_backup template ${database} owner dossier`)
  }
  return {
    restore: (which: readonly Which[] = ['main']): Promise<Installation> =>
      openInstallation({
        config,
        urls: {
          main: which.includes('main') ? copies.main.href : urls.main,
          keys: which.includes('keys') ? copies.keys.href : urls.keys,
        },
        actor: ctx.actor,
        role: 'test',
        logLevel: 'silent',
      }),
    async [Symbol.asyncDispose]() {
      for (const { pathname } of Object.values(copies))
        await administer(server, `drop database ${pathname.slice(1)} with (force)`)
    },
  }
}

/** Anna was erased before the backup, Bert after it; and now Anna is back in the shop. */
const each = (title: string, work: (restored: Installation, company: SmallCompany) => Promise<void>) =>
  it(title, async () => {
    await using installation = await freshInstallation()
    const { ctx } = installation
    await using company = await smallCompany(ctx, await postgresServer())
    await eraseNow(ctx, 'anna@example.org')
    await sequence(ctx)
    await using backup = await backUp(installation)
    await eraseNow(ctx, 'bert@example.org')
    await sequence(ctx)
    await company.run(`insert into visit values ('anna@example.org', '/again', '2026-02-02')`)
    await using restored = await backup.restore()
    await work(restored, company)
  })

const isShut = (error: unknown) => isProblem(error, 'inventory.restored')

describe('a Dossier whose own database was restored', () => {
  each('reads and writes for nobody until it was swept', async ({ ctx }, company) => {
    const asked = await askedIdentifiers(ctx, 'carla@example.net')
    const doors = [
      () => findPerson(ctx, asked),
      () => giveAccess(ctx, { asked, file: '/nowhere', identityProof: 'operator-attested', language: 'en' }),
      () => eraseNow(ctx, 'carla@example.net'),
      () => scanSystems(ctx, {}, () => undefined),
      () => sweepSystems(ctx),
    ]
    for (const open of doors) await assert.rejects(open(), isShut)
    assert.ok((await testSystem(ctx, 'shop')).ok, 'whether a system answers may be asked')

    const seen = await sweepSystems(ctx, { restored: 'replay' })
    assert.ok((seen.restored?.replayed ?? 0) > 0)
    assert.equal(seen.restored?.released, false, 'Anna is back, and nobody has said to erase her')
    assert.deepEqual(
      seen.found.map(({ verdict, state, plan }) => [verdict, state, plan]),
      [['returned', 'incomplete', null]],
    )
    assert.equal((await restoreState(ctx)).state, 'unswept')
    await assert.rejects(findPerson(ctx, asked), isShut)

    const swept = await sweepSystems(ctx, { restored: 'replay', erase: true })
    const nothing = { replayed: 0, tombstones: 0, keys: 0, unremembered: [] }
    assert.deepEqual(swept.restored, { ...nothing, released: true })
    assert.deepEqual(
      swept.found.map(({ verdict, state }) => [verdict, state]),
      [['returned', 'completed']],
    )
    assert.deepEqual(await company.query(`select page from visit where page = '/again'`), [])
    assert.equal((await restoreState(ctx)).state, 'current')
    assert.ok((await findPerson(ctx, asked)).systems.length > 0)
  })

  each('opens when somebody answers for it', async ({ ctx }) => {
    const { restored } = await sweepSystems(ctx, { restored: 'replay', release: true })
    assert.equal(restored?.released, true)
    assert.ok((await findPerson(ctx, await askedIdentifiers(ctx, 'carla@example.net'))).systems.length > 0)
  })

  for (const which of [['main'], ['main', 'keys']] as const)
    it(`knows again whom it erased since the backup of its ${which.join(' and ')}, and erases them under their old request`, async () => {
      await using installation = await freshInstallation()
      const { ctx } = installation
      await using company = await smallCompany(ctx, await postgresServer())
      await sequence(ctx)
      await using backup = await backUp(installation)
      const anna = await eraseNow(ctx, 'anna@example.org')
      const bert = await eraseNow(ctx, 'bert@example.org')
      await sequence(ctx)
      const untouched = await company.query('select * from invoice where person_id = 3')
      await company.restore()

      await using restored = await backup.restore(which)
      const swept = await sweepSystems(restored.ctx, { restored: 'replay', erase: true })
      assert.deepEqual(
        swept.found.map(({ request, verdict, state }) => [request, verdict, state]).toSorted(),
        [
          [anna.request, 'returned', 'completed'],
          [bert.request, 'returned', 'completed'],
        ].toSorted(),
      )
      assert.equal(swept.restored?.released, true)
      assert.deepEqual(swept.restored?.unremembered, [])
      assert.deepEqual(
        await company.query(`select email from person where email ilike 'anna%' or email ilike 'bert%'`),
        [],
      )
      assert.deepEqual(await company.query(`select email from visit where email ilike 'anna%'`), [])
      assert.deepEqual(await company.query('select * from invoice where person_id = 3'), untouched)
      for (const { request } of [anna, bert]) {
        const outcome = await verifyAgain(restored.ctx, request)
        assert.equal(outcome.state, 'completed')
        assert.ok(outcome.certificate)
      }
      await sequence(restored.ctx)
      const { ok, findings } = await verifyLog(restored.ctx)
      assert.deepEqual({ ok, findings }, { ok: true, findings: [] })
      assert.equal((await ledgerState(restored.ctx)).state, 'current')
    })

  for (const which of [['keys'], ['main', 'keys']] as const)
    it(`destroys keys again that came back with a backup of its ${which.join(' and ')}`, async () => {
      const day = 86_400_000
      let now = new Date('2026-03-01T10:00:00Z')
      await using installation = await freshInstallation({ now: () => now })
      const { ctx } = installation
      await using company = await smallCompany(ctx, await postgresServer())
      // What Bert shares with her would be kept, and her key with it.
      await company.run('update person set household_id = 2 where person_id = 2')
      const { request } = await eraseNow(ctx, 'anna@example.org')
      await sequence(ctx)
      await using backup = await backUp(installation)
      now = new Date(now.getTime() + 31 * day)
      // The looks that are due are taken, and then her key goes.
      for (let i = 0; i < 2; i += 1) await workDue(ctx)
      const subjectId = (await entriesOf(ctx, { requestId: request }))[0]?.subjectId ?? ''
      const hasKey = async ({ keys }: Context) =>
        (await keys.rows(sql`select from subjects.subject_key k where k.subject_id = ${subjectId}`)).length >
        0
      assert.equal(await hasKey(ctx), false)
      await sequence(ctx)
      assert.deepEqual(await company.query(`select email from person where person_id = 1`), [])

      await using restored = await backup.restore(which)
      assert.equal(await hasKey(restored.ctx), true, 'the backup has it')
      const swept = await sweepSystems(restored.ctx, { restored: 'replay', erase: true })
      assert.equal(swept.restored?.keys, which.length === 1 ? undefined : 1)
      assert.equal(await hasKey(restored.ctx), false)
      assert.deepEqual(await workDue(restored.ctx), { resumed: 0, reviewed: 0, verified: 0, forgotten: 0 })
      const { ok } = await verifyLog(restored.ctx)
      assert.ok(ok)
    })

  it('says whom it cannot know again when its ledger is lost with it, and leaves the doors shut', async () => {
    await using installation = await freshInstallation()
    const { ctx } = installation
    await using company = await smallCompany(ctx, await postgresServer())
    await sequence(ctx)
    await using backup = await backUp(installation)
    const { request } = await eraseNow(ctx, 'anna@example.org')
    await sequence(ctx)
    await rm(ctx.paths.tombstones, { recursive: true })
    await company.restore()
    await using restored = await backup.restore()
    for (let i = 0; i < 2; i += 1) {
      const swept = await sweepSystems(restored.ctx, { restored: 'replay', erase: true })
      assert.deepEqual(swept.restored?.unremembered, [request])
      assert.equal(swept.restored?.released, false)
    }
  })

  it('gives a request back that was received after the backup, with what its entries tell of it', async () => {
    await using installation = await freshInstallation()
    const { ctx } = installation
    await using _company = await smallCompany(ctx, await postgresServer())
    await sequence(ctx)
    await using backup = await backUp(installation)
    const { request } = await eraseNow(ctx, 'anna@example.org')
    await sequence(ctx)
    await using restored = await backup.restore()
    await sweepSystems(restored.ctx, { restored: 'replay' })
    const [row] = await restored.ctx.db.rows<{ state: string; kind: string; proof: string }>(
      sql`select r.state, r.kind, r.identity_proof as proof from requests.request r where r.id = ${request}`,
    )
    assert.deepEqual(row, { state: 'completed', kind: 'erasure', proof: 'operator-attested' })
  })
})
