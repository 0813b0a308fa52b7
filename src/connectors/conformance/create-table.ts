import { join, name, raw, type Sql, sql } from '../../platform/sql.ts'
import type { Cell } from '../connector.ts'
import type { FieldSketch, Sketch } from './sketch.ts'

/** What differs between the SQL dialects of the suite's targets. */
export interface Dialect {
  type(field: FieldSketch): string
  /** What a value is cast to, where that is not written like its column's type. */
  castType?(field: FieldSketch): string
  /** Where tables can be in a cycle only if foreign keys come afterwards. */
  readonly foreignKeysAfterwards: boolean
}

/** CREATE TABLE, the rows, then the foreign keys that could not be declared at once. */
export function tableStatements(sketches: readonly Sketch[], dialect: Dialect): readonly Sql[] {
  const inserts = (sketch: Sketch) => chunks(sketch.rows).map((rows) => insert(sketch, rows, dialect))
  const late = (sketch: Sketch) =>
    dialect.foreignKeysAfterwards
      ? foreignKeys(sketch).map((key) => sql`alter table ${name(sketch.name)} add ${key}`)
      : []
  return [
    ...sketches.map((sketch) => createTable(sketch, dialect)),
    ...sketches.flatMap(inserts),
    ...sketches.flatMap(late),
  ]
}

function createTable(sketch: Sketch, dialect: Dialect): Sql {
  const columns = sketch.fields.map(
    (field) => sql`${name(field.name)} ${raw(dialect.type(field))} ${raw(field.required ? 'not null' : '')}`,
  )
  const key = sketch.key?.length ? [sql`primary key ${list(sketch.key)}`] : []
  const uniques = (sketch.uniques ?? []).map((fields) => sql`unique ${list(fields)}`)
  const checks = (sketch.checks ?? []).map((check) => {
    const among = check.among.map((value) => raw(`'${value.replaceAll("'", "''")}'`))
    return sql`constraint ${name(check.name)} check (${name(check.field)} in (${join(among)}))`
  })
  const keys = dialect.foreignKeysAfterwards ? [] : foreignKeys(sketch)
  return sql`create table ${name(sketch.name)} (${join([...columns, ...key, ...uniques, ...checks, ...keys])})`
}

const foreignKeys = (sketch: Sketch): readonly Sql[] =>
  (sketch.foreignKeys ?? []).map(
    (key) =>
      sql`constraint ${name(key.name)} foreign key ${list(key.fields)} references ${name(key.to)} ${list(key.toFields)}`,
  )

const list = (names: readonly string[]): Sql => sql`(${join(names.map((one) => sql`${name(one)}`))})`

function insert(sketch: Sketch, rows: readonly (readonly Cell[])[], dialect: Dialect): Sql {
  const types = sketch.fields.map((field) => raw(dialect.castType?.(field) ?? dialect.type(field)))
  const tuples = rows.map((row) => sql`(${join(row.map((cell, i) => sql`cast(${cell} as ${types[i]})`))})`)
  return sql`insert into ${name(sketch.name)} values ${join(tuples)}`
}

const chunks = <T>(rows: readonly T[]): readonly (readonly T[])[] =>
  Array.from({ length: Math.ceil(rows.length / 250) }, (_, i) => rows.slice(i * 250, i * 250 + 250))
