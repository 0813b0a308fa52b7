import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { backupAgeDays, isRecentAndVerified, readLastBackup } from '../backup/public.ts'
import { isGrave, restoreState, witnessStates } from '../evidence/public.ts'
import { listSystems, type SystemReport, testSystem } from '../inventory/public.ts'
import type { Context } from '../platform/context.ts'
import { databaseFacts } from '../platform/database-facts.ts'
import { say } from '../platform/texts.ts'
import { ledgerState } from '../subjects/public.ts'
import type { Check, Shown } from './check.ts'
import { checkEpochs } from './check-epochs.ts'
import { checkKeys } from './check-keys.ts'
import { witnessSentence } from './witness-sentence.ts'

export interface Examination {
  /** Whether its databases are those that came with it. */
  readonly isEmbedded: boolean
  readonly shown: Shown
  readonly onSystem?: (name: string, done: number, total: number) => void
}

/** What an open installation can tell of itself: versions, keys, evidence, the age of its backup, systems within reach. */
export async function checkInstallation(
  ctx: Context,
  { isEmbedded, shown, onSystem }: Examination,
): Promise<readonly Check[]> {
  return [
    await checkDatabase(ctx, isEmbedded),
    await checkKeys(ctx, shown),
    await checkEpochs(ctx),
    await checkEvidence(ctx),
    await checkLedger(ctx),
    ...(await checkWitnesses(ctx)),
    await checkBackup(ctx, shown),
    ...(await checkSystems(ctx, onSystem)),
  ]
}

async function checkDatabase(ctx: Context, isEmbedded: boolean): Promise<Check> {
  const [main, keys] = await Promise.all([databaseFacts(ctx.db), databaseFacts(ctx.keys)])
  const megabytes = Math.ceil((main.bytes + keys.bytes) / 1_048_576)
  const facts = {
    version: main.version,
    megabytes,
    migrations: main.migrations,
    keyMigrations: keys.migrations,
  }
  const finding = say(ctx.language, isEmbedded ? 'cli.doctor-database' : 'cli.doctor-database-own', facts)
  return { name: 'database', state: 'good', finding, facts }
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
    finding: say(ctx.language, `cli.doctor-evidence-${state}`, {
      ...facts,
      checkpointAt: facts.checkpointAt ?? say(ctx.language, 'cli.never'),
    }),
    facts,
  }
}

async function checkLedger(ctx: Context): Promise<Check> {
  const { state, records, known, damage } = await ledgerState(ctx)
  const facts = { state, records, known, places: damage.slice(0, 5).join(', ') }
  return {
    name: 'tombstones',
    state: state === 'current' ? 'good' : state === 'ahead' ? 'warning' : 'bad',
    finding: say(ctx.language, `cli.doctor-ledger-${state}`, facts),
    facts,
  }
}

/** What was learned when they were last asked; the doctor asks nobody. */
const checkWitnesses = async (ctx: Context): Promise<readonly Check[]> =>
  (await witnessStates(ctx)).map((one) => ({
    name: `witness ${one.name}`,
    state: one.trouble && isGrave(one.trouble) ? 'bad' : one.trouble ? 'warning' : 'good',
    finding: witnessSentence(ctx.language, one),
    facts: { size: one.size, entries: one.entries, trouble: one.trouble },
  }))

async function checkBackup(ctx: Context, shown: Shown): Promise<Check> {
  const last = await readLastBackup(ctx.paths)
  const days = last ? backupAgeDays(last, ctx.now()) : null
  const judged = !last
    ? 'never'
    : !last.verified
      ? 'unverified'
      : isRecentAndVerified(last, ctx.now())
        ? 'good'
        : 'old'
  return {
    name: 'backup',
    state: judged === 'good' ? 'good' : 'warning',
    finding: say(ctx.language, `cli.doctor-backup-${judged}`, {
      at: last?.at ?? '',
      directory: shown(last?.directory ?? ''),
      days: days ?? 0,
    }),
    facts: { last: last?.at ?? null, verified: last?.verified ?? null, days },
  }
}

async function checkSystems(ctx: Context, onSystem: Examination['onSystem']): Promise<readonly Check[]> {
  const systems = await listSystems(ctx)
  const checks: Check[] = []
  for (const [i, { name }] of systems.entries()) {
    onSystem?.(name, i, systems.length)
    checks.push(systemCheck(ctx, await testSystem(ctx, name)))
  }
  return checks
}

function systemCheck(ctx: Context, { name: system, read, erase, lacking, sameShape }: SystemReport): Check {
  const name = `system ${system}`
  const facts = { system, readable: read.reachable, erasable: erase.reachable, lacking: lacking.length }
  for (const use of [read, erase])
    if (!use.reachable) {
      const finding = say(ctx.language, use.problem.code, use.problem.params)
      return { name, state: 'unreachable', finding, facts }
    }
  if (lacking.length > 0)
    return {
      name,
      state: 'bad',
      finding: say(ctx.language, 'cli.systems-test-lacking', {
        name: system,
        collections: lacking.join(', '),
      }),
      facts,
    }
  if (!sameShape)
    return {
      name,
      state: 'bad',
      finding: say(ctx.language, 'cli.systems-test-shapes', { name: system }),
      facts,
    }
  return {
    name,
    state: 'good',
    finding: say(ctx.language, 'cli.doctor-system', { engine: read.reachable ? read.engine : '' }),
    facts,
  }
}
