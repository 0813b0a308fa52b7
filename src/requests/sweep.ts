import { confirmSweep, recordEvidence, restoreState } from '../evidence/public.ts'
import { sweepSystem } from '../holdings/public.ts'
import { currentMap, type DataMap, newestMap, refuseRestored } from '../inventory/public.ts'
import { uuidv7 } from '../platform/bytes.ts'
import { type Context, inTransaction } from '../platform/context.ts'
import { isProblem } from '../platform/problem.ts'
import { destroyReturnedKeys, loadTombstones, mendLedger, type TombstoneFilter } from '../subjects/public.ts'
import { giveBack } from './give-back.ts'
import { legalSeat } from './legal-seat.ts'
import { problem } from './problems.ts'
import { cameAnew, eraseAgain, noteReturn, reopen, type SweptBack } from './sweep-erase.ts'
import { type Gathered, type Gathering, gathering } from './sweep-found.ts'
import { judgeMark, markAs, readAs } from './sweep-marks.ts'
import {
  findSweep,
  finishSweep,
  insertSweep,
  marksOf,
  putMark,
  type SweepRecord,
  unfinishedSweep,
} from './sweep-queries.ts'
import {
  type FoundAgain,
  type SweepReport,
  type SweptCollectionReport,
  type SweptSystem,
  verdictOf,
} from './sweep-report.ts'

export interface SweepInput {
  /** A sweep that was asked for before; default a new one, or the last of the kind that was cut off. */
  readonly sweep?: string
  /** Only these; default all that are mapped. */
  readonly systems?: readonly string[]
  /** Erase whoever returned, under their old request. */
  readonly erase?: boolean
  /** Dossier's database was restored: give its log back what it lost, and open the doors when nobody is left to erase. */
  readonly restored?: 'refuse' | 'replay'
  /** Open the doors though somebody returned or a system did not answer: somebody answers for it. */
  readonly release?: boolean
  readonly onProgress?: (what: string, done: number, total: number) => void
  readonly signal?: AbortSignal
}

/**
 * Looks through the identifier fields of the mapped systems for people erased before: whoever came back through a
 * restore, a re-sync or a re-import (design §4). Their request is opened again and planned, and with `erase` carried out.
 * Killed anywhere, the next sweep goes on with the collections not read yet. Throws `requests.not-in-map`, and
 * `inventory.restored` when Dossier's own database was restored and `restored` does not say `replay`.
 */
export async function sweepSystems(ctx: Context, input: SweepInput = {}): Promise<SweepReport> {
  const before = await restoreState(ctx)
  const isRestored = before.state === 'behind' || before.state === 'unswept'
  // Where a restored database knows no system, there is none in which anybody could be met.
  const known = isRestored ? await newestMap(ctx) : await currentMap(ctx)
  const map = known?.map ?? nothingMapped
  if (input.restored !== 'replay') await refuseRestored(ctx)
  const given = isRestored ? await giveBack(ctx) : undefined
  if (!given) {
    await mendLedger(ctx)
    // A database of keys that was restored alone shows in nothing else.
    await destroyReturnedKeys(ctx)
  }
  const { sweep, resumed } = await begin(ctx, map, input)
  const timeZone = known ? (await legalSeat(ctx)).timeZone : 'UTC'
  using tombstones = await loadTombstones(ctx)
  const found = gathering(ctx, timeZone)
  const work: Work = { sweep, map, tombstones, found, input, trustsMarks: !isRestored }
  const systems: SweptSystem[] = []
  for (const name of scopeOf(map, sweep)) systems.push(await sweepOne(ctx, work, name))

  const { opened, contested } = await reopenAll(ctx, work, timeZone)
  const knowsAll = found.unclaimedRows() === 0 && given?.unremembered.length === 0
  const released = given !== undefined && (await release(ctx, work, systems, knowsAll, opened.length > 0))
  const people: FoundAgain[] = []
  for (const [i, one] of opened.entries()) {
    input.onProgress?.(one.gathered.request.id, i, opened.length)
    people.push(await planOrErase(ctx, one, sweep, !isRestored || released))
  }
  const isSorted = new Set([...opened.map(({ gathered }) => gathered), ...contested])
  people.push(...contested.map((gathered) => ({ ...asFound(gathered), verdict: 'contested' as const })))
  for (const gathered of found.found.values()) if (!isSorted.has(gathered)) people.push(asFound(gathered))
  const report: SweepReport = {
    sweep: sweep.id,
    resumed,
    tombstones: tombstones.size,
    systems,
    found: people,
    kept: found.keptRows(),
    unclaimed: found.unclaimedRows(),
    restored: given ? { ...given, released } : null,
  }
  await finishSweep(ctx.db, sweep.id, ctx.now(), report)
  return report
}

const nothingMapped: DataMap = { version: 1, systems: {}, rules: {} }

interface Work {
  readonly sweep: SweepRecord
  readonly map: DataMap
  readonly tombstones: TombstoneFilter
  readonly found: Gathering
  readonly input: SweepInput
  /** A restored database knows of reads that its systems may have outlived. */
  readonly trustsMarks: boolean
}

/** A sweep cut off longer ago than this is begun anew: what it read then may have changed. */
const resumableMs = 24 * 3_600_000

async function begin(
  ctx: Context,
  map: DataMap,
  { sweep: id, systems = [], erase = false }: SweepInput,
): Promise<{ readonly sweep: SweepRecord; readonly resumed: boolean }> {
  if (id !== undefined) {
    const sweep = await findSweep(ctx.db, id)
    if (!sweep) throw problem('requests.unknown-sweep', { sweep: id })
    return { sweep, resumed: false }
  }
  const since = new Date(ctx.now().getTime() - resumableMs)
  const scope = systems.toSorted()
  const cutOff = await unfinishedSweep(ctx.db, scope, erase, since)
  return cutOff
    ? { sweep: cutOff, resumed: true }
    : { sweep: await newSweep(ctx, map, systems, erase), resumed: false }
}

/** Writes down that a sweep is to be made. Throws `requests.not-in-map`. */
export async function newSweep(
  ctx: Context,
  map: DataMap,
  systems: readonly string[],
  erase: boolean,
): Promise<SweepRecord> {
  for (const system of systems)
    if (!Object.hasOwn(map.systems, system)) throw problem('requests.not-in-map', { system })
  const startedAt = ctx.now()
  const sweep = {
    id: uuidv7(startedAt),
    scope: systems.toSorted(),
    erase,
    startedAt,
    finishedAt: null,
    report: null,
  }
  await insertSweep(ctx.db, sweep)
  return sweep
}

const scopeOf = (map: DataMap, { scope }: SweepRecord): readonly string[] =>
  scope.length > 0 ? scope : Object.keys(map.systems)

async function sweepOne(ctx: Context, work: Work, name: string): Promise<SweptSystem> {
  const { sweep, map, tombstones, found, input } = work
  const marks = new Map((await marksOf(ctx.db, name)).map((one) => [one.collection, one]))
  const collections: SweptCollectionReport[] = []
  const open = new Map<string, number>()
  let restored = false
  const problem = await sweepSystem(ctx, {
    system: name,
    map,
    tombstones,
    ...(input.signal && { signal: input.signal }),
    onProgress: (collection, done, total) => input.onProgress?.(`${name} ${collection}`, done, total),
    isToRead(collection) {
      const last = marks.get(collection.name)
      const judged = judgeMark(last, collection, readAs(collection, map, tombstones.kinds), sweep, ctx.now())
      restored ||= judged.restored
      const state = judged.state === 'unchanged' && !work.trustsMarks ? 'read' : judged.state
      if (state === 'read') return true
      collections.push({ name: collection.name, state, rows: last?.rows ?? 0 })
      return false
    },
    async onHits(collection, hits) {
      open.set(collection.name, (open.get(collection.name) ?? 0) + (await found.take(collection, hits)))
    },
    async onRead(collection, rows) {
      collections.push({ name: collection.name, state: 'read', rows })
      // Somebody is in it: it is read again until nobody is, so that no report forgets them.
      if ((open.get(collection.name) ?? 0) > 0) return
      await putMark(
        ctx.db,
        markAs(collection, readAs(collection, map, tombstones.kinds), rows, sweep, ctx.now()),
      )
    },
  })
  const sum = (state: SweptCollectionReport['state']) => collections.filter((one) => one.state === state)
  await recordEvidence(ctx, {
    kind: 'requests.swept',
    facts: {
      sweep: sweep.id,
      system: name,
      state: problem ? 'unreachable' : 'swept',
      restored,
      tombstones: tombstones.size,
      read: sum('read').length,
      unchanged: sum('unchanged').length,
      readBefore: sum('read-before').length,
      rows: sum('read').reduce((all, { rows }) => all + rows, 0),
      found: [...open.values()].reduce((all, rows) => all + rows, 0),
    },
  })
  return { name, state: problem ? 'unreachable' : 'swept', restored, collections, problem }
}

interface Opened {
  readonly gathered: Gathered
  /** Undefined when a worker has it in hand. */
  readonly request: Gathered['request'] | undefined
  readonly timeZone: string
  /** Every system was asked whether the person came anew. */
  readonly looked: boolean
}

interface Sorted {
  readonly opened: readonly Opened[]
  /** Back, and here anew: left to a person. */
  readonly contested: readonly Gathered[]
}

/** Opens the requests of those who only returned. Behind shut doors nobody can be asked, and who returned is denied. */
async function reopenAll(
  ctx: Context,
  { sweep, found, trustsMarks: isOpen }: Work,
  timeZone: string,
): Promise<Sorted> {
  const opened: Opened[] = []
  const contested: Gathered[] = []
  for (const gathered of found.found.values()) {
    const verdict = verdictOf([...gathered.places.values()])
    if (verdict !== 'returned' && verdict !== 'contested') continue
    const back = { sweep: sweep.id, gathered, timeZone }
    const seen = isOpen && verdict === 'returned' ? await hasComeAnew(ctx, back) : undefined
    if (verdict === 'contested' || seen === true) {
      contested.push(gathered)
      await noteReturn(ctx, sweep.id, gathered, { verdict: 'contested' })
    } else opened.push({ gathered, timeZone, request: await reopen(ctx, back), looked: seen !== undefined })
  }
  return { opened, contested }
}

/** Undefined when it cannot be said yet: planning will meet the same problem, and tell. */
const hasComeAnew = (ctx: Context, back: SweptBack): Promise<boolean | undefined> =>
  cameAnew(ctx, back).catch((error: unknown) => {
    if (!isProblem(error)) throw error
    return undefined
  })

/** Opens the doors of a restored installation when all systems were read for all the erased, and nobody of them is left. */
async function release(
  ctx: Context,
  { sweep, input }: Work,
  systems: readonly SweptSystem[],
  knowsAll: boolean,
  hasReturned: boolean,
): Promise<boolean> {
  const isRead = sweep.scope.length === 0 && systems.every(({ state }) => state === 'swept')
  const isWhole = isRead && knowsAll
  if (!input.release && (!isWhole || (hasReturned && !sweep.erase))) return false
  await inTransaction(ctx, async (tx) => {
    await confirmSweep(tx)
    await recordEvidence(tx, {
      kind: 'requests.doors-opened',
      facts: { sweep: sweep.id, whole: isWhole, byOperator: input.release === true },
    })
  })
  return true
}

async function planOrErase(
  ctx: Context,
  { gathered, request, timeZone, looked }: Opened,
  sweep: SweepRecord,
  isOpen: boolean,
): Promise<FoundAgain> {
  if (!request) return { ...asFound(gathered), verdict: 'pending' }
  const found = { ...asFound(gathered), state: request.state }
  if (!isOpen) return found
  return {
    ...found,
    ...(await eraseAgain(ctx, request, { sweep: sweep.id, gathered, timeZone, looked }, sweep.erase)),
  }
}

function asFound({ request, erasedAt, places }: Gathered): FoundAgain {
  const all = [...places.values()]
  return {
    request: request.id,
    verdict: verdictOf(all),
    erasedAt,
    places: all,
    plan: null,
    state: request.state,
    systems: [],
    problem: null,
  }
}
