import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Cell } from '../connector.ts'
import { servers, withDatabase } from './database.fixture.ts'

/** Column type → two values as PostgreSQL prints them, the second to be written over the first. */
const values: readonly (readonly [type: string, first: string, second: string])[] = [
  ['smallint', '-32768', '32767'],
  ['integer', '-2147483648', '7'],
  ['bigint', '9223372036854775807', '-9007199254740993'],
  ['numeric', '1234567890123456789012345678901234567890.000000000000000001', '0.10'],
  ['numeric(12,2)', '1234567890.10', '0.00'],
  ['real', '1.1', '-Infinity'],
  ['double precision', '0.30000000000000004', 'NaN'],
  ['money', '$1,234.56', '-$0.01'],
  ['boolean', 'true', 'false'],
  ['text', `it's "quoted" \\ and, {braced}\n\ttoo`, ''],
  ['character varying(5)', 'ÄÖÜ€🐘', 'a'],
  ['character(5)', 'abc', 'Ö'],
  ['"char"', 'x', 'y'],
  ['name', 'select', 'b'],
  ['date', '0001-01-01', '2026-02-28'],
  ['timestamp', '1999-12-31 23:59:59.999999', 'infinity'],
  ['timestamptz', '2026-07-01 12:00:00+00', '1969-12-31 23:00:00.5+00'],
  ['time', '23:59:59.000001', '00:00:00'],
  ['timetz', '12:00:00+02', '12:00:00-05'],
  ['interval', 'P1Y2M3DT4H5M6.7S', 'PT-1S'],
  ['uuid', '00000000-0000-4000-8000-000000000000', 'ffffffff-ffff-4fff-bfff-ffffffffffff'],
  ['json', '{"b": 1,  "a": 12345678901234567890}', '[]'],
  ['jsonb', '{"a": 12345678901234567890, "b": null}', '"x"'],
  ['bytea', '\\x00ff5c78', '\\x'],
  ['integer[]', '{1,NULL,3}', '{}'],
  ['text[]', '{"a,b","c\\"d",NULL,"NULL"}', '{{a,b},{c,d}}'],
  ['mood', 'so so', 'h"appy'],
  ['mood[]', '{"so so"}', '{}'],
  ['email', 'ada@example.com', 'x@y'],
  ['place', '("rue de la Paix, 3",75002)', '(,)'],
  ['int4range', '[1,5)', 'empty'],
  ['inet', '192.168.0.1', '::1'],
  ['macaddr', '08:00:2b:01:02:03', '00:00:00:00:00:00'],
  ['bit(3)', '101', '000'],
  ['bit varying(5)', '10', ''],
  ['xml', '<a b="c">d</a>', ''],
  ['point', '(1.5,-2)', '(0,0)'],
  ['tsvector', "'ada':1 'lovelace':2", ''],
  ['oid', '4294967295', '0'],
  ['regclass', 'pg_class', 'pg_type'],
]

const types = [
  `create type mood as enum ('so so', 'h"appy')`,
  `create domain email as varchar(20) check (value like '%@%')`,
  'create type place as (street text, code int)',
  `create table thing (id int primary key, ${values.map(([type], i) => `c${i} ${type}`).join(', ')})`,
]

const fields = values.map((_, i) => `c${i}`)

for (const server of servers)
  describe(`PostgreSQL (${server.name}): values`, () => {
    const insert = `insert into thing values (1, ${values.map(([type], i) => `$${i + 1}::text::${type}`).join(', ')}), (2${', null'.repeat(values.length)})`

    it('come and go without losing a digit, whatever their type', () =>
      withDatabase(server, types, async (database) => {
        await database.query(
          'set intervalstyle = iso_8601; set lc_monetary = "C"; set timezone = utc; set row_security = on',
        )
        await database.query(
          insert,
          values.map(([, first]) => first),
        )
        const rows = async (): Promise<readonly (readonly Cell[])[]> => {
          await using session = await database.read()
          const found = await Array.fromAsync(session.stream('public.thing', fields), ({ cells }) => cells)
          return found.toSorted((a, b) => Number(a[0] === null) - Number(b[0] === null))
        }
        const nulls = values.map(() => null)
        const firsts = values.map(([, first]) => first)
        assert.deepEqual(await rows(), [firsts, nulls])
        {
          await using session = await database.write()
          const set = Object.fromEntries(values.map(([, , second], i) => [`c${i}`, second]))
          assert.equal(
            await session.change('public.thing', [
              { key: '["1"]', set },
              { key: '["2"]', set },
            ]),
            2,
          )
          await session.commit()
        }
        const seconds = values.map(([, , second]) => second)
        assert.deepEqual(await rows(), [seconds, seconds])
        {
          await using session = await database.write()
          for (const [i, [type, first]] of values.entries())
            assert.equal(
              await session.change('public.thing', [{ key: '["1"]', set: { [`c${i}`]: first } }]),
              1,
              type,
            )
          await session.change('public.thing', [
            { key: '["2"]', set: Object.fromEntries(fields.map((field) => [field, null])) },
          ])
          await session.commit()
        }
        assert.deepEqual(await rows(), [firsts, nulls])
      }))

    it('are found as they are printed, and what cannot be one of them is simply not there', () =>
      withDatabase(server, types, async (database) => {
        await database.query('set intervalstyle = iso_8601; set lc_monetary = "C"; set timezone = utc')
        await database.query(
          insert,
          values.map(([, first]) => first),
        )
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
        ]
        for (const [i, [type, first, second]] of values.entries()) {
          const find = async (fold: 'none' | 'lower' | 'digits', texts: readonly string[]) => {
            const matches = [{ fields: [`c${i}`], fold, values: texts.map((text) => [text]) }]
            return Array.fromAsync(
              session.find({ collection: 'public.thing', matches, fields: ['id'] }),
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
          { fold: 'lower' as const, text: 'RUE DE LA' },
          { fold: 'digits' as const, text: '0020' },
        ]
        const found = await Array.fromAsync(session.search({ collection: 'public.thing', fields, needles }))
        assert.deepEqual(
          found.map(({ key }) => key),
          ['["1"]'],
        )
      }))

    it('name a row when they are its key, whatever their type', () =>
      withDatabase(server, types.slice(0, 3), async (database) => {
        await database.query('set intervalstyle = iso_8601; set timezone = utc')
        const unusable = new Set(['json', 'xml', 'point', 'place'])
        for (const [i, [type, first]] of values.entries()) {
          if (unusable.has(type) || type === 'money') continue
          await database.query(`create table k${i} (k ${type} primary key, note text)`)
          await database.query(`insert into k${i} values ($1::text::${type}, 'x')`, [first])
        }
        await using session = await database.write()
        for (const { name } of (await session.describe()).collections) {
          const type = values[Number(name.slice('public.k'.length))]?.[0]
          const [row] = await Array.fromAsync(session.stream(name, ['k']))
          assert.ok(row)
          const [again] = await Array.fromAsync(
            session.find({ collection: name, keys: [row.key], fields: ['k'] }),
          )
          assert.deepEqual(again, row, type)
          assert.equal(await session.change(name, [{ key: row.key, set: { note: null } }]), 1, type)
          assert.equal(await session.remove(name, [row.key]), 1, type)
        }
      }))

    it('that are computed are described as such and never written', () =>
      withDatabase(
        server,
        [
          `create table made (id int generated always as identity primary key, name text, upper text generated always as (upper(name)) stored)`,
          `insert into made (name) values ('ada')`,
        ],
        async (database) => {
          await using session = await database.write()
          const [made] = (await session.describe()).collections
          assert.deepEqual(
            made?.fields.map(({ generated }) => generated),
            [true, false, true],
          )
          for (const field of ['id', 'upper'])
            await assert.rejects(session.change('public.made', [{ key: '["1"]', set: { [field]: null } }]), {
              code: 'connectors.constraint',
              params: { kind: 'generated', constraint: field, collection: 'public.made' },
            })
          assert.equal(await session.change('public.made', [{ key: '["1"]', set: { name: 'erased' } }]), 1)
          const rows = await Array.fromAsync(
            session.stream('public.made', ['name', 'upper']),
            ({ cells }) => cells,
          )
          assert.deepEqual(rows, [['erased', 'ERASED']])
        },
      ))
  })
