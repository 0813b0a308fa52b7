import { name, raw, type Sql, sql } from '../../platform/sql.ts'
import type { CollectionDescription, FieldDescription, FieldKind, ForeignKey } from '../connector.ts'
import { problem } from '../problems.ts'
import { allowedValues } from './allowed-values.ts'
import type { Catalogue, ColumnRow, ConstraintRow, RelationRow, UniqueRow } from './catalogue.ts'

/** How the rows of a relation are told apart: by their key, by their place on disk, or by all they hold. */
export type Identity = 'key' | 'place' | 'digest'

export interface Column {
  readonly field: FieldDescription
  /** `t."name"`. */
  readonly cell: Sql
  /** The cell as text. */
  readonly printed: Sql
  /** The type below all domains, without length: casting to a length would cut values, casting to a domain check them. */
  readonly cast: Sql
  /** PostgreSQL's own name of that type; null for types somebody else made. */
  readonly baseName: string | null
}

export interface Relation {
  readonly description: Omit<CollectionDescription, 'rows' | 'unreadable'>
  readonly identity: Identity
  /** `"schema"."table"`, with `only` where inheritance would bring in another collection's rows. */
  readonly table: Sql
  readonly columns: ReadonlyMap<string, Column>
  readonly catalogue: RelationRow
}

/** The relations of a target by the name of their collection. */
export type Shape = ReadonlyMap<string, Relation>

export function relationOf(shape: Shape, collection: string): Relation {
  const relation = shape.get(collection)
  if (!relation) throw problem('connectors.unknown-collection', { collection })
  return relation
}

export function columnOf(relation: Relation, field: string): Column {
  const column = relation.columns.get(field)
  if (!column) throw problem('connectors.unknown-field', { collection: relation.description.name, field })
  return column
}

export function shapeOf(catalogue: Catalogue): Shape {
  const names = new Map(catalogue.relations.map((relation) => [relation.oid, collectionName(relation)]))
  const columns = Map.groupBy(catalogue.columns, (column) => column.relation)
  const constraints = Map.groupBy(catalogue.constraints, (constraint) => constraint.relation)
  const byDomain = Map.groupBy(catalogue.constraints, (constraint) => constraint.domain)
  const uniques = Map.groupBy(catalogue.uniques, (unique) => unique.relation)
  return new Map(
    catalogue.relations.map((relation) => {
      const own = columns.get(relation.oid) ?? []
      const parts = {
        constraints: [
          ...(constraints.get(relation.oid) ?? []),
          ...own.flatMap((column) => domainChecks(column, byDomain)),
        ],
        uniques: uniques.get(relation.oid) ?? [],
        names,
      }
      return [collectionName(relation), asRelation(relation, own, parts)]
    }),
  )
}

/** `schema.table`; a part that holds a dot or a quote is quoted itself, so that no two tables share a name. */
function collectionName({ schema, name: table }: RelationRow): string {
  const part = (text: string) => (/[."]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)
  return `${part(schema)}.${part(table)}`
}

/** A domain's checks, as if each column of the domain had them itself. */
function domainChecks(
  column: ColumnRow,
  byDomain: ReadonlyMap<string, readonly ConstraintRow[]>,
): readonly ConstraintRow[] {
  return column.domains.flatMap((domain) =>
    (byDomain.get(domain) ?? []).map((check) => ({ ...check, columns: [column.name] })),
  )
}

interface Parts {
  readonly constraints: readonly ConstraintRow[]
  readonly uniques: readonly UniqueRow[]
  readonly names: ReadonlyMap<string, string>
}

function asRelation(relation: RelationRow, columnRows: readonly ColumnRow[], parts: Parts): Relation {
  const checks = parts.constraints
    .filter((constraint) => constraint.kind === 'c')
    .map(({ name: check, expression, columns }) => ({
      name: check,
      expression: expression ?? '',
      fields: columns ?? [],
    }))
  const columns = columnRows.map((column) => asColumn(column, checks))
  const fields = columns.map((column) => column.field)
  const key = keyOf(fields, parts.uniques)
  const isTable = relation.kind === 'r' || relation.kind === 'p'
  return {
    description: {
      name: collectionName(relation),
      kind: isTable || relation.kind === 'f' ? 'table' : 'view',
      ...(relation.kind === 'm' && { materialised: true as const }),
      comment: relation.comment,
      fields,
      key,
      uniques: parts.uniques.map((unique) => unique.columns),
      foreignKeys: parts.constraints.flatMap((constraint) => foreignKeys(constraint, parts.names)),
      checks,
      writable: isTable,
    },
    identity: key.length > 0 ? 'key' : isTable || relation.kind === 'm' ? 'place' : 'digest',
    table: sql`${raw(relation.kind === 'r' ? 'only ' : '')}${name(relation.schema, relation.name)}`,
    columns: new Map(columns.map((column) => [column.field.name, column])),
    catalogue: relation,
  }
}

function asColumn(
  row: ColumnRow,
  checks: readonly { expression: string; fields: readonly string[] }[],
): Column {
  const values = checks
    .filter((check) => check.fields.length === 1 && check.fields[0] === row.name)
    .map((check) => allowedValues(check.expression))
    .find((allowed) => allowed !== null)
  const cell = sql`t.${name(row.name)}`
  return {
    field: {
      name: row.name,
      type: row.type,
      kind: kindOf(row),
      nullable: row.nullable,
      maxLength:
        (row.baseName === 'varchar' || row.baseName === 'bpchar') && row.modifier > 4
          ? row.modifier - 4
          : null,
      generated: row.generated,
      default: row.default,
      comment: row.comment,
      values: row.labels ?? values ?? null,
    },
    cell,
    // As text an address would carry a length of network that nobody wrote: 192.0.2.1/32.
    printed: row.baseName === 'inet' ? sql`pg_catalog.abbrev(${cell}::inet)` : sql`${cell}::text`,
    // Printed by PostgreSQL's format_type, which quotes what needs quoting.
    cast: raw(row.base),
    baseName: row.baseName,
  }
}

const kinds: Readonly<Record<string, FieldKind>> = {
  int2: 'integer',
  int4: 'integer',
  int8: 'integer',
  oid: 'integer',
  numeric: 'decimal',
  float4: 'decimal',
  float8: 'decimal',
  money: 'decimal',
  bool: 'boolean',
  date: 'date',
  timestamp: 'timestamp',
  timestamptz: 'timestamp',
  time: 'time',
  timetz: 'time',
  uuid: 'uuid',
  json: 'json',
  jsonb: 'json',
  bytea: 'binary',
}

function kindOf(row: ColumnRow): FieldKind {
  if (row.baseType === 'e') return 'enum'
  if (row.category === 'A') return 'array'
  // citext and its like are of the category of strings.
  return kinds[row.baseName ?? ''] ?? (row.category === 'S' ? 'text' : 'other')
}

/** The primary key, or the shortest immediate UNIQUE over fields that are never null. */
function keyOf(fields: readonly FieldDescription[], uniques: readonly UniqueRow[]): readonly string[] {
  const required = new Set(fields.filter((field) => !field.nullable).map((field) => field.name))
  return (
    uniques.find((unique) => unique.immediate && unique.columns.every((column) => required.has(column)))
      ?.columns ?? []
  )
}

const deletions = { a: 'restrict', r: 'restrict', c: 'cascade', n: 'set-null', d: 'set-default' } as const

function foreignKeys(row: ConstraintRow, names: ReadonlyMap<string, string>): readonly ForeignKey[] {
  const to = names.get(row.to ?? '')
  if (row.kind !== 'f' || to === undefined || !row.columns || !row.toColumns) return []
  const { name: constraint, columns, toColumns, onDelete } = row
  // RESTRICT never waits, however the constraint was declared: only NO ACTION does.
  const deferrable = row.deferrable && onDelete !== 'r'
  return [
    { name: constraint, fields: columns, to, toFields: toColumns, onDelete: deletions[onDelete], deferrable },
  ]
}
