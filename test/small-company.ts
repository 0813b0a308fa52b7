import pg from 'pg'
import { addSystem, importMap, scanSystems } from '../src/inventory/public.ts'
import type { Context } from '../src/platform/context.ts'
import { personInMap } from './person-in-map.ts'
import { freshDatabase, type TestServer } from './servers.ts'

/** Two people who share as much as two people can, in a database with every hard reference (design §4). */
const schema = `
create table household (household_id int primary key, address text not null);
create table person (
  person_id int primary key, email text not null unique check (position('@' in email) > 1),
  first_name varchar(12) not null, last_name varchar(12) not null, phone text,
  household_id int references household, referred_by int references person, main_address_id int,
  name_length int generated always as (length(first_name)) stored
);
create table address (address_id int primary key, person_id int not null references person, street text not null);
alter table person add constraint person_main_address foreign key (main_address_id) references address;
create table purchase (purchase_id int primary key, person_id int not null references person, note text);
create table purchase_item (purchase_id int not null references purchase, line int not null, sku text not null, primary key (purchase_id, line));
create table invoice (invoice_id int primary key, person_id int not null references person, billing_name text not null,
  billing_address text, issued_on date not null, paid_at timestamptz, total numeric(10,2) not null);
create table gift (gift_id int primary key, giver_id int not null references person, receiver_id int references person, receiver_note text);
create table visit (email text, page text, at timestamptz);
create table message (message_id int primary key, person_id int references person, body text);
create table person_history (email text, first_name text, changed_at date);
create table product (sku text primary key, title text);
`

const rows = `
insert into household values (1, '1 rue du Puits'), (2, '2 rue du Puits');
insert into person (person_id, email, first_name, last_name, phone, household_id, referred_by) values
  (1, 'anna@example.org', 'Anna', 'Muster', '+33 6 12 34 56 78', 1, null),
  (2, 'Bert@Example.org', 'Bert', 'Muster', '06 12 34 56 78', 1, 1),
  (3, 'carla@example.net', 'Carla', 'Ruiz', '+33 6 98 76 54 32', 2, null);
insert into address values (1, 1, '1 rue du Puits'), (2, 1, 'chalet'), (3, 2, '1 rue du Puits'), (4, 3, '2 rue du Puits');
update person set main_address_id = 1 where person_id = 1;
update person set main_address_id = 3 where person_id = 2;
update person set main_address_id = 4 where person_id = 3;
insert into purchase values (1, 1, 'ring the bell'), (2, 2, null), (3, 3, 'leave at Anna Muster');
insert into purchase_item values (1, 1, 'spade'), (1, 2, 'seed'), (2, 1, 'spade'), (3, 1, 'seed');
insert into invoice values
  (1, 2, 'Bert Muster', '1 rue du Puits', '2012-03-01', '2012-03-02', 10),
  (2, 2, 'Bert Muster', '1 rue du Puits', '2024-03-01', '2024-03-02', 20),
  (3, 3, 'Carla Ruiz', '2 rue du Puits', '2012-03-01', null, 30);
insert into gift values (1, 2, 1, 'for Anna, with love'), (2, 1, 3, 'for Carla'), (3, 3, null, null);
insert into visit values ('ANNA@example.org', '/a', '2026-01-01'), ('carla@example.net', '/c', '2026-01-01'), ('anna@example.org', '/b', '2026-01-01');
insert into message values (1, 1, 'my own words'), (2, 2, 'Please ask Anna Muster (anna@example.org, 06.12.34.56.78)'), (3, 3, 'nothing here');
insert into person_history values ('anna@example.org', 'Anne', '2020-01-01');
insert into product values ('spade', 'Spade'), ('seed', 'Seed');
`

export const smallMap = (system: string): string => `
version: 1
country: FR
systems:
  ${system}:
    controller: Example SARL
    collections:
${personInMap}
      public.household:
        rows: delete
        links: [{to: public.person, on: {household_id: household_id}, role: owner}]
        fields:
          address: {category: postal-address}
      public.address:
        rows: delete
        links: [{to: public.person, on: {person_id: person_id}, role: owner}]
        fields:
          street: {category: postal-address}
      public.purchase:
        rows: delete
        links: [{to: public.person, on: {person_id: person_id}, role: owner}]
        fields:
          note: {category: free-text}
      public.purchase_item:
        rows: delete
        links: [{to: public.purchase, on: {purchase_id: purchase_id}, role: owner}]
        fields: {}
      public.invoice:
        rows: clear
        links: [{to: public.person, on: {person_id: person_id}, role: owner}]
        fields:
          billing_name: {category: person-name}
          billing_address: {category: postal-address}
          total: {category: financial}
        keep:
          - {rule: accounting, from: issued_on, fields: [billing_name, billing_address], also: {public.person: [first_name, last_name]}}
          - {rule: unpaid, fields: [billing_name], also: {public.person: [first_name, last_name, email]}}
      public.gift:
        rows: delete
        links:
          - {to: public.person, on: {giver_id: person_id}, role: owner}
          - {to: public.person, on: {receiver_id: person_id}, role: party, clears: [receiver_note]}
        fields:
          receiver_note: {category: free-text}
      public.visit:
        rows: delete
        fields:
          email: {category: email, identifier: email, unique: true}
      public.message:
        rows: delete
        links: [{to: public.person, on: {person_id: person_id}, role: owner}]
        fields:
          body: {category: communication}
      public.person_history:
        rows: delete
        fields:
          email: {category: email, identifier: email, unique: true}
          first_name: {category: person-name}
rules:
  accounting: {years: 10, ground: legal-obligation, article: "GDPR 17(3)(b); C. com. L123-22"}
  unpaid: {while: "paid_at is null", ground: legal-claims, article: "GDPR 17(3)(e)"}
`

export interface SmallCompany extends AsyncDisposable {
  readonly url: string
  /** Rows of a query, each as its values joined by `|`. */
  query(text: string): Promise<readonly string[]>
  run(text: string): Promise<void>
  /** Everybody is back, as its first backup knew them. */
  restore(): Promise<void>
}

/** The small company's database on a server, known to Dossier as `shop`, scanned and mapped. */
export async function smallCompany(ctx: Context, server: TestServer, system = 'shop'): Promise<SmallCompany> {
  const database = await freshDatabase(server)
  const client = new pg.Client({ connectionString: database.url })
  client.on('error', () => undefined)
  await client.connect()
  await client.query(schema)
  await client.query(rows)
  await addSystem(ctx, { name: system, url: database.url, baseDirectory: '/' })
  await scanSystems(ctx, { names: [system] }, () => undefined)
  await importMap(ctx, smallMap(system))
  return {
    url: database.url,
    query: async (text) => {
      const { rows: found } = await client.query<unknown[]>({ text, rowMode: 'array' })
      return found.map((row) => row.map(String).join('|'))
    },
    run: async (text) => void (await client.query(text)),
    async restore() {
      await client.query('drop schema public cascade')
      await client.query('create schema public')
      await client.query(schema)
      await client.query(rows)
    },
    async [Symbol.asyncDispose]() {
      await client.end()
      await database.drop()
    },
  }
}

const tables = [
  'person',
  'address',
  'purchase',
  'purchase_item',
  'invoice',
  'gift',
  'visit',
  'message',
  'person_history',
  'household',
] // prettier-ignore

/** Every row of every table that tells of people; a filler's random part does not matter. */
export async function contentsOf(company: SmallCompany): Promise<readonly string[]> {
  const all: string[] = []
  for (const table of tables)
    all.push(...(await company.query(`select ${table}::text from ${table} order by 1`)))
  return all.map((row) => row.replace(/erased-[0-9a-f]+/g, 'erased-*'))
}
