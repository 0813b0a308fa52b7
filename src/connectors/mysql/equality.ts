import { join, raw, type Sql, sql } from '../../platform/sql.ts'
import type { Column } from './column.ts'

/** Rows whose column holds one of some texts. */
export interface Condition {
  readonly sql: Sql
  /** An index of the column serves. */
  readonly isDirect: boolean
}

/** Where the target cannot narrow rows down, every one is looked at by us. */
export const everything: Sql = raw('true')

const belowSupplementary = /^(utf8mb3|utf8|ucs2)$/

/** Asked for a text that a column's character set cannot hold, both servers answer with an error, not with "none". */
const holds = ({ charset }: Column, text: string): boolean =>
  text.isWellFormed() && !(belowSupplementary.test(charset ?? '') && /[\u{10000}-\u{10ffff}]/u.test(text))

/** What sets other than Unicode's hold we do not know: there, all but ASCII is compared in Unicode. */
const canConvert = ({ charset }: Column, text: string): boolean =>
  charset === 'utf8mb4' || belowSupplementary.test(charset ?? '') || /^[\0-\x7f]*$/.test(text)

/** As the column's own type and collation compare: case may be ignored. Null where no row can hold any of the texts. */
export function equalsAny(column: Column, texts: readonly string[]): Condition | null {
  const { typed, cell, printed } = column
  if (typed) {
    const wanted = texts.map(typed.wanted).filter((text) => text !== null)
    if (wanted.length === 0) return null
    return { sql: sql`${cell} in (${join(wanted.map(typed.value))})`, isDirect: true }
  }
  const held = texts.filter((text) => holds(column, text))
  if (held.length === 0) return null
  if (!printed) return { sql: everything, isDirect: false }
  const isDirect = column.charset !== null && held.every((text) => canConvert(column, text))
  return { sql: sql`${isDirect ? cell : printed} in (${listed(held)})`, isDirect }
}

/** Exactly one of the texts, byte by byte; null where no row can hold any of them, or none can be told by them. */
export function isAnyOf(column: Column, texts: readonly string[]): Sql | null {
  const condition = equalsAny(column, texts)
  if (!condition || column.typed) return condition?.sql ?? null
  // Never `everything`: what is deleted is named by this.
  if (!column.printed) return null
  const bytes = texts.filter((text) => holds(column, text)).map((text) => sql`cast(${text} as binary)`)
  const isExact = sql`cast(${column.printed} as binary) in (${join(bytes)})`
  // The column's own comparison says less, and lets its index serve.
  return condition.isDirect ? sql`(${condition.sql} and ${isExact})` : isExact
}

/** A text as a value the column is compared and ordered by. */
export function asValue({ typed }: Column, text: string): Sql {
  const wanted = typed?.wanted(text) ?? null
  return typed && wanted !== null ? typed.value(wanted) : sql`${text}`
}

export const listed = (texts: readonly string[]): Sql => join(texts.map((text) => sql`${text}`))
