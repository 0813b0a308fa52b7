import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import pg from 'pg'
import { freshDatabase, type TestServer } from '../../test/servers.ts'

/** A small company in three real systems, for tests of what reads them. */
export interface Targets extends AsyncDisposable {
  readonly urls: Readonly<Record<'shop' | 'desk' | 'letters', string>>
  /** A statement in the shop's database. */
  query(statement: string): Promise<void>
}

/** Values that stand in the targets and must stand nowhere else. */
export const canaries = [
  'ada.canary@example.org',
  'Lovelace-Canary',
  '+33 6 39 98 12 34',
  'Rue de la Sentinelle',
]

const [email, lastName, phone, street] = canaries

const shop = `
  create table customer (
    customer_id integer primary key, email text not null unique, first_name text, last_name text not null,
    phone text, street text, city text);
  create table invoice (
    invoice_id integer primary key, customer_id integer not null references customer, invoice_date date not null,
    billing_address text, total numeric(10,2) not null);
  create table product (sku text primary key, name text not null, price numeric(10,2));
  insert into customer select i, 'person' || i || '@example.org', 'Ada', 'Byron', '+33 1 99 00 12 ' || i, 'Rue Haute ' || i, 'Lyon'
    from generate_series(10, 60) i;
  insert into customer values (1, '${email}', 'Ada', '${lastName}', '${phone}', '${street}', 'Paris');
  insert into invoice select i, i, date '2024-05-01' + i, 'Rue Haute ' || i, 19.90 from generate_series(10, 60) i;
  insert into product select 'SKU-' || i, 'Lamp ' || i, 10 from generate_series(1, 20) i;`

const desk = `
  create table requester (id integer primary key, email text, name text);
  create table ticket (id integer primary key, requester_id integer references requester (id), body text);
  insert into requester values (1, '${email}', 'Ada ${lastName}');
  insert into ticket values (1, 1, 'Please call me on ${phone}');`

const letters = `email;first_name;signed_up\r\n${email};Ada;2025-01-31\r\nother@example.org;Bob;2025-02-01\r\n`

/** A database, a SQLite file and a folder of CSV files. */
export async function makeTargets(server: TestServer): Promise<Targets> {
  await using stack = new AsyncDisposableStack()
  const database = stack.adopt(await freshDatabase(server), (made) => made.drop())
  const client = new pg.Client({ connectionString: database.url })
  await client.connect()
  stack.defer(() => client.end())
  await client.query(shop)
  const directory = await mkdtemp(join(tmpdir(), 'dossier-targets-'))
  stack.defer(() => rm(directory, { recursive: true, force: true }))
  const file = new DatabaseSync(join(directory, 'desk.sqlite'))
  file.exec(desk)
  file.close()
  await mkdir(join(directory, 'letters'))
  await writeFile(join(directory, 'letters', 'subscribers.csv'), letters)
  const resources = stack.move()
  return {
    urls: {
      shop: database.url,
      desk: `sqlite:${join(directory, 'desk.sqlite')}`,
      letters: `files:${join(directory, 'letters')}`,
    },
    query: async (statement) => void (await client.query(statement)),
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  }
}
