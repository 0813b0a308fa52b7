import { join, type Sql, sql } from '../../platform/sql.ts'
import type { Cell, RowKey } from '../connector.ts'
import { readKeys, writeKey } from '../row-key.ts'
import { equalsAny, isAnyOf } from './equality.ts'
import { columnOf, type Relation } from './shape.ts'

/**
 * A row without key is named by a hash of all it holds, and by a number among those that are alike: which of them it is
 * makes no difference, only how many of them are meant. InnoDB shows no other place of a row.
 */
export function contentHash({ columns }: Relation): Sql {
  const hashes = [...columns.values()].map(({ hashed }) => sql`, ifnull(sha2(${hashed}, 256), '-')`)
  return sql`sha2(concat_ws(',', ''${join(hashes, '')}), 256)`
}

/** What is asked for so that rows can be named. */
export const keyCells = (relation: Relation): readonly Sql[] =>
  relation.identity === 'key'
    ? relation.description.key.map((field) => columnOf(relation, field).selected)
    : [contentHash(relation)]

/** How many parts the name of a row has. */
export const keyLength = (relation: Relation): number =>
  relation.identity === 'key' ? relation.description.key.length : relation.description.writable ? 2 : 1

/** Alike rows are remembered by so many hashes, that memory stays flat; beyond, two that lie far apart share a name. */
const rememberedHashes = 200_000

/** Names rows in the order in which one statement brings them. `alike` tells those apart that share a name. */
export function naming(relation: Relation): (cells: readonly Cell[]) => { key: RowKey; alike: number } {
  const parts = (cells: readonly Cell[]) => cells.map((cell) => cell ?? '')
  if (relation.identity === 'key') return (cells) => ({ key: writeKey(parts(cells)), alike: 0 })
  const seen = new Map<string, number>()
  return (cells) => {
    const [hash = ''] = parts(cells)
    const alike = seen.get(hash) ?? 0
    if (seen.size >= rememberedHashes) seen.clear()
    seen.set(hash, alike + 1)
    return { key: writeKey(relation.description.writable ? [hash, String(alike)] : [hash]), alike }
  }
}

/** The rows that bear these keys, exactly; null where none of the texts can be a key of the relation. */
export function keyCondition(relation: Relation, keys: readonly RowKey[]): Sql | null {
  const tuples = readKeys(keys, keyLength(relation))
  return relation.identity === 'key'
    ? tuplesCondition(relation, tuples)
    : hashCondition(relation, new Set(tuples.map(([hash = '']) => hash)))
}

/** As bytes: MySQL before 8.0.22 gives a parameter another collation than what is computed, and compares the two with nothing. */
export const asHash = (hash: string): Sql => sql`cast(${hash} as binary)`

export function hashCondition(relation: Relation, hashes: ReadonlySet<string>): Sql | null {
  const known = [...hashes].filter((hash) => /^[0-9a-f]{64}$/.test(hash))
  if (known.length === 0) return null
  return sql`${contentHash(relation)} in (${join(known.map(asHash))})`
}

/** Rows whose key cells are one of the tuples. */
function tuplesCondition(relation: Relation, tuples: readonly (readonly string[])[]): Sql | null {
  const columns = relation.description.key.map((field) => columnOf(relation, field))
  const [column] = columns
  if (column && columns.length === 1) return isAnyOf(column, tuples.flat())
  const rows = tuples.flatMap((tuple) => {
    const parts = columns.map((one, i) => isAnyOf(one, [tuple[i] ?? '']))
    return parts.every((part) => part !== null) ? [sql`(${join(parts, ' and ')})`] : []
  })
  return rows.length === 0 ? null : sql`(${join(rows, ' or ')})`
}

/** Rows that refer by these fields to one of the tuples, as the target's own foreign keys compare: case may be ignored. */
export function referenceCondition(
  relation: Relation,
  fields: readonly string[],
  tuples: readonly (readonly string[])[],
): Sql | null {
  const rows = tuples.flatMap((tuple) => {
    const parts = fields.map((field, i) => equalsAny(columnOf(relation, field), [tuple[i] ?? ''])?.sql)
    return parts.every((part) => part !== undefined) ? [sql`(${join(parts, ' and ')})`] : []
  })
  return rows.length === 0 ? null : join(rows, ' or ')
}

/** The beginning of a statement whose rows are named by `naming`. */
export const selected = (relation: Relation, fields: readonly string[]): Sql =>
  sql`select ${join([...keyCells(relation), ...fields.map((field) => columnOf(relation, field).selected)])} from ${relation.table}`
