import assert from 'node:assert/strict'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { describe, it } from 'node:test'
import { backUp, drawRecoveryKey, readLastBackup, restoreBackup } from '../src/backup/public.ts'
import { sequence, verifyLog } from '../src/evidence/public.ts'
import { type Config, readConfig } from '../src/platform/config.ts'
import { openInstallation } from '../src/platform/installation.ts'
import { isProblem } from '../src/platform/problem.ts'
import { askedIdentifiers, findPerson, sweepSystems, verifyAgain } from '../src/requests/public.ts'
import { ledgerState } from '../src/subjects/public.ts'
import { eraseNow } from './erase-now.ts'
import { freshInstallation, type TestInstallation } from './installation.ts'
import { administer, postgresServer } from './servers.ts'
import { type SmallCompany, smallCompany } from './small-company.ts'

const actor = { kind: 'operator', id: 'test' } as const
const hasCode = (code: string) => (error: unknown) => isProblem(error, code)

interface World {
  readonly at: TestInstallation
  readonly company: SmallCompany
  readonly directory: string
  readonly secrets: {
    readonly main: ReturnType<typeof drawRecoveryKey>
    readonly keys: ReturnType<typeof drawRecoveryKey>
  }
}

/** Anna was erased before the backup, Bert after it. */
const each = (title: string, work: (world: World) => Promise<void>) =>
  it(title, async () => {
    await using at = await freshInstallation()
    await using company = await smallCompany(at.ctx, await postgresServer())
    await eraseNow(at.ctx, 'anna@example.org')
    await sequence(at.ctx)
    await using stack = new AsyncDisposableStack()
    const parent = await mkdtemp(join(tmpdir(), 'dossier-backup-test-'))
    stack.defer(() => rm(parent, { recursive: true, force: true }))
    const secrets = { main: drawRecoveryKey(), keys: drawRecoveryKey() }
    await work({ at, company, directory: join(parent, 'backup'), secrets })
  })

/** A machine on which nothing is left: no data directory, and two empty databases. */
async function anotherMachine({ server, urls }: TestInstallation) {
  await using stack = new AsyncDisposableStack()
  const data = await mkdtemp(join(tmpdir(), 'dossier-machine-'))
  stack.defer(() => rm(data, { recursive: true, force: true }))
  const fresh = async (url: string): Promise<string> => {
    const own = new URL(url)
    const database = `${own.pathname.slice(1)}_other`
    await administer(server, `create database ${database} owner dossier`)
    stack.defer(() => administer(server, `drop database if exists ${database} with (force)`))
    own.pathname = `/${database}`
    return own.href
  }
  const found = { main: await fresh(urls.main), keys: await fresh(urls.keys) }
  const { config } = readConfig({ DOSSIER_DATA: data, DOSSIER_LANGUAGE: 'en' })
  const resources = stack.move()
  return { config, urls: found, [Symbol.asyncDispose]: () => resources.disposeAsync() }
}

const reopen = (config: Config, urls: { main: string; keys: string }) =>
  openInstallation({ config, urls, actor, role: 'test', logLevel: 'silent' })

describe('a backup of Dossier itself', () => {
  each(
    'is read back before it is called verified, and shows nobody’s data',
    async ({ at, directory, secrets }) => {
      const report = await backUp(at.ctx, { directory, secrets, verify: true })
      assert.deepEqual((await readdir(directory)).toSorted(), ['keys.backup', 'main.backup', 'manifest.json'])
      assert.ok(report.rows > 50 && report.verified)
      assert.equal((await readLastBackup(at.config.paths))?.verified, true)
      for (const name of await readdir(directory)) {
        const bytes = await readFile(join(directory, name), 'latin1')
        for (const canary of ['anna', 'bert', 'example.org', 'Muster', 'rue du Puits'])
          assert.ok(!bytes.includes(canary), `${name} holds ${canary}`)
      }
      await assert.rejects(
        backUp(at.ctx, { directory, secrets, verify: false }),
        hasCode('backup.directory-not-empty'),
      )
    },
  )

  each(
    'brings everything back on another machine, behind shut doors',
    async ({ at, company, directory, secrets }) => {
      await backUp(at.ctx, { directory, secrets, verify: false })
      await using machine = await anotherMachine(at)
      const wanted = {
        config: machine.config,
        urls: machine.urls,
        actor,
        directory,
        mainSecret: secrets.main,
      }
      await assert.rejects(restoreBackup(wanted), hasCode('backup.keys-needed'))
      await assert.rejects(
        restoreBackup({ ...wanted, keysSecret: secrets.main }),
        hasCode('backup.wrong-secret'),
      )
      const report = await restoreBackup({ ...wanted, keysSecret: secrets.keys })
      assert.deepEqual(
        [report.keys, report.evidence, report.tombstones, report.state],
        ['restored', 'restored', 'restored', 'unswept'],
      )
      await using restored = await reopen(machine.config, machine.urls)
      const { ctx } = restored
      const carla = await askedIdentifiers(ctx, 'carla@example.net')
      await assert.rejects(findPerson(ctx, carla), hasCode('inventory.restored'))
      await company.run(`insert into visit values ('anna@example.org', '/again', '2026-02-02')`)
      const swept = await sweepSystems(ctx, { restored: 'replay', erase: true })
      assert.deepEqual(
        [swept.found.map(({ verdict, state }) => [verdict, state]), swept.restored?.released],
        [[['returned', 'completed']], true],
      )
      assert.ok((await findPerson(ctx, carla)).systems.length > 0)
      await sequence(ctx)
      assert.deepEqual((await verifyLog(ctx)).findings, [])
      assert.equal((await ledgerState(ctx)).state, 'current')
    },
  )

  each('opens to nobody after a restore that was cut off, until one has run through', async (world) => {
    const { at, directory, secrets } = world
    await backUp(at.ctx, { directory, secrets, verify: false })
    await using machine = await anotherMachine(at)
    const { config, urls } = machine
    const wanted = { config, urls, actor, directory, mainSecret: secrets.main, keysSecret: secrets.keys }
    // A key of somebody else's is set aside, and here that fails half-way.
    const aside = join(config.paths.keys, 'index.key.before-restore')
    await mkdir(join(aside, 'in the way'), { recursive: true })
    await writeFile(join(config.paths.keys, 'index.key'), 'of another')
    const mistyped = { ...wanted, mainSecret: secrets.keys }
    await assert.rejects(restoreBackup(mistyped), hasCode('backup.wrong-secret'))
    assert.ok(!(await readdir(config.paths.data)).includes('restore-unfinished'), 'nothing was moved')
    await assert.rejects(restoreBackup(wanted), { code: 'EISDIR' })
    await assert.rejects(reopen(config, urls), hasCode('platform.restore-unfinished'))
    await rm(aside, { recursive: true })
    await restoreBackup(wanted)
    await using restored = await reopen(config, urls)
    await sequence(restored.ctx)
    assert.deepEqual((await verifyLog(restored.ctx)).findings, [])
  })

  each('never replaces what knows more: whoever was erased since stays erased', async (world) => {
    const { at, company, directory, secrets } = world
    await backUp(at.ctx, { directory, secrets, verify: false })
    const bert = await eraseNow(at.ctx, 'bert@example.org')
    await sequence(at.ctx)
    const checkpoint = await readFile(join(at.config.paths.evidence, 'checkpoint'))
    const wanted = { config: at.config, urls: at.urls, actor, directory, mainSecret: secrets.main }
    await assert.rejects(restoreBackup(wanted), hasCode('backup.installation-not-empty'))
    await assert.rejects(restoreBackup({ ...wanted, force: true }), hasCode('backup.not-confirmed'))
    const report = await restoreBackup({
      ...wanted,
      force: true,
      confirmed: basename(at.config.paths.data),
    })
    assert.deepEqual(
      [report.keys, report.evidence, report.tombstones, report.state],
      ['kept', 'kept', 'kept', 'behind'],
    )
    assert.deepEqual(await readFile(join(at.config.paths.evidence, 'checkpoint')), checkpoint)
    await company.restore()
    await using restored = await reopen(at.config, at.urls)
    const swept = await sweepSystems(restored.ctx, { restored: 'replay', erase: true })
    assert.equal(swept.found.filter(({ state }) => state === 'completed').length, 2)
    assert.ok(swept.found.some(({ request }) => request === bert.request))
    assert.equal((await verifyAgain(restored.ctx, bert.request)).state, 'completed')
    assert.deepEqual(
      await company.query(`select email from person where email ilike 'anna%' or email ilike 'bert%'`),
      [],
    )
  })

  each('that is damaged, or of another, changes nothing', async ({ at, directory, secrets }) => {
    await backUp(at.ctx, { directory, secrets, verify: false })
    await using machine = await anotherMachine(at)
    const wanted = {
      config: machine.config,
      urls: machine.urls,
      actor,
      directory,
      mainSecret: secrets.main,
      keysSecret: secrets.keys,
    }
    const file = join(directory, 'main.backup')
    const whole = await readFile(file)
    await writeFile(file, whole.subarray(0, whole.length - 9))
    await assert.rejects(restoreBackup(wanted), hasCode('backup.damaged'))
    await writeFile(file, whole)
    await using other = await freshInstallation()
    await assert.rejects(
      restoreBackup({
        config: other.config,
        urls: other.urls,
        actor,
        directory,
        mainSecret: secrets.main,
      }),
      hasCode('platform.key-of-another'),
    )
    assert.equal((await restoreBackup(wanted)).state, 'unswept')
  })

  each('is refused where a Dossier is at work', async ({ at, directory, secrets }) => {
    await backUp(at.ctx, { directory, secrets, verify: false })
    await using server = await reopen(at.config, at.urls)
    assert.ok(await server.claimDirectory())
    await assert.rejects(
      restoreBackup({ config: at.config, urls: at.urls, actor, directory, mainSecret: secrets.main }),
      hasCode('backup.installation-running'),
    )
  })
})
