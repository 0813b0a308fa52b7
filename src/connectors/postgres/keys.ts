import { raw, type Sql, sql } from '../../platform/sql.ts'
import type { RowKey } from '../connector.ts'
import { readKeys } from '../row-key.ts'
import { type Comparand, comparand, equalsAny, wantedLists } from './comparison.ts'
import type { Folding } from './folding.ts'
import { columnOf, type Relation } from './shape.ts'

/** One cell of a key: how it is printed, and how it is found again. */
export interface KeyPart extends Comparand {
  readonly printed: Sql
}

const asHeld = (text: string): string => text
const placeFile = raw(`t.tableoid::text || '/'::text || pg_catalog.pg_relation_filenode(t.tableoid)::text`)
const ifMatches = (pattern: RegExp) => (text: string) => (pattern.test(text) ? text : null)

/**
 * A row without key is named by its place: the file it lies in, its spot there, and the transaction that wrote it. Any
 * change to the row changes the last two, and a table that is written anew (VACUUM FULL) gets another file: so the name
 * of a row that is gone is never another row's.
 */
const placeParts: readonly KeyPart[] = [
  { printed: placeFile, side: placeFile, cast: raw('text'), wanted: asHeld },
  {
    printed: raw('t.ctid::text'),
    side: raw('t.ctid'),
    cast: raw('tid'),
    wanted: ifMatches(/^\([1-3]?\d{1,9},\d{1,4}\)$/),
  },
  { printed: raw('t.xmin::text'), side: raw('t.xmin::text'), cast: raw('text'), wanted: asHeld },
]

/** All a row holds, for views and foreign tables: rows that hold the same share a name. */
export const rowHash = raw(
  `pg_catalog.encode(pg_catalog.sha256(pg_catalog.convert_to((t.*)::text, 'UTF8')), 'hex')`,
)
const digestParts: readonly KeyPart[] = [
  { printed: rowHash, side: rowHash, cast: raw('text'), wanted: asHeld },
]

export function keyParts(relation: Relation, folding: Folding): readonly KeyPart[] {
  if (relation.identity === 'place') return placeParts
  if (relation.identity === 'digest') return digestParts
  return relation.description.key.map((field) => {
    const column = columnOf(relation, field)
    return { ...comparand(column, 'none', folding), printed: column.printed }
  })
}

/** The rows that bear these keys; null where none of the texts can be a key of the relation. */
export function keyPredicate(relation: Relation, keys: readonly RowKey[], folding: Folding): Sql | null {
  const parts = keyParts(relation, folding)
  const lists = wantedLists(parts, readKeys(keys, parts.length))
  if (!lists) return null
  const equal = equalsAny(parts, lists)
  return relation.identity === 'place' ? sql`(${atPlaces(lists)} and ${equal})` : equal
}

/** The condition by which PostgreSQL goes to the rows directly (a TID scan). */
export const atPlaces = (lists: readonly (readonly string[])[]): Sql =>
  sql`t.ctid = any(${lists[1]}::text[]::tid[])`
