import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { aCollection, aField, aSystem } from '../inventory/description.fixture.ts'
import type { DataMap } from '../inventory/public.ts'
import { groundsToKeep } from './grounds-to-keep.ts'
import type { Via } from './holdings.ts'
import { mappedSystem } from './mapped-system.ts'

const fields = ['id', 'name', 'status']
const claims = aCollection(
  'claim',
  fields.map((field) => aField(field)),
  { key: ['id'] },
)
const map: DataMap = {
  version: 1,
  rules: { 'open-claims': { ground: 'legal-claims', article: '17(3)(e)', while: "status = 'open'" } },
  systems: {
    desk: {
      collections: {
        claim: {
          rows: 'delete',
          fields: { name: { category: 'person-name' }, status: { category: 'free-text' } },
          keep: [{ rule: 'open-claims', fields: ['name'] }],
        },
      },
    },
  },
}
const system = mappedSystem(map, 'desk', aSystem(claims))

/** The rules that keep the one row, whose status is empty, today. */
function rulesFor(via: Via): readonly string[] {
  const row = { key: '["1"]', cells: ['1', null, null], role: 'owner' as const, clears: [], via }
  // Somebody whose rows were kept before: only then may anything have been erased.
  const other = {
    ...row,
    key: '["2"]',
    cells: ['2', 'Anna', 'closed'],
    via: { by: 'known' as const, keptBy: ['tax'] },
  }
  const rows = [row, other]
  const found = { name: 'desk', collections: [{ name: 'claim', fields, rows, mentions: [] }] }
  const kept = groundsToKeep(system, found, '2026-11-22').get('claim')?.get(row.key) ?? []
  return kept.map(({ rule }) => rule)
}

describe('a ground that nobody can decide on, for what it is judged by is empty', () => {
  it('keeps a row of which nothing was erased', () =>
    assert.deepEqual(rulesFor({ by: 'known' }), ['open-claims']))

  it('keeps a row that it kept before', () =>
    assert.deepEqual(rulesFor({ by: 'known', keptBy: ['tax', 'open-claims'] }), ['open-claims']))

  it('keeps no row that was kept on other grounds alone, and lost by the erasure what this one is judged by', () =>
    assert.deepEqual(rulesFor({ by: 'known', keptBy: ['tax'] }), []))
})
