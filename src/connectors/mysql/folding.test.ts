import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import type { Fold, ReadSession } from '../connector.ts'
import { foldInside, foldText } from '../fold.ts'
import { servers, type TestDatabase, withDatabase } from './database.fixture.ts'

const person = [
  'create table person (id int primary key, name varchar(80) collate utf8mb4_general_ci, note longtext)',
]

async function put(database: TestDatabase, names: readonly string[]): Promise<void> {
  await database.query('delete from person')
  if (names.length === 0) return
  const marks = names.map(() => '(?, ?, ?)').join(', ')
  await database.query(
    `insert into person values ${marks}`,
    names.flatMap((name, i) => [String(i), name, `before ${name} after`]),
  )
}

async function found(session: ReadSession, fold: Fold, ...texts: string[]): Promise<ReadonlySet<string>> {
  const matches = [{ fields: ['name'], fold, values: texts.map((text) => [foldText(fold, text)]) }]
  const rows = session.find({ collection: 'person', matches, fields: ['id'] })
  return new Set(await Array.fromAsync(rows, ({ cells }) => String(cells[0])))
}

async function searched(session: ReadSession, text: string): Promise<ReadonlySet<string>> {
  const needles = [{ fold: 'lower' as const, text }]
  const rows = session.search({ collection: 'person', fields: ['name', 'note'], needles })
  return new Set(await Array.fromAsync(rows, ({ key }) => String(JSON.parse(key)[0])))
}

for (const server of servers)
  describe(`${server.name}: folding`, () => {
    it('misses nobody whom JavaScript takes for the same, and takes nobody else', () =>
      withDatabase(server, person, async (database) => {
        await using session = await database.read()
        const letters = fc.constantFrom(
          ...'aAéÉeßẞiIİıſsKkΣσςЯяÅåǅǆⅣⅳⒶᲐაԱաᏣꮳ𞤀𞤢小🐉　\u00a0\u2009\ufeff\u0307\u00ad \t1.@-%_\\',
        )
        const names = fc.array(letters, { maxLength: 8 }).map((parts) => parts.join(''))
        await fc.assert(
          fc.asyncProperty(fc.array(names, { minLength: 1, maxLength: 40 }), async (stored) => {
            await put(database, stored)
            const ids = (test: (name: string) => boolean) =>
              new Set(stored.flatMap((name, i) => (test(name) ? [String(i)] : [])))
            for (const wanted of new Set(stored)) {
              const lower = foldText('lower', wanted)
              assert.deepEqual(
                await found(session, 'lower', wanted),
                ids((name) => foldText('lower', name) === lower),
              )
              assert.deepEqual(
                await found(session, 'none', wanted),
                ids((name) => name === wanted),
              )
              if (wanted === '') continue
              const inside = foldInside('lower', wanted)
              const holds = ids((name) => foldInside('lower', `before ${name} after`).includes(inside))
              assert.deepEqual(await searched(session, wanted), holds)
            }
          }),
          { numRuns: 6 },
        )
      }))

    it('finds every letter there is by its lower case', () =>
      withDatabase(server, person, async (database) => {
        await using session = await database.read()
        const letters = Array.from({ length: 0x110000 }, (_, code) => code)
          .filter((code) => code < 0xd800 || code > 0xdfff)
          .map((code) => String.fromCodePoint(code))
          .filter((letter) => letter.toLowerCase() !== letter)
        assert.ok(letters.length > 1_000)
        await put(database, letters)
        // Few at once, in their order: where one is among them that the target cannot fold, it is not asked to.
        const portion = 20
        for (let start = 0; start < letters.length; start += portion) {
          const some = letters.slice(start, start + portion)
          const rows = await found(session, 'lower', ...some)
          const missed = some.filter((_, i) => !rows.has(String(start + i)))
          assert.deepEqual(missed, [])
        }
      }))

    it('finds many values in one pass, and asks of no column what its encoding cannot hold', () =>
      withDatabase(
        server,
        [
          `create table person (id int primary key, name varchar(40) character set latin1, note varchar(40) character set utf8mb3,
             phone varchar(40), code varchar(9) collate utf8mb4_bin, alias varchar(9) collate utf8mb4_unicode_ci, key (name), key (note), key (phone))`,
          `insert into person values (1, 'ÉLODIE', 'Élodie', '+33 6 12 34 55 66', 'C1', 'Lo'), (2, 'Ada', 'ada', '06-12-34-55-66', 'c2', null), (3, 'x', 'x', '112', 'c3', 'DI')`,
        ],
        async (database) => {
          await using session = await database.read()
          const ids = async (field: string, fold: Fold, ...texts: string[]) => {
            const matches = [{ fields: [field], fold, values: texts.map((text) => [text]) }]
            const rows = session.find({ collection: 'person', matches, fields: ['id'] })
            return (await Array.fromAsync(rows, (row) => row.cells[0])).sort()
          }
          assert.deepEqual(await ids('name', 'none', 'Иван', 'ÉLODIE', '€', '🐉'), ['1'])
          assert.deepEqual(await ids('note', 'none', 'Иван', 'ada', '🐉'), ['2'])
          assert.deepEqual(await ids('name', 'lower', 'ada', '李', 'élodie'), ['1', '2'])
          assert.deepEqual(await ids('note', 'lower', '🐉', 'élodie'), ['1'])
          const many = Array.from({ length: 2_500 }, (_, i) => `nobody${i}`)
          assert.deepEqual(await ids('name', 'lower', ...many, 'ada'), ['2'])
          assert.deepEqual(await ids('name', 'none', ...many, 'Ada'), ['2'])
          const numbers = Array.from({ length: 200 }, (_, i) => String(700_000_000 + i))
          assert.deepEqual(await ids('phone', 'digits', '612345566'), ['1', '2'])
          assert.deepEqual(await ids('phone', 'digits', ...numbers, '612345566'), ['1', '2'])
          const needles = [
            { fold: 'lower' as const, text: 'LODI' },
            { fold: 'lower' as const, text: '李' },
            { fold: 'digits' as const, text: '612345' },
          ]
          const rows = session.search({
            collection: 'person',
            fields: ['name', 'note', 'phone', 'id'],
            needles,
          })
          assert.deepEqual(await Array.fromAsync(rows, ({ key }) => key), ['["1"]', '["2"]'])
        },
      ))
  })
