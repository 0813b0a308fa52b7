import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { turnToLock, untilNoneLocked } from './locks-held.ts'
import { paceOf } from './pace.ts'

describe('work that can wait', () => {
  it('waits for all who hold locks, one after the other, and for no more than them', async () => {
    let holders = 0
    const turns = [1, 2, 3].map(async () => {
      using _ = await turnToLock()
      holders += 1
      assert.equal(holders, 1)
      await new Promise(setImmediate)
      holders -= 1
    })
    await new Promise(setImmediate)
    await untilNoneLocked()
    assert.equal(holders, 0)
    await Promise.all(turns)
    await untilNoneLocked()
  })

  it('gives its turn back once', async () => {
    const [first, second] = [await turnToLock(), turnToLock()]
    first[Symbol.dispose]()
    using _ = await second
    first[Symbol.dispose]()
    let isFree = false
    const free = untilNoneLocked().then(() => {
      isFree = true
    })
    await new Promise(setImmediate)
    assert.equal(isFree, false)
    await free
  })

  it('goes on when others hold theirs for long, and does not wait for those again', async () => {
    using _ = await turnToLock()
    await untilNoneLocked()
    const order: string[] = []
    const ended = untilNoneLocked().then(() => order.push('work'))
    await new Promise(setImmediate)
    order.push('turn')
    await ended
    assert.deepEqual(order, ['work', 'turn'])
    using __ = await turnToLock()
  })

  it('is all reading, and nothing that is written', async () => {
    let hasRead = false
    const locks = await turnToLock()
    const read = paceOf(100)
      .rest()
      .then(() => {
        hasRead = true
      })
    await paceOf().rest()
    await new Promise(setImmediate)
    assert.equal(hasRead, false)
    locks[Symbol.dispose]()
    await read
  })
})
