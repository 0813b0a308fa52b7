import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { isProblem } from '../../platform/problem.ts'
import type { Cell, ReadSession, WriteSession } from '../connector.ts'
import { readingDocuments, writingDocuments } from '../documents/session.ts'
import { type Candidate, cellsOf, everything, type Sketch, text, withTarget } from './sketch.ts'

const ada = `{"n": 12345678901234567890, "price":1.10,\t"who": {"mail":"Ada@Example.com", "name":"Ada Lov\\u00e9lace"}, "old":"x", "old":"y", "contacts":[ {"mail":"bob@example.com","role":"boss"},{"mail":"eve@example.com"} , {"role":"none"}]}`
const bob = '{"who":{"mail":"bob@example.com","tel":"+33\\u00a06 12 34 55 66"},"contacts":[],"ref":"a\\/b"}'

/** Texts that hold JSON, one that does not, and nothing at all. */
const profiles: Sketch = {
  name: 'profile',
  fields: [{ name: 'id', kind: 'integer', required: true }, text('data'), text('note')],
  key: ['id'],
  rows: [
    ['1', ada, 'first'],
    ['2', bob, 'second'],
    ['3', '{"who": {"mail": "carl@example.com"', 'broken'],
    ['4', null, 'empty'],
    ['5', '["a","b"]', 'a list'],
  ],
}

const mail = 'data.$.who.mail'
const contact = 'data.$.contacts[*].mail'

/** Paths in the documents of a text column, read and written through a driver's own sessions. */
export function documentsConform(candidate: Candidate): void {
  const withProfiles = (
    work: (target: {
      readonly collection: string
      read(): Promise<ReadSession>
      write(): Promise<WriteSession>
    }) => Promise<void>,
  ) =>
    withTarget(candidate, [profiles], (target) =>
      work({
        collection: target.collection('profile'),
        read: async () => readingDocuments(await target.read()),
        write: async () => writingDocuments(await target.write()),
      }),
    )
  const dataOf = async (session: ReadSession, collection: string): Promise<ReadonlyMap<string, Cell>> =>
    new Map(
      (await everything(session, collection, ['id', 'data'])).map(([id, data]) => [id ?? '', data || null]),
    )
  const ids = async (
    session: ReadSession,
    collection: string,
    field: string,
    fold: 'none' | 'lower' | 'digits',
    ...values: string[]
  ) =>
    (
      await cellsOf(
        session.find({
          collection,
          matches: [{ fields: [field], fold, values: values.map((one) => [one]) }],
          fields: ['id'],
        }),
      )
    ).map(([id]) => id) // prettier-ignore

  describe(`${candidate.name}: documents`, () => {
    it('reads what stands at a path, one cell per field', () =>
      withProfiles(async ({ collection, read }) => {
        await using session = await read()
        const fields = [
          'id',
          mail,
          'data.$.who.name',
          'data.$.price',
          'data.$.n',
          contact,
          'data.$.old',
          'data.$.who.x',
          'note',
        ] // prettier-ignore
        const rows = await everything(session, collection, fields)
        assert.deepEqual(rows.slice(0, 2), [
          [
            '1',
            'Ada@Example.com',
            'Ada Lovélace',
            '1.10',
            '12345678901234567890',
            '["bob@example.com","eve@example.com",null]',
            'y',
            null,
            'first',
          ],
          ['2', 'bob@example.com', null, null, null, null, null, null, 'second'],
        ]) // prettier-ignore
        assert.equal(
          rows[2]?.[1],
          '{"who": {"mail": "carl@example.com"',
          'what is no JSON is shown, not none',
        )
        assert.deepEqual(rows[3]?.slice(1, 3), [null, null])
      }))

    it('finds rows by what stands at a path and by nothing else in the document', () =>
      withProfiles(async ({ collection, read }) => {
        await using session = await read()
        assert.deepEqual(await ids(session, collection, mail, 'lower', 'ada@example.com'), ['1'])
        assert.deepEqual(await ids(session, collection, mail, 'none', 'ada@example.com'), [])
        assert.deepEqual(await ids(session, collection, mail, 'lower', 'bob@example.com', 'nobody'), ['2'])
        assert.deepEqual(await ids(session, collection, contact, 'lower', 'eve@example.com'), ['1'])
        assert.deepEqual(await ids(session, collection, 'data.$.who.name', 'lower', 'ada lovélace'), ['1'])
        assert.deepEqual(await ids(session, collection, 'data.$.who.tel', 'digits', '0612345566'), ['2'])
        assert.deepEqual(await ids(session, collection, 'data.$.ref', 'none', 'a/b'), ['2'])
        assert.deepEqual(await ids(session, collection, 'data.$.n', 'none', '12345678901234567890'), ['1'])
        assert.deepEqual(await ids(session, collection, 'data.$[*]', 'none', 'b'), ['5'])
        const both = [
          {
            fields: ['note', mail],
            fold: 'lower' as const,
            values: [
              ['second', 'bob@example.com'],
              ['first', 'bob@example.com'],
            ],
          },
        ] // prettier-ignore
        assert.equal(await session.count({ collection, matches: both }), 1)
        const union = {
          collection,
          matches: [...both, { fields: ['note'], fold: 'none' as const, values: [['empty']] }],
          keys: [],
          fields: ['id'],
        } // prettier-ignore
        assert.deepEqual(await cellsOf(session.find(union)), [['2'], ['4']])
        const needles = [{ fold: 'lower' as const, text: 'lovélace' }]
        const found = await cellsOf(session.search({ collection, fields: ['data.$.who.name'], needles }))
        assert.ok(found.some(([cell]) => cell === 'Ada Lovélace'))
      }))

    it('erases at a path, and leaves every other byte of every document', () =>
      withProfiles(async ({ collection, read, write }) => {
        {
          await using session = await write()
          const keys = new Map<string, string>()
          for await (const row of session.find({
            collection,
            matches: [{ fields: ['note'], fold: 'none', values: [['first'], ['second'], ['empty']] }],
            fields: ['id'],
          }))
            keys.set(row.cells[0] ?? '', row.key) // prettier-ignore
          const changed = await session.change(collection, [
            {
              key: keys.get('1') ?? '',
              set: {
                [mail]: null,
                [contact]: '[null,"eve@example.com",null]',
                'data.$.old': null,
                'data.$.price': 'erased',
              },
            },
            { key: keys.get('2') ?? '', set: { 'data.$.who.tel': 'a "quoted" word', note: 'changed' } },
            { key: keys.get('4') ?? '', set: { [mail]: null } },
          ]) // prettier-ignore
          assert.equal(changed, 3)
          await session.commit()
        }
        await using session = await read()
        const data = await dataOf(session, collection)
        const expected = ada
          .replace('"mail":"Ada@Example.com", ', '')
          .replace('"mail":"bob@example.com",', '')
          .replace('"old":"x", "old":"y", ', '')
          .replace('1.10', '0')
        assert.equal(data.get('1'), expected)
        assert.equal(data.get('2'), bob.replace('+33\\u00a06 12 34 55 66', 'a \\"quoted\\" word'))
        assert.equal(data.get('3'), profiles.rows[2]?.[1])
        assert.equal(data.get('4'), null)
        assert.equal(data.get('5'), '["a","b"]')
        assert.deepEqual(await ids(session, collection, mail, 'lower', 'ada@example.com'), [])
      }))

    it('does not touch what it cannot read, or a list that is not the one that was read', () =>
      withProfiles(async ({ collection, read, write }) => {
        {
          await using session = await write()
          const keyOf = async (note: string) => {
            const matches = [{ fields: ['note'], fold: 'none' as const, values: [[note]] }]
            const [row] = await Array.fromAsync(session.find({ collection, matches, fields: [] }))
            return row?.key ?? ''
          }
          const refused = async (note: string, set: Readonly<Record<string, Cell>>, code: string) => {
            const key = await keyOf(note)
            await assert.rejects(
              session.savepoint(() => session.change(collection, [{ key, set }])),
              (error) => isProblem(error, code) && error.exit === 3,
            )
          }
          await refused('broken', { [mail]: null }, 'connectors.no-document')
          await refused('first', { [contact]: '[null]' }, 'connectors.document-differs')
          await session.commit()
        }
        await using session = await read()
        const data = await dataOf(session, collection)
        assert.deepEqual([data.get('1'), data.get('3')], [ada, profiles.rows[2]?.[1]])
      }))
  })
}
