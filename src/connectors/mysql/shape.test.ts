import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { CollectionDescription, ReadSession } from '../connector.ts'
import { manyRows, servers, withDatabase } from './database.fixture.ts'

const schema = [
  `create table customer (
     id bigint unsigned auto_increment primary key comment 'ours', code char(4) not null, email varchar(60) comment 'where invoices go',
     status enum('new','it''s done','a,b\\\\c') default 'it''s done', tags set('x','y'), country varchar(2),
     size varchar(9) default 'L', free text, born date default '1900-01-01', made datetime default current_timestamp on update current_timestamp,
     n int default -1, both_a int, both_b int, small tinytext, data json,
     constraint country_known check (country in ('FR', 'it''s')), constraint size_is check (size = 'L'),
     constraint longer check (length(free) > 2), constraint pair check (both_a < both_b),
     unique key code_is_unique (code), unique key pairs (both_a, both_b), key by_email (email), unique key by_start (free(20))
   ) comment 'people who buy'`,
  `create table visit (at date not null, customer_id bigint unsigned, code char(4), page varchar(9),
     constraint visit_customer foreign key (customer_id) references customer (id) on delete cascade on update cascade,
     constraint visit_code foreign key (code) references customer (code) on delete set null)`,
  'create table badge (customer_id bigint unsigned not null, colour varchar(9), unique key one_each (customer_id))',
  `create table archive (id int not null, made date not null, note varchar(20), primary key (id, made))
     partition by range (year(made)) (partition old values less than (2025), partition rest values less than maxvalue)`,
  `insert into archive values (1, '2020-01-01', 'a'), (1, '2026-01-01', 'b'), (2, '2026-01-01', 'c')`,
  'create table gone (id int)',
  'create view broken as select id from gone',
  'drop table gone',
  'create view grown as select note from archive',
  'create view divided as select 1 div (note = note and id - 1) as x, note from archive',
  'create table `select ``*`` from "x"; --` (`a``b` int primary key)',
]

const by = (collections: readonly CollectionDescription[], name: string): CollectionDescription => {
  const found = collections.find((collection) => collection.name === name)
  assert.ok(found, name)
  return found
}

const cells = async (session: ReadSession, collection: string, fields: readonly string[]) =>
  Array.fromAsync(session.stream(collection, fields), (row) => row.cells)

for (const server of servers)
  describe(`${server.name}: shape`, () => {
    it('is described from the catalogue: what there is, and what it demands', () =>
      withDatabase(server, schema, async (database) => {
        await using session = await database.read()
        const { collections } = await session.describe()
        const heads = collections.map(({ name, kind, rows, writable, unreadable, key }) => [
          name,
          kind,
          rows,
          writable,
          unreadable,
          key.join(),
        ])
        assert.deepEqual(heads, [
          ['archive', 'table', 3, true, null, 'id,made'],
          ['badge', 'table', 0, true, null, 'customer_id'],
          ['broken', 'view', 0, false, 'the target cannot compute it', ''],
          ['customer', 'table', 0, true, null, 'id'],
          ['divided', 'view', 3, false, null, ''],
          ['grown', 'view', 3, false, null, ''],
          ['select `*` from "x"; --', 'table', 0, true, null, 'a`b'],
          ['visit', 'table', 0, true, null, ''],
        ])
        const customer = by(collections, 'customer')
        assert.equal(customer.comment, 'people who buy')
        assert.deepEqual(customer.uniques, [['id'], ['free'], ['code'], ['both_a', 'both_b']])
        const fields = customer.fields.map(
          ({ name, kind, nullable, maxLength, values, default: usual, comment }) => [
            name,
            kind,
            nullable,
            maxLength,
            values,
            usual,
            comment,
          ],
        )
        const [now] = [fields.find(([name]) => name === 'made')?.[5]]
        assert.match(String(now), /^current_timestamp(\(\))?$/i)
        assert.deepEqual(fields, [
          ['id', 'integer', false, null, null, 'auto_increment', 'ours'],
          ['code', 'text', false, 4, null, null, null],
          ['email', 'text', true, 60, null, null, 'where invoices go'],
          ['status', 'enum', true, null, ['new', "it's done", 'a,b\\c'], "'it''s done'", null],
          ['tags', 'text', true, null, null, null, null],
          ['country', 'text', true, 2, server.hasChecks ? ['FR', "it's"] : null, null, null],
          ['size', 'text', true, 9, server.hasChecks ? ['L'] : null, "'L'", null],
          ['free', 'text', true, null, null, null, null],
          ['born', 'date', true, null, null, "'1900-01-01'", null],
          ['made', 'timestamp', true, null, null, now, null],
          ['n', 'integer', true, null, null, '-1', null],
          ['both_a', 'integer', true, null, null, null, null],
          ['both_b', 'integer', true, null, null, null, null],
          ['small', 'text', true, 63, null, null, null],
          ['data', 'json', true, null, null, null, null],
        ])
        const checks = Object.fromEntries(customer.checks.map((check) => [check.name, check.fields]))
        const written = {
          country_known: ['country'],
          ...(server.isMariadb && { data: ['data'] }),
          longer: ['free'],
          pair: ['both_a', 'both_b'],
          size_is: ['size'],
        }
        assert.deepEqual(checks, server.hasChecks ? written : {})
        assert.deepEqual(by(collections, 'visit').foreignKeys, [
          {
            name: 'visit_code',
            fields: ['code'],
            to: 'customer',
            toFields: ['code'],
            onDelete: 'set-null',
            deferrable: false,
          },
          {
            name: 'visit_customer',
            fields: ['customer_id'],
            to: 'customer',
            toFields: ['id'],
            onDelete: 'cascade',
            deferrable: false,
          },
        ])
      }))

    it('is that of one database: others on the server are not seen', () =>
      withDatabase(server, ['create table a (id int)'], (other) =>
        withDatabase(server, [`create table b (id int primary key)`], async (database) => {
          await using session = await database.read()
          assert.deepEqual(
            (await session.describe()).collections.map(({ name }) => name),
            ['b'],
          )
          await assert.rejects(session.sample(`${other.name}.a`, 1), {
            code: 'connectors.unknown-collection',
          })
        }),
      ))

    it('has a fingerprint that changes with whatever a plan relies on', () =>
      withDatabase(
        server,
        [
          'create table a (id int primary key, email varchar(10) not null, n int, constraint few check (n > 0))',
        ],
        async (database) => {
          await using session = await database.read()
          const seen: string[] = []
          const look = async (statement: string) => {
            await database.query(statement)
            seen.push((await session.describe()).fingerprint)
          }
          for (const same of [
            `insert into a values (1, 'x', 1)`,
            `alter table a comment 'x'`,
            'analyze table a',
            'create index by_n on a (n)',
          ])
            await look(same)
          assert.equal(new Set(seen).size, 1)
          const others = [
            'alter table a add x text',
            'alter table a modify email varchar(10)',
            'alter table a modify email varchar(11)',
            ...(server.hasChecks ? ['alter table a drop constraint few'] : []),
            'alter table a drop primary key',
            'alter table a engine = myisam',
            'create table b (id int)',
            'alter table b rename column id to ident',
          ]
          for (const other of others) await look(other)
          assert.equal(new Set(seen).size, 1 + others.length)
        },
      ))

    it('counts a partitioned table as one, and writes to all of it', () =>
      withDatabase(server, schema, async (database) => {
        await using session = await database.write()
        const rows = await Array.fromAsync(session.stream('archive', ['note']))
        assert.deepEqual(
          rows.map(({ cells: [note] }) => note),
          ['a', 'b', 'c'],
        )
        const changes = rows.map(({ key }, i) => ({ key, set: { note: `n${i}` } }))
        assert.equal(await session.change('archive', changes), 3)
        assert.equal(await session.remove('archive', ['["1","2020-01-01"]', '["2","2020-01-01"]']), 1)
        assert.deepEqual(await cells(session, 'archive', ['note']), [['n1'], ['n2']])
      }))

    it('reads views, and writes to none', () =>
      withDatabase(server, schema, async (database) => {
        await using session = await database.write()
        const found = await session.sample('grown', 5)
        assert.equal(found.length, 3)
        const keys = found.map(({ key }) => key)
        assert.equal(await session.count({ collection: 'grown', keys }), 3)
        const matches = [{ fields: ['note'], fold: 'lower' as const, values: [['b']] }]
        assert.deepEqual(
          await Array.fromAsync(
            session.find({ collection: 'grown', matches, fields: ['note'] }),
            (row) => row.cells,
          ),
          [['b']],
        )
        await assert.rejects(session.remove('grown', keys), { code: 'connectors.refused' })
        await assert.rejects(session.change('grown', [{ key: keys[0] ?? '', set: { note: null } }]), {
          code: 'connectors.refused',
        })
        await assert.rejects(Array.fromAsync(session.stream('broken', [])), {
          code: 'connectors.target-error',
        })
      }))

    it('estimates what is large, and samples it without reading it all', () =>
      withDatabase(
        server,
        manyRows('create table big (i int primary key, pad varchar(1000))'),
        async (database) => {
          await database.query('analyze table big')
          await using session = await database.read()
          const rows = (await session.describe()).collections[0]?.rows ?? 0
          assert.ok(Math.abs(rows - 20_000) < 6_000, `${rows} rows`)
          const ids = (await session.sample('big', 100)).map(({ cells: [i] }) => Number(i))
          assert.equal(new Set(ids).size, 100)
          assert.ok(new Set(ids.map((id) => Math.floor(id / 2_000))).size >= 9, 'from all over')
          assert.deepEqual(
            (await session.sample('big', 100)).map(({ cells: [i] }) => Number(i)),
            ids,
          )
          const start = performance.now()
          await session.sample('big', 100)
          const sampled = performance.now() - start
          const whole = performance.now()
          await session.count({
            collection: 'big',
            matches: [{ fields: ['pad'], fold: 'lower', values: [['y']] }],
          })
          assert.ok(sampled < performance.now() - whole, 'faster than one look at everything')
        },
      ))
  })

for (const server of servers.filter(({ isMariadb }) => isMariadb))
  describe(`${server.name}: what only MariaDB has`, () => {
    it('shows the history of a system-versioned table, and refuses to erase, for it would stay', () =>
      withDatabase(
        server,
        [
          'create table person (id int primary key, email varchar(60)) with system versioning',
          `insert into person values (1, 'ada@example.com'), (2, 'bob@example.com')`,
          `update person set email = 'erased' where id = 1`,
          'delete from person where id = 2',
          'create sequence numbers',
        ],
        async (database) => {
          await using session = await database.write()
          const [person, ...others] = (await session.describe()).collections
          assert.deepEqual(others, [])
          assert.deepEqual(
            [person?.writable, person?.unreadable, person?.rows, person?.key],
            [false, null, 3, []],
          )
          const needles = [{ fold: 'lower' as const, text: 'bob@example.com' }]
          const residue = session.search({ collection: 'person', fields: ['email'], needles })
          assert.equal((await Array.fromAsync(residue)).length, 1)
          await assert.rejects(session.remove('person', []), {
            code: 'connectors.refused',
            params: {
              what: 'writing to person (system-versioned: its history would keep what is erased)',
            },
          })
        },
      ))
  })
