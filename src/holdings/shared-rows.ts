import type { FoundRow, Match, ReadSession, RowKey } from '../connectors/public.ts'
import { tupleOf, tuplesOf } from './cells.ts'
import type { Draft, Drafts } from './find-in-system.ts'
import type { Find } from './finds.ts'
import { type Hers, labelOf, livingRows, type WholeRow } from './living-rows.ts'
import {
  areUnique,
  collectionOf,
  type MappedCollection,
  type MappedSystem,
  type ResolvedLink,
} from './mapped-system.ts'
import { inEach } from './side-by-side.ts'

/** An owner link inside the system: rows of `child` hang on rows of `parent`. */
interface Hanging {
  readonly child: MappedCollection
  readonly parent: MappedCollection
  readonly link: ResolvedLink
}

/**
 * A row that also hangs on somebody else's stays while they do, and with it whatever hangs on that row: only the last
 * owner takes it along (design §4). A row in which the person is a mere party is somebody else's.
 */
export async function markShared(
  session: ReadSession,
  find: Find,
  system: MappedSystem,
  drafts: Drafts,
  hers: Hers,
): Promise<void> {
  const hangings = system.collections.flatMap((child) =>
    child.links.flatMap((link): readonly Hanging[] => {
      const isHere = link.role === 'owner' && link.system === system.name
      const parent = isHere ? collectionOf(system, link.collection) : undefined
      return parent ? [{ child, parent, link }] : []
    }),
  )
  const owned = new Map(system.collections.map(({ name }) => [name, ownedIn(drafts, name)]))
  const foreign = await inEach(hangings, (hanging) => foreignOwners(find, hanging, owned))
  const living = await livingRows(session, system, foreign.flat(), hers)
  let fresh = hangings.map(({ child, parent, link }, i) => {
    const owners = (foreign[i] ?? []).filter((one) => living.has(labelOf(one))).map(({ row }) => row)
    return [child, hangingOn(parent, owners, child, link, owned)] as const
  })
  while (fresh.length > 0) {
    for (const [, rows] of fresh) for (const draft of rows) draft.role = 'shared'
    fresh = fresh.flatMap(([parent, rows]) =>
      hangings
        .filter((hanging) => hanging.parent === parent)
        .map(({ child, link }) => {
          const owners = rows.map(({ row }) => row)
          return [child, hangingOn(parent, owners, child, link, owned)] as const
        })
        .filter(([, found]) => found.length > 0),
    )
  }
}

type Owned = ReadonlyMap<string, readonly Draft[]>

const ownedIn = (drafts: Drafts, collection: string): readonly Draft[] =>
  [...(drafts.get(collection)?.values() ?? [])].filter((draft) => draft.role === 'owner')

const tupleLabel = (
  collection: MappedCollection,
  row: FoundRow,
  fields: readonly string[],
): string | undefined => {
  const tuple = tupleOf(collection, row.cells, fields)
  return tuple && JSON.stringify(tuple)
}

/** Rows on which rows of the person hang, and which are not the person's. */
async function foreignOwners(
  find: Find,
  { child, parent, link }: Hanging,
  owned: Owned,
): Promise<readonly WholeRow[]> {
  const owners = owned.get(parent.name) ?? []
  const own = new Set(owners.map(({ row }) => tupleLabel(parent, row, link.toFields)))
  // Where one value is one row, a row of the person's leaves no room for another.
  const isCertain = areUnique(parent.description, link.toFields)
  const open = (owned.get(child.name) ?? []).filter(
    ({ row }) => !(isCertain && own.has(tupleLabel(child, row, link.fields))),
  )
  const values = tuplesOf(
    child,
    open.map(({ row }) => row.cells),
    link.fields,
  ) // prettier-ignore
  if (values.length === 0) return []
  const ownKeys = new Set<RowKey>(owners.map(({ row }) => row.key))
  const matches: Match[] = [{ fields: link.toFields, fold: 'none', values }]
  const found: WholeRow[] = []
  for await (const row of find({ collection: parent.name, matches, fields: parent.fields }))
    if (!ownKeys.has(row.key)) found.push({ collection: parent, row })
  return found
}

/** The person's rows that hang on some rows and are not known to be shared yet. */
function hangingOn(
  parent: MappedCollection,
  owners: readonly FoundRow[],
  child: MappedCollection,
  link: ResolvedLink,
  owned: Owned,
): readonly Draft[] {
  const tuples = new Set(owners.map((row) => tupleLabel(parent, row, link.toFields)))
  return (owned.get(child.name) ?? []).filter((draft) => {
    const tuple = tupleLabel(child, draft.row, link.fields)
    return draft.role === 'owner' && tuple !== undefined && tuples.has(tuple)
  })
}
