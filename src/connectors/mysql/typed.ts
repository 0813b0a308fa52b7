import { raw, type Sql, sql } from '../../platform/sql.ts'
import type { ColumnRow } from './catalogue.ts'

/** How the values of a type are compared as what they are, so that an index serves and gives an order. */
export interface Typed {
  /** The text to hand over, or null where no row can hold it: a cast would make something else of it. */
  readonly wanted: (text: string) => string | null
  /** A wanted text as a value of the type. */
  readonly value: (text: string) => Sql
}

/** Null for texts, and for types whose values are compared as they are printed. */
export function typedOf({ dataType, type }: ColumnRow): Typed | null {
  if (/^(tiny|small|medium|big)?int$|^bit$/.test(dataType))
    return integer(/unsigned|^bit/i.test(type) ? 'unsigned' : 'signed', /zerofill/i.test(type))
  if (dataType === 'decimal') return decimal(type)
  if (/binary$|blob$/.test(dataType)) return { wanted: hexOf, value: (hex) => sql`unhex(${hex})` }
  if (dataType === 'uuid') return { wanted: ifMatches(uuid), value: (text) => sql`${text}` }
  const moment = moments[dataType]
  return moment ? byCast(moment.type, ifMatches(moment.pattern)) : null
}

const ifMatches = (pattern: RegExp) => (text: string) => (pattern.test(text) ? text : null)

/** As text first: a parameter that is cast at once MySQL takes for a signed number, and cuts the largest. */
const byCast = (type: string, wanted: Typed['wanted']): Typed => ({
  wanted,
  value: (text) => sql`cast(cast(${text} as char) as ${raw(type)})`,
})

const ranges = {
  signed: [-(2n ** 63n), 2n ** 63n - 1n],
  unsigned: [0n, 2n ** 64n - 1n],
} as const

function integer(sign: 'signed' | 'unsigned', isZeroFilled: boolean): Typed {
  const [low, high] = ranges[sign]
  const written = ifMatches(isZeroFilled ? /^\d{1,20}$/ : /^(0|-?[1-9]\d{0,19})$/)
  return byCast(sign, (text) => {
    const number = written(text)
    return number !== null && BigInt(number) >= low && BigInt(number) <= high ? number : null
  })
}

function decimal(type: string): Typed {
  const [, digits = '10', scale = '0'] = /\((\d+)(?:,(\d+))?\)/.exec(type) ?? []
  const whole = Math.max(1, Number(digits) - Number(scale))
  return byCast(
    `decimal(${digits}, ${scale})`,
    ifMatches(new RegExp(`^-?\\d{1,${whole}}(\\.\\d{1,${scale}})?$`)),
  )
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

const dateTime = {
  type: 'datetime(6)',
  pattern: /^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}(\.\d{1,6})?$/,
}
const moments: Readonly<Record<string, { readonly type: string; readonly pattern: RegExp }>> = {
  date: { type: 'date', pattern: /^\d{4}-\d{2}-\d{2}$/ },
  datetime: dateTime,
  timestamp: dateTime,
  time: { type: 'time(6)', pattern: /^-?\d{2,3}:\d{2}:\d{2}(\.\d{1,6})?$/ },
}

/** The digits of a binary cell, or null where the text is none. */
export const hexOf = (text: string): string | null =>
  /^\\x([0-9a-f]{2})*$/i.test(text) ? text.slice(2) : null
