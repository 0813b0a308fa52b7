import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { untilNoneLocked, whileLocked } from './while-locked.ts'

describe('work that can wait', () => {
  it('waits for all who hold locks, and for no more than them', async () => {
    const order: string[] = []
    const [first, second] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    const holders = [first, second].map(({ promise }, i) =>
      whileLocked(async () => {
        await promise
        order.push(`lock ${i}`)
      }),
    )
    const waiter = untilNoneLocked().then(() => order.push('work'))
    first.resolve()
    await holders[0]
    second.resolve()
    await Promise.all([...holders, waiter])
    assert.deepEqual(order, ['lock 0', 'lock 1', 'work'])
    await untilNoneLocked()
  })

  it('goes on when a lock ended in a failure, and when others hold theirs for long', async () => {
    await assert.rejects(whileLocked(() => Promise.reject(new Error('refused'))))
    await untilNoneLocked()
    const long = Promise.withResolvers<void>()
    const holder = whileLocked(() => long.promise)
    await untilNoneLocked()
    long.resolve()
    await holder
  })
})
