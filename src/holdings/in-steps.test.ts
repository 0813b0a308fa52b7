import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { atOnce, inSteps, inTurn } from './in-steps.ts'

const busyFor = (ms: number) => {
  for (const end = performance.now() + ms; performance.now() < end; );
}

describe('work on very many people', () => {
  const numbers = Array.from({ length: 30 }, (_, i) => i)
  const slowly = () =>
    inTurn(numbers, (one, place) => {
      busyFor(10)
      return one + place
    })
  const doubled = numbers.map((one) => 2 * one)

  it('lets others have a turn now and then, and comes to the same', async () => {
    let turns = 0
    const result = await inSteps(slowly(), async () => {
      turns += 1
    })
    assert.deepEqual(result, doubled)
    // 300 ms at least, and a turn after every 50 or so.
    assert.ok(turns >= 3, `${turns}`)
  })

  it('is done in one go where rows are locked meanwhile', async () => {
    let others = 0
    const timer = setInterval(() => {
      others += 1
    }, 1)
    assert.deepEqual(await inSteps(slowly()), doubled)
    assert.equal(others, 0)
    clearInterval(timer)
  })

  it('is heard when it fails', async () => {
    const failing = () =>
      inTurn(numbers, (one) => {
        if (one === 7) throw new Error('seven')
      })
    assert.throws(() => atOnce(failing()), /seven/)
    await assert.rejects(
      inSteps(failing(), async () => undefined),
      /seven/,
    )
  })
})
