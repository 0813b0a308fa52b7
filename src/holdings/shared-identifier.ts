import type { ReadSession } from '../connectors/public.ts'
import { findInSystem, type Seeds } from './find-in-system.ts'
import type { Identifier } from './holdings.ts'
import type { MappedSystem } from './mapped-system.ts'
import { personIn } from './person.ts'
import { problem } from './problems.ts'

export interface AskedRows {
  /** What was asked for and may lead on. */
  readonly identifiers: readonly Identifier[]
  /** What was asked for and may not. */
  readonly shared: readonly Identifier[]
  /** The rows a shared identifier named, by system, once they proved to be one person's. */
  readonly rows: Readonly<Record<string, Seeds['rows']>>
}

/**
 * A phone number may be a household's. It is taken as an answer only when all the rows of persons that hold it are one
 * person's, tied together by unique identifiers; otherwise throws `holdings.shared-identifier` (security.md §3, merge attack).
 */
export async function askedRows(
  open: readonly { system: MappedSystem; session: ReadSession }[],
  asked: readonly Identifier[],
): Promise<AskedRows> {
  const isShared = ({ kind }: Identifier) => {
    const fields = open.flatMap(({ system }) =>
      system.collections.flatMap((one) => one.identifiers.filter((field) => field.kind === kind)),
    )
    return fields.length === 0 ? kind === 'phone' : fields.every((field) => !field.unique)
  }
  const shared = asked.filter(isShared)
  const identifiers = asked.filter((one) => !isShared(one))
  if (shared.length === 0) return { identifiers, shared, rows: {} }
  const people: ReadonlySet<string>[] = []
  const rows: Record<string, Seeds['rows']> = {}
  for (const { system, session } of open) {
    const found = await findInSystem(session, system, { identifiers: shared, rows: [], across: [] }, [])
    for (const collection of found.holdings.collections) {
      const direct = collection.rows.filter((row) => row.role === 'owner' && row.via.by === 'identifier')
      for (const row of direct) {
        const { unique } = personIn(system, [{ ...collection, rows: [row] }])
        if (unique.length === 0) continue
        people.push(new Set(unique.map(({ kind, value }) => `${kind} ${value}`)))
        rows[system.name] = [...(rows[system.name] ?? []), { collection: collection.name, key: row.key }]
      }
    }
  }
  const count = groups(people)
  if (count > 1 && identifiers.length === 0) throw problem('holdings.shared-identifier', { people: count })
  return { identifiers, shared, rows: count === 1 ? rows : {} }
}

/** How many groups remain when sets with a common member are joined. */
export function groups(sets: readonly ReadonlySet<string>[]): number {
  const joined: Set<string>[] = []
  for (const set of sets) {
    const touching = joined.filter((one) => [...set].some((member) => one.has(member)))
    for (const one of touching) joined.splice(joined.indexOf(one), 1)
    joined.push(new Set([...set, ...touching.flatMap((one) => [...one])]))
  }
  return joined.length
}
