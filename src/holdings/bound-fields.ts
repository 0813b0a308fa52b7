import type { FoundRow, Match, ReadSession, RowKey } from '../connectors/public.ts'
import { tuplesOf } from './cells.ts'
import type { SystemHoldings } from './holdings.ts'
import { type Hers, labelOf, livingRows, type WholeRow } from './living-rows.ts'
import { collectionOf, type MappedCollection, type MappedSystem } from './mapped-system.ts'
import { inEach } from './side-by-side.ts'

/** Whether a field of a row that is not the person's alone is what others have the row by. */
export type IsBound = (collection: string, key: RowKey, field: string) => boolean

/** One end of an owner link, seen from the collection it stands in. */
interface End {
  readonly collection: MappedCollection
  readonly fields: readonly string[]
  readonly other: MappedCollection
  readonly otherFields: readonly string[]
}

/**
 * Of the fields in which other people's rows, or shared ones, name the person: those by which such rows belong to each
 * other (a household under her customer number). Whatever was written there would take the row from the others; so it
 * stays, and the second reader says where.
 */
export async function boundFields(
  session: ReadSession,
  system: MappedSystem,
  found: SystemHoldings,
  hers: Hers,
): Promise<IsBound> {
  const search = { session, system, found, hers }
  const bound = new Set<string>()
  const look = async (end: End, touched: ReturnType<typeof touchedFields>) => {
    const keys = [...touched.keys()].filter((key) => end.fields.some((field) => touched.get(key)?.has(field)))
    if (keys.length === 0) return
    const { name } = end.collection
    const rows = await rowsAt(session, end.collection, found, keys)
    for (const key of await tiedByOthers(search, end, rows))
      for (const field of end.fields) bound.add(JSON.stringify([name, key, field]))
  }
  await inEach(system.collections, (collection) => {
    const touched = touchedFields(found, collection)
    return inEach(touched.size === 0 ? [] : endsIn(system, collection), (end) => look(end, touched))
  })
  if (bound.size === 0) return () => false
  return (collection, key, field) => bound.has(JSON.stringify([collection, key, field]))
}

/** What an erasure would write into rows that are not the person's alone. */
function touchedFields(
  found: SystemHoldings,
  { name }: MappedCollection,
): ReadonlyMap<RowKey, ReadonlySet<string>> {
  const held = found.collections.find((one) => one.name === name)
  const touched = new Map<RowKey, Set<string>>()
  const touch = (key: RowKey, fields: readonly string[]) => {
    const known = touched.get(key) ?? new Set()
    touched.set(key, known)
    for (const field of fields) known.add(field)
  }
  for (const { key, field } of held?.mentions ?? []) touch(key, [field])
  for (const { key, role, clears } of held?.rows ?? []) if (role !== 'owner') touch(key, clears)
  return touched
}

function endsIn(system: MappedSystem, collection: MappedCollection): readonly End[] {
  const isHere = (link: MappedCollection['links'][number]) =>
    link.role === 'owner' && link.system === system.name
  const owners = collection.links.filter(isHere).flatMap(({ collection: to, fields, toFields }) => {
    const other = collectionOf(system, to)
    return other ? [{ collection, fields, other, otherFields: toFields }] : []
  })
  const dependants = system.collections.flatMap((other) =>
    other.links
      .filter((link) => isHere(link) && link.collection === collection.name)
      .map(({ fields, toFields }) => ({ collection, fields: toFields, other, otherFields: fields })),
  )
  return [...owners, ...dependants]
}

async function rowsAt(
  session: ReadSession,
  { name, fields }: MappedCollection,
  found: SystemHoldings,
  keys: readonly RowKey[],
): Promise<readonly FoundRow[]> {
  const held = new Map(
    found.collections.find((one) => one.name === name)?.rows.map((row) => [row.key, row] as const),
  )
  const known = keys.flatMap((key) => held.get(key) ?? [])
  const others = keys.filter((key) => !held.has(key))
  if (others.length === 0) return known
  return [...known, ...(await Array.fromAsync(session.find({ collection: name, keys: others, fields })))]
}

interface Search {
  readonly session: ReadSession
  readonly system: MappedSystem
  readonly found: SystemHoldings
  readonly hers: Hers
}

/** Keys of the rows at whose other end stands a living row that is not the person's alone. */
async function tiedByOthers(
  { session, system, found, hers }: Search,
  { collection, fields, other, otherFields }: End,
  rows: readonly FoundRow[],
): Promise<readonly RowKey[]> {
  const cells = rows.map((row) => row.cells)
  const values = tuplesOf(collection, cells, fields)
  if (values.length === 0) return []
  const own = new Set(
    found.collections
      .find((one) => one.name === other.name)
      ?.rows.filter(({ role }) => role === 'owner')
      .map(({ key }) => key),
  )
  const matches: readonly Match[] = [{ fields: otherFields, fold: 'none', values }]
  const ends: WholeRow[] = []
  for await (const row of session.find({ collection: other.name, matches, fields: other.fields }))
    if (!own.has(row.key)) ends.push({ collection: other, row })
  const living = await livingRows(session, system, ends, hers)
  const places = Map.groupBy(
    ends.filter((end) => living.has(labelOf(end))),
    ({ row }) => JSON.stringify(tuplesOf(other, [row.cells], otherFields)[0]),
  )
  const isItself = (row: FoundRow, end: WholeRow) => other === collection && end.row.key === row.key
  return rows
    .filter((row) => {
      const place = JSON.stringify(tuplesOf(collection, [row.cells], fields)[0])
      return places.get(place)?.some((end) => !isItself(row, end))
    })
    .map(({ key }) => key)
}
