import type { FoundRow, Match, ReadSession, RowKey, RowQuery } from '../connectors/public.ts'

/** Rows that hold one of some values; each once. */
export type Find = (query: Omit<RowQuery, 'matches' | 'keys'> & Sought) => AsyncIterable<FoundRow>

interface Sought {
  readonly matches: readonly Match[]
}

const tupleLimit = 1_000

/** Asks for so many values at a time where an index may lead to them; without one a target reads everything for each statement. */
export const findInSlices = (session: ReadSession): Find =>
  async function* ({ matches, ...query }) {
    const [only] = matches
    if (matches.length !== 1 || only?.fold !== 'none') {
      if (matches.length > 0) yield* session.find({ ...query, matches })
      return
    }
    for (let start = 0; start < only.values.length; start += tupleLimit)
      yield* session.find({
        ...query,
        matches: [{ ...only, values: only.values.slice(start, start + tupleLimit) }],
      })
  }

/** What was asked for, by the place of each match, and what came of it. */
interface Asked {
  readonly values: readonly ReadonlySet<string>[]
  readonly rows: ReadonlyMap<RowKey, FoundRow>
}

/**
 * For a search that goes in rounds, each of which asks for what the one before asked for and for what it learnt: only the
 * news are asked for, and what is known already is handed out again.
 */
export function rememberingFinds(session: ReadSession): Find {
  const find = findInSlices(session)
  const memory = new Map<string, Asked>()
  return async function* (query) {
    const { collection, fields, matches } = query
    const label = JSON.stringify([collection, fields, matches.map((match) => [match.fields, match.fold])])
    const values = matches.map((match) => new Set(match.values.map(labelOf)))
    const before = memory.get(label)
    const known = before?.values.every((some, i) => values[i] && some.isSubsetOf(values[i])) ? before : null
    const news = matches.flatMap((match, i) => {
      const fresh = match.values.filter((value) => known?.values[i]?.has(labelOf(value)) !== true)
      return fresh.length > 0 ? [{ ...match, values: fresh }] : []
    })
    const rows = new Map(known?.rows)
    for await (const row of find({ ...query, matches: news })) if (!rows.has(row.key)) rows.set(row.key, row)
    memory.set(label, { values, rows })
    yield* rows.values()
  }
}

const labelOf = (tuple: readonly string[]): string =>
  tuple.length === 1 ? (tuple[0] ?? '') : JSON.stringify(tuple)
