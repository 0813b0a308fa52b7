import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { HeldRow, SystemHoldings } from './holdings.ts'
import { closestOf } from './people-apart.ts'

/** Rows of one collection, by whose they are. */
const owners: Readonly<Record<string, readonly number[]>> = {
  '["1"]': [2, 5],
  '["2"]': [5, 7],
  '["3"]': [3],
  '["4"]': [4, 6],
  '["5"]': [8, 9, 10, 11],
  '["6"]': [8],
  '["7"]': [9],
  '["8"]': [10, 11],
  '["9"]': [21],
  '["10"]': [22],
  '["11"]': [20, 23],
  '["12"]': [24],
  '["13"]': [22, 23],
  '["14"]': [30, 31],
  '["15"]': [32],
  '["16"]': [33],
  '["17"]': [34],
  '["18"]': [40, 41, 42, 43, 44],
}
/** Who else is named in them. */
const named: Readonly<Record<string, readonly number[]>> = {
  '["9"]': [20],
  '["10"]': [20],
  '["12"]': [20],
  '["15"]': [30, 31],
  '["16"]': [30, 31],
  '["17"]': [30, 31],
}

const row = (key: string): HeldRow => ({
  key,
  cells: [],
  role: key === '["4"]' ? 'shared' : 'owner',
  clears: [],
  via: { by: 'known' },
})
const found: SystemHoldings = {
  name: 'shop',
  collections: [{ name: 'household', fields: [], rows: Object.keys(owners).map(row), mentions: [] }],
}
const ownersOf = (_: string, key: string) => owners[key] ?? []
const touched = (_: string, key: string) => new Set([...(owners[key] ?? []), ...(named[key] ?? [])])
const closest = (people: readonly number[]) => closestOf(found, { ownersOf, touched }, people, 3)

describe('people of whom too many can only go together', () => {
  it('are taken apart, but for the few who own a row with each other', () =>
    assert.deepEqual(closest([2, 3, 4, 5, 6, 7]), { groups: [[2, 5, 7], [3], [4], [6]], hubs: [] }))

  it('are taken apart too where many own one row, but for one person by two identifiers', () =>
    assert.deepEqual(closest([3, 8, 9, 10, 11]), { groups: [[3], [8], [9], [10, 11]], hubs: [] }))

  it('have nobody to go last where all of them own one row', () =>
    assert.deepEqual(closest([40, 41, 42, 43, 44]), { groups: [[40, 41, 42, 43, 44]], hubs: [] }))

  it('are taken apart where one of them stands in the rows of all the others, who goes last', () =>
    assert.deepEqual(closest([20, 21, 22, 23, 24]), { groups: [[21], [22, 23], [24]], hubs: [[20]] }))

  it('leave one person by two identifiers together, also one who stands in the rows of many', () =>
    assert.deepEqual(closest([30, 31, 32, 33, 34]), { groups: [[32], [33], [34]], hubs: [[30, 31]] }))
})
