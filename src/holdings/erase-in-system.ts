import type { SystemDescription, WriteSession } from '../connectors/public.ts'
import { type DataMap, openForErasing } from '../inventory/public.ts'
import type { Context } from '../platform/context.ts'
import { applyOperations, shortfall } from './apply-operations.ts'
import { boundFields } from './bound-fields.ts'
import { findInSystem, type Seeds } from './find-in-system.ts'
import type { KnownRow } from './find-known.ts'
import { type MentionPlace, mentionsAt, withMentions } from './find-mentions.ts'
import type { SystemHoldings } from './holdings.ts'
import { isStill } from './known-again.ts'
import { hersOf } from './living-rows.ts'
import { lockClock, type OnReleased } from './lock-clock.ts'
import { collectionOf, type MappedSystem, mappedSystem } from './mapped-system.ts'
import { isDone, type KeptRow, type SystemOperations, type SystemPlan, summarise } from './plan.ts'
import { planSystem } from './plan-system.ts'
import { problem } from './problems.ts'
import { findReferences } from './references.ts'
import { ownRows } from './rows-after.ts'
import type { Term } from './spans.ts'

export interface EraseInput {
  readonly system: string
  readonly map: DataMap
  /** The shape the plan was made on; throws `holdings.schema-changed` when the system has another now. Null: as it is. */
  readonly fingerprint: string | null
  readonly seeds: Seeds
  /** What is taken out of texts that stay: of the person's own rows, and of other people's at `mentions`. */
  readonly terms: readonly Term[]
  /** Where the plan found the person in other people's texts; undefined: search for them. */
  readonly mentions?: readonly MentionPlace[] | undefined
  readonly today: string
  /**
   * Called with what was found, what will stay of it, and what of the rows kept before nobody can tell any more, before
   * anything is written: evidence before effect.
   */
  readonly beforeWriting: (
    found: SystemPlan,
    kept: EraseResult['kept'],
    lost: EraseResult['lost'],
  ) => Promise<void>
  /** Called when all is written and nothing committed; throws when another worker has taken over. */
  readonly beforeCommit: () => Promise<void>
  readonly onReleased?: OnReleased | undefined
}

export interface EraseResult {
  readonly done: SystemPlan
  /** Rows that stay, with key and fields: sealed before they are stored. */
  readonly kept: readonly { readonly collection: string; readonly row: KeptRow; readonly lasting: boolean }[]
  /** Rows that were kept in collections without key, and are like no row that is there, or like more than were kept. */
  readonly lost: readonly KnownRow[]
  /** Collections in which the target says it wrote fewer rows than it was told, or in which it did not do what it said. */
  readonly notObeyed: readonly string[]
}

/**
 * Erases a person from one system, in one transaction of that system: find under lock, say what was found, write, count
 * again, commit. At-least-once and idempotent: after a crash the same call finds what is left, or nothing.
 */
export async function eraseInSystem(ctx: Context, input: EraseInput): Promise<EraseResult> {
  using clock = await lockClock(input.onReleased)
  await using session = await openForErasing(ctx, input.system)
  clock.begin(session)
  const description = await session.describe({ counts: false })
  if (input.fingerprint !== null && description.fingerprint !== input.fingerprint)
    throw problem('holdings.schema-changed', { system: input.system })
  const system = mappedSystem(input.map, input.system, description)
  const { operations, own, lost } = await operationsNow(session, system, input)
  const found = summarise(operations, description.fingerprint)
  const kept = keptIn(operations, description)
  await input.beforeWriting(found, kept, lost)
  if (isDone(operations)) return { done: found, kept, lost, notObeyed: [] }
  const written = await applyOperations(session, system, operations)
  // Counted again by key: what stays has lost the identifiers that led to it, and would look like somebody else's.
  const seeds = { ...input.seeds, identifiers: [], rows: own, across: [] }
  const left = await operationsNow(session, system, { ...input, seeds, mentions: touchedTexts(operations) })
  const unfinished = stillToDo(operations, left.operations)
  await input.beforeCommit()
  await session.commit()
  clock.stop()
  return {
    done: found,
    kept,
    lost,
    notObeyed: [...new Set([...shortfall(written, description), ...unfinished])],
  }
}

/**
 * Collections in which something that was told is still to be done. What comes up only now, because a row without key that
 * kept another cannot be told any more, was never told: if it names the person, the second reader finds it.
 */
export const stillToDo = (told: SystemOperations, left: SystemOperations): readonly string[] =>
  left.collections
    .filter(({ name, remove, change }) => {
      const before = told.collections.find((one) => one.name === name)
      const removed = new Set(before?.remove)
      const changed = new Map(before?.change.map(({ key, set }) => [key, set]))
      return (
        remove.some((key) => removed.has(key)) ||
        change.some(({ key, set }) => [...set.keys()].some((field) => changed.get(key)?.has(field)))
      )
    })
    .map(({ name }) => name)

const touchedTexts = (operations: SystemOperations): readonly MentionPlace[] =>
  operations.collections.flatMap(({ name, change }) =>
    change
      .filter(({ set }) => [...set.values()].some(({ action }) => action === 'redact'))
      .map(({ key }) => ({ collection: name, key })),
  )

export function keptIn(operations: SystemOperations, description: SystemDescription): EraseResult['kept'] {
  return operations.collections.flatMap(({ name, kept: rows }) => {
    const lasting = description.collections.some((one) => one.name === name && one.key.length > 0)
    return rows.map((row) => ({ collection: name, row, lasting }))
  })
}

/** The work that is left in a system, as it stands in this session, and the keys of the rows that are the person's. */
async function operationsNow(
  session: WriteSession,
  system: MappedSystem,
  input: Pick<EraseInput, 'seeds' | 'terms' | 'mentions' | 'today'>,
): Promise<{
  readonly operations: SystemOperations
  readonly own: Seeds['rows']
  readonly lost: readonly KnownRow[]
}> {
  const { holdings } = await findInSystem(session, system, input.seeds, input.terms)
  const { terms, mentions } = input
  const found = mentions
    ? await mentionsAt(session, system, holdings, terms, mentions)
    : await withMentions(session, system, holdings, terms)
  const references = await findReferences(session, system, found)
  const isBound = await boundFields(session, system, found, hersOf(terms, input.seeds.staying))
  const operations = planSystem({
    system,
    found,
    references,
    isBound,
    termsAt: () => terms,
    today: input.today,
  })
  return {
    operations,
    own: ownRows(system, found, operations),
    lost: lostRows(system, holdings, input.seeds.rows),
  }
}

/** Of what was kept where rows have no key: what is not among the rows that were found. */
function lostRows(
  system: MappedSystem,
  found: SystemHoldings,
  known: readonly KnownRow[],
): readonly KnownRow[] {
  return known.filter(({ collection: name, still }) => {
    const collection = collectionOf(system, name)
    if (still === undefined || collection === undefined || collection.description.key.length > 0) return false
    const rows = found.collections.find((one) => one.name === name)?.rows ?? []
    return !rows.some(({ cells }) => isStill(collection, cells, still.digest))
  })
}
