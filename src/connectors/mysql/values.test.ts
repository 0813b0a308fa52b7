import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { MysqlServer } from '../../../test/mysql-server.ts'
import type { Cell, FieldKind } from '../connector.ts'
import { servers, type TestDatabase, withDatabase } from './database.fixture.ts'

type Value = readonly [type: string, kind: FieldKind, first: string, second: string]

/** Column type → its kind, and two values as they are printed, the second to be written over the first. */
const common: readonly Value[] = [
  ['tinyint', 'integer', '-128', '127'],
  ['tinyint(1)', 'boolean', '1', '0'],
  ['smallint unsigned', 'integer', '65535', '0'],
  ['mediumint', 'integer', '-8388608', '7'],
  ['int', 'integer', '-2147483648', '2147483647'],
  ['int(6) unsigned zerofill', 'integer', '000042', '123456'],
  ['bigint', 'integer', '9223372036854775807', '-9007199254740993'],
  ['bigint unsigned', 'integer', '18446744073709551615', '9007199254740993'],
  ['year', 'integer', '2026', '0000'],
  ['bit(1)', 'boolean', '1', '0'],
  ['bit(64)', 'integer', '18446744073709551615', '5'],
  [
    'decimal(65,30)',
    'decimal',
    '12345678901234567890123456789012345.000000000000000000000000000001',
    '-0.100000000000000000000000000000',
  ],
  ['decimal(12,2)', 'decimal', '1234567890.10', '0.00'],
  ['float', 'decimal', '1.1', '-3.40282e38'],
  ['double', 'decimal', '0.30000000000000004', '1e300'],
  ['char(5)', 'text', 'abc', 'Ö€'],
  ['varchar(40)', 'text', `it's "quoted" \\ and\n\ttoo 🐘`, ''],
  ['varchar(40) character set latin1', 'text', 'Éé € ß', 'x'],
  ['varchar(40) character set utf8mb3', 'text', 'Иван 李', 'y '],
  ['varchar(40) character set ucs2', 'text', 'Σοφία', 'z'],
  ['varchar(40) character set sjis', 'text', '小龍', 'w'],
  ['varchar(40) character set utf8mb4 collate utf8mb4_bin', 'text', 'nul\0inside', 'NUL'],
  ['tinytext', 'text', 'short', ''],
  ['text', 'text', '%_\\%', '?'],
  ['longtext', 'text', 'line\r\nbreak', ' leading'],
  [`enum('so so','h"appy','it''s','')`, 'enum', 'so so', `it's`],
  [`set('a','b','c')`, 'text', 'a,c', ''],
  ['date', 'date', '0000-00-00', '9999-12-31'],
  ['datetime', 'timestamp', '0000-00-00 00:00:00', '1000-01-01 00:00:00'],
  ['datetime(6)', 'timestamp', '1999-12-31 23:59:59.999999', '2026-02-28 00:00:00.000000'],
  ['timestamp null', 'timestamp', '2038-01-01 00:00:00', '1970-01-02 00:00:00'],
  ['time(3)', 'time', '-838:59:58.500', '00:00:00.000'],
  ['binary(4)', 'binary', '\\x00ff5c00', '\\x61626364'],
  ['varbinary(10)', 'binary', '\\x00ff5c', '\\x'],
  ['longblob', 'binary', '\\xdeadbeef', '\\x00'],
  ['point', 'other', 'POINT(2.3522 48.8566)', 'POINT(0.30000000000000004 0)'],
  ['geometry', 'other', 'POLYGON((0 0,1 0,1 1,0 0))', 'POINT(0 0)'],
]

const own = (server: MysqlServer): readonly Value[] =>
  server.isMariadb
    ? [
        ['json', 'json', '{"b": 1,  "a": 12345678901234567890}', '[]'],
        ['inet6', 'other', '::1', 'fe80::1'],
        ...(server.isSince(10, 7) ? [uuid] : []),
      ]
    : [
        ['json', 'json', '{"a": 12345678901234567890, "b": null}', '"x"'],
        ...(server.isSince(9, 0) ? [vector] : []),
      ]

const uuid: Value = [
  'uuid',
  'uuid',
  '00000000-0000-4000-8000-000000000000',
  'ffffffff-ffff-4fff-bfff-ffffffffffff',
]
const vector: Value = ['vector(2)', 'binary', '\\x0000803f00000040', '\\x0000000000000000']

async function withThings(
  server: MysqlServer,
  work: (database: TestDatabase, values: readonly Value[]) => Promise<void>,
): Promise<void> {
  const values = [...common, ...own(server)]
  const columns = values.map(([type], i) => `c${i} ${type}`).join(', ')
  await withDatabase(server, [`create table thing (id int primary key, ${columns})`], (database) =>
    work(database, values),
  )
}

const fieldsOf = (values: readonly Value[]): readonly string[] => values.map((_, i) => `c${i}`)

/** Two rows, the first with the first values, written by the driver itself. */
async function fill(database: TestDatabase, values: readonly Value[]): Promise<void> {
  await database.query('insert into thing (id) values (1), (2)')
  await using session = await database.write()
  for (const [i, [type, , first]] of values.entries())
    assert.equal(await session.change('thing', [{ key: '["1"]', set: { [`c${i}`]: first } }]), 1, type)
  await session.commit()
}

for (const server of servers)
  describe(`${server.name}: values`, () => {
    it('come and go without losing a digit, whatever their type', () =>
      withThings(server, async (database, values) => {
        await fill(database, values)
        const rows = async (): Promise<readonly (readonly Cell[])[]> => {
          await using session = await database.read()
          return await Array.fromAsync(session.stream('thing', fieldsOf(values)), ({ cells }) => cells)
        }
        const nulls = values.map(() => null)
        const firsts = values.map(([, , first]) => first)
        const seconds = values.map(([, , , second]) => second)
        assert.deepEqual(await rows(), [firsts, nulls])
        const change = async (first: readonly Cell[], second: readonly Cell[]) => {
          const set = (cells: readonly Cell[]) => Object.fromEntries(cells.map((cell, i) => [`c${i}`, cell]))
          await using session = await database.write()
          const changes = [
            { key: '["1"]', set: set(first) },
            { key: '["2"]', set: set(second) },
          ]
          assert.equal(await session.change('thing', changes), 2)
          await session.commit()
        }
        await change(seconds, seconds)
        assert.deepEqual(await rows(), [seconds, seconds])
        await change(firsts, nulls)
        assert.deepEqual(await rows(), [firsts, nulls], 'each row got its own')
      }))

    it('are described by what they are', () =>
      withThings(server, async (database, values) => {
        await using session = await database.read()
        const [thing] = (await session.describe()).collections
        assert.deepEqual(
          thing?.fields.slice(1).map(({ kind }, i) => [values[i]?.[0], kind]),
          values.map(([type, kind]) => [type, kind]),
        )
      }))

    it('are found as they are printed, and what cannot be one of them is simply not there', () =>
      withThings(server, async (database, values) => {
        await fill(database, values)
        await using session = await database.read()
        const impossible = [
          '',
          'no such value',
          '99999999999999999999999',
          '2026-02-30',
          '1e400',
          '{',
          'x'.repeat(100),
          '\u0000',
          '-',
          "'",
          '0x1',
          ' 1',
          '+7',
          '٣',
          '🐉',
          '\ud800',
          '0',
        ]
        for (const [i, [type, , first, second]] of values.entries()) {
          const find = async (fold: 'none' | 'lower' | 'digits', texts: readonly string[]) => {
            const matches = [{ fields: [`c${i}`], fold, values: texts.map((text) => [text]) }]
            return Array.fromAsync(
              session.find({ collection: 'thing', matches, fields: ['id'] }),
              ({ cells }) => cells[0],
            )
          }
          assert.deepEqual(await find('none', [first]), ['1'], type)
          assert.deepEqual(await find('none', [second]), [], type)
          assert.deepEqual(await find('lower', [...impossible, first.trim().toLowerCase()]), ['1'], type)
          assert.deepEqual(await find('none', impossible), [], type)
          assert.ok((await find('digits', ['00', '-', ''])).length <= 1, type)
        }
        const needles = [
          { fold: 'lower' as const, text: 'LINE' },
          { fold: 'digits' as const, text: '23522' },
        ]
        const found = await Array.fromAsync(
          session.search({ collection: 'thing', fields: fieldsOf(values), needles }),
          ({ key }) => key,
        )
        assert.deepEqual(found, ['["1"]'])
      }))

    it('name a row when they are its key, whatever their type', () =>
      withThings(server, async (database, values) => {
        await fill(database, values)
        const cannot = /blob|text|json|point|geometry|vector/
        const usable = values.flatMap(([type], i) => (cannot.test(type) ? [] : [{ type, i }]))
        await database.query(`set sql_mode = ''`)
        for (const { type, i } of usable) {
          await database.query(
            `create table k${i} (k ${type.replace(' null', '')} not null primary key, note text)`,
          )
          await database.query(`insert into k${i} select c${i}, 'x' from thing where id = 1`)
        }
        await using session = await database.write()
        for (const { type, i } of usable) {
          const name = `k${i}`
          const [row] = await Array.fromAsync(session.stream(name, ['k']))
          assert.ok(row, type)
          const [again] = await Array.fromAsync(
            session.find({ collection: name, keys: [row.key], fields: ['k'] }),
          )
          assert.deepEqual(again, row, type)
          assert.equal(await session.change(name, [{ key: row.key, set: { note: null } }]), 1, type)
          const other = JSON.stringify([
            String(JSON.parse(row.key)).replace(/[\p{L}\p{N}](?=[^\p{L}\p{N}]*$)/u, (last) =>
              last === '1' ? '2' : '1',
            ),
          ])
          assert.notEqual(other, row.key)
          assert.equal(await session.remove(name, [other]), 0, `not another of ${type}`)
          const [last] = await Array.fromAsync(session.stream(name, []))
          assert.equal(await session.remove(name, [last?.key ?? '']), 1, type)
        }
      }))

    it('are refused where they are missing and must not be, also where the target would make up its own', () =>
      withDatabase(
        server,
        [
          `create table seen (id int primary key, at timestamp not null default current_timestamp, name varchar(9) not null)`,
          `insert into seen values (1, '2020-01-01 00:00:00', 'ada')`,
        ],
        async (database) => {
          await using session = await database.write()
          const setNull = (key: string, field: string) =>
            session.savepoint(() => session.change('seen', [{ key, set: { [field]: null } }]))
          for (const [field, kind] of [
            ['at', 'type'],
            ['name', 'not-null'],
          ] as const) {
            assert.equal(await setNull('["2"]', field), 0, 'no row, nothing to refuse')
            await assert.rejects(setNull('["1"]', field), {
              code: 'connectors.constraint',
              params: { kind, constraint: field, collection: 'seen' },
            })
          }
          const rows = await Array.fromAsync(session.stream('seen', ['at']), ({ cells }) => cells)
          assert.deepEqual(rows, [['2020-01-01 00:00:00']])
        },
      ))

    it('that are computed are described as such and never written', () =>
      withDatabase(
        server,
        [
          `create table made (id int auto_increment primary key, name varchar(20), stored_one varchar(20) as (upper(name)) stored,
             lazy int as (length(name)) virtual)`,
          `insert into made (name) values ('ada')`,
        ],
        async (database) => {
          await using session = await database.write()
          const [made] = (await session.describe()).collections
          assert.deepEqual(
            made?.fields.map(({ generated }) => generated),
            [false, false, true, true],
          )
          for (const field of ['stored_one', 'lazy'])
            await assert.rejects(
              session.savepoint(() => session.change('made', [{ key: '["1"]', set: { [field]: null } }])),
              {
                code: 'connectors.constraint',
                params: { kind: 'generated', constraint: field, collection: 'made' },
              },
            )
          assert.equal(await session.change('made', [{ key: '["1"]', set: { name: 'erased' } }]), 1)
          const rows = await Array.fromAsync(session.stream('made', ['name', 'stored_one', 'lazy']))
          assert.deepEqual(
            rows.map(({ cells }) => cells),
            [['erased', 'ERASED', '6']],
          )
        },
      ))
  })
