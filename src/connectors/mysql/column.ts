import { type Sql, sql } from '../../platform/sql.ts'
import type { Check, FieldDescription } from '../connector.ts'
import type { ColumnRow } from './catalogue.ts'
import { asField } from './field.ts'
import { name } from './name.ts'
import { hexOf, type Typed, typedOf } from './typed.ts'

export interface Column extends Forms {
  readonly field: FieldDescription
  /** `` `name` `` */
  readonly cell: Sql
  /** The character set of a text; null for other types. */
  readonly charset: string | null
  readonly typed: Typed | null
  /** Whether rows can be told apart by it: FLOAT is printed with fewer digits than it has, geometry in another form. */
  readonly canBeKey: boolean
  /** Whether rows can be read in its order: that of an ENUM is not that of its labels. */
  readonly isOrdered: boolean
  /** What is assigned for a cell; null where the text can be no value of the type. */
  readonly assigned: (text: string) => Sql | null
}

/** A cell in the forms in which it is asked for. */
interface Forms {
  /** Texts and bytes as they are, everything else as the target prints it. */
  readonly selected: Sql
  /** As text in utf8mb4; null where we must look ourselves: bytes and geometry. */
  readonly printed: Sql | null
  /** What differs where cells differ. */
  readonly hashed: Sql
}

export function asColumn(row: ColumnRow, checks: readonly Check[]): Column {
  const field = asField(row, checks)
  const cell = sql`${name(row.name)}`
  const charset = field.kind === 'other' ? null : row.charset
  const forms = formsOf(row, cell, charset)
  const typed = typedOf(row)
  return {
    field,
    cell,
    charset,
    ...forms,
    typed,
    canBeKey: typed !== null || (forms.printed !== null && row.dataType !== 'float'),
    isOrdered: typed !== null || (charset !== null && row.dataType !== 'enum' && row.dataType !== 'set'),
    assigned: (text) => assigned(row, cell, text),
  }
}

const geometries =
  /^(geometry|point|linestring|polygon|multipoint|multilinestring|multipolygon|geom(etry)?collection)$/

function formsOf({ name: column, dataType }: ColumnRow, cell: Sql, charset: string | null): Forms {
  // MySQL 8.0.15 takes even a quoted name for every column, where it begins so and is selected bare.
  const selected = column.startsWith('*') ? sql`coalesce(${cell})` : cell
  if (charset !== null)
    return {
      selected,
      printed: charset === 'utf8mb4' ? cell : sql`convert(${cell} using utf8mb4)`,
      hashed: cell,
    }
  if (/binary$|blob$/.test(dataType)) return { selected, printed: null, hashed: cell }
  if (dataType === 'vector') return { selected: sql`cast(${cell} as binary)`, printed: null, hashed: cell }
  if (geometries.test(dataType)) return { selected: sql`st_astext(${cell})`, printed: null, hashed: cell }
  // A BIT is a number; as a text it would be its bytes. The collation is the session's, told to MySQL before 8.0.22 in so
  // many words: it gives parameters another, and compares the two with nothing.
  const printed = sql`cast(${dataType === 'bit' ? sql`${cell} + 0` : cell} as char) collate utf8mb4_general_ci`
  return { selected: printed, printed, hashed: dataType === 'float' ? sql`${cell} + 0e0` : printed }
}

function assigned({ dataType }: ColumnRow, cell: Sql, text: string): Sql | null {
  // Beside a NULL, MySQL takes a bare parameter for something else than text.
  const value = sql`cast(${text} as char)`
  // A text would be taken for the bytes of the number.
  if (dataType === 'bit') return sql`cast(${value} as unsigned)`
  if (geometries.test(dataType)) return sql`st_geomfromtext(${value}, ifnull(st_srid(${cell}), 0))`
  if (!/binary$|blob$|^vector$/.test(dataType)) return value
  const hex = hexOf(text)
  return hex === null ? null : sql`unhex(${hex})`
}
