import type { Check, FieldDescription, FieldKind } from '../connector.ts'
import { allowedValues, listedValues } from './allowed-values.ts'
import type { ColumnRow } from './catalogue.ts'

const kinds: Readonly<Record<string, FieldKind>> = {
  tinyint: 'integer',
  smallint: 'integer',
  mediumint: 'integer',
  int: 'integer',
  bigint: 'integer',
  year: 'integer',
  bit: 'integer',
  decimal: 'decimal',
  float: 'decimal',
  double: 'decimal',
  char: 'text',
  varchar: 'text',
  tinytext: 'text',
  text: 'text',
  mediumtext: 'text',
  longtext: 'text',
  // Any combination of its members, so that no list says what is allowed.
  set: 'text',
  enum: 'enum',
  date: 'date',
  datetime: 'timestamp',
  timestamp: 'timestamp',
  time: 'time',
  json: 'json',
  uuid: 'uuid',
  binary: 'binary',
  varbinary: 'binary',
  tinyblob: 'binary',
  blob: 'binary',
  mediumblob: 'binary',
  longblob: 'binary',
  vector: 'binary',
}

export function asField(row: ColumnRow, checks: readonly Check[]): FieldDescription {
  const own = checks.filter(({ fields }) => fields.length === 1 && fields[0] === row.name)
  return {
    name: row.name,
    type: row.type,
    kind: kindOf(row, own),
    nullable: row.nullable,
    maxLength: maxLengthOf(row),
    generated: /\b(VIRTUAL|STORED|PERSISTENT) GENERATED\b/i.test(row.extra),
    default: row.default,
    comment: row.comment === '' ? null : row.comment,
    values: valuesOf(row, own),
  }
}

function kindOf({ dataType, type }: ColumnRow, own: readonly Check[]): FieldKind {
  // BOOLEAN is a name for TINYINT(1), and has no other.
  if (/^(tinyint|bit)\(1\)/i.test(type)) return 'boolean'
  // In MariaDB JSON is a LONGTEXT that must pass a test.
  const isJson = dataType === 'longtext' && own.some(({ expression }) => /^json_valid\(`/i.test(expression))
  return isJson ? 'json' : (kinds[dataType] ?? 'other')
}

/** Of a TINYTEXT the length is given in bytes, of which a character takes up to four; a longer TEXT has no limit to speak of. */
function maxLengthOf({ dataType, length, charset }: ColumnRow): number | null {
  if (length === null) return null
  if (dataType === 'tinytext') return Math.floor(length / (charset?.startsWith('utf8') ? 4 : 1))
  return /^(var)?(char|binary)$|^tinyblob$/.test(dataType) ? length : null
}

function valuesOf({ dataType, type }: ColumnRow, own: readonly Check[]): readonly string[] | null {
  if (dataType === 'enum') return listedValues(type)
  if (dataType === 'set') return null
  return own.map(({ expression }) => allowedValues(expression)).find((values) => values !== null) ?? null
}
