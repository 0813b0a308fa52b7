import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { type TableKind, tables } from '../database/tables.ts'
import type { Db } from '../src/platform/database.ts'
import { sql } from '../src/platform/sql.ts'
import { freshInstallation, type TestInstallation } from './installation.ts'

/** What PostgreSQL itself says of our tables, against the rules of design §5: they make a move to Citus a script. */
interface Column {
  readonly table: string
  readonly name: string
  readonly type: string
  readonly notNull: boolean
  readonly identity: boolean
  readonly default: string | null
}

interface Key {
  readonly table: string
  readonly name: string
  readonly primary: boolean
  readonly columns: readonly string[]
}

interface ForeignKey {
  readonly name: string
  readonly from: string
  readonly to: string
  readonly columns: readonly string[]
  readonly toColumns: readonly string[]
}

interface Catalogue {
  readonly tables: readonly string[]
  readonly columns: readonly Column[]
  readonly keys: readonly Key[]
  readonly foreignKeys: readonly ForeignKey[]
  /** Triggers, rules, views and functions: whatever would act behind a statement's back. */
  readonly hidden: readonly string[]
}

const ours = sql`n.nspname not like 'pg\\_%' and n.nspname <> 'information_schema'`

async function readCatalogue(db: Db): Promise<Catalogue> {
  const named = await db.rows<{ name: string }>(
    sql`select n.nspname || '.' || c.relname as name from pg_catalog.pg_class c
        join pg_catalog.pg_namespace n on n.oid = c.relnamespace
        where c.relkind in ('r', 'p', 'f') and not c.relispartition and ${ours} order by 1`,
  )
  const columns = await db.rows<Column>(
    sql`select n.nspname || '.' || c.relname as table, a.attname as name, a.attnotnull as not_null,
          pg_catalog.format_type(a.atttypid, null) as type, a.attidentity <> '' as identity,
          pg_catalog.pg_get_expr(d.adbin, d.adrelid) as default
        from pg_catalog.pg_attribute a
        join pg_catalog.pg_class c on c.oid = a.attrelid and c.relkind in ('r', 'p')
        join pg_catalog.pg_namespace n on n.oid = c.relnamespace
        left join pg_catalog.pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
        where a.attnum > 0 and not a.attisdropped and ${ours} order by 1, a.attnum`,
  )
  const keys = await db.rows<Key>(
    sql`select n.nspname || '.' || c.relname as table, x.relname as name, i.indisprimary as primary,
          array(select a.attname::text from unnest(i.indkey[0:i.indnkeyatts - 1]) with ordinality as k (number, place)
                join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum = k.number order by k.place) as columns
        from pg_catalog.pg_index i
        join pg_catalog.pg_class c on c.oid = i.indrelid and c.relkind in ('r', 'p')
        join pg_catalog.pg_class x on x.oid = i.indexrelid
        join pg_catalog.pg_namespace n on n.oid = c.relnamespace
        where (i.indisunique or i.indisexclusion) and ${ours} order by 1, 2`,
  )
  return {
    tables: named.map((row) => row.name),
    columns,
    keys,
    foreignKeys: await foreignKeys(db),
    hidden: await hidden(db),
  }
}

const foreignKeys = (db: Db) =>
  db.rows<ForeignKey>(
    sql`select f.conname as name, n.nspname || '.' || c.relname as from, m.nspname || '.' || t.relname as to,
          array(select a.attname::text from unnest(f.conkey) with ordinality as k (number, place)
                join pg_catalog.pg_attribute a on a.attrelid = f.conrelid and a.attnum = k.number order by k.place) as columns,
          array(select a.attname::text from unnest(f.confkey) with ordinality as k (number, place)
                join pg_catalog.pg_attribute a on a.attrelid = f.confrelid and a.attnum = k.number order by k.place) as to_columns
        from pg_catalog.pg_constraint f
        join pg_catalog.pg_class c on c.oid = f.conrelid join pg_catalog.pg_namespace n on n.oid = c.relnamespace
        join pg_catalog.pg_class t on t.oid = f.confrelid join pg_catalog.pg_namespace m on m.oid = t.relnamespace
        where f.contype = 'f' and f.conparentid = 0 and ${ours} order by 1`,
  )

async function hidden(db: Db): Promise<readonly string[]> {
  const rows = await db.rows<{ name: string }>(
    sql`select 'trigger ' || n.nspname || '.' || c.relname || '.' || g.tgname as name from pg_catalog.pg_trigger g
        join pg_catalog.pg_class c on c.oid = g.tgrelid join pg_catalog.pg_namespace n on n.oid = c.relnamespace
        where not g.tgisinternal and ${ours}
        union all
        select 'rule or view ' || n.nspname || '.' || c.relname from pg_catalog.pg_rewrite r
        join pg_catalog.pg_class c on c.oid = r.ev_class join pg_catalog.pg_namespace n on n.oid = c.relnamespace
        where ${ours}
        union all
        select 'function ' || n.nspname || '.' || p.proname from pg_catalog.pg_proc p
        join pg_catalog.pg_namespace n on n.oid = p.pronamespace where ${ours}`,
  )
  return rows.map((row) => row.name)
}

/** A foreign key goes where Citus can enforce it (scale.md §6, rule 2). */
const mayReference: Readonly<Record<TableKind, readonly TableKind[]>> = {
  subject: ['subject', 'reference'],
  lookup: ['reference'],
  reference: ['reference'],
  local: ['local', 'reference'],
}

const forbiddenTypes = [
  'timestamp without time zone',
  'time with time zone',
  'money',
  'character',
  'character varying',
]

let installation: TestInstallation
before(async () => {
  installation = await freshInstallation()
})
after(() => installation?.dispose())

for (const database of ['main', 'keys'] as const) {
  const declared: Readonly<Record<string, TableKind>> = tables[database]
  describe(`the ${database} database`, () => {
    let catalogue: Catalogue
    before(async () => {
      catalogue = await readCatalogue(database === 'main' ? installation.ctx.db : installation.ctx.keys)
    })
    const ofKind = (kind: TableKind) => catalogue.tables.filter((table) => declared[table] === kind)
    const column = (table: string, name: string) =>
      catalogue.columns.find((one) => one.table === table && one.name === name)
    const keysOf = (table: string) => catalogue.keys.filter((key) => key.table === table)

    test('has exactly the tables that are declared', () => {
      assert.deepEqual(catalogue.tables.toSorted(), Object.keys(declared).toSorted())
    })

    test('keeps every table in the schema of its domain', () => {
      const domains = readdirSync(join(import.meta.dirname, '..', 'src'), { withFileTypes: true })
      const schemas = new Set(domains.filter((entry) => entry.isDirectory()).map((entry) => entry.name))
      assert.deepEqual(
        catalogue.tables.filter((table) => !schemas.has(table.slice(0, table.indexOf('.')))),
        [],
      )
    })

    test('names every row by a primary key', () => {
      assert.deepEqual(
        catalogue.tables.filter((table) => !keysOf(table).some((key) => key.primary)),
        [],
      )
    })

    test('carries subject_id in every key of a table that belongs to subjects', () => {
      for (const table of ofKind('subject')) {
        const { type, notNull } = column(table, 'subject_id') ?? {}
        assert.deepEqual([type, notNull], ['uuid', true], `${table}.subject_id`)
        for (const key of keysOf(table))
          assert.ok(key.columns.includes('subject_id'), `${table}: ${key.name}`)
      }
    })

    test('keys every lookup by a hash', () => {
      for (const table of ofKind('lookup')) {
        for (const key of keysOf(table)) {
          const types = key.columns.map((name) => column(table, name)?.type)
          assert.ok(types.includes('bytea'), `${table}: ${key.name}`)
        }
      }
    })

    test('has foreign keys only where they can be enforced, and among subjects always with subject_id', () => {
      for (const { name, from, to, columns, toColumns } of catalogue.foreignKeys) {
        const [kind, target] = [declared[from], declared[to]]
        assert.ok(
          kind && target && mayReference[kind].includes(target),
          `${name}: ${from} (${kind}) → ${to} (${target})`,
        )
        if (target !== 'subject') continue
        const place = columns.indexOf('subject_id')
        assert.ok(place >= 0 && toColumns[place] === 'subject_id', `${name}: subject_id is not part of it`)
      }
    })

    test('is declared in an order in which it can be filled', () => {
      const names = Object.keys(declared)
      for (const { name, from, to } of catalogue.foreignKeys)
        assert.ok(names.indexOf(to) <= names.indexOf(from), name)
    })

    test('lets nothing act behind a statement: no trigger, rule, view or function', () => {
      assert.deepEqual(catalogue.hidden, [])
    })

    test('takes ids and times from the product: no identity, no sequence, no computed default', () => {
      const computed = catalogue.columns.filter((one) => one.identity || /\w\s*\(/.test(one.default ?? ''))
      assert.deepEqual(
        computed.map((one) => `${one.table}.${one.name}`),
        [],
      )
    })

    test('stores times with their zone, and text as text', () => {
      const wrong = catalogue.columns.filter((one) => forbiddenTypes.includes(one.type))
      assert.deepEqual(
        wrong.map((one) => `${one.table}.${one.name} ${one.type}`),
        [],
      )
      for (const { table, name, type } of catalogue.columns)
        if (/(^|_)at$/.test(name)) assert.equal(type, 'timestamp with time zone', `${table}.${name}`)
    })
  })
}
