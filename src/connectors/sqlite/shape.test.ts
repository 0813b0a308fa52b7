import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { withFile } from './database.fixture.ts'

const schema = `
  create table customer (id integer primary key, email text unique collate nocase, name varchar(20) not null,
    upper text generated always as (upper(name)) stored, size text check (size in ('S', 'L')), born date, seen datetime, paid boolean, photo blob, extra);
  create unique index partial on customer (size) where size is not null;
  create unique index expression on customer (lower(name));
  create table visit (a text, b int not null, at text, primary key (a, b)) without rowid;
  create table loose (code text primary key, ref references customer on delete set null, foreign key (ref) references CUSTOMER (ID) on delete cascade);
  create view grown as select name, id * 2 as twice from customer;
  create view broken as select x from nowhere;
  create virtual table notes using fts5(title, body);
  create table hidden (rowid text, _rowid_ text, oid text not null unique);
  create table lost (rowid text, _rowid_ text, oid text);
  insert into customer (id, email, name) values (1, 'ada@example.com', 'Ada'), (2, 'BOB@example.com', 'Bob');
  insert into visit values ('x', 1, 'now'), ('x', 2, 'then');
  insert into loose values (null, 1), (null, 1), ('c', null);
  insert into notes values ('Ada', 'called about ada@example.com'), ('Bob', 'nothing');
  insert into hidden values ('a', 'b', 'c'), ('a', 'b', 'd');
  insert into lost values ('a', 'b', 'c');
`

describe('SQLite: shape', () => {
  it('is described with all that SQLite knows of it', () =>
    withFile(schema, async (file) => {
      await using session = await file.read()
      const { engine, collections } = await session.describe()
      assert.match(engine, /^SQLite 3\./)
      const heads = collections.map(({ name, kind, rows, key, writable, unreadable }) => [
        name,
        kind,
        rows,
        key.join(),
        writable,
        unreadable,
      ])
      assert.deepEqual(heads, [
        ['broken', 'view', 0, '', false, 'the target cannot compute it'],
        ['customer', 'table', 2, 'id', true, null],
        ['grown', 'view', 2, '', false, null],
        ['hidden', 'table', 2, 'oid', true, null],
        ['loose', 'table', 3, '', true, null],
        ['lost', 'table', 1, '', false, null],
        ['notes', 'table', 2, '', true, null],
        ['visit', 'table', 2, 'a,b', true, null],
      ])
      const by = (name: string) => collections.find((collection) => collection.name === name)
      const customer = by('customer')
      assert.deepEqual(
        customer?.fields.map(({ name, type, kind, nullable, maxLength, generated, values }) => [
          name,
          type,
          kind,
          nullable,
          maxLength,
          generated,
          values,
        ]),
        [
          ['id', 'INTEGER', 'integer', false, null, false, null],
          ['email', 'TEXT', 'text', true, null, false, null],
          ['name', 'varchar(20)', 'text', false, 20, false, null],
          ['upper', 'TEXT', 'text', true, null, true, null],
          ['size', 'TEXT', 'text', true, null, false, ['S', 'L']],
          ['born', 'date', 'date', true, null, false, null],
          ['seen', 'datetime', 'timestamp', true, null, false, null],
          ['paid', 'boolean', 'boolean', true, null, false, null],
          ['photo', 'BLOB', 'binary', true, null, false, null],
          ['extra', '', 'other', true, null, false, null],
        ],
      )
      assert.deepEqual(customer?.uniques, [['id'], ['email']])
      assert.deepEqual(
        by('loose')?.foreignKeys.map(({ fields, to, toFields, onDelete, deferrable }) => ({
          fields,
          to,
          toFields,
          onDelete,
          deferrable,
        })),
        [
          { fields: ['ref'], to: 'customer', toFields: ['ID'], onDelete: 'cascade', deferrable: true },
          { fields: ['ref'], to: 'customer', toFields: ['id'], onDelete: 'set-null', deferrable: true },
        ],
      )
    }))

  it('lets every row be named and erased, whatever its table is made of', () =>
    withFile(schema, async (file) => {
      {
        await using session = await file.write()
        for (const [collection, field, value] of [
          ['visit', 'b', '2'],
          ['loose', 'ref', '1'],
          ['notes', 'title', 'Ada'],
          ['hidden', 'oid', 'c'],
          ['customer', 'email', 'BOB@example.com'],
        ] as const) {
          const match = { fields: [field], fold: 'none' as const, values: [[value]] }
          const [row] = await Array.fromAsync(session.find({ collection, matches: [match], fields: [field] }))
          assert.deepEqual(row?.cells, [value], collection)
          assert.equal(await session.count({ collection, keys: [row?.key ?? ''] }), 1, collection)
          assert.equal(await session.remove(collection, [row?.key ?? '']), 1, collection)
        }
        await assert.rejects(session.remove('lost', ['["1"]']), { code: 'connectors.refused' })
        await assert.rejects(session.remove('grown', ['["1"]']), { code: 'connectors.refused' })
        await session.commit()
      }
      const left = ['customer', 'visit', 'loose', 'notes', 'hidden'].map(
        (table) => file.own.prepare(`select count(*) as n from ${table}`).get()?.n,
      )
      assert.deepEqual(left, [1, 1, 2, 1, 1])
      assert.deepEqual(
        file.own.prepare(`select count(*) as n from notes where notes match 'ada'`).get()?.n,
        0,
      )
    }))

  it('does not take one row for another because SQLite would compare them as equal', () =>
    withFile(
      `create table t (code text primary key, n, note text); insert into t values ('5', 5, 'a'), ('05', '5', 'b'), ('5.0', 5.0, 'c'), ('A', x'35', 'd'), ('a', '\\x35', 'e')`,
      async (file) => {
        await using session = await file.write()
        for (const [code, note] of [
          ['5', 'a'],
          ['05', 'b'],
          ['5.0', 'c'],
          ['A', 'd'],
          ['a', 'e'],
        ] as const) {
          const match = { fields: ['code'], fold: 'none' as const, values: [[code]] }
          const rows = await Array.fromAsync(
            session.find({ collection: 't', matches: [match], fields: ['note'] }),
          )
          assert.deepEqual(
            rows.map(({ cells }) => cells),
            [[note]],
          )
        }
        const cells = await Array.fromAsync(session.stream('t', ['n']), (row) => row.cells[0])
        assert.deepEqual(cells, ['5', '5', '5.0', '\\x35', '\\x35'])
        assert.equal(await session.change('t', [{ key: '["5"]', set: { note: 'changed' } }]), 1)
      },
    ))

  it('keeps every digit and byte of what a cell holds', () =>
    withFile(
      `create table t (id integer primary key, n integer, r real, b blob, x); create table strict (id integer primary key, n int, r real, t text, b blob, a any) strict;
      insert into strict values (1, 9223372036854775807, 0.1, 'x', x'00', '5'); insert into strict values (2, null, null, null, null, 5)`,
      async (file) => {
        file.own
          .prepare('insert into t values (?, ?, ?, ?, ?)')
          .run(-9223372036854775808n, 9007199254740993n, 0.1 + 0.2, Buffer.from([0, 255, 92]), 'nul\0inside')
        const read = async () => {
          await using session = await file.read()
          return [
            await Array.fromAsync(session.stream('t', ['n', 'r', 'b', 'x']), (row) => row.cells),
            await Array.fromAsync(session.stream('strict', ['n', 'r', 't', 'b', 'a']), (row) => row.cells),
          ]
        }
        const before = [
          [['9007199254740993', '0.30000000000000004', '\\x00ff5c', 'nul\0inside']],
          [
            ['9223372036854775807', '0.1', 'x', '\\x00', '5'],
            [null, null, null, null, '5'],
          ],
        ]
        assert.deepEqual(await read(), before)
        {
          await using session = await file.write()
          const [row] = await Array.fromAsync(session.stream('t', []))
          assert.equal(
            await session.change('t', [
              { key: row?.key ?? '', set: { n: '-9007199254740993', r: '1e-7', b: '\\xff', x: null } },
            ]),
            1,
          )
          assert.equal(
            await session.change('strict', [
              { key: '["1"]', set: { n: '-1', r: '2.5', t: '7', b: '\\x', a: null } },
            ]),
            1,
          )
          await assert.rejects(
            session.savepoint(() => session.change('strict', [{ key: '["1"]', set: { n: 'many' } }])),
            { code: 'connectors.constraint', params: { kind: 'type', constraint: '', collection: 'strict' } },
          )
          await session.commit()
        }
        assert.deepEqual(await read(), [
          [['-9007199254740993', '1e-7', '\\xff', null]],
          [
            ['-1', '2.5', '7', '\\x', null],
            [null, null, null, null, '5'],
          ],
        ])
        const types = file.own.prepare('select typeof(n) n, typeof(r) r, typeof(b) b from t').get()
        assert.deepEqual({ ...types }, { n: 'integer', r: 'real', b: 'blob' })
      },
    ))
})
