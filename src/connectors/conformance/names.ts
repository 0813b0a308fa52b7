import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { isProblem } from '../../platform/problem.ts'
import type { Cell } from '../connector.ts'
import { hostileNames } from './hostile-names.ts'
import {
  type Candidate,
  everything,
  type FieldSketch,
  limits,
  type Sketch,
  text,
  withTarget,
} from './sketch.ts'
import { keyOf } from './writing.ts'

/** Every run tries a slice of the names; CONTRIBUTING.md says how to try ten thousand, and a tenth of them as collections. */
const wanted = Number(process.env['DOSSIER_HOSTILE_NAMES'] ?? 0)
const slice = { field: 120, collection: 80 }
/** InnoDB holds no more long texts in a row. */
const fieldsPerCollection = 150
const collectionsPerTarget = 100

/** Collections and fields of every name are read and erased, and nothing beside them is touched. */
export function namesConform(candidate: Candidate): void {
  const { possible, impossible } = sorted(candidate, 'field')
  describe(`${candidate.name}: hostile names`, () => {
    it(`reads and erases ${possible.length} fields by their names, and touches no other cell`, async () => {
      for (const names of apart(candidate, possible, fieldsPerCollection)) await tryFields(candidate, names)
    })

    it(`never takes another field for one of ${impossible.length} that cannot be`, async () => {
      for (const name of impossible) await tryImpossible(candidate, name)
    })

    it('reads and erases collections by their names, and touches no other', async () => {
      const names = sorted(candidate, 'collection').possible
      for (const some of apart(candidate, names, collectionsPerTarget)) await tryCollections(candidate, some)
    })
  })
}

/** As many names as are wanted that can exist in the target, and those that cannot which came up among them. */
function sorted(candidate: Candidate, of: keyof typeof slice) {
  const usual = Math.min(slice[of], candidate.fewNames ?? Number.POSITIVE_INFINITY)
  const count = Math.max(usual, of === 'field' ? wanted : wanted / 10)
  const [possible, impossible]: [string[], string[]] = [[], []]
  for (const name of hostileNames()) {
    ;(candidate.holds?.(name, of) === false ? impossible : possible).push(name)
    if (possible.length >= count) break
  }
  return { possible, impossible }
}

/** Groups in which no two names mean the same to the target. */
function apart(candidate: Candidate, names: readonly string[], size: number): readonly (readonly string[])[] {
  const groups: Map<string, string>[] = []
  const meant = (name: string) => candidate.means?.(name) ?? name
  for (const name of names) {
    const group = groups.find((one) => one.size < size && !one.has(meant(name)) && meant(name) !== 'person')
    if (group) group.set(meant(name), name)
    else groups.push(new Map([[meant(name), name]]))
  }
  return groups.map((group) => [...group.values()])
}

const adasCell = (place: number): string => `ada ${place}`

/** Ada's cells are numbered; Bob's hold the names, so that the values beside are hostile too. */
const wide = (names: readonly string[]): Sketch => ({
  name: 'hostile',
  fields: [required('person'), ...names.map(text)],
  key: ['person'],
  rows: [
    ['ada', ...names.map((_, i) => adasCell(i))],
    ['bob', ...names],
  ],
})

async function tryFields(candidate: Candidate, names: readonly string[]): Promise<void> {
  const fields = ['person', ...names]
  const bob: readonly Cell[] = ['bob', ...names]
  await withTarget(candidate, [wide(names)], async (target) => {
    const collection = target.collection('hostile')
    const eraseOnly = async (name: string, place: number) => {
      const match = { fields: [name], fold: 'lower' as const, values: [[adasCell(place)]] }
      const query = { collection, matches: [match], fields: [name] }
      const [found, ...more] = await Array.fromAsync(session.find(query))
      assert.deepEqual([found?.cells, more], [[adasCell(place)], []], `found by ${JSON.stringify(name)}`)
      const change = { key: found?.key ?? '', set: Object.fromEntries([[name, null]]) }
      assert.equal(await session.change(collection, [change]), 1)
      const ada = names.map((_, i) => (i === place ? null : adasCell(i)))
      const rows = await everything(session, collection, fields)
      assert.deepEqual(rows, [['ada', ...ada], bob], `after erasing ${JSON.stringify(name)}`)
    }
    await using session = await target.write()
    const undo = new Error('undo')
    for (const [place, name] of names.entries()) {
      const trial = session.savepoint(async () => {
        await eraseOnly(name, place)
        throw undo
      })
      await assert.rejects(trial, (error) => {
        if (error !== undo) throw error
        return true
      })
    }
    const key = await keyOf(session, collection, 'person', 'ada')
    const set = Object.fromEntries(names.map((name) => [name, null]))
    assert.equal(await session.change(collection, [{ key, set }]), 1)
    await session.commit()
    await using after = await target.read()
    const erased = ['ada', ...names.map(() => null)]
    assert.deepEqual(await everything(after, collection, fields), [erased, bob])
  })
}

/** The target refuses the name, or cannot be read with it, or has cut it: then ours does not reach what it became. */
async function tryImpossible(candidate: Candidate, name: string): Promise<void> {
  const target = await candidate.create([wide(['beside', name])]).catch(() => null)
  if (target === null) return
  try {
    const collection = target.collection('hostile')
    await using session = await candidate.driver.openWrite(target.secret, limits)
    const { collections } = await session.describe()
    const described = collections.find((one) => one.name === collection)
    assert.ok(described)
    if (described.unreadable !== null) return
    const fields = described.fields.map((field) => field.name)
    assert.ok(!fields.includes(name), `${JSON.stringify(name)} can exist after all`)
    const before = await everything(session, collection, fields)
    const key = await keyOf(session, collection, 'person', 'ada')
    const change = { key, set: Object.fromEntries([[name, null]]) }
    const match = { fields: [name], fold: 'none' as const, values: [[adasCell(1)]] }
    const isUnknown = (error: unknown) => isProblem(error, 'connectors.unknown-field')
    const trial = (work: () => Promise<unknown>) => assert.rejects(session.savepoint(work), isUnknown)
    await trial(() => session.change(collection, [change]))
    await trial(() => Array.fromAsync(session.find({ collection, matches: [match], fields: [] })))
    await trial(() => Array.fromAsync(session.stream(collection, [name])))
    assert.deepEqual(await everything(session, collection, fields), before)
  } finally {
    await target.drop()
  }
}

/** Each collection loses Ada's row and gives Bob's another e-mail address: its own name. */
async function tryCollections(candidate: Candidate, names: readonly string[]): Promise<void> {
  const sketches = names.map(
    (name): Sketch => ({
      name,
      fields: [required('id'), text('email')],
      key: ['id'],
      rows: [
        ['1', 'ada'],
        ['2', 'bob'],
      ],
    }),
  )
  await withTarget(candidate, sketches, async (target) => {
    {
      await using session = await target.write()
      for (const name of names) {
        const collection = target.collection(name)
        const keys = [await keyOf(session, collection, 'email', 'ada')]
        assert.equal(await session.remove(collection, keys), 1)
        const key = await keyOf(session, collection, 'email', 'bob')
        assert.equal(await session.change(collection, [{ key, set: { email: name } }]), 1)
      }
      await session.commit()
    }
    await using session = await target.read()
    const { collections } = await session.describe()
    assert.equal(collections.length, names.length)
    for (const name of names)
      assert.deepEqual(await everything(session, target.collection(name), ['id', 'email']), [['2', name]])
  })
}

/** A key's fields are required, as databases want it. */
const required = (name: string): FieldSketch => ({ ...text(name), required: true })
