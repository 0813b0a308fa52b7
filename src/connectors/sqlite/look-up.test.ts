import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { writeKey } from '../row-key.ts'
import { withFile } from './database.fixture.ts'

/** More rows share a value than a statement hands out at a time, and some values are printed alike. */
const tables = `
  create table plain (id integer primary key, owner integer, note text, beside integer);
  create index plain_owner on plain (owner);
  create table composite (site text not null, line integer not null, note, primary key (site, line));
  create table keyless (owner, note text);
  create index keyless_owner on keyless (owner);
  with recursive n (i) as (select 0 union all select i + 1 from n where i < 2999)
    insert into plain select i, case when i % 2 then i % 300 else 7 end, 'p' || i, i % 700 from n;
  insert into composite select 's' || (id % 5), id, id from plain;
  insert into keyless select case id % 3 when 0 then owner when 1 then cast(owner as text) else owner + 0.0 end, 'k' || id from plain;`

const some = (most: number) =>
  fc.array(fc.integer({ min: -2, max: 3_100 }).map(String), { maxLength: most, size: 'max' })

describe('rows of a SQLite file asked for by many keys and values at once', () => {
  it('are those that one after the other would be found, each once', () =>
    withFile(tables, async ({ own, read }) => {
      await using session = await read()
      const notesOf = async (query: Omit<Parameters<typeof session.find>[0], 'fields'>) =>
        (
          await Array.fromAsync(session.find({ ...query, fields: ['note'] }), ({ cells }) => cells[0])
        ).toSorted()
      const all = own.prepare('select rowid as at, * from plain').all()
      const lines = own.prepare('select * from composite').all()
      const keyless = own.prepare('select rowid as at, * from keyless').all()
      const written = (value: unknown) => (Number.isInteger(value) ? String(value) : `${value}`)
      const property = fc.asyncProperty(some(200), fc.boolean(), async (texts, hasCommon) => {
        const wanted = new Set(hasCommon ? [...texts, '7'] : texts)
        const keys = texts.map((text) => writeKey([text]))
        assert.deepEqual(
          await notesOf({ collection: 'plain', keys }),
          all.flatMap(({ id, note }) => (texts.includes(String(id)) ? [note] : [])).toSorted(),
        )
        const owner = [{ fields: ['owner'], fold: 'none' as const, values: [...wanted].map((one) => [one]) }]
        assert.deepEqual(
          await notesOf({ collection: 'plain', matches: owner }),
          all.flatMap((row) => (wanted.has(written(row['owner'])) ? [row['note']] : [])).toSorted(),
        )
        const beside = [
          { fields: ['beside'], fold: 'none' as const, values: texts.map((one) => [one]) },
          { fields: ['beside', 'note'], fold: 'none' as const, values: texts.map((one) => [one, `p${one}`]) },
        ]
        for (const matches of [beside, beside.slice(0, 1), beside.slice(1)])
          assert.deepEqual(
            await notesOf({ collection: 'plain', matches }),
            all
              .flatMap((row) => {
                const isHeld = texts.includes(written(row['beside']))
                const isBoth = isHeld && row['note'] === `p${written(row['beside'])}`
                return (matches[0] === beside[0] ? isHeld : isBoth) ? [row['note']] : []
              })
              .toSorted(),
          )
        const pairs = texts.map((text, i) => [`s${i % 5}`, text])
        assert.deepEqual(
          await notesOf({ collection: 'composite', keys: pairs.map(writeKey) }),
          lines
            .flatMap(({ site, line, note }) =>
              pairs.some(([s, l]) => s === site && l === String(line)) ? [String(note)] : [],
            )
            .toSorted(),
        )
        assert.deepEqual(
          await notesOf({ collection: 'keyless', keys }),
          keyless.flatMap(({ at, note }) => (texts.includes(String(at)) ? [note] : [])).toSorted(),
        )
      })
      await fc.assert(property, { numRuns: 30, seed: 20261123 })
    }))

  it('are told from those that are printed in another way, though SQLite holds them for equal', () =>
    withFile(tables, async ({ read }) => {
      await using session = await read()
      const ownersFor = async (values: readonly string[]) => {
        const matches = [{ fields: ['owner'], fold: 'none' as const, values: values.map((one) => [one]) }]
        const rows = session.find({ collection: 'keyless', matches, fields: ['owner'] })
        return new Set(await Array.fromAsync(rows, ({ cells }) => cells[0]))
      }
      assert.deepEqual(await ownersFor(['7']), new Set(['7']))
      assert.deepEqual(await ownersFor(['7.0', '9']), new Set(['7.0', '9']))
    }))
})
