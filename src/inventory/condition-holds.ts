import { Temporal } from 'temporal-polyfill'
import type { Cell, FieldDescription, FieldKind } from '../connectors/public.ts'
import type { Condition, Offset, Operand, Operator } from './condition.ts'
import { readDay } from './day.ts'
import { compareDecimals, readDecimal } from './decimal.ts'

/** Three values, as in SQL. Unknown counts as "keep": what cannot be decided is not erased. */
export type Truth = boolean | 'unknown'

interface Row {
  readonly cells: ReadonlyMap<string, Cell>
  readonly kinds: ReadonlyMap<string, FieldKind>
  readonly today: string
}

/**
 * Whether a condition holds for a row. `cells` and `kinds` by field name; `today` is `YYYY-MM-DD`. Unknown: a comparison
 * with NULL, with a field that is not there, or with a cell that cannot be read as what its field holds.
 */
export function holds(
  condition: Condition,
  cells: ReadonlyMap<string, Cell>,
  kinds: ReadonlyMap<string, FieldKind>,
  today: string,
): Truth {
  return truth(condition, { cells, kinds, today })
}

function truth(condition: Condition, row: Row): Truth {
  switch (condition.is) {
    case 'and':
      return strongest(condition.of, row, false)
    case 'or':
      return strongest(condition.of, row, true)
    case 'not': {
      const inner = truth(condition.of, row)
      return inner === 'unknown' ? inner : !inner
    }
    case 'null': {
      const cell = row.cells.get(condition.field)
      // CSV files and many SQLite tables write "nothing" as an empty text.
      return cell === undefined ? 'unknown' : cell === null || cell.trim() === ''
    }
    case 'comparison':
      return compared(condition.field, condition.operator, condition.operand, row)
  }
}

/** `decisive` settles it alone: true among alternatives, false among requirements. */
function strongest(parts: readonly Condition[], row: Row, decisive: boolean): Truth {
  let result: Truth = !decisive
  for (const part of parts) {
    const one = truth(part, row)
    if (one === decisive) return decisive
    if (one === 'unknown') result = 'unknown'
  }
  return result
}

function compared(field: string, operator: Operator, operand: Operand, row: Row): Truth {
  const cell = row.cells.get(field)
  const kind = row.kinds.get(field) ?? 'text'
  const other = printed(operand, row)
  if (cell === undefined || cell === null || other === undefined || other === null) return 'unknown'
  const otherKind = operand.is === 'field' ? (row.kinds.get(operand.field) ?? 'text') : kind
  const order = scales[scaleFor(kind, operand, otherKind)](cell, kind, other, otherKind)
  return order === null ? 'unknown' : verdicts[operator](order)
}

const verdicts: Readonly<Record<Operator, (order: number) => boolean>> = {
  '=': (order) => order === 0,
  '<>': (order) => order !== 0,
  '<': (order) => order < 0,
  '<=': (order) => order <= 0,
  '>': (order) => order > 0,
  '>=': (order) => order >= 0,
}

function printed(operand: Operand, row: Row): Cell | undefined {
  switch (operand.is) {
    case 'text':
    case 'number':
      return operand.text
    case 'boolean':
      return String(operand.value)
    case 'today':
      return shifted(row.today, operand.offset)
    case 'field':
      return row.cells.get(operand.field)
  }
}

const shifted = (today: string, offset: Offset | null): string =>
  offset === null
    ? today
    : Temporal.PlainDate.from(today)
        .add({ [offset.unit]: offset.count })
        .toString()

type Scale = 'number' | 'day' | 'boolean' | 'text'

/** How two cells are compared: by what the operand is, else by what the field holds. */
function scaleFor(kind: FieldKind, operand: Operand, otherKind: FieldKind): Scale {
  if (operand.is === 'today') return 'day'
  if (operand.is === 'boolean') return 'boolean'
  const own = scaleOf(kind)
  if (own !== 'text') return own
  return operand.is === 'number' ? 'number' : scaleOf(otherKind)
}

function scaleOf(kind: FieldKind): Scale {
  if (kind === 'integer' || kind === 'decimal') return 'number'
  if (kind === 'date' || kind === 'timestamp') return 'day'
  return kind === 'boolean' ? 'boolean' : 'text'
}

type Order = (left: string, leftKind: FieldKind, right: string, rightKind: FieldKind) => number | null

const ordered =
  <T>(read: (text: string, kind: FieldKind) => T | null, compare: (left: T, right: T) => number): Order =>
  (left, leftKind, right, rightKind) => {
    const a = read(left, leftKind)
    const b = read(right, rightKind)
    return a === null || b === null ? null : compare(a, b)
  }

const scales: Readonly<Record<Scale, Order>> = {
  number: ordered(readDecimal, compareDecimals),
  day: ordered(readDay, Temporal.PlainDate.compare),
  boolean: ordered(readBoolean, (left, right) => Number(left) - Number(right)),
  // A CHAR(n) comes back padded: without this, `status = 'paid'` would silently never hold.
  text: ordered(
    (text, kind) => (kind === 'uuid' ? text.trim().toLowerCase() : text.trimEnd()),
    (left, right) => (left < right ? -1 : left > right ? 1 : 0),
  ),
}

const spellings = new Map([
  ...['t', 'true', '1', 'y', 'yes', 'on'].map((text) => [text, true] as const),
  ...['f', 'false', '0', 'n', 'no', 'off'].map((text) => [text, false] as const),
])

/** The spellings of PostgreSQL, MySQL and SQLite; null for any other text. */
export function readBoolean(text: string): boolean | null {
  return spellings.get(text.trim().toLowerCase()) ?? null
}

/** A value in a condition that its field can never equal, so that the condition would never (or always) hold. */
export interface Misfit {
  readonly field: string
  readonly why: 'kind' | 'values'
}

/** Finds them before a row does: `paid_at < 'soon'`, or `status = 'actve'` where the target knows only `active`. */
export function misfits(
  condition: Condition,
  fields: ReadonlyMap<string, FieldDescription>,
): readonly Misfit[] {
  if (condition.is === 'and' || condition.is === 'or')
    return condition.of.flatMap((part) => misfits(part, fields))
  if (condition.is === 'not') return misfits(condition.of, fields)
  if (condition.is === 'null') return []
  const { field: name, operator, operand } = condition
  const field = fields.get(name)
  const other = operand.is === 'field' ? fields.get(operand.field) : field
  if (field === undefined || other === undefined) return []
  const scale = scaleFor(field.kind, operand, other.kind)
  if (scale !== 'text' && !readable(scale, field.kind)) return [{ field: name, why: 'kind' }]
  if (operand.is === 'field')
    return readable(scale, other.kind) ? [] : [{ field: operand.field, why: 'kind' }]
  if (operand.is === 'today' || operand.is === 'boolean') return []
  const allowed = field.values?.map((value) => value.trimEnd())
  const equality = operator === '=' || operator === '<>'
  if (scale === 'text' && equality && allowed && !allowed.includes(operand.text.trimEnd()))
    return [{ field: name, why: 'values' }]
  return scales[scale](operand.text, field.kind, operand.text, field.kind) === null
    ? [{ field: name, why: 'kind' }]
    : []
}

/** Whether cells of that kind can at all be read on that scale; text may hold anything. */
function readable(scale: Scale, kind: FieldKind): boolean {
  if (scale === 'text' || scaleOf(kind) === scale || kind === 'text' || kind === 'enum' || kind === 'other')
    return true
  return kind === 'integer' && (scale === 'day' || scale === 'boolean')
}
