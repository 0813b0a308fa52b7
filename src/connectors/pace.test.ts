import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, it, mock } from 'node:test'
import { paced, paceOf } from './pace.ts'

/** Lets everything that waits for nothing but its turn go on. */
const settle = async () => {
  for (let turn = 0; turn < 10; turn++) await Promise.resolve()
}

describe('the load on a target', () => {
  beforeEach(() => mock.timers.enable({ apis: ['setTimeout'] }))
  afterEach(() => mock.timers.reset())

  /** How long a rest lasts, in whole milliseconds. */
  const restOf = async (pace: ReturnType<typeof paceOf>): Promise<number> => {
    let isOver = false
    pace.rest().then(() => {
      isOver = true
    })
    for (let ms = 0; ms < 10_000; ms++) {
      await settle()
      if (isOver) return ms
      mock.timers.tick(1)
    }
    throw new Error('it never ends')
  }

  it('is kept to its share: at a quarter, three times as long a rest as the work was', async () => {
    const pace = paceOf(25)
    pace.worked(60)
    pace.worked(40)
    assert.equal(await restOf(pace), 300)
    assert.equal(await restOf(pace), 0, 'a rest counts once')
  })

  it('is not cut short by work too little for a rest of its own', async () => {
    const pace = paceOf(50)
    for (let work = 0; work < 4; work++) {
      pace.worked(1)
      assert.equal(await restOf(pace), 0)
    }
    pace.worked(1)
    assert.equal(await restOf(pace), 5)
  })

  it('is rested from while nobody asks, but no rest is saved up for later', async () => {
    const pace = paceOf(50)
    pace.worked(30)
    // Real time: the clock by which work is counted is nobody's to set.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 60)
    pace.worked(20)
    assert.equal(await restOf(pace), 20)
  })

  it('needs no rest where all of the time was granted', async () => {
    for (const pace of [paceOf(100), paceOf()]) {
      pace.worked(1_000)
      assert.equal(await restOf(pace), 0)
    }
  })

  it('brings everything there is', async () => {
    async function* three() {
      yield* [1, 2, 3]
    }
    assert.deepEqual(await Array.fromAsync(paced(three(), paceOf())), [1, 2, 3])
  })
})
