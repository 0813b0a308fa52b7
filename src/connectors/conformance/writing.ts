import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { isProblem } from '../../platform/problem.ts'
import type { Cell, ReadSession, RowKey, WriteSession } from '../connector.ts'
import { endedByServer } from '../reasons.ts'
import { numbered, people, visits } from './people.ts'
import { type Candidate, cellsOf, everything, type Sketch, withTarget } from './sketch.ts'

const fieldsOf = (sketch: Sketch): readonly string[] => sketch.fields.map(({ name }) => name)

/** The key of the one row that holds a value. */
export async function keyOf(
  session: ReadSession,
  collection: string,
  field: string,
  value: string,
): Promise<RowKey> {
  const match = { fields: [field], fold: 'none' as const, values: [[value]] }
  const [row, ...others] = await Array.fromAsync(session.find({ collection, matches: [match], fields: [] }))
  assert.ok(row && others.length === 0, `one row with this ${field}`)
  return row.key
}

/** Whatever writes: change, remove, savepoint, commit, and coming away without it. */
export function writingConforms(candidate: Candidate): void {
  describe(`${candidate.name}: writing`, () => {
    it('changes rows to their own values, and no other cell', () =>
      withTarget(candidate, [people], async (target) => {
        const collection = target.collection('person')
        {
          await using session = await target.write()
          const changed = await session.change(collection, [
            { key: await keyOf(session, collection, 'id', '1'), set: { email: 'erased-1', phone: null } },
            {
              key: await keyOf(session, collection, 'id', '2'),
              set: { phone: null, email: 'erased "2", ü\n\u2028€' },
            },
            { key: await keyOf(session, collection, 'id', '3'), set: { last: 'erased' } },
            { key: '["404"]', set: { last: 'nobody' } },
          ])
          assert.equal(changed, 3)
          const own = await cellsOf(
            session.find({
              collection,
              matches: [{ fields: ['email'], fold: 'lower', values: [['erased-1']] }],
              fields: ['id', 'phone'],
            }),
          )
          assert.deepEqual(own, [['1', null]], 'a session sees what it wrote')
          await session.commit()
        }
        await using session = await target.read()
        const expected = people.rows.map(
          ([
            id = null,
            email = null,
            phone = null,
            first = null,
            last = null,
            note = null,
          ]): readonly Cell[] => {
            if (id === '1') return [id, 'erased-1', null, first, last, note]
            if (id === '2') return [id, 'erased "2", ü\n\u2028€', null, first, last, note]
            return id === '3'
              ? [id, email, phone, first, 'erased', note]
              : [id, email, phone, first, last, note]
          },
        )
        const seen = candidate.knows.nulls ? expected : expected.map((row) => row.map((cell) => cell || null))
        assert.deepEqual(await everything(session, collection, fieldsOf(people)), seen)
      }))

    it('shows nothing outside before the commit, and undoes all when left without one', () =>
      withTarget(candidate, [people], async (target) => {
        const collection = target.collection('person')
        await using outside = await target.read()
        const before = await everything(outside, collection, fieldsOf(people))
        {
          await using session = await target.write()
          const key = await keyOf(session, collection, 'id', '1')
          assert.equal(await session.change(collection, [{ key, set: { last: 'erased' } }]), 1)
          assert.equal(await session.remove(collection, [await keyOf(session, collection, 'id', '2')]), 1)
          assert.equal((await everything(session, collection, ['id'])).length, people.rows.length - 1)
          assert.deepEqual(await everything(outside, collection, fieldsOf(people)), before)
        }
        assert.deepEqual(await everything(outside, collection, fieldsOf(people)), before)
      }))

    it('removes rows by their keys, in any number, and counts what went', () =>
      withTarget(candidate, [numbered(6_000)], async (target) => {
        const collection = target.collection('numbered')
        {
          await using session = await target.write()
          const keys = (await Array.fromAsync(session.stream(collection, ['id']))).filter(
            ({ cells }) => Number(cells[0]) % 3 > 0,
          )
          assert.equal(
            await session.remove(
              collection,
              keys.map(({ key }) => key),
            ),
            4_000,
          )
          assert.equal(
            await session.remove(collection, [...keys.slice(0, 3).map(({ key }) => key), 'no key']),
            0,
          )
          await session.commit()
        }
        await using session = await target.read()
        const left = await everything(session, collection, ['id', 'email'])
        assert.equal(left.length, 2_000)
        assert.ok(left.every(([id, email]) => Number(id) % 3 === 0 && email === `user${id}@example.com`))
      }))

    it('changes thousands of rows at once, each to its own value', () =>
      withTarget(candidate, [numbered(6_000)], async (target) => {
        const collection = target.collection('numbered')
        await using session = await target.write()
        const rows = await Array.fromAsync(session.stream(collection, ['id']))
        const changes = rows.map(({ key, cells }) => ({ key, set: { email: `erased-${cells[0]}` } }))
        assert.equal(await session.change(collection, changes), 6_000)
        assert.ok(
          (await everything(session, collection, ['id', 'email'])).every(
            ([id, email]) => email === `erased-${id}`,
          ),
        )
      }))

    it('applies two changes to one row as one', () =>
      withTarget(candidate, [people], async (target) => {
        const collection = target.collection('person')
        await using session = await target.write()
        const key = await keyOf(session, collection, 'id', '1')
        const changed = await session.change(collection, [
          { key, set: { first: 'X', note: 'gone' } },
          { key, set: { first: 'Y' } },
          { key, set: {} },
        ])
        assert.equal(changed, 1)
        const row = await cellsOf(
          session.find({ collection, keys: [key], fields: ['first', 'note', 'last'] }),
        )
        assert.deepEqual(row, [['Y', 'gone', 'Lovelace']])
      }))

    it('tells alike rows apart where nothing names them', () =>
      withTarget(candidate, [visits], async (target) => {
        const collection = target.collection('visit')
        {
          await using session = await target.write()
          const match = { fields: ['visitor'], fold: 'none' as const, values: [['ada']] }
          const rows = await Array.fromAsync(session.find({ collection, matches: [match], fields: ['page'] }))
          assert.equal(new Set(rows.map(({ key }) => key)).size, 3)
          const [first, second] = rows.filter(({ cells }) => cells[0] === '/home')
          assert.ok(first && second)
          assert.equal(await session.change(collection, [{ key: first.key, set: { visitor: null } }]), 1)
          assert.equal(await session.remove(collection, [second.key]), 1)
          await session.commit()
        }
        await using session = await target.read()
        const left = await everything(session, collection, fieldsOf(visits))
        assert.deepEqual(left, [
          ['/cart', 'ada', '2026-01-03'],
          ['/home', 'bob', '2026-01-02'],
          ['/home', null, '2026-01-01'],
        ])
      }))

    it('undoes a savepoint whose work failed, and goes on', () =>
      withTarget(candidate, [people], async (target) => {
        const collection = target.collection('person')
        {
          await using session = await target.write()
          const set = async (id: string, last: string) =>
            session.change(collection, [{ key: await keyOf(session, collection, 'id', id), set: { last } }])
          assert.equal(await session.savepoint(() => set('1', 'kept')), 1)
          const failed = session.savepoint(async () => {
            await set('2', 'lost')
            await session.remove(collection, [await keyOf(session, collection, 'id', '3')])
            await session.savepoint(() => set('4', 'lost too'))
            throw new Error('stop')
          })
          await assert.rejects(failed, /stop/)
          await set('5', 'kept too')
          await session.commit()
        }
        await using session = await target.read()
        const last = (await everything(session, collection, ['id', 'last'])).map((row) => row[1])
        assert.deepEqual(last, [
          'kept',
          'LOVELACE',
          'Müller',
          'Петров',
          'kept too',
          '小龍 🐉',
          'O\'Brien "Bob"',
        ])
      }))

    it('lets one writer at a time have a row', () =>
      withTarget(candidate, [people], async (target) => {
        const collection = target.collection('person')
        const take = async (session: WriteSession) => keyOf(session, collection, 'id', '1')
        {
          await using first = await target.write()
          await take(first)
          const second = async () => {
            await using session = await target.write()
            await take(session)
          }
          await assert.rejects(second(), (error) => isProblem(error, 'connectors.locked'))
        }
        await using session = await target.write()
        await take(session)
      }))

    it('does not promise to hurry where the target cannot be told to', () =>
      withTarget(candidate, [people], async (target) => {
        await using session = await target.write()
        assert.equal(session.hurry !== undefined, candidate.knows.hurry)
      }))

    const hurrying = candidate.knows.hurry ? it : () => undefined
    hurrying('waits no longer for others once it is told to hurry, and no less in the next transaction', () =>
      withTarget(candidate, [people], async (target) => {
        const collection = target.collection('person')
        const change = (session: WriteSession) => session.change(collection, [{ key, set: { last: 'x' } }])
        // Nothing but hurrying tells of a lock here: left to itself the statement ends before the wait does.
        const patient = { statementTimeoutMs: 10_000, lockTimeoutMs: 60_000 }
        const write = () => candidate.driver.openWrite(target.secret, patient)
        await using holder = await target.write()
        const key = await keyOf(holder, collection, 'id', '1')
        await change(holder)
        {
          await using session = await write()
          session.hurry?.({ ...patient, lockTimeoutMs: 30, transactionTimeoutMs: 60_000 })
          await assert.rejects(
            session.savepoint(() => change(session)),
            (error) => isProblem(error, 'connectors.locked'),
          )
          // What nobody holds is still to be had.
          await keyOf(session, collection, 'id', '2')
          await session.commit()
        }
        await using session = await write()
        const [changed] = await Promise.all([change(session), sleep(100).then(() => holder.commit())])
        assert.equal(changed, 1)
      }),
    )

    hurrying('holds rows no longer than it was told to, also where nothing more is asked of it', () =>
      withTarget(candidate, [people], async (target) => {
        const collection = target.collection('person')
        await using holder = await target.write()
        const key = await keyOf(holder, collection, 'id', '1')
        const change = (session: WriteSession, last: string) =>
          session.change(collection, [{ key, set: { last } }])
        holder.hurry?.({ statementTimeoutMs: 10_000, lockTimeoutMs: 10_000, transactionTimeoutMs: 100 })
        await change(holder, 'x')
        const patient = { statementTimeoutMs: 60_000, lockTimeoutMs: 60_000 }
        await using session = await candidate.driver.openWrite(target.secret, patient)
        // Waits until the target lets it: nobody here ends the other transaction.
        assert.equal(await change(session, 'y'), 1)
        await session.commit()
        await assert.rejects(
          holder.commit(),
          (error) => isProblem(error, 'connectors.unreachable') && error.params.reason === endedByServer,
        )
      }),
    )

    it('refuses what it cannot write to or does not know', () =>
      withTarget(candidate, [people], async (target) => {
        const collection = target.collection('person')
        await using session = await target.write()
        const key = await keyOf(session, collection, 'id', '1')
        const unknown = (code: string) => (error: unknown) => isProblem(error, code)
        await assert.rejects(
          session.savepoint(() => session.change('nope', [])),
          unknown('connectors.unknown-collection'),
        )
        await assert.rejects(
          session.savepoint(() => session.remove('nope', [])),
          unknown('connectors.unknown-collection'),
        )
        await assert.rejects(
          session.savepoint(() => session.change(collection, [{ key, set: { nope: null } }])),
          unknown('connectors.unknown-field'),
        )
        assert.equal(await session.change(collection, []), 0)
        assert.equal(await session.remove(collection, []), 0)
      }))

    it('reads, changes and removes a cell of a million characters, or of as many as it may be given', async () => {
      const long = 'Ä "quoted", text;\r\n'.repeat(60_000).slice(0, candidate.longestCell)
      const rows = [
        ['1', long, 'beside'],
        ['2', 'short', 'beside'],
      ]
      const sketch: Sketch = {
        ...people,
        fields: ['id', 'email', 'note'].map((name) => ({ name, kind: 'text' })),
        rows,
        key: [],
      }
      await withTarget(candidate, [sketch], async (target) => {
        const collection = target.collection('person')
        {
          await using session = await target.write()
          const [row] = await Array.fromAsync(
            session.search({
              collection,
              fields: ['email'],
              needles: [{ fold: 'lower', text: 'ä "quoted"' }],
            }),
          )
          assert.ok(row?.cells[0] === long)
          assert.equal(
            await session.change(collection, [{ key: row.key, set: { note: long, email: null } }]),
            1,
          )
          await session.commit()
        }
        {
          await using session = await target.write()
          assert.ok((await everything(session, collection, ['id', 'note']))[0]?.[1] === long)
          assert.equal(await session.remove(collection, [await keyOf(session, collection, 'id', '1')]), 1)
          await session.commit()
        }
        await using session = await target.read()
        assert.deepEqual(await everything(session, collection, ['id', 'email', 'note']), [
          ['2', 'short', 'beside'],
        ])
      })
    })
  })
}
