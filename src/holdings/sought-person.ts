import type { ReadSession, RowKey } from '../connectors/public.ts'
import type { CollectionHoldings, HeldRow, RecordPlace, SystemHoldings } from './holdings.ts'
import type { MappedSystem } from './mapped-system.ts'
import type { Person } from './person.ts'

export interface OpenSystem {
  readonly system: MappedSystem
  readonly session: ReadSession
}

/** A passage over whole systems comes to a collection. */
export type OnCollection = (system: string, collection: string) => void

/** One of many people: who they are, what was found of theirs, and which possible matches were looked at. */
export interface SoughtPerson {
  readonly person: Person
  readonly found: readonly SystemHoldings[]
  readonly ruledOut: readonly RecordPlace[]
}

/** What one system holds of which of the people; a person is its place in the list. */
export interface HeldThere {
  /** False where the system could not be searched for a person: nothing is said of them there. */
  wasSearchedFor(person: number): boolean
  /** The rows of one collection that are somebody's, or mention somebody. */
  rowsOf(collection: string): HeldRows
}

export interface HeldRows {
  /** The row as it is held of a person, if it is. */
  of(key: RowKey, person: number): HeldRow | undefined
}

export function heldThere(people: readonly SoughtPerson[], system: string): HeldThere {
  const searched = new Set<number>()
  const byCollection = new Map<string, (readonly [number, CollectionHoldings])[]>()
  for (const [person, { found }] of people.entries())
    for (const { name, collections } of found) {
      if (name !== system) continue
      searched.add(person)
      for (const held of collections) {
        if (held.rows.length === 0) continue
        const known = byCollection.get(held.name)
        if (known) known.push([person, held])
        else byCollection.set(held.name, [[person, held]])
      }
    }
  return {
    wasSearchedFor: (person) => searched.has(person),
    rowsOf: (collection) => rowsByKey(byCollection.get(collection) ?? []),
  }
}

type Holder = readonly [person: number, row: HeldRow]

/** Most rows are one person's; of rows without a key that are alike, the last stands for all. */
function rowsByKey(holdings: readonly (readonly [number, CollectionHoldings])[]): HeldRows {
  const rows = new Map<RowKey, Holder | Holder[]>()
  const isOne = (held: Holder | Holder[]): held is Holder => typeof held[0] === 'number'
  const holdersOf = (key: RowKey): readonly Holder[] => {
    const held = rows.get(key)
    return held === undefined ? [] : isOne(held) ? [held] : held
  }
  for (const [person, { rows: held }] of holdings)
    for (const row of held) {
      const known = holdersOf(row.key)
      rows.set(row.key, known.length === 0 ? [person, row] : [...known, [person, row]])
    }
  return { of: (key, person) => holdersOf(key).findLast(([one]) => one === person)?.[1] }
}
