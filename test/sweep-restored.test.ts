import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { restoreState, sequence } from '../src/evidence/public.ts'
import { scanSystems, testSystem } from '../src/inventory/public.ts'
import { type Installation, openInstallation } from '../src/platform/installation.ts'
import { isProblem } from '../src/platform/problem.ts'
import { askedIdentifiers, findPerson, giveAccess, sweepSystems } from '../src/requests/public.ts'
import { eraseNow } from './erase-now.ts'
import { freshInstallation, type TestInstallation } from './installation.ts'
import { administer, postgresServer } from './servers.ts'
import { type SmallCompany, smallCompany } from './small-company.ts'

/** Dossier's own database as it was when this was called, with keys and files as they are when it is restored. */
async function backUp({ server, urls, config, ctx }: TestInstallation) {
  const url = new URL(urls.main)
  const database = url.pathname.slice(1)
  url.pathname = `/${database}_backup`
  // A database is copied only while nobody is connected; the pool connects again by itself.
  await administer(
    server,
    `select pg_terminate_backend(a.pid) from pg_stat_activity a where a.datname = '${database}'`,
  )
  await administer(server, `create database ${database}_backup template ${database} owner dossier`)
  return {
    restore: (): Promise<Installation> =>
      openInstallation({
        config,
        urls: { ...urls, main: url.href },
        actor: ctx.actor,
        role: 'test',
        logLevel: 'silent',
      }),
    [Symbol.asyncDispose]: () => administer(server, `drop database ${database}_backup with (force)`),
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
    assert.deepEqual(swept.restored, { replayed: 0, released: true })
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
})
