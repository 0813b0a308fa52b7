import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { readLastBackup } from '../../src/backup/public.ts'
import { isGrave, restoreState, witnessStates } from '../../src/evidence/public.ts'
import { listSystems, type SystemReport, testSystem } from '../../src/inventory/public.ts'
import type { Context } from '../../src/platform/context.ts'
import type { Db } from '../../src/platform/database.ts'
import { sql } from '../../src/platform/sql.ts'
import { ledgerState } from '../../src/subjects/public.ts'
import { asDocument } from '../failure.ts'
import { t } from '../language.ts'
import { witnessSentence } from '../witness-sentence.ts'
import type { Check } from './check.ts'
import { checkKeys } from './machine.ts'

/** What an open installation can tell of itself. */
export async function checkInstallation(
  ctx: Context,
  isEmbedded: boolean,
  onSystem: (name: string, done: number, total: number) => void,
): Promise<readonly Check[]> {
  return [
    await checkDatabase(ctx, isEmbedded),
    await checkKeys(ctx.keyring.directory),
    await checkEvidence(ctx),
    await checkLedger(ctx),
    ...(await checkWitnesses(ctx)),
    await checkBackup(ctx),
    ...(await checkSystems(ctx, onSystem)),
  ]
}

async function checkDatabase(ctx: Context, isEmbedded: boolean): Promise<Check> {
  const [main, keys] = await Promise.all([look(ctx.db), look(ctx.keys)])
  const megabytes = Math.ceil((main.bytes + keys.bytes) / 1_048_576)
  const facts = {
    version: main.version,
    megabytes,
    migrations: main.migrations,
    keyMigrations: keys.migrations,
  }
  const finding = t(isEmbedded ? 'doctor-database' : 'doctor-database-own', facts)
  return { name: 'database', state: 'good', finding, facts }
}

interface DatabaseFacts {
  readonly version: string
  readonly bytes: number
  readonly migrations: number
}

async function look(db: Db): Promise<DatabaseFacts> {
  const row = await db.row<DatabaseFacts>(
    sql`select pg_catalog.current_setting('server_version') as version,
          pg_catalog.pg_database_size(pg_catalog.current_database()) as bytes,
          (select count(*) from platform.migration) as migrations`,
  )
  return row ?? { version: '', bytes: 0, migrations: 0 }
}

async function checkEvidence(ctx: Context): Promise<Check> {
  const { state, database, checkpoint } = await restoreState(ctx)
  const written = await stat(join(ctx.paths.evidence, 'checkpoint')).then(
    ({ mtime }) => mtime,
    () => null,
  )
  const facts = { state, entries: database, checkpoint, checkpointAt: written?.toISOString() ?? null }
  return {
    name: 'evidence',
    state: state === 'current' ? 'good' : 'bad',
    finding: t(`doctor-evidence-${state}`, { ...facts, checkpointAt: facts.checkpointAt ?? t('never') }),
    facts,
  }
}

async function checkLedger(ctx: Context): Promise<Check> {
  const { state, records, known, damage } = await ledgerState(ctx)
  const facts = { state, records, known, places: damage.slice(0, 5).join(', ') }
  return {
    name: 'tombstones',
    state: state === 'current' ? 'good' : state === 'ahead' ? 'warning' : 'bad',
    finding: t(`doctor-ledger-${state}`, facts),
    facts,
  }
}

/** What was learned when they were last asked; the doctor asks nobody. */
const checkWitnesses = async (ctx: Context): Promise<readonly Check[]> =>
  (await witnessStates(ctx)).map((one) => ({
    name: `witness ${one.name}`,
    state: one.trouble && isGrave(one.trouble) ? 'bad' : one.trouble ? 'warning' : 'good',
    finding: witnessSentence(one),
    facts: { size: one.size, entries: one.entries, trouble: one.trouble },
  }))

const dayMs = 86_400_000
/** What was erased since is in it, and what was received since is not. */
const oldAfterDays = 7

async function checkBackup(ctx: Context): Promise<Check> {
  const last = await readLastBackup(ctx.paths)
  const days = last ? Math.floor((ctx.now().getTime() - Date.parse(last.at)) / dayMs) : null
  const judged = !last
    ? 'never'
    : !last.verified
      ? 'unverified'
      : Number(days) >= oldAfterDays
        ? 'old'
        : 'good'
  return {
    name: 'backup',
    state: judged === 'good' ? 'good' : 'warning',
    finding: t(`doctor-backup-${judged}`, {
      at: last?.at ?? '',
      directory: last?.directory ?? '',
      days: days ?? 0,
    }),
    facts: { last: last?.at ?? null, verified: last?.verified ?? null, days },
  }
}

async function checkSystems(
  ctx: Context,
  onSystem: (name: string, done: number, total: number) => void,
): Promise<readonly Check[]> {
  const systems = await listSystems(ctx)
  const checks: Check[] = []
  for (const [i, { name }] of systems.entries()) {
    onSystem(name, i, systems.length)
    checks.push(systemCheck(await testSystem(ctx, name)))
  }
  return checks
}

function systemCheck({ name: system, read, erase, lacking, sameShape }: SystemReport): Check {
  const name = `system ${system}`
  const facts = { system, readable: read.reachable, erasable: erase.reachable, lacking: lacking.length }
  for (const use of [read, erase])
    if (!use.reachable) return { name, state: 'unreachable', finding: asDocument(use.problem).message, facts }
  if (lacking.length > 0)
    return {
      name,
      state: 'bad',
      finding: t('systems-test-lacking', { name: system, collections: lacking.join(', ') }),
      facts,
    }
  if (!sameShape) return { name, state: 'bad', finding: t('systems-test-shapes', { name: system }), facts }
  return {
    name,
    state: 'good',
    finding: t('doctor-system', { engine: read.reachable ? read.engine : '' }),
    facts,
  }
}
