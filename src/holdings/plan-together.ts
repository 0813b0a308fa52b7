import type { ReadSession, RowKey } from '../connectors/public.ts'
import { boundFields } from './bound-fields.ts'
import type { CollectionHoldings, Mention, SystemHoldings } from './holdings.ts'
import { inSteps } from './in-steps.ts'
import { hersOf } from './living-rows.ts'
import type { MappedSystem } from './mapped-system.ts'
import type { TouchedBy } from './people-apart.ts'
import type { KeptRow, RowOperation, SystemOperations } from './plan.ts'
import { type PlanInput, planningSystem, planSystem } from './plan-system.ts'
import { findReferences, type Reference } from './references.ts'
import { ownRows } from './rows-after.ts'
import type { Term } from './spans.ts'
import type { Tie } from './whose-rows.ts'

/** Whose a row is, by the people's places in the list. */
export type TiesOf = (collection: string, key: RowKey) => ReadonlyMap<number, Tie>

export interface TogetherInput {
  /** What was found in a system of all of them. */
  readonly holdings: SystemHoldings
  readonly tiesOf: TiesOf
  readonly mentioned: Mentioned
  /** What is taken out of texts, of each of the people. */
  readonly terms: readonly (readonly Term[])[]
  readonly today: string
  /** Waited for between what is read and what is worked out of it. */
  readonly pause?: () => Promise<void>
}

export interface PlannedTogether {
  readonly operations: SystemOperations
  /** What of it is each one's, in the order of the people. */
  readonly parts: readonly SystemOperations[]
  readonly found: SystemHoldings
  /** What others refer to of it. */
  readonly references: readonly Reference[]
  readonly touched: TouchedBy
  readonly tiesOf: TiesOf
  /** What is to be done when the same rows hold something else: nothing, once it was done. */
  readonly planAgain: (found: SystemHoldings) => SystemOperations
}

/**
 * What erasing several people means for a system, planned as if they were one person: what two of them share goes with
 * the last of them. A text loses those whom it names, and nobody else.
 */
export async function planTogether(
  session: ReadSession,
  system: MappedSystem,
  { holdings, tiesOf, mentioned: read, terms, today, pause }: TogetherInput,
): Promise<PlannedTogether> {
  const mentioned = inOthersRows(read, holdings, tiesOf)
  const found = withAll(holdings, mentioned)
  const [references, isBound] = await Promise.all([
    findReferences(session, system, found),
    boundFields(session, system, found, hersOf(terms.flat())),
  ])
  await pause?.()
  const touched = touchedBy(tiesOf, mentioned, references)
  const mentioning = peopleIn(mentioned)
  const termsAt = (collection: string, key: RowKey) => {
    const others = mentioning.get(`${collection} ${key}`) ?? []
    return [...new Set([...tiesOf(collection, key).keys(), ...others])].flatMap((i) => terms[i] ?? [])
  }
  const planned: PlanInput = { system, found, references, isBound, termsAt, today }
  const operations = await inSteps(planningSystem(planned), pause)
  await pause?.()
  // What is kept is told under the key it will have.
  const keys = new Map(
    ownRows(system, found, operations).map(({ collection, key, before }) => [`${collection} ${key}`, before]),
  )
  const tiesAfter: TiesOf = (collection, key) => tiesOf(collection, keys.get(`${collection} ${key}`) ?? key)
  return {
    operations,
    parts: partsOf(operations, terms.length, touched, tiesOf, tiesAfter),
    found,
    references,
    touched,
    tiesOf,
    planAgain: (now) => planSystem({ ...planned, found: now, references: [] }),
  }
}

/** Texts of others in which people stand, by their places in the list. */
export type Mentioned = readonly (readonly { readonly collection: string; readonly mention: Mention }[])[]

/** What a person shares with the others alone is no text of somebody else's when all of them go. */
function inOthersRows(mentioned: Mentioned, { collections }: SystemHoldings, tiesOf: TiesOf): Mentioned {
  const owned = new Map<string, ReadonlySet<RowKey>>()
  const ownedIn = (name: string): ReadonlySet<RowKey> => {
    const rows = collections.find((one) => one.name === name)?.rows ?? []
    const known =
      owned.get(name) ?? new Set(rows.filter(({ role }) => role === 'owner').map(({ key }) => key))
    owned.set(name, known)
    return known
  }
  return mentioned.map((texts, person) =>
    texts.filter(
      ({ collection, mention: { key } }) =>
        tiesOf(collection, key).get(person) !== 'owner' || !ownedIn(collection).has(key),
    ),
  )
}

function withAll(found: SystemHoldings, mentioned: Mentioned): SystemHoldings {
  const byCollection = Map.groupBy(mentioned.flat(), ({ collection }) => collection)
  const collections = found.collections.map((one): CollectionHoldings => {
    const mentions = (byCollection.get(one.name) ?? []).map(({ mention }) => mention)
    const distinct = new Map(
      mentions.map((mention) => [JSON.stringify([mention.key, mention.field]), mention]),
    )
    return { ...one, mentions: [...distinct.values()] }
  })
  return { ...found, collections }
}

function peopleIn(mentioned: Mentioned): Map<string, Set<number>> {
  const people = new Map<string, Set<number>>()
  for (const [i, texts] of mentioned.entries())
    for (const { collection, mention } of texts) note(people, `${collection} ${mention.key}`, i)
  return people
}

/** Theirs, one that mentions them, or one that refers to either. */
function touchedBy(tiesOf: TiesOf, mentioned: Mentioned, references: readonly Reference[]): TouchedBy {
  const others = peopleIn(mentioned)
  const mentioning = peopleIn(mentioned)
  for (const { from, key, foreignKey, targets } of references)
    for (const target of targets)
      for (const i of [
        ...tiesOf(foreignKey.to, target).keys(),
        ...(mentioning.get(`${foreignKey.to} ${target}`) ?? []),
      ])
        note(others, `${from} ${key}`, i)
  return (collection, key) =>
    new Set([...tiesOf(collection, key).keys(), ...(others.get(`${collection} ${key}`) ?? [])])
}

function note(people: Map<string, Set<number>>, label: string, person: number): void {
  const known = people.get(label)
  if (known) known.add(person)
  else people.set(label, new Set([person]))
}

/** Each person's part of what is done for all. A row that two of them share goes for both. */
function partsOf(
  { name, collections, removalOrder }: SystemOperations,
  people: number,
  touched: TouchedBy,
  tiesOf: TiesOf,
  tiesAfter: TiesOf,
): readonly SystemOperations[] {
  const parts = Array.from({ length: people }, () => new Map<string, Part>())
  const partIn = (person: number, collection: string): Part => {
    const known = parts[person]?.get(collection)
    const part = known ?? { name: collection, remove: [], change: [], kept: [] }
    if (!known) parts[person]?.set(collection, part)
    return part
  }
  const owners = (ties: TiesOf, collection: string, key: RowKey) =>
    [...ties(collection, key)].flatMap(([person, tie]) => (tie === 'owner' ? [person] : []))
  for (const one of collections) {
    for (const key of one.remove)
      for (const i of owners(tiesOf, one.name, key)) partIn(i, one.name).remove.push(key)
    for (const row of one.change)
      for (const i of touched(one.name, row.key)) partIn(i, one.name).change.push(row)
    for (const row of one.kept)
      for (const i of owners(tiesAfter, one.name, row.key)) partIn(i, one.name).kept.push(row)
  }
  return parts.map((part) => ({ name, removalOrder, collections: [...part.values()] }))
}

interface Part {
  readonly name: string
  readonly remove: RowKey[]
  readonly change: RowOperation[]
  readonly kept: KeptRow[]
}
