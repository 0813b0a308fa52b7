import assert from 'node:assert/strict'
import { rename } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, it } from 'node:test'
import { type TestFile, withFile } from './database.fixture.ts'

const schema = `
  create table customer (id integer primary key, email text, name varchar(40));
  create table visit (id integer primary key, customer_id int, page text);
  create view named as select name from customer;
`

/** Each changes what a description says, in this order. */
const changes = [
  'alter table customer add column born date',
  'alter table customer rename column born to born_on',
  'alter table customer drop column born_on',
  'create table basket (customer_id int references customer)',
  'drop table basket',
  'alter table visit rename to visited',
  'create unique index mail on customer (email)',
  'drop index mail',
  'drop view named; create view named as select name, email from customer',
  'drop table visited; create table visited (id integer primary key, customer_id int references customer, page text check (page <> 1))',
]

const described = async (file: TestFile) => {
  await using session = await file.read()
  return await session.describe({ counts: false })
}

describe('SQLite: what is kept of a schema', () => {
  it('is never what the file no longer says, in a session that is open already neither', () =>
    withFile(schema, async (file) => {
      await using session = await file.read()
      let before = await described(file)
      for (const change of changes) {
        file.own.exec(change)
        const after = await described(file)
        assert.notDeepEqual(after, before, change)
        assert.deepEqual(await session.describe({ counts: false }), after, change)
        before = after
      }
      file.own.exec(
        `begin; create table basket (id int); rollback; insert into customer values (1, 'a@b.example', 'A')`,
      )
      assert.deepEqual(await described(file), before)
    }))

  it('is not taken for that of another file put in its place, changed as often', () =>
    withFile('create table customer (id integer primary key, email text)', async (file) => {
      await described(file)
      const other = join(file.directory, 'other.db')
      const copy = new DatabaseSync(other)
      copy.exec('create table customer (id integer primary key, phone text)')
      copy.close()
      file.own.close()
      await rename(other, file.path)
      const [customer] = (await described(file)).collections
      assert.deepEqual(
        customer?.fields.map(({ name }) => name),
        ['id', 'phone'],
      )
    }))
})
