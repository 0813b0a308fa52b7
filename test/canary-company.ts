import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import pg from 'pg'
import { type Canary, canaries, fullName, otokar, password, zyxwanda } from './canary-words.ts'
import { administer, freshDatabase, type TestServer } from './servers.ts'

/** A company in a PostgreSQL database, a SQLite file and a CSV file, each of which holds the canaries among others. */
export interface CanaryCompany extends AsyncDisposable {
  readonly urls: Readonly<Record<'shop' | 'desk' | 'letters', string>>
  /** The shop's address with an account that may read and nothing else. */
  readonly readerUrl: string
  readonly server: TestServer
  readonly database: string
  /** Statements in the shop, by its owner. */
  run(statements: string): Promise<void>
  /** A connection to the desk's file, as its own program has one. */
  openDesk(): DatabaseSync
  readonly subscribers: string
}

const shopTables = `
  create table customer (
    customer_id integer primary key, customer_number text not null unique, email text not null unique,
    first_name text not null, last_name text not null, phone text, birth_date date, iban text, remark text);
  create table address (
    address_id integer primary key, customer_id integer not null references customer, street text not null, city text);
  create table invoice (
    invoice_id integer primary key, customer_id integer not null references customer, billing_name text not null,
    billing_address text, issued_on date not null, paid_at timestamptz, total numeric(10,2) not null);
  create table mail_log (email text, subject text, sent_at timestamptz);
  create table product (sku text primary key, title text not null, price numeric(10,2));
  insert into product select 'SKU-' || i, 'Lamp ' || i, 10 from generate_series(1, 20) i;
  insert into customer
    select i, 'KX-10000000' || i, 'person' || i || '@example.org', 'Ada', 'Byron', '+33 1 99 00 12 ' || i, date '1960-01-01' + i * 90, null, null
    from generate_series(10, 60) i;
  insert into address select i, i, i || ' rue Haute', 'Lyon' from generate_series(10, 60) i;
  insert into invoice select i, i, 'Ada Byron', i || ' rue Haute', current_date - i * 20, now(), 19.90 from generate_series(10, 60) i;
  insert into mail_log select 'person' || i || '@example.org', 'Your order', now() from generate_series(10, 60) i;`

const deskTables = `
  create table requester (id integer primary key, name text, email text, phone text);
  create table ticket (id integer primary key, requester_id integer references requester (id), subject text, body text);`

const others = Array.from({ length: 30 }, (_, i) => i + 10)

async function fillShop(client: pg.Client): Promise<void> {
  await client.query(shopTables)
  for (const [i, one] of canaries.entries()) {
    const id = i + 1
    await client.query('insert into customer values ($1, $2, $3, $4, $5, $6, $7, $8, $9)', [
      id,
      one.number,
      one.email,
      one.given,
      one.family,
      one.phoneAbroad,
      one.born,
      one.iban,
      one.saying,
    ])
    await client.query('insert into address values ($1, $1, $2, $3)', [id, one.street, 'Lyon'])
    for (const [invoice, years] of [12, 1].entries())
      await client.query(
        `insert into invoice values ($1, $2, $3, $4, (now() - make_interval(years => $5))::date, now(), 20)`,
        [id * 1000 + invoice, id, fullName(one), one.street, years],
      )
    await client.query('insert into mail_log values ($1, $2, now())', [one.email.toUpperCase(), one.saying])
  }
}

function fillDesk(file: string): void {
  using desk = new DatabaseSync(file)
  desk.exec(deskTables)
  const requester = desk.prepare('insert into requester values (?, ?, ?, ?)')
  const ticket = desk.prepare('insert into ticket values (?, ?, ?, ?)')
  for (const i of others) {
    requester.run(i, 'Ada Byron', `person${i}@example.org`, `01 99 00 12 ${i}`)
    ticket.run(i, i, 'Where is my lamp?', 'I ordered it last week and it did not come. Please have a look.')
  }
  for (const [i, one] of canaries.entries()) {
    requester.run(i + 1, fullName(one), one.email.toLowerCase(), one.phone)
    ticket.run(i + 1, i + 1, one.saying, `${one.saying} ${fullName(one)}, ${one.street}, ${one.phone}`)
    ticket.run(i + 100, 10 + i, 'For a friend', `Please call ${fullName(one)}, ${one.phone} or ${one.email}.`)
  }
}

const subscriber = ({ email, given, family, phone }: Canary): string =>
  [email, given, family, phone].join(';')

/** Sound, or with a quote that is never closed. */
export const subscriberList = (isSound = true): string =>
  [
    'email;first_name;last_name;phone',
    ...others.map((i) => `person${i}@example.org;Ada;Byron;01 99 00 12 ${i}`),
    ...(isSound ? [] : [`"${zyxwanda.email};${zyxwanda.given};x`]),
    subscriber(zyxwanda),
    subscriber(otokar),
    '',
  ].join('\r\n')

const withAccount = (url: string, user: string): string => {
  const own = new URL(url)
  own.username = user
  own.password = password
  return own.href
}

/** Its accounts have a password that is a canary too. */
export async function canaryCompany(server: TestServer): Promise<CanaryCompany> {
  await using stack = new AsyncDisposableStack()
  const database = await freshDatabase(server)
  const [owner, reader] = [`owner_of_${database.name}`, `reader_of_${database.name}`]
  for (const role of [owner, reader]) {
    await administer(server, `create role ${role} login password '${password}'`)
    stack.defer(() => administer(server, `drop role ${role}`))
  }
  stack.defer(() => database.drop())
  await administer(server, `alter database ${database.name} owner to ${owner}`)
  const client = new pg.Client({ connectionString: withAccount(database.url, owner) })
  client.on('error', () => undefined)
  await client.connect()
  stack.defer(() => client.end())
  await fillShop(client)
  await client.query(`grant select on all tables in schema public to ${reader}`)

  const directory = await mkdtemp(join(tmpdir(), 'dossier-canary-company-'))
  stack.defer(() => rm(directory, { recursive: true, force: true }))
  const desk = join(directory, 'desk.sqlite')
  fillDesk(desk)
  const subscribers = join(directory, 'letters', 'subscribers.csv')
  await mkdir(join(directory, 'letters'))
  await writeFile(subscribers, subscriberList())
  const resources = stack.move()
  return {
    urls: {
      shop: withAccount(database.url, owner),
      desk: `sqlite:${desk}`,
      letters: `files:${join(directory, 'letters')}`,
    },
    readerUrl: withAccount(database.url, reader),
    server,
    database: database.name,
    subscribers,
    run: async (statements) => void (await client.query(statements)),
    openDesk: () => new DatabaseSync(desk),
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  }
}
