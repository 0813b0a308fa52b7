import { join, raw, type Sql, sql } from '../../platform/sql.ts'
import type { Match, Needle } from '../connector.ts'
import { foldInside, foldText } from '../fold.ts'
import type { Column } from './column.ts'
import { type Condition, equalsAny, everything, listed } from './equality.ts'
import { columnOf, type Relation } from './shape.ts'

/**
 * The target narrows rows down; `queryTest` and `searchTest` then decide by our own folding. What is asked of it must let
 * through all they would: it may be more, never less.
 */

/** More wanted values than this are looked for by us, in one pass over all rows. */
const valueLimit = 1_000
/** A LIKE per number is slower than that from about here on. */
const patternLimit = 20
/** Likewise for LIKEs per row of a search: measured on 200 000 rows, from about here on it is faster to fetch them all. */
const likeLimit = 16

/**
 * Letters with case that unicode_520_ci does not know, for it is Unicode 5.2 of 2009, or that meet one of them in lower case.
 * Tried on every letter in MariaDB 10.11 and MySQL 9.7: of the blocks left out here all meet their lower case.
 */
const uneven =
  /(?![\0-\u017f\u0386-\u03ce\u0400-\u045f\u0490-\u04bf\u0531-\u0586\u1e00-\u1eff])\p{Changes_When_Casemapped}|\u0307/u

const collated = (text: Sql): Sql => sql`${text} collate utf8mb4_unicode_520_ci`

/** The characters JavaScript's trim() removes, in UTF-8. */
const spaces = raw(
  [
    ...['09', '0a', '0b', '0c', '0d', '20', 'c2a0', 'e19a80'],
    ...['80', '81', '82', '83', '84', '85', '86', '87', '88', '89', '8a', 'a8', 'a9', 'af'].map(
      (end) => `e280${end}`,
    ),
    ...['e2819f', 'e38080', 'efbbbf'],
  ]
    .map((bytes) => `x'${bytes}'`)
    .join(', '),
)

/** The rows a match may mean; null where it can mean none. */
export function matchCondition(relation: Relation, match: Match): Condition | null {
  const tuples = match.values.filter((tuple) => tuple.length === match.fields.length)
  if (tuples.length === 0 || match.fields.length === 0) return null
  const conditions = match.fields.map((field, i) => {
    const texts = new Set(tuples.map((tuple) => foldText(match.fold, tuple[i] ?? '')))
    return fieldCondition(columnOf(relation, field), match.fold, [...texts])
  })
  const known = conditions.filter((condition) => condition !== null)
  if (known.length < conditions.length) return null
  const narrowing = known.filter(({ sql: condition }) => condition !== everything)
  if (narrowing.length === 0) return { sql: everything, isDirect: false }
  const isDirect = match.fields.some((field, i) => relation.indexed.has(field) && known[i]?.isDirect)
  return {
    sql: sql`(${join(
      narrowing.map((condition) => condition.sql),
      ' and ',
    )})`,
    isDirect,
  }
}

function fieldCondition(column: Column, fold: Match['fold'], texts: readonly string[]): Condition | null {
  if (fold === 'digits') return hasDigits(column, texts)
  if (texts.length > valueLimit) return { sql: everything, isDirect: false }
  return fold === 'none' || column.typed ? equalsAny(column, texts) : equalsFolded(column, texts)
}

function equalsFolded({ printed }: Column, texts: readonly string[]): Condition | null {
  const held = texts.filter((text) => text.isWellFormed())
  if (held.length === 0) return null
  if (!printed || held.some((text) => uneven.test(text))) return { sql: everything, isDirect: false }
  const isEnd = (side: 'left' | 'right') => sql`cast(${raw(side)}(${printed}, 1) as binary) in (${spaces})`
  return {
    sql: sql`(${collated(printed)} in (${listed(held)}) or ${isEnd('left')} or ${isEnd('right')})`,
    isDirect: false,
  }
}

function hasDigits({ printed }: Column, texts: readonly string[]): Condition | null {
  const numbers = texts.filter((digits) => digits !== '')
  if (numbers.length === 0) return null
  if (!printed || numbers.length > patternLimit) return { sql: everything, isDirect: false }
  return {
    sql: sql`(${join(
      numbers.map((digits) => sql`${printed} like ${spread(digits)}`),
      ' or ',
    )})`,
    isDirect: false,
  }
}

/** A pattern for digits with anything between them. */
const spread = (digits: string): string => `%${[...digits].join('%')}%`

/** The rows in which a needle may be found in one of the fields; null where there can be none. */
export function searchCondition(columns: readonly Column[], needles: readonly Needle[]): Sql | null {
  const texts = (fold: Needle['fold']) =>
    [
      ...new Set(needles.filter((needle) => needle.fold === fold).map(({ text }) => foldInside(fold, text))),
    ].filter((text) => text !== '' && text.isWellFormed())
  const [lower, digits] = [texts('lower'), texts('digits')]
  if (columns.length === 0 || lower.length + digits.length === 0) return null
  const printed = columns.map((column) => column.printed).filter((text) => text !== null)
  const likes = lower.length + digits.length * columns.length
  if (printed.length < columns.length || likes > likeLimit) return everything
  // A unit separator between the cells, so that nothing is found across two of them. NULL where together they are too long.
  const together = sql`concat_ws(${'\u001f'}, ${join(printed)})`
  const inTexts = lower.map((text) => sql`${collated(together)} like ${inside(text)}`)
  const inNumbers = digits.flatMap((number) => printed.map((text) => sql`${text} like ${spread(number)}`))
  const tooLong = lower.length > 0 ? [sql`${together} is null`] : []
  return sql`(${join([...inTexts, ...inNumbers, ...tooLong], ' or ')})`
}

/** LIKE compares letter by letter: a letter that may be written as two, or that it does not know, can be anything. */
const inside = (text: string): string =>
  `%${Array.from(text, (letter) => (uneven.test(letter) ? '%' : letter.replace(/[\\%_]/, '\\$&'))).join('')}%`
