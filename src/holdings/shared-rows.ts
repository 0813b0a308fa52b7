import type { Match, ReadSession, RowKey } from '../connectors/public.ts'
import { tuplesOf } from './cells.ts'
import type { Draft, Drafts } from './find-in-system.ts'
import {
  areUnique,
  collectionOf,
  type MappedCollection,
  type MappedSystem,
  type ResolvedLink,
} from './mapped-system.ts'

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
export async function markShared(session: ReadSession, system: MappedSystem, drafts: Drafts): Promise<void> {
  const hangings = system.collections.flatMap((child) =>
    child.links.flatMap((link): readonly Hanging[] => {
      const isHere = link.role === 'owner' && link.system === system.name
      const parent = isHere ? collectionOf(system, link.collection) : undefined
      return parent ? [{ child, parent, link }] : []
    }),
  )
  const owned = new Map(system.collections.map(({ name }) => [name, ownedIn(drafts, name)]))
  let fresh: (readonly [MappedCollection, readonly Draft[]])[] = []
  for (const hanging of hangings) fresh.push([hanging.child, await ofOthersToo(session, hanging, owned)])
  while (fresh.length > 0) {
    for (const [, rows] of fresh) for (const draft of rows) draft.role = 'shared'
    fresh = fresh.flatMap(([parent, rows]) =>
      hangings
        .filter((hanging) => hanging.parent === parent)
        .map(({ child, link }) => [child, hangingOn(parent, rows, child, link, owned)] as const)
        .filter(([, found]) => found.length > 0),
    )
  }
}

type Owned = ReadonlyMap<string, readonly Draft[]>

const ownedIn = (drafts: Drafts, collection: string): readonly Draft[] =>
  [...(drafts.get(collection)?.values() ?? [])].filter((draft) => draft.role === 'owner')

const labelOf = (
  collection: MappedCollection,
  { row }: Draft,
  fields: readonly string[],
): string | undefined => {
  const [tuple] = tuplesOf(collection, [row.cells], fields)
  return tuple && JSON.stringify(tuple)
}

/** The person's rows that hang on a row that is not. */
async function ofOthersToo(
  session: ReadSession,
  { child, parent, link }: Hanging,
  owned: Owned,
): Promise<readonly Draft[]> {
  const rows = owned.get(child.name) ?? []
  const owners = owned.get(parent.name) ?? []
  const own = new Set(owners.map((owner) => labelOf(parent, owner, link.toFields)))
  // Where one value is one row, a row of the person's leaves no room for another.
  const isCertain = areUnique(parent.description, link.toFields)
  const open = rows.filter((draft) => {
    const label = labelOf(child, draft, link.fields)
    return label !== undefined && !(isCertain && own.has(label))
  })
  const values = tuplesOf(
    child,
    open.map(({ row }) => row.cells),
    link.fields,
  ) // prettier-ignore
  if (values.length === 0) return []
  const ownKeys = new Set<RowKey>(owners.map(({ row }) => row.key))
  const matches: Match[] = [{ fields: link.toFields, fold: 'none', values }]
  const others = new Set<string>()
  for await (const row of session.find({ collection: parent.name, matches, fields: link.toFields }))
    if (!ownKeys.has(row.key)) others.add(JSON.stringify(row.cells))
  return open.filter((draft) => others.has(labelOf(child, draft, link.fields) ?? ''))
}

/** The person's rows that hang on rows just found to be shared. */
function hangingOn(
  parent: MappedCollection,
  rows: readonly Draft[],
  child: MappedCollection,
  link: ResolvedLink,
  owned: Owned,
): readonly Draft[] {
  const shared = new Set(rows.map((draft) => labelOf(parent, draft, link.toFields)))
  return (owned.get(child.name) ?? []).filter((draft) => {
    const label = labelOf(child, draft, link.fields)
    return draft.role === 'owner' && label !== undefined && shared.has(label)
  })
}
