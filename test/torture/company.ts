import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { addSystem, importMap, scanSystems } from '../../src/inventory/public.ts'
import type { Context } from '../../src/platform/context.ts'
import { personInMap } from '../person-in-map.ts'

/** Many people in two systems, each with rows that go, rows that stay, and a place in somebody else's text. */
const shopSchema = `
create table person (person_id int primary key, email text not null unique, first_name text not null, last_name text not null,
  phone text, referred_by int references person);
create table purchase (purchase_id int primary key, person_id int not null references person, note text);
create table invoice (invoice_id int primary key, person_id int not null references person, billing_name text not null,
  issued_on date not null, total numeric(10,2) not null);
create table visit (email text, page text);
create table message (message_id int primary key, person_id int references person, body text);
create table unmapped (at int, what text);
create index on purchase (person_id); create index on invoice (person_id); create index on message (person_id);
create index on visit (email); create index on person (referred_by);
`

const deskSchema = `
create table requester (requester_id integer primary key, email text not null unique, name text not null);
create table ticket (ticket_id integer primary key, requester_id integer not null references requester, body text);
create index ticket_requester on ticket (requester_id);
`

/** People `$1` to `$2`, the latter not included. Everybody's message names the next, who was referred by them. */
const shopPeople = [
  `insert into person select i, 'person.' || i || '@example.org', 'Given' || i, 'Family' || i, '+336' || (10000000 + i)::text,
     nullif(i - 1, -1) from generate_series($1::int, $2::int - 1) i order by i`,
  `insert into purchase select i * 2 + k, i, 'for Given' || i || ' Family' || i
     from generate_series($1::int, $2::int - 1) i, generate_series(0, 1) k`,
  `insert into invoice select i * 2 + k, i, 'Given' || i || ' Family' || i, date '2012-03-01' + (k * interval '12 years'), 10
     from generate_series($1::int, $2::int - 1) i, generate_series(0, 1) k`,
  `insert into visit select 'person.' || i || '@example.org', '/' || k
     from generate_series($1::int, $2::int - 1) i, generate_series(0, 2) k`,
  `insert into message select i, i, 'ask Given' || (i + 1) || ' Family' || (i + 1) || ' (person.' || (i + 1) || '@example.org)'
     from generate_series($1::int, $2::int - 1) i`,
]

const deskPeople = [
  `with recursive r(i) as (select ?1 union all select i + 1 from r where i + 1 < ?2)
   insert into requester select i, 'person.' || i || '@example.org', 'Given' || i || ' Family' || i from r`,
  `with recursive r(i) as (select ?1 union all select i + 1 from r where i + 1 < ?2)
   insert into ticket select i, i, 'sits beside Given' || (i + 1) || ' Family' || (i + 1) from r`,
]

const map = `
version: 1
country: FR
systems:
  desk:
    controller: Example SARL
    collections:
      requester:
        rows: delete
        fields:
          email: {category: email, identifier: email, unique: true}
          name: {category: person-name}
      ticket:
        rows: delete
        links: [{to: requester, on: {requester_id: requester_id}, role: owner}]
        fields: {body: {category: communication}}
  shop:
    controller: Example SARL
    collections:
${personInMap}
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

const shopTables = ['person', 'purchase', 'invoice', 'visit', 'message', 'unmapped'] as const

/** A company has so many more people than were erased, at least and at most. */
const ahead = { least: 12, most: 40 } as const

/** The company's own hand on its systems: it uses no road, so that it sees what is there while Dossier is cut off. */
export interface Company extends AsyncDisposable {
  /** Every row of every table of both systems, as text. */
  rows(): Promise<readonly string[]>
  /** Sees to it that there are people beyond this one. */
  peopleBeyond(person: number): Promise<void>
  /** Statements in the shop, as its owner. */
  shop(statement: string): Promise<void>
  /** Statements in the desk's file; waits for whoever holds it. */
  desk(statement: string): Promise<void>
  /** Holds the desk's file for writing, as its own program may; the returned function lets it go. */
  holdDesk(): Promise<() => void>
  /** Ends every connection that somebody else has to the shop. */
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

export interface CompanyPlaces {
  /** A superuser's URL of the shop's database; it may have moved after a restart. */
  readonly shop: () => string
  /** As Dossier reaches it. */
  readonly shopForDossier: string
  /** The directory in which the desk keeps its file. */
  readonly desk: string
}

/** A company known to Dossier as `shop` (PostgreSQL) and `desk` (SQLite), scanned and mapped. */
export async function makeCompany(ctx: Context, places: CompanyPlaces): Promise<Company> {
  const shop = { client: await connected(places.shop()), isLost: false }
  const path = join(places.desk, 'desk.db')
  const inDesk = <T>(work: (database: DatabaseSync) => T): Promise<T> => patiently(path, work)
  const ask = async <Row extends pg.QueryResultRow>(text: string, values: unknown[] = []): Promise<Row[]> => {
    for (let tries = 0; ; tries += 1) {
      try {
        return (await shop.client.query<Row>(text, values)).rows
      } catch (error) {
        // Its server was stopped and started again; what the company itself asks may be asked twice.
        if (tries > 2 || error instanceof pg.DatabaseError) throw error
        await shop.client.end().catch(() => undefined)
        shop.client = await connected(places.shop())
      }
    }
  }
  let people = 0
  const add = async (most: number) => {
    for (const statement of shopPeople) await ask(statement, [people, most])
    await inDesk((desk) => {
      // As bigint: a number would be bound as 1.0.
      for (const statement of deskPeople) desk.prepare(statement).run(BigInt(people), BigInt(most))
    })
    people = most
  }
  await ask(shopSchema)
  await inDesk((desk) => desk.exec(deskSchema))
  await add(ahead.most)
  // At full speed: here nobody else waits for the shop.
  await addSystem(ctx, { name: 'shop', url: places.shopForDossier, baseDirectory: '/', load: 100 })
  await addSystem(ctx, { name: 'desk', url: `sqlite:${path}`, baseDirectory: '/', load: 100 })
  await scanSystems(ctx, { names: ['shop', 'desk'] }, () => undefined)
  await importMap(ctx, map)
  return {
    async rows() {
      const union = shopTables.map((table) => `select '${table} ' || t::text as row from ${table} t`)
      const inShop = await ask<{ row: string }>(union.join(' union all '))
      const inFile = await inDesk((desk) =>
        ['requester', 'ticket'].flatMap((table) =>
          desk
            .prepare(`select * from ${table}`)
            .all()
            .map((row) => `${table} ${Object.values(row).join(' | ')}`),
        ),
      )
      return [...inShop.map(({ row }) => row), ...inFile]
    },
    async peopleBeyond(person) {
      if (person + ahead.least > people) await add(people + ahead.most)
    },
    shop: async (statement) => void (await ask(statement)),
    desk: (statement) => inDesk((desk) => desk.exec(statement)),
    async holdDesk() {
      const held = new DatabaseSync(path, { timeout: 5_000 })
      held.exec('begin immediate')
      return () => held.close()
    },
    async cutConnections() {
      await ask(
        'select pg_terminate_backend(a.pid) from pg_stat_activity a where a.datname = current_database() and a.pid <> pg_backend_pid()',
      )
    },
    async [Symbol.asyncDispose]() {
      await shop.client.end().catch(() => undefined)
    },
  }
}

async function connected(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url, application_name: 'torturer' })
  client.on('error', () => undefined)
  await client.connect()
  return client
}

/** A worker that was killed or frozen in the file may hold it for a while. */
async function patiently<T>(path: string, work: (database: DatabaseSync) => T): Promise<T> {
  for (let tries = 0; ; tries += 1) {
    const database = new DatabaseSync(path, { timeout: 20 })
    try {
      return work(database)
    } catch (error) {
      if (tries === 500 || !/lock|busy/i.test(String(error))) throw error
    } finally {
      database.close()
    }
    await sleep(20)
  }
}
