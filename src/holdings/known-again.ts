import type { Cell, FoundRow, RowKey } from '../connectors/public.ts'
import { sha256 } from '../platform/bytes.ts'
import { isErasedCell } from './erased-cell.ts'
import { judgedBy } from './grounds-to-keep.ts'
import type { MappedCollection, MappedSystem } from './mapped-system.ts'
import type { CellHashes, FieldOperation } from './plan.ts'

/** What a row that stays must still hold, and which fields must still be empty, for it to be the one that was meant. */
export interface Likeness {
  readonly fields: readonly string[]
  readonly emptied: readonly string[]
  readonly sha256: string
}

/**
 * By this a row is known again when its ground ends, though nothing in it names the person: the company may have given
 * its key to somebody else since. What is kept speaks for the row, but for what a rule is judged by (paid, closed), which
 * is bound to change. Where nothing is kept, or no key names it, all the rest speaks for it, with what was emptied being
 * empty still.
 */
export function digestOf(
  system: MappedSystem,
  collection: MappedCollection,
  cells: readonly Cell[],
  kept: readonly string[],
  changes: ReadonlyMap<string, FieldOperation>,
): string {
  const judged = judgedFields(collection, system.rules)
  const touched = columnsTouched(collection, changes)
  const lasts = (field: string) => !changes.has(field) && !touched.has(field) && !judged.has(field)
  const fields = kept.filter(lasts)
  if (fields.length > 0 && collection.description.key.length > 0)
    return write(collection, cells, { fields, emptied: [] })
  const computed = new Set(
    collection.description.fields.filter((one) => one.generated).map(({ name }) => name),
  )
  const emptied = [...changes].filter(([, { action }]) => action === 'null' || action === 'replace')
  return write(collection, cells, {
    fields: collection.fields.filter((field) => lasts(field) && !computed.has(field)),
    emptied: emptied.map(([field]) => field),
  })
}

/** A document changes with any path in it, and every path with its document. */
function columnsTouched(
  { description }: MappedCollection,
  changes: ReadonlyMap<string, FieldOperation>,
): ReadonlySet<string> {
  return new Set(
    description.fields.flatMap(({ name, within }) => {
      if (within === undefined) return []
      return [...(changes.has(name) ? [within.field] : []), ...(changes.has(within.field) ? [name] : [])]
    }),
  )
}

const write = (
  collection: MappedCollection,
  cells: readonly Cell[],
  { fields, emptied }: Omit<Likeness, 'sha256'>,
): string => JSON.stringify({ fields, emptied, sha256: hashOf(collection, cells, fields) } satisfies Likeness)

const hashOf = (collection: MappedCollection, cells: readonly Cell[], fields: readonly string[]): string =>
  sha256(JSON.stringify(fields.map((field) => cells[collection.fields.indexOf(field)] ?? null))).toString(
    'hex',
  )

/** What stays in the fields of a row that has no key, and in those that the target computes of them. */
export function cellHashes(
  { description, fields }: MappedCollection,
  cells: readonly Cell[],
  kept: readonly string[],
  changes: ReadonlyMap<string, FieldOperation>,
): CellHashes {
  const computed = description.fields.filter((one) => one.generated).map(({ name }) => name)
  const staying = [...new Set([...kept, ...computed])].filter((field) => !changes.has(field))
  return Object.fromEntries(
    staying.flatMap((field) => {
      const cell = cells[fields.indexOf(field)] ?? null
      return cell === null ? [] : [[field, cellHash(cell)] as const]
    }),
  )
}

export const cellHash = (cell: string): string => sha256(cell).toString('hex')

/** The key a row will have: one made of an address that is replaced changes with it. */
export function keyAfter(
  { description, fields }: MappedCollection,
  { key, cells }: FoundRow,
  changes: ReadonlyMap<string, FieldOperation> | undefined,
): RowKey {
  if (!description.key.some((field) => changes?.has(field))) return key
  return JSON.stringify(
    description.key.map((field) => changes?.get(field)?.candidates[0] ?? cells[fields.indexOf(field)] ?? ''),
  )
}

/** Whether a row is still the one that the digest was made of. */
export const isStill = (collection: MappedCollection, cells: readonly Cell[], digest: string): boolean =>
  isLike(collection, cells, likenessIn(digest))

export const likenessIn = (digest: string): Likeness => JSON.parse(digest) as Likeness

export function isLike(collection: MappedCollection, cells: readonly Cell[], likeness: Likeness): boolean {
  return (
    hashOf(collection, cells, likeness.fields) === likeness.sha256 &&
    likeness.emptied.every((field) =>
      isErasedCell(collection, field, cells[collection.fields.indexOf(field)] ?? null),
    )
  )
}

/** Fields by which rules of the collection are judged. */
const judgedFields = (collection: MappedCollection, rules: MappedSystem['rules']): ReadonlySet<string> =>
  new Set(
    (collection.map.keep ?? []).flatMap((keep) => {
      const rule = rules[keep.rule]
      return rule ? [...judgedBy(keep, rule, collection)] : []
    }),
  )
