import type {
  CollectionDescription,
  ForeignKey,
  FoundRow,
  Match,
  ReadSession,
  RowKey,
} from '../connectors/public.ts'
import { tuplesOf } from './cells.ts'
import type { CollectionHoldings, SystemHoldings } from './holdings.ts'
import type { MappedCollection, MappedSystem } from './mapped-system.ts'
import { inEach } from './side-by-side.ts'

/** A row that refers by foreign key to a row of which something goes. */
export interface Reference {
  readonly from: string
  readonly key: RowKey
  readonly foreignKey: ForeignKey
  /** What the foreign key's fields hold. */
  readonly values: readonly string[]
  /** The rows it refers to. */
  readonly targets: readonly RowKey[]
  /** Whether the reference can be taken out, so that the row it points at may go. */
  readonly nullable: boolean
}

/**
 * Foreign keys to rows of the person that might be removed, or to fields that might be changed, from rows that are not
 * theirs, mapped or not. The target would refuse, or worse (ON DELETE CASCADE) carry a removal on to them.
 */
export async function findReferences(
  session: ReadSession,
  system: MappedSystem,
  found: SystemHoldings,
  isMeant: (collection: string, key: RowKey) => boolean = () => true,
): Promise<readonly Reference[]> {
  const references = await inEach(system.collections, (collection) =>
    referencesTo(session, system, collection, found, isMeant),
  )
  return references.flat()
}

/** Whether others refer to the same rows in the same way: what refers to a locked row can no longer become more. */
export function areSame(some: readonly Reference[], others: readonly Reference[]): boolean {
  const labels = new Set(some.map(labelOf))
  return new Set(others.map(labelOf)).size === labels.size && others.every((one) => labels.has(labelOf(one)))
}

const labelOf = ({ from, key, foreignKey, values }: Reference): string =>
  JSON.stringify([from, key, foreignKey.name, values])

async function referencesTo(
  session: ReadSession,
  system: MappedSystem,
  collection: MappedCollection,
  found: SystemHoldings,
  isMeant: (collection: string, key: RowKey) => boolean,
): Promise<readonly Reference[]> {
  const meant = ({ key }: FoundRow) => isMeant(collection.name, key)
  const held = found.collections.find((one) => one.name === collection.name)
  const own = (held?.rows ?? []).filter((row) => row.role === 'owner' && meant(row))
  const others = (await rowsNaming(session, system, collection, held)).filter(meant)
  const ways = system.description.collections.flatMap((from) =>
    from.foreignKeys.filter(({ to }) => to === collection.name).map((foreignKey) => ({ from, foreignKey })),
  )
  const references = await inEach(ways, async ({ from, foreignKey }) => [
    ...(isAffected(collection, foreignKey)
      ? await referring(session, collection, own, from, foreignKey, ownKeys(found, from))
      : []),
    ...(await referring(session, collection, others, from, foreignKey, new Set())),
  ])
  return references.flat()
}

const ownKeys = (found: SystemHoldings, { name }: CollectionDescription): ReadonlySet<RowKey> =>
  new Set(
    found.collections
      .find((one) => one.name === name)
      ?.rows.filter((row) => row.role === 'owner')
      .map((row) => row.key),
  )

/** Rows that are not the person's alone and name them, or hold what is theirs, in a field that others refer to. */
async function rowsNaming(
  session: ReadSession,
  system: MappedSystem,
  { name, fields }: MappedCollection,
  held: CollectionHoldings | undefined,
): Promise<readonly FoundRow[]> {
  const referredTo = new Set(
    system.description.collections.flatMap(({ foreignKeys }) =>
      foreignKeys.filter(({ to }) => to === name).flatMap(({ toFields }) => toFields),
    ),
  )
  const known = new Map((held?.rows ?? []).map((row) => [row.key, row]))
  const named = (held?.mentions ?? []).filter(({ field }) => referredTo.has(field)).map(({ key }) => key)
  const parties = (held?.rows ?? []).filter(
    ({ role, clears }) => role !== 'owner' && clears.some((field) => referredTo.has(field)),
  )
  const keys = named.filter((key) => !known.has(key))
  const read =
    keys.length === 0 ? [] : await Array.fromAsync(session.find({ collection: name, keys, fields }))
  return [...read, ...parties, ...named.flatMap((key) => known.get(key) ?? [])]
}

async function referring(
  session: ReadSession,
  collection: MappedCollection,
  rows: readonly FoundRow[],
  from: CollectionDescription,
  foreignKey: ForeignKey,
  except: ReadonlySet<RowKey>,
): Promise<readonly Reference[]> {
  const { fields, toFields } = foreignKey
  const targets = Map.groupBy(rows, ({ cells }) => JSON.stringify(tuplesOf(collection, [cells], toFields)[0]))
  const cells = rows.map((row) => row.cells)
  const values = tuplesOf(collection, cells, toFields)
  if (values.length === 0) return []
  const matches: readonly Match[] = [{ fields, fold: 'none', values }]
  const nullable = fields.some((field) => isNullable(from, field))
  const references: Reference[] = []
  for await (const row of session.find({ collection: from.name, matches, fields })) {
    if (except.has(row.key)) continue
    const held = row.cells.map((cell) => cell ?? '')
    const keys = (targets.get(JSON.stringify(held)) ?? []).map(({ key }) => key)
    references.push({ from: from.name, key: row.key, foreignKey, nullable, values: held, targets: keys })
  }
  return references
}

const isAffected = ({ map }: MappedCollection, { toFields }: ForeignKey): boolean =>
  map.rows === 'delete' ||
  (map.rows === 'clear' && toFields.some((field) => Object.hasOwn(map.fields, field)))

/** A field that can be emptied: nullable, writable, and not part of the row's own name. */
export function isNullable(
  collection: MappedSystem['description']['collections'][number],
  field: string,
): boolean {
  const description = collection.fields.find((one) => one.name === field)
  return description?.nullable === true && !description.generated && !collection.key.includes(field)
}
