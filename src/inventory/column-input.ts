import type { Cell, FieldDescription, FieldKind } from '../connectors/public.ts'

/** A column as somebody wrote it down: every key may be missing, and keys of their own stay theirs. */
export type ColumnInput = Readonly<Record<string, unknown>>

/** Its values as cells; null where there was nothing to read. */
export interface ReadColumn {
  readonly table: string
  readonly field: FieldDescription
  readonly cells: readonly Cell[] | null
}

/** Enough to know a column by; the same places in every column, so that rows stay rows. */
const mostCells = 1_000
const longestCell = 4_000
const longestAbsent = 12
/** Whether one begins with a character of ASCII: blanks and control characters do, too. */
const beginsAbsent = Array.from(
  { length: 128 },
  (_, code) => code <= 32 || code === 127 || 'nNuU#-?\\.'.includes(String.fromCharCode(code)),
)
const absent = /^(?:|null|none|nil|nan|n\/?a|#n\/?a|undefined|-+|\?+|\\n|\.)$/i

/** Reads one column: names and types of any kind, values of any kind, each cut to what a look needs. */
export function readColumn(input: ColumnInput): ReadColumn {
  const values: unknown = input.values
  const cells = Array.isArray(values) ? spread(values).map(asCell) : null
  const type = textOf(input.type)
  return {
    table: textOf(input.table),
    field: {
      name: textOf(input.column),
      type,
      kind: kindOf(type, values),
      nullable: true,
      maxLength: null,
      generated: false,
      default: null,
      comment: null,
      values: null,
    },
    cells: cells?.some((cell) => cell !== null) === true ? cells : null,
  }
}

const textOf = (value: unknown): string =>
  typeof value === 'string' ? value : typeof value === 'number' ? String(value) : ''

function spread(values: readonly unknown[]): readonly unknown[] {
  if (values.length <= mostCells) return values
  return Array.from({ length: mostCells }, (_, i) => values[Math.floor((i * values.length) / mostCells)])
}

function asCell(value: unknown): Cell {
  if (value === null || value === undefined) return null
  const text = typeof value === 'string' ? value : typeof value === 'object' ? asJson(value) : String(value)
  const cut = text.length > longestCell ? text.slice(0, longestCell) : text
  return cut.length <= longestAbsent && mayBeAbsent(cut) && absent.test(cut.trim()) ? null : cut
}

/** By its first character: the pattern alone costs more than all the rest of reading it. */
const mayBeAbsent = (text: string): boolean => beginsAbsent[text.charCodeAt(0)] !== false

/** Without writing out a document of any size: only its beginning is looked at. */
function asJson(value: object): string {
  if (Array.isArray(value) && value.length > mostCells) return asJson(value.slice(0, mostCells))
  return JSON.stringify(value)
}

const kinds: readonly (readonly [RegExp, FieldKind])[] = [
  [/\[\]|^_|array/, 'array'],
  [/json|struct|map</, 'json'],
  [/bool|^bit(?:\(1\))?$/, 'boolean'],
  [/timestamp|datetime/, 'timestamp'],
  [/date/, 'date'],
  [/^time/, 'time'],
  [/interval|point|geo|inet|cidr|macaddr|tsvector|xml/, 'other'],
  [/int|serial|^number\(\d+\)$|^long$/, 'integer'],
  [/dec|num|float|double|real|money/, 'decimal'],
  [/uuid|uniqueidentifier/, 'uuid'],
  [/blob|binary|bytea|image/, 'binary'],
  [/enum/, 'enum'],
]

function kindOf(type: string, values: unknown): FieldKind {
  const said = type.trim().toLowerCase()
  if (said !== '') return kinds.find(([pattern]) => pattern.test(said))?.[1] ?? 'text'
  const seen = Array.isArray(values) ? values.find((value) => value !== null && value !== '') : undefined
  if (typeof seen === 'boolean') return 'boolean'
  return typeof seen === 'number' ? (Number.isInteger(seen) ? 'integer' : 'decimal') : 'text'
}
