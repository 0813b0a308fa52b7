import { mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join, normalize } from 'node:path'
import { recordEvidence, restoreState, sequence, shutDoors } from '../evidence/public.ts'
import { checkDatabase } from '../platform/check-database.ts'
import { openCheckedKeyring } from '../platform/check-keys.ts'
import type { Config, DatabaseUrls } from '../platform/config.ts'
import { namesOfAnyProcess, namesOfThisProcess } from '../platform/connection-name.ts'
import type { Actor } from '../platform/context.ts'
import { type Db, openPool, type Pool } from '../platform/database.ts'
import { destroyedIn } from '../platform/file-provider.ts'
import { claim, makeDirectories, openInstallation, reachDatabases } from '../platform/installation.ts'
import { epochsIn } from '../platform/keyring.ts'
import { isProblem } from '../platform/problem.ts'
import { problem as platformProblem } from '../platform/problems.ts'
import { sql } from '../platform/sql.ts'
import { transitProvider } from '../platform/transit-provider.ts'
import { beginReplacing, endReplacing } from '../platform/unfinished-restore.ts'
import { adoptLedger, keysInUse } from '../subjects/public.ts'
import { loadPart } from './load-part.ts'
import { directoriesOf, partFiles } from './parts.ts'
import { problem } from './problems.ts'
import { openScratch } from './scratch.ts'
import type { Secret } from './secret.ts'
import { countRows } from './table-rows.ts'

export interface RestoreInput {
  readonly config: Config
  readonly urls: DatabaseUrls
  readonly actor: Actor
  readonly directory: string
  readonly mainSecret: Secret
  /** Take the backup's keys too; without it the keys in place stay, and what they no longer open stays closed. */
  readonly keysSecret?: Secret
  /** Replace what is there; `confirmed` must then be the name of the data directory. */
  readonly force?: boolean
  readonly confirmed?: string
  readonly onProgress?: (what: string, done: number, total: number) => void
}

export interface RestoreReport {
  /** When the backup was made. */
  readonly at: string
  readonly rows: number
  readonly keys: 'restored' | 'kept'
  /** Evidence and ledger in place that know more than the backup are never replaced by it. */
  readonly evidence: 'restored' | 'kept'
  readonly tombstones: 'restored' | 'kept'
  /** How the database stands to the checkpoint outside it; a sweep opens the doors again. */
  readonly state: string
}

/**
 * Fills an installation from a backup. The main database changes in one transaction, after everything else: until then nothing
 * has happened to it, and no file is moved before all of the backup was read. Cut off while files are moved, nobody opens the
 * installation until a restore has run through. Throws `backup.installation-running`, `backup.installation-not-empty`,
 * `backup.not-confirmed`, `backup.keys-needed`, what reading a backup throws, and `platform.key-of-another` for keys that are
 * not the backup's.
 */
export async function restoreBackup(input: RestoreInput): Promise<RestoreReport> {
  const { config } = input
  await makeDirectories(config)
  const filled = await withDatabases(input, (main, keys) => fillAll(input, main, keys))
  await endReplacing(config.paths.data)
  await using installation = await openInstallation({ ...input, role: 'restore', logLevel: 'silent' })
  const { ctx } = installation
  const { state } = await restoreState(ctx)
  const { evidence, tombstones, rows } = filled
  await recordEvidence(ctx, {
    kind: 'backup.restored',
    facts: { from: filled.at, rows, keys: filled.keys, evidence, tombstones },
  })
  // Behind its checkpoint the log waits for the sweep's replay.
  await sequence(ctx).catch((error: unknown) => {
    if (!isProblem(error)) throw error
  })
  return { ...filled, state }
}

async function withDatabases<T>(
  { config, urls, force, confirmed }: RestoreInput,
  work: (main: Pool, keys: Pool) => Promise<T>,
): Promise<T> {
  await using stack = new AsyncDisposableStack()
  const reached = await reachDatabases({ config, urls }, stack)
  const main = stack.use(openPool(reached.urls.main, 'dossier restore', { idleInTransactionMs: 0 }))
  const keys = stack.use(
    openPool(reached.urls.keys, 'dossier restore keys', { max: 2, idleInTransactionMs: 0 }),
  )
  for (const database of [main, keys]) await checkDatabase(database)
  const { data } = config.paths
  if (!(await claim(main, data, stack)) || (await isInUse(main)))
    throw problem('backup.installation-running', { directory: data })
  if (!(await isEmpty(main))) {
    if (force !== true) throw problem('backup.installation-not-empty', { directory: data })
    if (confirmed !== basename(data)) throw problem('backup.not-confirmed', { name: basename(data) })
  }
  return await work(main, keys)
}

/** Another process of ours at work, a command or a server. */
async function isInUse(main: Db): Promise<boolean> {
  const other = await main.row(
    sql`select 1 from pg_catalog.pg_stat_activity a
        where a.datname = pg_catalog.current_database() and a.application_name ~ ${namesOfAnyProcess}
          and a.application_name not like ${namesOfThisProcess} limit 1`,
  )
  return other !== undefined
}

async function isEmpty(main: Db): Promise<boolean> {
  for (const table of ['subjects.subject', 'inventory.system', 'evidence.entry', 'access.api_key'])
    if ((await countRows(main, table)) > 0) return false
  return true
}

type Filled = Omit<RestoreReport, 'state'>

async function fillAll(input: RestoreInput, main: Pool, keys: Pool): Promise<Filled> {
  const { config, keysSecret, directory } = input
  const { paths } = config
  const hasKeys = await stat(join(paths.keys, 'index.key')).catch(() => undefined)
  if (!keysSecret && !hasKeys) throw problem('backup.keys-needed', { directory: paths.keys })
  await using scratch = await openScratch(paths.data, 'restoring')
  const staging = scratch.path
  if (!keysSecret) return await fillMain(input, main, keys, staging)
  return await keys.transaction(async (tx) => {
    const file = { directory, name: partFiles.keys, part: 'keys', secret: keysSecret } as const
    const staged: string[] = []
    await loadPart(tx, file, config.now(), async (path, pieces) => {
      staged.push(path)
      await stage(staging, path, pieces)
    })
    await refuseDestroyedEpochs(tx, config, staged)
    return fillMain(input, main, tx, staging, staged)
  })
}

async function fillMain(
  { config, directory, mainSecret, onProgress }: RestoreInput,
  main: Pool,
  keys: Db,
  staging: string,
  stagedKeys?: readonly string[],
): Promise<Filled> {
  const { paths } = config
  return main.transaction(async (tx) => {
    const file = { directory, name: partFiles.main, part: 'main', secret: mainSecret } as const
    const { about, read } = await loadPart(
      tx,
      file,
      config.now(),
      (path, pieces) => stage(staging, path, pieces),
      onProgress,
    )
    // Of keys in place none is lost: another of the same name is set aside.
    for (const path of stagedKeys ?? [])
      await placeKey(paths.data, join(staging, path), join(paths.keys, path.slice('keys/'.length)))
    const keyring = await openCheckedKeyring(
      { directory: paths.keys, epochKeys: config.epochKeys },
      tx,
      keys,
      config.now(),
    )
    await shutDoors(tx, config.now())
    await beginReplacing(paths.data)
    const evidence = await placeEvidence(join(staging, 'evidence'), paths.evidence)
    const ledger = await adoptLedger(paths, keyring, join(staging, 'tombstones'))
    for (const path of read.keys())
      if (path.startsWith('certificates/'))
        await placeMissing(join(staging, path), join(paths.certificates, path.slice('certificates/'.length)))
    const tables = [...read].filter(([what]) => !what.includes('/'))
    return {
      at: about.at,
      rows: tables.reduce((sum, [, { pieces }]) => sum + pieces, 0),
      keys: stagedKeys ? 'restored' : 'kept',
      evidence,
      tombstones: ledger === 'replaced' ? 'restored' : 'kept',
    }
  })
}

/** Beside the data, on the same disk, so that each file is moved whole. */
async function stage(staging: string, path: string, pieces: AsyncIterable<Buffer>): Promise<void> {
  const known = [...directoriesOf.main, ...directoriesOf.keys].some((one) => path.startsWith(`${one}/`))
  if (!known || normalize(path) !== path) throw problem('backup.not-a-backup', { file: path })
  const target = join(staging, path)
  await mkdir(dirname(target), { recursive: true, mode: 0o700 })
  await using file = await open(target, 'w', 0o600)
  for await (const piece of pieces) await file.appendFile(piece)
  await file.sync()
}

/**
 * A backup whose subjects' keys were wrapped by an epoch key that was destroyed since: taking it would bring back what was made
 * unreadable, or lose whoever is alive.
 */
async function refuseDestroyedEpochs(tx: Db, config: Config, staged: readonly string[]): Promise<void> {
  const wrapping = Map.groupBy(await keysInUse(tx), ({ provider }) => provider)
  const files = staged.flatMap((path) => /^keys\/epochs\/(\d+)\.key$/.exec(path)?.[1] ?? []).map(Number)
  const needed = [...(wrapping.get('file') ?? []).map(({ version }) => version), ...files]
  const destroyed = new Set(await destroyedIn(epochsIn(config.paths.keys)))
  const file = needed.find((version) => destroyed.has(version))
  if (file !== undefined) throw problem('backup.epoch-destroyed', { epoch: file })
  const inService = wrapping.get('transit')
  if (!inService) return
  const left = await transitKeys(config)
  const gone = inService.find(({ version }) => !left.includes(version))
  if (gone) throw problem('backup.epoch-destroyed', { epoch: `v${gone.version}` })
}

async function transitKeys({ epochKeys }: Config): Promise<readonly number[]> {
  if (epochKeys.kind !== 'transit')
    throw platformProblem('platform.provider-missing', { provider: 'transit' })
  return transitProvider(epochKeys).list()
}

async function placeKey(data: string, staged: string, target: string): Promise<void> {
  const [theirs, ours] = [await readFile(staged), await readFile(target).catch(() => undefined)]
  if (ours?.equals(theirs)) return
  await beginReplacing(data)
  await mkdir(dirname(target), { recursive: true, mode: 0o700 })
  if (ours) await rename(target, `${target}.before-restore`)
  await rename(staged, target)
}

/** The files in place stay when they know as many entries as the backup's, or more: they tell what it lost. */
async function placeEvidence(staged: string, target: string): Promise<'restored' | 'kept'> {
  if ((await checkpointSize(staged)) <= (await checkpointSize(target))) return 'kept'
  const before = `${target}.before-restore`
  await rm(before, { recursive: true, force: true })
  await rename(target, before)
  await rename(staged, target)
  return 'restored'
}

/** -1 where there is none: a backup's empty log is more than nothing. The second line of the note is the size. */
async function checkpointSize(directory: string): Promise<number> {
  const note = await readFile(join(directory, 'checkpoint'), 'utf8').catch(() => '')
  return Number(note.split('\n')[1] ?? -1)
}

async function placeMissing(staged: string, target: string): Promise<void> {
  if (await stat(target).catch(() => undefined)) return
  await rename(staged, target)
}
