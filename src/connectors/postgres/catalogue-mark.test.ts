import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import pg from 'pg'
import { asRole, limits, servers, withDatabase } from './database.fixture.ts'
import { driver } from './driver.ts'
import { forgetTargets } from './target.ts'

const schema = [
  'create schema other',
  `create type status as enum ('new', 'done')`,
  `create domain email as text check (value like '%@%')`,
  'create function tidy(t text) returns text immutable language sql as $$ select lower(t) $$',
  'create sequence numbers',
  `create table customer (id int primary key default nextval('numbers'), email email, name varchar(40),
     status status, note text check (tidy(note) <> ''))`,
  'create table visit (id int, customer_id int, at date) partition by list (id)',
  'create table visit_1 partition of visit for values in (1)',
  'create view named as select name from customer',
  'create table moves (id int)',
]

/** Each changes what a description says, in this order. */
const changes = [
  'alter table customer add column born date',
  'alter table customer rename column born to born_on',
  'alter table customer alter column born_on type timestamptz',
  'alter table customer alter column born_on set not null',
  `alter table customer alter column born_on set default '2000-01-01'`,
  'alter table customer drop column born_on',
  'alter table visit add foreign key (customer_id) references customer on delete cascade',
  'create table basket (customer_id int references customer)',
  'drop table basket',
  'alter table moves rename to moved',
  'alter table moved set schema other',
  'alter schema other rename to another',
  'create unique index on customer (email)',
  'alter table customer add check (length(name) > 1)',
  `comment on table customer is 'people who buy'`,
  `comment on column customer.email is 'where invoices go'`,
  'comment on column customer.email is null',
  `alter type status add value 'lost'`,
  `alter type status rename value 'lost' to 'found'`,
  `alter domain email add check (value <> '')`,
  'alter domain email set not null',
  'alter function tidy rename to tidied',
  'alter type status rename to state',
  'alter sequence numbers rename to counted',
  'create view grown as select id from customer',
  'create or replace view named as select name, email from customer',
  'create materialized view copied as select id from customer',
  'alter table customer alter column id drop default, alter column id add generated always as identity',
  'alter table customer drop constraint customer_pkey cascade',
]

/** What nobody describes. */
const others = [
  'alter table visit_1 add check (at is not null)',
  'create temporary table passing (id int)',
  'create function unused() returns int language sql as $$ select 1 $$',
]

const described = async (secret: string) => {
  await using session = await driver.openRead(secret, limits)
  return await session.describe({ counts: false })
}

for (const server of servers)
  describe(`PostgreSQL (${server.name}): what is kept of a catalogue`, () => {
    it('is never what the catalogue no longer says, whatever of it has changed', () =>
      withDatabase(server, schema, async (database) => {
        let before = await described(database.secret)
        for (const change of changes) {
          await database.query(change)
          const after = await described(database.secret)
          assert.notDeepEqual(after, before, change)
          forgetTargets()
          assert.deepEqual(after, await described(database.secret), change)
          before = after
        }
        for (const other of others) {
          await database.query(other)
          assert.deepEqual(await described(database.secret), before, other)
        }
      }))

    it('is not what another transaction still keeps to itself, and shows in the session that is open already', () =>
      withDatabase(server, schema, async (database) => {
        await using session = await database.read()
        const before = await session.describe({ counts: false })
        await database.query('begin')
        await database.query('create table basket (id int)')
        assert.deepEqual(await session.describe({ counts: false }), before)
        await database.query('commit')
        const { collections } = await session.describe({ counts: false })
        assert.ok(collections.some(({ name }) => name === 'public.basket'))
        await database.query('begin')
        await database.query('drop table basket')
        await database.query('rollback')
        assert.deepEqual((await session.describe({ counts: false })).collections, collections)
      }))

    it('says anew each time what the role may read', () =>
      withDatabase(server, schema, async (database) => {
        const role = `reader_${process.pid}_${server.name.replaceAll(/\W/g, '')}`
        const secret = await asRole(database, role)
        const reasonOf = async () =>
          (await described(secret)).collections.find(({ name }) => name === 'public.customer')?.unreadable
        try {
          assert.equal(await reasonOf(), 'no right to read it')
          await database.query(`grant select on customer to ${role}`)
          assert.equal(await reasonOf(), null)
          await database.query('alter table customer enable row level security')
          assert.equal(await reasonOf(), 'row-level security hides rows')
          await database.query(`alter role ${role} bypassrls`)
          assert.equal(await reasonOf(), null)
          await database.query(`revoke select on customer from ${role}`)
          await database.query(`grant select (id, email, name, status) on customer to ${role}`)
          assert.equal(await reasonOf(), 'no right to read it')
          await database.query(`grant select (note) on customer to ${role}`)
          assert.equal(await reasonOf(), null)
          await database.query('revoke usage on schema public from public')
          assert.equal(await reasonOf(), 'no right to read it')
        } finally {
          await database.query(`drop owned by ${role}`)
          await database.query(`drop role ${role}`)
        }
      }))

    it('does not depend on where the role looks first', () =>
      withDatabase(server, schema, async (database) => {
        const before = await described(database.secret)
        await database.query(`do $$ begin
          execute format('alter database %I set search_path = other, pg_catalog', current_database());
        end $$`)
        assert.deepEqual(await described(database.secret), before)
      }))

    it('is not taken for that of another database of the same name', () =>
      withDatabase(server, ['create table customer (id int, email text)'], async (database) => {
        const url = new URL(database.url)
        const name = `again_${process.pid}_${Date.now()}`
        url.pathname = `/${name}`
        const { secret } = driver.parse(url.href, '/')
        const fieldsOf = async (column: string) => {
          await database.query(`create database ${name}`)
          try {
            await inDatabase(url.href, `create table customer (id int, ${column} text)`)
            return (await described(secret)).collections.flatMap(({ fields }) =>
              fields.map((one) => one.name),
            )
          } finally {
            await database.query(`drop database ${name} with (force)`)
          }
        }
        assert.deepEqual(await fieldsOf('email'), ['id', 'email'])
        assert.deepEqual(await fieldsOf('phone'), ['id', 'phone'])
      }))

    it('is read anew each time where the role may not see the marks', () =>
      withDatabase(server, [...schema, 'revoke select on pg_collation from public'], async (database) => {
        const role = `blind_${process.pid}_${server.name.replaceAll(/\W/g, '')}`
        const secret = await asRole(database, role)
        try {
          const before = await described(secret)
          assert.ok(before.collections.length > 0)
          await database.query('alter table customer rename column note to remark')
          assert.notEqual((await described(secret)).fingerprint, before.fingerprint)
        } finally {
          await database.query(`drop role ${role}`)
        }
      }))
  })

async function inDatabase(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await client.query(statement)
  await client.end()
}
