import type { Pool } from '../src/platform/database.ts'
import { name, type Sql, sql } from '../src/platform/sql.ts'

/**
 * A company in three databases, twelve tables: the same e-mail address leads to a person in all three, and everything of
 * theirs goes with them. Nobody writes of anybody else: to search other people's texts has no hand-written counterpart, and
 * benchmarks of its own (residue, mentions-of-many).
 */
export interface Table {
  readonly name: string
  /** The table that its rows belong to; null for the person's own. */
  readonly owner: string | null
  readonly columns: string
  /** What row `i` holds in these columns. */
  readonly values: string
  /** What the map says of them. */
  readonly fields: string
}

const person = (name: string): Table => ({
  name,
  owner: null,
  columns: 'email text not null unique, last_name text not null, phone text',
  values: `'person.' || i || '@example.org', 'Name' || md5(i::text), '+33 6 ' || lpad((i * 7919 % 100000000)::text, 8, '0')`,
  fields: 'email: {category: email, identifier: email, unique: true}, last_name: {category: person-name}',
})
const table = (name: string, owner: string, columns: string, values: string, fields = ''): Table => ({
  name,
  owner,
  columns,
  values,
  fields,
})

export const systems: Readonly<Record<string, readonly Table[]>> = {
  shop: [
    person('customer'),
    table('address', 'customer', 'street text', `i || ' rue du Puits'`, 'street: {category: postal-address}'),
    table(
      'invoice',
      'customer',
      'bill_to text',
      `'Bill ' || md5(i::text)`,
      'bill_to: {category: person-name}',
    ),
    table('wish', 'customer', 'sku text not null', `'sku-' || i % 1013`),
    table('purchase', 'customer', 'made_on date not null', `date '2026-01-01' - i % 300`),
    table('purchase_item', 'purchase', 'sku text not null', `'sku-' || i % 1009`),
  ],
  desk: [
    person('requester'),
    table('ticket', 'requester', 'city text', `'Ville ' || i % 83`, 'city: {category: city}'),
    table('call', 'requester', 'number text', `'+33 7 ' || i`, 'number: {category: phone}'),
  ],
  post: [
    person('reader'),
    table('letter', 'reader', 'street text', `i || ' rue du Port'`, 'street: {category: postal-address}'),
    table('click', 'reader', 'ip text', `'192.0.2.' || i % 250`, 'ip: {category: ip-address}'),
  ],
}

/** How many rows of a table belong to each row of its owner. */
const rowsEach = 2

export const mailOf = (person: number): string => `person.${person}@example.org`
export const idOf = (table: string): string => `${table}_id`

/** How many tables lie between a row and its person. */
function depth(tables: readonly Table[], { owner }: Table): number {
  const above = tables.find(({ name }) => name === owner)
  return above ? 1 + depth(tables, above) : 0
}

const rowsOf = (tables: readonly Table[], one: Table): number => rowsEach ** depth(tables, one)

/** Whose row it is, by its key: people are numbered from 1, and so are rows. */
export const personOf = (tables: readonly Table[], one: Table, key: number): number =>
  Math.ceil(key / rowsOf(tables, one))

/** The keys of a person's rows, as `<table> <key>`. */
export const rowsOfPerson = (tables: readonly Table[], person: number): readonly string[] =>
  tables.flatMap((one) => {
    const count = rowsOf(tables, one)
    return Array.from({ length: count }, (_, i) => `${one.name} ${(person - 1) * count + i + 1}`)
  })

const statement = (text: string): Sql => ({ parts: [text], values: [] })

/** Makes a system's tables, and fills them for so many people. */
export async function fill(pool: Pool, tables: readonly Table[], people: number): Promise<void> {
  for (const one of tables) {
    const { name: called, owner, columns, values } = one
    const link = owner ? `${idOf(owner)} int not null references ${owner}, ` : ''
    await pool.run(statement(`create table ${called} (${idOf(called)} int primary key, ${link}${columns})`))
    if (owner) await pool.run(statement(`create index on ${called} (${idOf(owner)})`))
    const linked = owner ? `(i + ${rowsEach - 1}) / ${rowsEach}, ` : ''
    const count = people * rowsOf(tables, one)
    await pool.run(
      statement(`insert into ${called} select i, ${linked}${values} from generate_series(1, ${count}) i`),
    )
  }
  await pool.run(statement('vacuum analyze'))
}

export const map = `version: 1
country: FR
systems:
${Object.entries(systems)
  .map(
    ([system, tables]) => `  ${system}:
    controller: Example SARL
    collections:
${tables
  .map(
    ({ name, owner, fields }) => `      public.${name}:
        rows: delete
        links: [${owner ? `{to: public.${owner}, on: {${idOf(owner)}: ${idOf(owner)}}, role: owner}` : ''}]
        fields: {${fields}}
`,
  )
  .join('')}`,
  )
  .join('')}`

/** Every row of a system, by table and key. */
export async function contentsOf(pool: Pool, tables: readonly Table[]): Promise<ReadonlyMap<string, string>> {
  const contents = new Map<string, string>()
  for (const { name: called } of tables) {
    const rows = await pool.rows<{ key: number; text: string }>(
      sql`select t.${name(idOf(called))} as key, t::text as text from ${name(called)} t`,
    )
    for (const { key, text } of rows) contents.set(`${called} ${key}`, text)
  }
  return contents
}
