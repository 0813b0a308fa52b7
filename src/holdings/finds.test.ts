import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Match, ReadSession, RowQuery } from '../connectors/public.ts'
import { findInSlices, rememberingFinds } from './finds.ts'

const owner = ['1', '1', '2', '3', '4', '4']

/** A table of six rows; notes the values it is asked for. */
function table() {
  const asked: string[][] = []
  const session = {
    async *find({ matches = [] }: RowQuery) {
      const wanted = new Set(matches.flatMap(({ values }) => values.flat()))
      asked.push([...wanted])
      for (const [key, value] of owner.entries())
        if (wanted.has(value)) yield { key: `["${key}"]`, cells: [value] }
    },
  } as unknown as ReadSession
  return { session, asked }
}

const by = (values: readonly string[], fold: Match['fold'] = 'none') => ({
  collection: 'notes',
  fields: ['owner'],
  matches: [{ fields: ['owner'], fold, values: values.map((value) => [value]) }],
})

test('a round asks for what the one before did not, and gives the rows of both', async () => {
  const { session, asked } = table()
  const find = rememberingFinds(session)
  const first = await Array.fromAsync(find(by(['1', '3'])))
  const second = await Array.fromAsync(find(by(['4', '3', '1'])))
  assert.deepEqual(asked, [['1', '3'], ['4']])
  assert.deepEqual(
    second.map(({ cells }) => cells[0]),
    ['1', '1', '3', '4', '4'],
  )
  assert.equal(second[0], first[0], 'the same row, for whom something is remembered of it')
  assert.equal((await Array.fromAsync(find(by(['1', '3', '4'])))).length, 5)
  assert.equal(asked.length, 2, 'there was nothing new to ask for')
})

test('a round that no longer asks for all is answered anew', async () => {
  const { session, asked } = table()
  const find = rememberingFinds(session)
  await Array.fromAsync(find(by(['1', '2'])))
  const rows = await Array.fromAsync(find(by(['2', '4'])))
  assert.deepEqual(
    rows.map(({ cells }) => cells[0]),
    ['2', '4', '4'],
  )
  assert.deepEqual(asked, [
    ['1', '2'],
    ['2', '4'],
  ])
})

test('many values are asked for in slices, but for those that no index serves', async () => {
  const many = Array.from({ length: 2_500 }, (_, i) => String(i))
  const slices = table()
  assert.equal((await Array.fromAsync(findInSlices(slices.session)(by(many)))).length, owner.length)
  assert.deepEqual(
    slices.asked.map((values) => values.length),
    [1_000, 1_000, 500],
  )
  const whole = table()
  await Array.fromAsync(findInSlices(whole.session)(by(many, 'lower')))
  assert.equal(whole.asked.length, 1)
})
