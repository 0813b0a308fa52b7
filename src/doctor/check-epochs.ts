import { backupOldAfterDays, isRecentAndVerified, readLastBackup } from '../backup/public.ts'
import type { Context } from '../platform/context.ts'
import { isProblem } from '../platform/problem.ts'
import { say } from '../platform/texts.ts'
import { failingCanaries, isRotationDue, type KeyLife, keyLife } from '../subjects/public.ts'
import type { Check } from './check.ts'

const dayMs = 86_400_000
/** A rotation and a backup are given a day each before they are missed. */
const patienceDays = 1

/** The life of the keys that protect those of people: one of each epoch is opened, and no horizon may be over. */
export async function checkEpochs(ctx: Context): Promise<Check> {
  const life = await keyLife(ctx)
  const current = life.epochs.find(({ state }) => state === 'current')
  const facts = {
    epoch: current?.epoch ?? null,
    keys: life.epochs.reduce((sum, { keys }) => sum + keys, 0),
    provider: life.provider,
    next: current?.dueAt?.toISOString().slice(0, 10) ?? null,
    waiting: life.shredding.waiting,
    overdue: life.shredding.overdue,
  }
  const found = await failing(ctx, life)
  if (found) return { name: 'epochs', facts, ...found }
  if (!current)
    return { name: 'epochs', state: 'good', finding: say(ctx.language, 'cli.doctor-epochs-none'), facts }
  const finding = say(ctx.language, 'cli.doctor-epochs-good', {
    epoch: current.epoch,
    keys: facts.keys,
    provider: life.provider,
    next: dayOf(current.dueAt),
  })
  return { name: 'epochs', state: 'good', finding, facts }
}

type Found = Pick<Check, 'state' | 'finding'>

async function failing(ctx: Context, life: KeyLife): Promise<Found | undefined> {
  const { epochs, shredding } = life
  const tell = (state: Check['state'], what: string, params: Record<string, string | number>): Found => ({
    state,
    finding: say(ctx.language, `cli.doctor-epochs-${what}`, params),
  })
  try {
    const [epoch] = await failingCanaries(ctx)
    if (epoch !== undefined) return tell('bad', 'canary', { epoch })
  } catch (error) {
    if (!isProblem(error)) throw error
    return { state: 'unreachable', finding: say(ctx.language, error.code, error.params) }
  }
  const returned = epochs.find((one) => one.returned && one.state !== 'destroyed')
  if (returned) return tell('bad', 'returned', { epoch: returned.epoch })
  const { overdue, since } = shredding
  if (overdue > 0) return tell('bad', 'overdue', { people: overdue, since: dayOf(since) })
  const late = (date: Date | null) =>
    date !== null && date.getTime() + patienceDays * dayMs < ctx.now().getTime()
  const waiting = epochs.find((one) => one.state === 'rewrapped' && late(one.rewrappedAt))
  if (waiting) return tell('warning', 'backup', { epoch: waiting.epoch, since: dayOf(waiting.rewrappedAt) })
  const current = epochs.find(({ state }) => state === 'current')
  if (isRotationDue(life, ctx.now()) && !isRecentAndVerified(await readLastBackup(ctx.paths), ctx.now()))
    return tell('warning', 'waiting', { epoch: current?.epoch ?? 0, days: backupOldAfterDays })
  return current && late(current.dueAt) ? tell('warning', 'late', { next: dayOf(current.dueAt) }) : undefined
}

const dayOf = (date: Date | null): string => date?.toISOString().slice(0, 10) ?? ''
