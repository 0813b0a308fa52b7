import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, it, mock } from 'node:test'
import { isProblem } from '../platform/problem.ts'
import { roomAt } from './room.ts'

const settled = () => new Promise((resolve) => setImmediate(resolve))
const place = (label: string) => roomAt(label, { atOnce: 2, waitMs: 1_000, system: 'shop' })

describe('room at a target', () => {
  beforeEach(() => mock.timers.enable({ apis: ['setTimeout'] }))
  afterEach(() => mock.timers.reset())

  it('is for so many at once, and handed on in the order of those who wait', async () => {
    const [first, second] = [await place('a'), await place('a')]
    const entered: string[] = []
    const third = place('a').then((room) => {
      entered.push('third')
      return room
    })
    const fourth = place('a').then((room) => {
      entered.push('fourth')
      return room
    })
    using _ = await place('b')
    await settled()
    assert.deepEqual(entered, [])
    first[Symbol.dispose]()
    first[Symbol.dispose]()
    await settled()
    assert.deepEqual(entered, ['third'], 'given back twice, it is one place all the same')
    second[Symbol.dispose]()
    for (const room of [await third, await fourth]) room[Symbol.dispose]()
    assert.deepEqual(entered, ['third', 'fourth'])
    for (const room of [await place('a'), await place('a')]) room[Symbol.dispose]()
  })

  it('is not waited for without end, and nobody who gave up is handed it', async () => {
    const [first, second] = [await place('a'), await place('a')]
    const late = place('a')
    const refused = assert.rejects(late, (error) => isProblem(error, 'connectors.unreachable'))
    mock.timers.tick(1_000)
    await refused
    first[Symbol.dispose]()
    using _ = await place('a')
    second[Symbol.dispose]()
  })
})
