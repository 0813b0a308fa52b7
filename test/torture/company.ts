import pg from 'pg'
import { addSystem, importMap, scanSystems } from '../../src/inventory/public.ts'
import type { Context } from '../../src/platform/context.ts'
import { freshDatabase, type TestServer } from '../servers.ts'

/** Many people in one database, each with rows that go, rows that stay, and a place in somebody else's text. */
const schema = `
create table person (person_id int primary key, email text not null unique, first_name text not null, last_name text not null,
  phone text, referred_by int references person);
create table purchase (purchase_id int primary key, person_id int not null references person, note text);
create table invoice (invoice_id int primary key, person_id int not null references person, billing_name text not null,
  issued_on date not null, total numeric(10,2) not null);
create table visit (email text, page text);
create table message (message_id int primary key, person_id int references person, body text);
`

const map = `
version: 1
country: FR
systems:
  shop:
    controller: Example SARL
    collections:
      public.person:
        rows: delete
        fields:
          email: {category: email, identifier: email, unique: true}
          first_name: {category: person-name}
          last_name: {category: person-name}
          phone: {category: phone, identifier: phone, unique: false}
      public.purchase:
        rows: delete
        links: [{to: public.person, on: {person_id: person_id}, role: owner}]
        fields: {note: {category: free-text}}
      public.invoice:
        rows: clear
        links: [{to: public.person, on: {person_id: person_id}, role: owner}]
        fields: {billing_name: {category: person-name}, total: {category: financial}}
        keep: [{rule: accounting, from: issued_on, fields: [billing_name]}]
      public.visit:
        rows: delete
        fields: {email: {category: email, identifier: email, unique: true}}
      public.message:
        rows: delete
        links: [{to: public.person, on: {person_id: person_id}, role: owner}]
        fields: {body: {category: communication}}
rules:
  accounting: {years: 10, ground: legal-obligation, article: "GDPR 17(3)(b); C. com. L123-22"}
`

const tables = ['person', 'purchase', 'invoice', 'visit', 'message'] as const

export interface Company extends AsyncDisposable {
  /** Every row of every table, as text. */
  rows(): Promise<readonly string[]>
  /** Ends every connection that somebody else has to this database. */
  cutConnections(): Promise<void>
}

export interface Person {
  readonly id: number
  readonly email: string
  readonly phone: string
  readonly name: string
}

export const personAt = (i: number): Person => ({
  id: i,
  email: `person.${i}@example.org`,
  phone: `+336${String(10_000_000 + i)}`,
  name: `Given${i} Family${i}`,
})

/** Whether a row is or names this person. */
export const isOf = ({ email, phone, name }: Person, row: string): boolean =>
  [email, phone, name, name.replace(' ', ',')].some((trace) => row.includes(trace))

/** A company of so many people, known to Dossier as `shop`, scanned and mapped. Everybody's message names the next. */
export async function makeCompany(ctx: Context, server: TestServer, people: number): Promise<Company> {
  const database = await freshDatabase(server)
  const client = new pg.Client({ connectionString: database.url, application_name: 'torture' })
  client.on('error', () => undefined)
  await client.connect()
  await client.query(schema)
  await client.query(
    `insert into person select i, 'person.' || i || '@example.org', 'Given' || i, 'Family' || i, '+336' || (10000000 + i)::text, null
     from generate_series(0, $1::int - 1) i`,
    [people],
  )
  await client.query('update person set referred_by = person_id - 1 where person_id > 0')
  await client.query(
    `insert into purchase select i * 2 + k, i, 'for Given' || i || ' Family' || i from generate_series(0, $1::int - 1) i, generate_series(0, 1) k`,
    [people],
  )
  await client.query(
    `insert into invoice select i * 2 + k, i, 'Given' || i || ' Family' || i, date '2012-03-01' + (k * interval '12 years'), 10
     from generate_series(0, $1::int - 1) i, generate_series(0, 1) k`,
    [people],
  )
  await client.query(
    `insert into visit select 'person.' || i || '@example.org', '/' || k from generate_series(0, $1::int - 1) i, generate_series(0, 2) k`,
    [people],
  )
  await client.query(
    `insert into message select i, i, 'ask Given' || (i + 1) || ' Family' || (i + 1) || ' (person.' || (i + 1) || '@example.org)'
     from generate_series(0, $1::int - 1) i`,
    [people],
  )
  await addSystem(ctx, { name: 'shop', url: database.url, baseDirectory: '/' })
  await scanSystems(ctx, { names: ['shop'] }, () => undefined)
  await importMap(ctx, map)
  return {
    async rows() {
      const all: string[] = []
      for (const table of tables) {
        const { rows } = await client.query<{ row: string }>(
          `select '${table} ' || t::text as row from ${table} t order by 1`,
        )
        all.push(...rows.map(({ row }) => row))
      }
      return all
    },
    async cutConnections() {
      await client.query(
        'select pg_terminate_backend(a.pid) from pg_stat_activity a where a.datname = current_database() and a.pid <> pg_backend_pid()',
      )
    },
    async [Symbol.asyncDispose]() {
      await client.end()
      await database.drop()
    },
  }
}
