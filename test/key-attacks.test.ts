import assert from 'node:assert/strict'
import { cp, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { describe, it } from 'node:test'
import pg from 'pg'
import { backUp, drawRecoveryKey, restoreBackup } from '../src/backup/public.ts'
import { checkInstallation } from '../src/doctor/public.ts'
import { entriesOf, sequence, verifyLog } from '../src/evidence/public.ts'
import { readConfig } from '../src/platform/config.ts'
import type { Context } from '../src/platform/context.ts'
import { openPool } from '../src/platform/database.ts'
import { fileProvider } from '../src/platform/file-provider.ts'
import { openInstallation } from '../src/platform/installation.ts'
import { sql } from '../src/platform/sql.ts'
import { giveBack } from '../src/requests/give-back.ts'
import { tendKeys } from '../src/rotation/public.ts'
import { beginEpoch, keyLife, shredState } from '../src/subjects/public.ts'
import { isCommittedTo, wrappedAt } from '../src/subjects/subject-key.ts'
import type { TestInstallation } from './installation.ts'
import { backup, calendarInstallation, erase, hasCode, holdsFor, type Person, people } from './key-people.ts'
import { administer } from './servers.ts'

const actor = { kind: 'operator', id: 'test' } as const

/** A row of the database of keys, as a dump has it. */
interface Row {
  readonly subjectId: string
  readonly wrapped: Buffer
  readonly epoch: number
  readonly commitment: Buffer
}

const dump = ({ keys }: Context): Promise<readonly Row[]> =>
  keys.rows<Row>(
    sql`select k.subject_id, k.wrapped, k.epoch, k.commitment from subjects.subject_key k order by k.subject_id`,
  )

/** Whoever has a dump and a directory of keys tries every key on every row. Of whom a key opens. */
async function attack(rows: readonly Row[], keyDirectory: string): Promise<readonly string[]> {
  const provider = fileProvider(join(keyDirectory, 'epochs'))
  const opened: string[] = []
  for (const { subjectId, wrapped, epoch, commitment } of rows)
    for (const version of await provider.list()) {
      const [plain] = await provider
        .unwrap(version, [{ wrapped, place: wrappedAt(subjectId, epoch) }])
        .catch(() => [])
      if (plain && isCommittedTo(plain, commitment)) opened.push(subjectId)
    }
  return opened
}

/** Every file of the database of keys, as it lies on the disk, and the stretch of the log that was written meanwhile. */
async function onDisk(at: TestInstallation, since: string) {
  const database = new URL(at.urls.keys).pathname.slice(1)
  await using admin = openPool(at.server.url(database), 'dossier test', { max: 1 })
  await admin.run(sql`checkpoint`)
  const [place] = await admin.rows<{ data: string; oid: string; first: string; last: string }>(
    sql`select pg_catalog.current_setting('data_directory') as data, d.oid::text as oid,
          pg_catalog.pg_walfile_name(${since}::pg_lsn) as first,
          pg_catalog.pg_walfile_name(pg_catalog.pg_current_wal_insert_lsn()) as last
        from pg_catalog.pg_database d where d.datname = ${database}`,
  )
  assert.ok(place)
  const read = async (directory: string, names: readonly string[]) =>
    Buffer.concat(
      await Promise.all(names.map((name) => readFile(join(directory, name)).catch(() => Buffer.of()))),
    )
  const heap = join(place.data, 'base', place.oid)
  const wal = (await readdir(join(place.data, 'pg_wal'))).filter(
    (name) => name >= place.first && name <= place.last,
  )
  return { heap: await read(heap, await readdir(heap)), wal: await read(join(place.data, 'pg_wal'), wal) }
}

async function walNow(at: TestInstallation): Promise<string> {
  const [row] = await at.ctx.keys.rows<{ lsn: string }>(
    sql`select pg_catalog.pg_current_wal_insert_lsn()::text as lsn`,
  )
  return row?.lsn ?? '0/0'
}

/** Checkpoints of other tests would reuse the log's files; a replica that lags keeps them, here for as long as we are connected. */
async function keepingWal({ server }: TestInstallation): Promise<AsyncDisposable> {
  const client = new pg.Client({ connectionString: server.url('postgres'), application_name: 'dossier test' })
  await client.connect()
  await client.query(
    `select pg_catalog.pg_create_physical_replication_slot('attack_${process.pid}', true, true)`,
  )
  return { [Symbol.asyncDispose]: () => client.end() }
}

const ids = (some: readonly Person[]) => some.map(({ subjectId }) => subjectId).toSorted()

/** Anna is erased, then her epoch comes to its end. Whatever an attacker could have copied on the way is kept. */
async function history(at: TestInstallation, days: (count: number) => void, place: string) {
  const { ctx } = at
  await using _ = await keepingWal(at)
  const since = await walNow(at)
  const [anna, ...living] = await people(ctx, 6)
  assert.ok(anna)
  const keysOf = (name: string) => join(place, name)
  const oldDump = await dump(ctx)
  const secrets = { main: drawRecoveryKey(), keys: drawRecoveryKey() }
  await backUp(ctx, { directory: keysOf('backup'), secrets, verify: false })
  await erase(ctx, anna)
  const before = await onDisk(at, since)
  await cp(at.config.paths.keys, keysOf('old keys'), { recursive: true })
  await beginEpoch(ctx)
  await tendKeys(ctx)
  const after = await onDisk(at, since)
  await backup(ctx, true)
  await tendKeys(ctx)
  days(7)
  assert.deepEqual((await tendKeys(ctx)).destroyed, [1])
  await cp(at.config.paths.keys, keysOf('new keys'), { recursive: true })
  return {
    anna,
    living,
    oldDump,
    before,
    after,
    secrets,
    oldKeys: keysOf('old keys'),
    newKeys: keysOf('new keys'),
  }
}

describe('a person whose key was deleted, after their epoch has ended,', () => {
  it('opens from no page, no log and no dump; everybody else opens in every case', async () => {
    const { at, days } = await calendarInstallation()
    await using stack = new AsyncDisposableStack()
    stack.use(at)
    const place = await mkdtemp(join(tmpdir(), 'dossier-attack-'))
    stack.defer(() => rm(place, { recursive: true, force: true }))
    const { ctx } = at
    const told = await history(at, days, place)
    const { anna, living, oldDump, before, after, oldKeys, newKeys } = told
    const hers = oldDump.filter(({ subjectId }) => subjectId === anna.subjectId)
    const [{ wrapped } = { wrapped: Buffer.of() }] = hers

    assert.ok(before.heap.includes(wrapped), 'a deleted row stays in its page: there is something to clear')
    assert.ok(!after.heap.includes(wrapped), 'the rotation left no page with her key')
    for (const { wrapped: old } of oldDump) assert.ok(!after.heap.includes(old))
    assert.ok(after.wal.includes(wrapped), 'the log still has it')
    assert.deepEqual(await attack(hers, newKeys), [], 'and it opens with no key that is left')

    const newDump = await dump(ctx)
    assert.deepEqual(await attack(oldDump, newKeys), [], 'an old dump with today’s keys')
    assert.deepEqual(await attack(newDump, oldKeys), [], 'today’s dump with old keys')
    assert.deepEqual(
      (await attack(newDump, newKeys)).toSorted(),
      ids(living),
      'today’s dump with today’s keys',
    )
    // Which is why docs/keys.md says to keep no copy of the directory for longer, or to use a key service.
    assert.ok(
      (await attack(hers, oldKeys)).includes(anna.subjectId),
      'an old dump with an old copy of the directory',
    )
    await holdsFor(ctx, { living, gone: [anna] })

    const shredding = await shredState(ctx, anna.subjectId)
    assert.ok(shredding?.completeAt && shredding.completeAt <= shredding.latestAt)
    const entries = await entriesOf(ctx, { subjectId: anna.subjectId })
    const completed = entries.find(({ kind }) => kind === 'subjects.shred-completed')
    assert.equal(completed?.requestId, entries.find(({ kind }) => kind === 'subjects.erased')?.requestId)

    await refusesOldKeys(at, told, join(place, 'backup'))
    await holdsFor(ctx, { living, gone: [anna] })
    await comesBackAndEnds(at, told, place)
  })
})

type Told = Awaited<ReturnType<typeof history>>

async function refusesOldKeys(at: TestInstallation, { secrets }: Told, directory: string): Promise<void> {
  const { config, urls } = at
  const wanted = {
    config,
    urls,
    actor,
    directory,
    mainSecret: secrets.main,
    keysSecret: secrets.keys,
    force: true,
    confirmed: basename(config.paths.data),
  }
  const before = await dump(at.ctx)
  await assert.rejects(restoreBackup(wanted), hasCode('backup.epoch-destroyed'))
  assert.deepEqual(await dump(at.ctx), before, 'nothing was changed')
}

/** On a new machine nothing but the log outside the database knows that the epoch had ended. */
async function comesBackAndEnds(at: TestInstallation, told: Told, place: string): Promise<void> {
  const { anna, living, secrets } = told
  await sequence(at.ctx)
  const data = join(place, 'new machine')
  await using stack = new AsyncDisposableStack()
  const fresh = async (url: string): Promise<string> => {
    const own = new URL(url)
    const database = `${own.pathname.slice(1)}_other`
    await administer(at.server, `create database ${database} owner dossier`)
    stack.defer(() => administer(at.server, `drop database if exists ${database} with (force)`))
    own.pathname = `/${database}`
    return own.href
  }
  const urls = { main: await fresh(at.urls.main), keys: await fresh(at.urls.keys) }
  const config = { ...readConfig({ DOSSIER_DATA: data, DOSSIER_LANGUAGE: 'en' }).config, now: at.config.now }
  for (const kept of ['evidence', 'tombstones'] as const)
    await cp(at.config.paths[kept], config.paths[kept], { recursive: true })
  await restoreBackup({
    config,
    urls,
    actor,
    directory: join(place, 'backup'),
    mainSecret: secrets.main,
    keysSecret: secrets.keys,
  })
  await using restored = await openInstallation({ config, urls, actor, role: 'test', logLevel: 'silent' })
  const { ctx } = restored
  const epochs = async () =>
    (await keyLife(ctx)).epochs.map((one) => `${one.epoch} ${one.state} ${one.returned}`)
  const doctor = async () =>
    (await checkInstallation(ctx, { isEmbedded: false, shown: (path) => path })).find(
      ({ name }) => name === 'epochs',
    )
  const { keys } = await giveBack(ctx)
  assert.equal(keys, 1, 'Anna’s key, which had come back, was deleted again')
  assert.deepEqual(await epochs(), ['1 rewrapping true', '2 current false'])
  assert.equal((await doctor())?.state, 'bad')
  await holdsFor(ctx, { living, gone: [anna] })
  await tendKeys(ctx)
  assert.deepEqual(await epochs(), ['1 rewrapped true', '2 current false'])
  await holdsFor(ctx, { living, gone: [anna] })
  await sequence(ctx)
  assert.deepEqual((await verifyLog(ctx)).findings, [])
}
