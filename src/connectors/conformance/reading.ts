import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { isProblem } from '../../platform/problem.ts'
import type { Match, SystemDescription } from '../connector.ts'
import { foldInside } from '../fold.ts'
import { searchTest } from '../match-rows.ts'
import { numbered, people, visits } from './people.ts'
import { type Candidate, cellsOf, describedAs, everything, type Sketch, text, withTarget } from './sketch.ts'

/** Whatever reads: describe, sample, find, count, stream, search. */
export function readingConforms(candidate: Candidate): void {
  describe(`${candidate.name}: reading`, () => {
    it('describes each collection with its fields in their order', () =>
      withTarget(candidate, [people, visits], async (target) => {
        await using session = await target.read()
        const { engine, collections } = await session.describe()
        assert.match(engine, /\S/)
        assert.deepEqual(
          collections.map(({ name }) => name).sort(),
          [people, visits].map(({ name }) => target.collection(name)).sort(),
        )
        const person = await describedAs(session, target.collection('person'))
        assert.deepEqual(
          person.fields.map(({ name }) => name),
          people.fields.map(({ name }) => name),
        )
        assert.equal(person.rows, people.rows.length)
        assert.equal(person.unreadable, null)
        assert.equal(person.writable, true)
      }))

    it('describes the same shape without counting', () =>
      withTarget(candidate, [people, visits], async (target) => {
        await using session = await target.read()
        const shapeOf = ({ collections, ...rest }: SystemDescription) => ({
          ...rest,
          collections: collections.map(({ rows: _, ...collection }) => collection),
        })
        const counted = await session.describe()
        assert.deepEqual(shapeOf(await session.describe({ counts: false })), shapeOf(counted))
      }))

    it('has a fingerprint that knows shapes, not rows', async () => {
      const fingerprints: string[] = []
      const other = {
        ...people,
        fields: [...people.fields, { name: 'city', kind: 'text' as const }],
        rows: [],
      }
      for (const sketch of [people, { ...people, rows: people.rows.slice(0, 3) }, other])
        await withTarget(candidate, [sketch], async (target) => {
          await using session = await target.read()
          const { fingerprint } = await session.describe()
          assert.match(fingerprint, /^[0-9a-f]{64}$/)
          assert.equal((await session.describe()).fingerprint, fingerprint)
          fingerprints.push(fingerprint)
        })
      assert.equal(fingerprints[0], fingerprints[1])
      assert.notEqual(fingerprints[0], fingerprints[2])
    })

    it('takes samples from all over a collection, every field in its order', () =>
      withTarget(candidate, [numbered(2_000)], async (target) => {
        await using session = await target.read()
        const rows = await session.sample(target.collection('numbered'), 50)
        const ids = rows.map(({ cells }) => Number(cells[0]))
        assert.equal(new Set(ids).size, 50)
        assert.ok(ids.some((id) => id < 1_000) && ids.some((id) => id >= 1_000), 'not from one half alone')
        assert.ok(rows.every(({ cells }) => cells[1] === `user${cells[0]}@example.com`))
        assert.equal((await session.sample(target.collection('numbered'), 3_000)).length, 2_000)
      }))

    it('finds as stored, without regard to case, and by digits', () =>
      withTarget(candidate, [people], async (target) => {
        await using session = await target.read()
        const ids = async (...matches: Match[]) => {
          const query = { collection: target.collection('person'), matches }
          const rows = await cellsOf(session.find({ ...query, fields: ['id'] }))
          assert.equal(await session.count(query), rows.length)
          return rows.flat()
        }
        const email = (fold: Match['fold'], ...values: string[]): Match => ({
          fields: ['email'],
          fold,
          values: values.map((value) => [value]),
        })
        assert.deepEqual(await ids(email('none', 'ada@example.com')), ['1'])
        assert.deepEqual(await ids(email('lower', 'ada@example.com')), ['1', '2'])
        assert.deepEqual(await ids(email('lower', 'nobody', 'li@example.cn', 'absent@example.com')), [
          '6',
          '7',
        ])
        assert.deepEqual(
          await ids({ fields: ['first'], fold: 'lower', values: [['élodie'], ['иван'], ['οδος']] }),
          ['3', '4', '5'],
        )
        for (const number of ['0612345566', '+33612345566', '0033612345566', '612345566'])
          assert.deepEqual(await ids({ fields: ['phone'], fold: 'digits', values: [[number]] }), ['1', '2'])
        assert.deepEqual(await ids({ fields: ['phone'], fold: 'digits', values: [['112']] }), ['4', '7'])
        assert.deepEqual(
          await ids({ fields: ['phone'], fold: 'digits', values: [['']] }),
          [],
          'no digits is no number',
        )
        assert.deepEqual(await ids({ fields: ['id'], fold: 'lower', values: [['3']] }), ['3'])
      }))

    it('finds by several fields together, and each row once', () =>
      withTarget(candidate, [people], async (target) => {
        await using session = await target.read()
        const collection = target.collection('person')
        const both = {
          fields: ['first', 'last'],
          fold: 'lower' as const,
          values: [
            ['ada', 'lovelace'],
            ['ada', 'müller'],
          ],
        }
        assert.deepEqual(await cellsOf(session.find({ collection, matches: [both], fields: ['id'] })), [
          ['1'],
          ['2'],
        ])
        const [row] = await Array.fromAsync(
          session.find({
            collection,
            matches: [{ fields: ['id'], fold: 'none', values: [['1']] }],
            fields: [],
          }),
        )
        assert.ok(row)
        assert.deepEqual(row.cells, [])
        const union = {
          collection,
          matches: [both, { ...both, fold: 'none' as const }],
          keys: [row.key],
          fields: ['last', 'id'],
        }
        assert.deepEqual(await cellsOf(session.find(union)), [
          ['LOVELACE', '2'],
          ['Lovelace', '1'],
        ])
      }))

    it('finds nothing for an empty query, a malformed key, or a value the field cannot hold', () =>
      withTarget(candidate, [people], async (target) => {
        await using session = await target.read()
        const collection = target.collection('person')
        const none = async (query: { matches?: readonly Match[]; keys?: readonly string[] }) => {
          assert.deepEqual(await cellsOf(session.find({ collection, ...query, fields: ['id'] })), [])
          assert.equal(await session.count({ collection, ...query }), 0)
        }
        await none({})
        await none({ matches: [{ fields: ['email'], fold: 'lower', values: [] }] })
        await none({
          matches: [],
          keys: [
            '',
            '{}',
            '[]',
            '["1","2"]',
            '[null]',
            'not a key',
            '["x\u0000y"]',
            '["99999999999999999999"]',
          ],
        })
        for (const value of [
          'one',
          '',
          ' ',
          '1.5',
          '99999999999999999999',
          "1' or '1'='1",
          'a\u0000b',
          '\ud800',
        ])
          await none({ matches: [{ fields: ['id'], fold: 'none', values: [[value]] }] })
        await none({ matches: [{ fields: ['email', 'phone'], fold: 'none', values: [['a\u0000b', '112']] }] })
      }))

    it('tells NULL from the empty text where the target does', () =>
      withTarget(candidate, [people], async (target) => {
        await using session = await target.read()
        const rows = await everything(session, target.collection('person'), ['id', 'first', 'phone'])
        assert.deepEqual(rows.at(-1), ['7', candidate.knows.nulls ? '' : null, 'ext. 112'])
        assert.deepEqual(rows.at(-2), ['6', '李', null])
      }))

    it('streams every row, and may be left early and read twice at once', () =>
      withTarget(candidate, [numbered(12_000)], async (target) => {
        await using session = await target.read()
        const collection = target.collection('numbered')
        let outer = 0
        let inner = 0
        for await (const { cells } of session.stream(collection, ['email', 'id'])) {
          if (outer++ === 0) assert.deepEqual(cells[0], `user${cells[1]}@example.com`)
          if (outer === 5_000)
            for await (const _ of session.stream(collection, ['id'])) if (++inner === 100) break
        }
        assert.equal(outer, 12_000)
        assert.equal(inner, 100)
        assert.equal(
          await session.count({ collection, matches: [{ fields: ['id'], fold: 'none', values: [['7']] }] }),
          1,
        )
      }))

    it('searches inside texts, for letters of any case and for digits, and takes nothing for a pattern', () =>
      withTarget(candidate, [people], async (target) => {
        await using session = await target.read()
        const collection = target.collection('person')
        const fields = ['email', 'phone', 'first', 'note']
        const ids = async (fold: 'lower' | 'digits', ...texts: string[]) => {
          const needles = texts.map((needle) => ({ fold, text: needle }))
          const rows = await cellsOf(session.search({ collection, fields, needles }))
          return rows.map((cells) => people.rows.find((row) => row[1] === cells[0])?.[0])
        }
        assert.deepEqual((await ids('lower', 'ada@example.com')).sort(), ['1', '2', '4'])
        assert.deepEqual(await ids('lower', 'Élodie müller'), ['3'])
        assert.deepEqual(await ids('lower', 'οδος'), ['5'])
        assert.deepEqual(await ids('lower', '100%'), ['1'])
        assert.deepEqual(await ids('lower', 'a%b', 'paix_3', '\\'), ['3'])
        assert.deepEqual(await ids('lower', 'd_'), [])
        assert.deepEqual((await ids('digits', '612345566')).sort(), ['1', '2', '5'])
        assert.deepEqual(await ids('lower', ''), [])
        assert.deepEqual(await ids('digits', 'none'), [])
      }))

    it('misses nobody in a search whom a look at every row would find', async () => {
      // Letters that meet others in lower case, or nearly do, and signs that mean something to somebody.
      const alike = ['kKK', 'eEéÉ', 'lL', 'vV_', 'iIİı', 'nN%', " -\\'", 'sSſßσΣς', 'aAÅÅ', '0٠7', 'яЯ李🐉']
      const one = fc.tuple(...alike.map((some) => fc.constantFrom(...some))).map((parts) => parts.join(''))
      const texts = fc.sample(one, { seed: 7, numRuns: 120 })
      const rows = texts.map((note, i) => [String(i), note])
      const sketch: Sketch = { name: 'note', fields: [text('id'), text('note')], rows }
      await withTarget(candidate, [sketch], async (target) => {
        await using session = await target.read()
        for (const [i, note] of texts.entries()) {
          const folded = Array.from(foldInside('lower', note))
          const needles = [{ fold: 'lower' as const, text: folded.slice(i % 5, (i % 5) + 5).join('') }]
          const isHit = searchTest(['note'], needles)
          const expected = rows.filter((row) => isHit.passes({ key: '', cells: row.slice(1) }))
          const found = session.search({
            collection: target.collection('note'),
            fields: ['id', 'note'],
            needles,
          })
          const ids = new Set(await Array.fromAsync(found, ({ cells }) => cells[0]))
          assert.deepEqual(
            expected.filter(([id]) => !ids.has(id ?? null)),
            [],
            JSON.stringify(needles),
          )
        }
      })
    })

    it('says which collection or field it does not know', () =>
      withTarget(candidate, [people], async (target) => {
        await using session = await target.read()
        const collection = target.collection('person')
        const unknown = (code: string) => (error: unknown) => isProblem(error, code)
        await assert.rejects(session.sample('nothing.here', 1), unknown('connectors.unknown-collection'))
        await assert.rejects(
          everything(session, collection, ['id', 'nope']),
          unknown('connectors.unknown-field'),
        )
        const match = { fields: ['id" or true --'], fold: 'none' as const, values: [['1']] }
        await assert.rejects(
          session.count({ collection, matches: [match] }),
          unknown('connectors.unknown-field'),
        )
        await assert.rejects(
          cellsOf(session.search({ collection, fields: ['nope'], needles: [] })),
          unknown('connectors.unknown-field'),
        )
        assert.equal(
          (await everything(session, collection, ['id'])).length,
          people.rows.length,
          'and goes on',
        )
      }))

    it('reports a probe without reading anything', () =>
      withTarget(candidate, [people], async (target) => {
        const { engine, latencyMs } = await candidate.driver.probe(target.secret, {
          statementTimeoutMs: 5_000,
          lockTimeoutMs: 100,
        })
        assert.match(engine, /\S/)
        assert.ok(latencyMs >= 0)
      }))
  })
}
