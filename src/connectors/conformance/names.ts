import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type Candidate, everything, type Sketch, text, withTarget } from './sketch.ts'
import { keyOf } from './writing.ts'

/** Names that break whoever pastes them into a statement: each is at most 63 bytes long, PostgreSQL's limit. */
export const hostileNames: readonly string[] = [
  'select',
  'order',
  'user',
  'table',
  'group',
  'from',
  'where',
  'null',
  'true',
  'default',
  'check',
  'primary',
  'two words',
  ' leading',
  'trailing ',
  'tab\there',
  'line\nbreak',
  "o'brien",
  'say "hi"',
  '"',
  "'",
  '`',
  '[x]',
  '\\',
  '\\"',
  'a.b',
  '.',
  '..',
  'a,b',
  'a;b',
  'a:b',
  '$1',
  '?',
  '%s',
  '%',
  '_',
  '-',
  '--',
  '/* x */',
  '*',
  '#',
  '(',
  ')',
  '()',
  '{}',
  '@',
  '1',
  '1st',
  '007',
  'Ünïcödé',
  '名前',
  'имя',
  'שם',
  '🐘',
  'e\u0301',
  '\u200b',
  'x'.repeat(63),
  'é'.repeat(31),
  '🐉'.repeat(15),
  'id"; drop table person; --',
  "'; delete from person where ''='",
  '") or true --',
  'Upper',
  'upper',
  'UPPER',
  'constructor',
  '__proto__',
  'toString',
  'rowid ',
  'ctid ',
  'value ',
  'v0',
  'k0',
  't',
  'u',
  'oid ',
]

/** Collections and fields of every name are read and erased, and nothing beside them is touched. */
export function namesConform(candidate: Candidate): void {
  describe(`${candidate.name}: names`, () => {
    it('reads and erases fields of any name, and only those', async () => {
      const names = distinct(candidate, hostileNames)
      const row = (of: string) => names.map((_, i) => `${of} ${i}`)
      const sketch: Sketch = {
        name: 'hostile',
        fields: [text('person'), ...names.map(text)],
        key: ['person'],
        rows: [
          ['ada', ...row('ada')],
          ['bob', ...row('bob')],
        ],
      }
      const fields = ['person', ...names]
      await withTarget(candidate, [withRequired(sketch)], async (target) => {
        const collection = target.collection('hostile')
        await using session = await target.write()
        const eraseOnly = async (name: string, place: number) => {
          const match = { fields: [name], fold: 'lower' as const, values: [[`ada ${place}`]] }
          const query = { collection, matches: [match], fields: [name] }
          const [found, ...more] = await Array.fromAsync(session.find(query))
          assert.deepEqual([found?.cells, more], [[`ada ${place}`], []], `found by ${JSON.stringify(name)}`)
          const change = { key: found?.key ?? '', set: Object.fromEntries([[name, null]]) }
          assert.equal(await session.change(collection, [change]), 1)
          const erased = row('ada').map((cell, i) => (i === place ? null : cell))
          const expected = [
            ['ada', ...erased],
            ['bob', ...row('bob')],
          ]
          assert.deepEqual(await everything(session, collection, fields), expected)
        }
        const undo = new Error('undo')
        for (const [place, name] of names.entries()) {
          const trial = session.savepoint(async () => {
            await eraseOnly(name, place)
            throw undo
          })
          await assert.rejects(trial, (error) => error === undo)
        }
      })
    })

    it('reads and erases collections of any name, and only those', async () => {
      const names = distinct(candidate, hostileNames)
      const sketches = names.map(
        (name): Sketch => ({
          name,
          fields: [text('id'), text('email')],
          key: ['id'],
          rows: [
            ['1', 'ada'],
            ['2', 'bob'],
          ],
        }),
      )
      await withTarget(candidate, sketches.map(withRequired), async (target) => {
        {
          await using session = await target.write()
          for (const name of names) {
            const collection = target.collection(name)
            assert.equal(
              await session.remove(collection, [await keyOf(session, collection, 'email', 'ada')]),
              1,
            )
            assert.equal(
              await session.change(collection, [
                { key: await keyOf(session, collection, 'email', 'bob'), set: { email: name } },
              ]),
              1,
            )
          }
          await session.commit()
        }
        await using session = await target.read()
        const { collections } = await session.describe()
        assert.equal(collections.length, names.length)
        for (const name of names)
          assert.deepEqual(await everything(session, target.collection(name), ['id', 'email']), [['2', name]])
      })
    })
  })
}

/** A key's fields are required, as databases want it. */
const withRequired = (sketch: Sketch): Sketch => ({
  ...sketch,
  fields: sketch.fields.map((field) => ({ ...field, required: sketch.key?.includes(field.name) ?? false })),
})

/** SQLite's names ignore case, and file systems have their own rules: a candidate may leave out what cannot exist there. */
const distinct = (candidate: Candidate, names: readonly string[]): readonly string[] =>
  candidate.names ? candidate.names(names) : names
