import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { aCollection, aField, aSystem } from '../inventory/description.fixture.ts'
import type { DataMap, LinkMap } from '../inventory/public.ts'
import type { HeldRow } from './holdings.ts'
import { collectionOf, mappedSystem } from './mapped-system.ts'
import { ownRows, rowsAbove } from './rows-above.ts'

const described = (name: string, fields: readonly string[]) =>
  aCollection(
    name,
    fields.map((field) => aField(field)),
    { key: ['id'] },
  )

const fields = { message: ['id', 'answers', 'quotes', 'person_id'], person: ['id', 'name'] }
const owner = (to: string, from: string): LinkMap => ({ to, on: { [from]: 'id' }, role: 'owner' })
const map: DataMap = {
  version: 1,
  rules: {},
  systems: {
    desk: {
      collections: {
        message: {
          rows: 'delete',
          fields: {},
          links: [owner('message', 'answers'), owner('message', 'quotes'), owner('person', 'person_id')],
        },
        person: { rows: 'delete', fields: { name: { category: 'person-name' } } },
      },
    },
  },
}
const system = mappedSystem(
  map,
  'desk',
  aSystem(described('message', fields.message), described('person', fields.person)),
)

/** What a message answers, what it quotes, and whether it says who wrote it. */
type Message = readonly [answers: number | null, quotes: number | null, isSigned: boolean]

const held = (cells: readonly (string | null)[]): HeldRow => ({
  key: cells[0] ?? '',
  cells,
  role: 'owner',
  clears: [],
  via: { by: 'known' },
})

/** The messages that stay because of the first, whose ground keeps its writer's name. */
function aboveFirst(messages: readonly Message[]): readonly string[] {
  const rows = messages.map(([answers, quotes, isSigned], id) =>
    held([id, answers, quotes, isSigned ? 1 : null].map((cell) => (cell === null ? null : String(cell)))),
  )
  const found = {
    name: 'desk',
    collections: [
      { name: 'message', fields: fields.message, rows, mentions: [] },
      { name: 'person', fields: fields.person, rows: [held(['1', 'Anna Muster'])], mentions: [] },
    ],
  }
  const collection = collectionOf(system, 'message')
  const [row] = rows
  assert.ok(collection && row)
  const above = rowsAbove(system, ownRows(found), { collection, row }, { person: ['name'] })
  return above
    .filter((one) => one.collection === collection)
    .map((one) => one.row.key)
    .toSorted()
}

/** By going every way that passes no message twice. */
function onTheWay(messages: readonly Message[], way: readonly number[] = [0]): ReadonlySet<string> {
  const [answers, quotes, isSigned] = messages[way.at(-1) ?? 0] ?? [null, null, false]
  const further = [answers, quotes].filter((one) => one !== null && messages[one] && !way.includes(one))
  return new Set([
    ...(isSigned ? way.map(String) : []),
    ...further.flatMap((one) => [...onTheWay(messages, [...way, one ?? 0])]),
  ])
}

const link = fc.option(fc.nat({ max: 4 }), { freq: 9 })
const threads = fc.array(fc.tuple(link, link, fc.boolean()), { minLength: 1, maxLength: 5 })

describe('what a kept row holds on to above it', () => {
  it('is nothing that only leads back to it', () =>
    assert.deepEqual(
      aboveFirst([
        [1, null, true],
        [0, null, false],
      ]),
      ['0'],
    ))

  it('is nothing between two rings that every way leaves where it came in', () =>
    assert.deepEqual(
      aboveFirst([
        [2, 1, true],
        [2, 3, false],
        [3, 0, true],
        [1, 0, false],
      ]),
      ['0', '1', '2'],
    ))

  it('is every row on a way that passes none twice, and no other', () =>
    fc.assert(
      fc.property(threads, (messages) => {
        assert.deepEqual(new Set(aboveFirst(messages)), onTheWay(messages))
      }),
      { numRuns: 300 },
    ))
})
