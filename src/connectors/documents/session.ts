import type {
  FoundRow,
  Match,
  ReadSession,
  RowKey,
  RowQuery,
  TextSearch,
  WriteSession,
} from '../connector.ts'
import { queryTest } from '../match-rows.ts'
import { changeDocuments } from './change-documents.ts'
import { needlesForMatch, needlesInDocuments } from './needles.ts'
import { every } from './path.ts'
import { readElements } from './read-path.ts'
import {
  type Asked,
  type Columns,
  cellsOf,
  columnsIn,
  columnsOf,
  hasPaths,
  mayBePath,
} from './resolve-fields.ts'

/** A session in which a field may also be a path in the documents of a column, such as `profile.$.address.city`. */
export function readingDocuments(session: ReadSession): ReadSession {
  return {
    ...reading(session, columnsIn(session)),
    [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
  }
}

/** The same for writing: `null` removes what stands at a path, a text takes its place with its JSON type. */
export function writingDocuments(session: WriteSession): WriteSession {
  const known = columnsIn(session)
  return {
    ...reading(session, known),
    ...(session.hurry && { hurry: session.hurry }),
    ...(session.endWithin && { endWithin: session.endWithin }),
    change: (collection, changes) => changeDocuments(session, known, collection, changes),
    remove: (collection, keys) => session.remove(collection, keys),
    savepoint: (work) => session.savepoint(work),
    commit: () => session.commit(),
    [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
  }
}

function reading(session: ReadSession, known: Columns): Omit<ReadSession, typeof Symbol.asyncDispose> {
  return {
    ...(session.blocksNobody && { blocksNobody: session.blocksNobody }),
    describe: (options) => session.describe(options),
    sample: (collection, limit) => session.sample(collection, limit),
    // What names no path goes straight through: a generator in between costs half a second per million rows.
    find: (query) => (asksForPaths(query) ? find(session, known, query) : session.find(query)),
    count: async (query) => {
      if (!asksForPaths({ ...query, fields: [] })) return session.count(query)
      const plan = await planQuery(session, known, { ...query, fields: [] })
      if (plan === null) return session.count(query)
      let rows = 0
      for await (const _ of found(session, plan)) rows += 1
      return rows
    },
    stream: (collection, fields) =>
      fields.some(mayBePath)
        ? stream(session, known, collection, fields)
        : session.stream(collection, fields),
    search: (wanted) =>
      wanted.fields.some(mayBePath) ? search(session, known, wanted) : session.search(wanted),
    ...(session.changeMark && {
      changeMark: (collection) => session.changeMark?.(collection) ?? Promise.resolve(null),
    }),
  }
}

const asksForPaths = ({ matches = [], fields }: Omit<RowQuery, 'collection'>): boolean =>
  fields.some(mayBePath) || matches.some((match) => match.fields.some(mayBePath))

async function* stream(
  session: ReadSession,
  known: Columns,
  collection: string,
  fields: readonly string[],
): AsyncIterable<FoundRow> {
  const asked = await known.resolve(collection, fields)
  if (!hasPaths(asked)) return yield* session.stream(collection, fields)
  const columns = columnsOf(asked)
  for await (const row of session.stream(collection, columns))
    yield { key: row.key, cells: cellsOf(asked, columns, row) }
}

/** May answer with too much, as every search: what a needle is found in may be another member of the document. */
async function* search(session: ReadSession, known: Columns, wanted: TextSearch): AsyncIterable<FoundRow> {
  const asked = await known.resolve(wanted.collection, wanted.fields)
  if (!hasPaths(asked)) return yield* session.search(wanted)
  const columns = columnsOf(asked)
  const needles = needlesInDocuments(wanted.needles)
  for await (const row of session.search({ collection: wanted.collection, fields: columns, needles }))
    yield { key: row.key, cells: cellsOf(asked, columns, row) }
}

async function* find(session: ReadSession, known: Columns, query: RowQuery): AsyncIterable<FoundRow> {
  const plan = await planQuery(session, known, query)
  if (plan === null) yield* session.find(query)
  else yield* found(session, plan)
}

/** A query that the target can answer, and what its answers have to be tested for. */
interface QueryPlan {
  readonly query: RowQuery
  /** What the caller asked for, then what the test looks at. */
  readonly asked: readonly Asked[]
  readonly wanted: number
  passes(row: FoundRow): boolean
}

/**
 * Targets do not look into documents: rows whose text may say a value are searched for, then asked for by key, which is
 * what locks them in a session for writing, and only then tested, as they are under that lock. Null: no path is involved.
 */
async function planQuery(session: ReadSession, known: Columns, query: RowQuery): Promise<QueryPlan | null> {
  const { collection, matches = [], keys = [], fields } = query
  const matching = await known.resolve(collection, [...new Set(matches.flatMap((match) => match.fields))])
  const wanted = await known.resolve(collection, fields)
  if (!hasPaths(matching) && !hasPaths(wanted)) return null
  const isPath = new Set(matching.flatMap(({ name, path }) => (path === null ? [] : [name])))
  const [byPath, plain] = [true, false].map((yes) =>
    matches.filter((match) => match.fields.some((field) => isPath.has(field)) === yes),
  )
  const candidates = new Set<RowKey>()
  for (const match of byPath ?? [])
    for await (const key of candidatesFor(session, collection, match, matching)) candidates.add(key)
  const asked = [...wanted, ...matching]
  const test = anyTest(byPath ?? [], matching, wanted.length)
  const others = queryTest({ collection, matches: plain ?? [], keys })
  const places = others.fields.map((field) => asked.findIndex(({ name }) => name === field))
  const byOthers = (row: FoundRow) =>
    others.passes({ key: row.key, cells: places.map((place) => row.cells[place] ?? null) })
  return {
    query: {
      collection,
      matches: plain ?? [],
      keys: [...new Set([...keys, ...candidates])],
      fields: columnsOf(asked),
    },
    asked,
    wanted: wanted.length,
    // What the target found by itself it compared in its own way: only candidates are tested.
    passes: (row) => !candidates.has(row.key) || test(row) || byOthers(row),
  }
}

async function* found(session: ReadSession, plan: QueryPlan): AsyncIterable<FoundRow> {
  const { query, asked, wanted, passes } = plan
  for await (const row of session.find(query)) {
    const whole = { key: row.key, cells: cellsOf(asked, query.fields, row) }
    if (passes(whole)) yield { key: row.key, cells: whole.cells.slice(0, wanted) }
  }
}

/** Rows that hold one of a match's values at its first path; what else it asks for is left to the test. */
async function* candidatesFor(
  session: ReadSession,
  collection: string,
  match: Match,
  matching: readonly Asked[],
): AsyncIterable<RowKey> {
  const place = match.fields.findIndex((field) =>
    matching.some(({ name, path }) => name === field && path !== null),
  )
  const asked = matching.filter(({ name }) => name === match.fields[place])
  const columns = columnsOf(asked)
  const values = match.values.map((tuple) => tuple.slice(place, place + 1))
  const passes = anyTest([{ fields: asked.map(({ name }) => name), fold: match.fold, values }], asked, 0)
  const needles = needlesForMatch(match, place)
  for await (const row of session.search({ collection, fields: columns, needles }))
    if (passes({ key: row.key, cells: cellsOf(asked, columns, row) })) yield row.key
}

/** Whether one of the matches finds a row; of a path with `[*]` any element may. `offset`: where their cells begin. */
function anyTest(matches: readonly Match[], matching: readonly Asked[], offset: number) {
  const tests = matches.map((match) => {
    const { fields, passes } = queryTest({ collection: '', matches: [match] })
    const places = fields.map((field) => matching.findIndex(({ name }) => name === field))
    return (row: FoundRow) =>
      combinations(
        places.map((place) => {
          const cell = row.cells[offset + place] ?? null
          const isList = matching[place]?.path?.includes(every) === true
          return (isList && cell !== null ? readElements(cell) : null) ?? [cell]
        }),
      ).some((cells) => passes({ key: '', cells }))
  })
  return (row: FoundRow) => tests.some((test) => test(row))
}

const combinations = <T>(lists: readonly (readonly T[])[]): readonly (readonly T[])[] =>
  lists.reduce<readonly (readonly T[])[]>(
    (all, list) => all.flatMap((head) => list.map((one) => [...head, one])),
    [[]],
  )
