import { join, raw, type Sql, sql } from '../../platform/sql.ts'
import { asciiPattern, digitsPattern, isTelling } from '../ascii-pattern.ts'
import type { Fold, Needle } from '../connector.ts'
import { foldInside, foldText } from '../fold.ts'
import type { Folding } from './folding.ts'
import type { Column } from './shape.ts'

/** Up to so many wanted numbers are looked for by a pattern each. */
const likeLimit = 20

/** Letters that engines lower in different ways: see `lowered`. */
const uneven = /Σ|σ|ς|\u0307/

/** One side of a comparison: what is asked of a row, and how a wanted text becomes the other side. */
export interface Comparand {
  readonly side: Sql
  /** The type a text is cast to on the server, so that the column's own index serves. */
  readonly cast: Sql
  /** The text to hand over, or null where no row can hold it. */
  wanted(text: string): string | null
}

/**
 * Rows whose columns, folded, equal one of the tuples; null where no row can. Each comparison is between equal types of
 * PostgreSQL's own: a value that is not of the column's type is left out here, instead of failing there.
 */
export function tuplePredicate(
  columns: readonly Column[],
  fold: Fold,
  tuples: readonly (readonly string[])[],
  folding: Folding,
): Sql | null {
  const wide = fold === 'lower' && tuples.some((tuple) => tuple.some((text) => uneven.test(text)))
  const comparands = columns.map((column) => comparand(column, fold, folding, wide))
  const lists = wantedLists(comparands, tuples)
  if (!lists) return null
  const equal = equalsAny(comparands, lists)
  const [column, numbers] = [columns[0], lists[0]]
  if (fold !== 'digits' || columns.length > 1 || !column || !numbers) return equal
  const likely = mayHold(column.printed, numbers)
  return likely ? sql`(${likely} and ${equal})` : equal
}

/**
 * True for texts with the digits of one of the numbers in their order, whatever lies between: a cheap first look, for
 * making a digits-only form of every cell is costly (a million rows: 0.1 s instead of 2.7 s). Null for too many numbers.
 */
function mayHold(text: Sql, numbers: readonly string[]): Sql | null {
  if (numbers.length > likeLimit) return null
  return sql`${text} collate "C" like any(${numbers.map(digitsPattern)}::text[])`
}

/** Tuples turned into one list per comparand, without those that no row can hold; null when none is left. */
export function wantedLists(
  comparands: readonly Comparand[],
  tuples: readonly (readonly string[])[],
): readonly (readonly string[])[] | null {
  const wanted = tuples.flatMap((tuple) => {
    const texts = comparands.map((one, i) => one.wanted(tuple[i] ?? '')).filter((text) => text !== null)
    return tuple.length === comparands.length && texts.length === tuple.length ? [texts] : []
  })
  if (wanted.length === 0 || comparands.length === 0) return null
  return comparands.map((_, i) => wanted.map((tuple) => tuple[i] ?? ''))
}

/** True for rows that equal one of the tuples of `wantedLists`. */
export function equalsAny(comparands: readonly Comparand[], lists: readonly (readonly string[])[]): Sql {
  const [first] = comparands
  if (first && comparands.length === 1) return sql`${first.side} = any(${lists[0]}::text[]::${first.cast}[])`
  const names = comparands.map((_, i) => raw(`v${i}`))
  return sql`(${join(comparands.map((one) => one.side))}) in (
    select ${join(comparands.map((one, i) => sql`u.${raw(`v${i}`)}::${one.cast}`))}
    from unnest(${join(lists.map((list) => sql`${list}::text[]`))}) as u (${join(names)}))`
}

/** How one column is compared. `wide`: see `lowered`. */
export function comparand(column: Column, fold: Fold, folding: Folding, wide = false): Comparand {
  const text = raw('text')
  const held = (value: string) => (folding.holds(value) ? value : null)
  if (fold === 'digits')
    return { side: tailOf(column), cast: text, wanted: (value) => foldText('digits', value) || null }
  const isValid = validators[column.baseName ?? '']
  if (isValid) {
    const wanted = (value: string) => {
      const folded = foldText(fold, value)
      return isValid(folded) ? folded : null
    }
    return { side: sql`cast(${column.cell} as ${column.cast})`, cast: column.cast, wanted }
  }
  if (fold === 'none' && column.baseName === 'bpchar')
    return { side: sql`${column.cell}::bpchar`, cast: raw('bpchar'), wanted: held }
  if (fold === 'none') return { side: column.printed, cast: text, wanted: held }
  const side = lowered(sql`pg_catalog.btrim(${column.printed}, ${folding.whitespace}::text)`, folding, wide)
  return { side, cast: text, wanted: (value) => held(loweredText(foldText('lower', value), folding, wide)) }
}

const digitsIn = ({ printed }: Column): Sql =>
  sql`pg_catalog.regexp_replace(${printed} collate "C", '[^0-9]', '', 'g')`

const tailOf = (column: Column): Sql => sql`pg_catalog.right(${digitsIn(column)}, 9)`

/** With `wide`, letters that engines lower in different ways are made alike: ς and σ, İ with and without its dot. */
function lowered(text: Sql, folding: Folding, wide: boolean): Sql {
  if (!folding.collation)
    return sql`pg_catalog.regexp_replace(pg_catalog.lower(${text} collate "C"), '[^\\x01-\\x7f]', '', 'g')`
  const lower = sql`pg_catalog.lower(${text} collate ${folding.collation})`
  return wide ? sql`pg_catalog.translate(${lower}, ${'ς\u0307'}::text, ${'σ'}::text)` : lower
}

function loweredText(text: string, folding: Folding, wide: boolean): string {
  if (!folding.collation) return text.replace(/[^\x01-\x7f]/g, '')
  return wide ? text.replaceAll('\u0307', '') : text
}

/** Rows with a needle inside one of the columns; null where there can be none. */
export function searchPredicate(
  columns: readonly Column[],
  needles: readonly Needle[],
  folding: Folding,
): Sql | null {
  const texts = (fold: Needle['fold']) =>
    withoutLonger(
      needles.filter((needle) => needle.fold === fold).map((needle) => foldInside(fold, needle.text)),
    )
  const parts = [
    holdsWord(columns, texts('lower'), folding),
    holdsNumber(
      columns,
      texts('digits').filter((text) => text !== ''),
    ),
  ].filter((part) => part !== null)
  return columns.length === 0 || parts.length === 0 ? null : sql`(${join(parts, ' or ')})`
}

/** Whoever holds `lovelace` need not be asked for `ada.lovelace` as well. */
const withoutLonger = (texts: readonly string[]): readonly string[] =>
  [...new Set(texts)].filter(
    (text) => !texts.some((other) => other !== text && other && text.includes(other)),
  )

function holdsWord(all: readonly Column[], texts: readonly string[], folding: Folding): Sql | null {
  const wide = texts.some((text) => uneven.test(text))
  const words = texts
    .map((text) => loweredText(text, folding, wide))
    .filter((text) => text !== '' && folding.holds(text))
  const columns = words.every((text) => /[^-0-9]/.test(text))
    ? all.filter(({ field }) => field.kind !== 'integer')
    : all
  if (columns.length === 0) return null
  const exactly = contains(lowered(together(columns.map(({ printed }) => printed)), folding, wide), words)
  if (!exactly || !folding.collation || wide || !words.every(isTelling)) return exactly
  // Lowering A to Z alone costs half of lowering all letters.
  const patterns = words.map(asciiPattern)
  const likely = columns.map(
    ({ printed }) => sql`pg_catalog.lower(${printed} collate "C") collate "C" like any(${patterns}::text[])`,
  )
  return sql`((${join(likely, ' or ')}) and ${exactly})`
}

function holdsNumber(columns: readonly Column[], numbers: readonly string[]): Sql | null {
  const exactly = contains(together(columns.map(digitsIn)), numbers)
  const likely = columns.map(({ printed }) => mayHold(printed, numbers)).filter((part) => part !== null)
  return exactly && likely.length > 0 ? sql`((${join(likely, ' or ')}) and ${exactly})` : exactly
}

/** A unit separator between the cells, so that nothing is found across two of them. */
const together = (cells: readonly Sql[]): Sql => sql`pg_catalog.concat_ws(${'\u001f'}::text, ${join(cells)})`

/** LIKE ANY looks at the haystack once, however many needles; strpos() per needle would make it anew each time. */
function contains(haystack: Sql, needles: readonly string[]): Sql | null {
  const patterns = needles.map((text) => `%${text.replace(/[\\%_]/g, '\\$&')}%`)
  return needles.length === 0 ? null : sql`${haystack} collate "C" like any(${patterns}::text[])`
}

const integerBetween = (low: bigint, high: bigint) => (text: string) =>
  /^(0|-?[1-9]\d{0,19})$/.test(text) && BigInt(text) >= low && BigInt(text) <= high

const validators: Readonly<Record<string, (text: string) => boolean>> = {
  int2: integerBetween(-32_768n, 32_767n),
  int4: integerBetween(-2_147_483_648n, 2_147_483_647n),
  int8: integerBetween(-(2n ** 63n), 2n ** 63n - 1n),
  oid: integerBetween(0n, 4_294_967_295n),
  numeric: (text) => /^-?\d{1,1000}(\.\d{1,1000})?$/.test(text),
  uuid: (text) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text),
  date: isDate,
}

function isDate(text: string): boolean {
  if (!/^(?!0000)\d{4}-\d{2}-\d{2}$/.test(text)) return false
  const date = new Date(`${text}T00:00:00Z`)
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text)
}
