import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { searchTest } from '../match-rows.ts'
import { withFile } from './database.fixture.ts'

describe('a search in a SQLite file', () => {
  /** Values of every kind in a column of none, some thousand rows that are none of them, and gaps between their numbers. */
  const statements = `
    create table cell (id integer primary key, value);
    with recursive n (i) as (select 1 union all select i + 1 from n where i < 5000)
      insert into cell select i * 3, 'nothing of interest in ' || i from n;
    insert into cell (value) values
      ('Ada LOVELACE'), ('ada\u2029lovelace'), ('before' || char(0) || 'lovelace behind'), (x'6c6f76656c616365'),
      (612345678), (61234567.8), (6.12345678e20), ('06 12 34 56 78'), ('100%_lovelace\\'), (null), (''),
      ('lo' || char(0x212a) || 'elace'), ('KELVIN'), (char(0x212a) || 'elv' || char(0x130) || 'n')`

  const needlesOf = [
    [{ fold: 'lower', text: 'lovelace' }],
    [{ fold: 'lower', text: 'kelvi' }],
    [{ fold: 'lower', text: '%_love' }],
    [{ fold: 'digits', text: '612345678' }],
    [{ fold: 'lower', text: '6c6f76' }],
    [
      { fold: 'lower', text: 'no such text' },
      { fold: 'digits', text: '12345678' },
    ],
    [{ fold: 'lower', text: 'ada' }],
    [{ fold: 'lower', text: 'interest in 4999' }],
  ] as const

  it('finds in values of every kind what a look at each row would find', () =>
    withFile(statements, async ({ read }) => {
      await using session = await read()
      for (const needles of needlesOf) {
        const test = searchTest(['value'], needles)
        const rows = await Array.fromAsync(session.stream('cell', ['value']))
        const expected = rows.filter(test.passes).map(({ key }) => key)
        assert.ok(expected.length > 0, JSON.stringify(needles))
        const found = session.search({ collection: 'cell', fields: ['value'], needles })
        assert.deepEqual(await Array.fromAsync(found, ({ key }) => key), expected)
      }
    }))

  it('follows a key of several columns, and takes every row that holds the text', () =>
    withFile(
      `create table cell (a text, b integer, note text, primary key (a, b)) without rowid;
       with recursive n (i) as (select 1 union all select i + 1 from n where i < 3000)
         insert into cell select i % 7, i, 'a lovelace ' || i from n`,
      async ({ read }) => {
        await using session = await read()
        const needles = [{ fold: 'lower' as const, text: 'LOVELACE' }]
        const found = session.search({ collection: 'cell', fields: ['note'], needles })
        const keys = await Array.fromAsync(found, ({ key }) => key)
        assert.deepEqual([keys.length, new Set(keys).size], [3_000, 3_000])
      },
    ))
})
