import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { chunkSizes } from './chunk-size.ts'

/** Chunks in a target that costs so much: how many people they were of, how long rows were locked, and for whom it was done. */
function run(chunks: number, fixed: number, each: number, sizes = chunkSizes()) {
  return Array.from({ length: chunks }, () => {
    const [size, bound] = [sizes.next(), sizes.bound()]
    const lockedMs = fixed + each * size
    const isCut = bound !== null && lockedMs > bound
    if (isCut) sizes.cut(size)
    else sizes.note({ size, lockedMs })
    return { size, lockedMs: isCut ? bound : lockedMs, bound, done: isCut ? 0 : size }
  })
}

const ms = (min: number, max: number) => fc.double({ min, max, noNaN: true })

describe('the number of people in one transaction of a target', () => {
  it('keeps rows locked for less than 250 ms wherever the target lets it', () => {
    fc.assert(
      fc.property(ms(0, 90), ms(0.01, 11), (fixed, each) => {
        for (const { lockedMs, done } of run(30, fixed, each))
          assert.ok(lockedMs <= 200 && done > 0, `${lockedMs}`)
      }),
    )
  })

  it('grows to what the target bears', () => {
    assert.equal(run(30, 15, 0.1).at(-1)?.size, 1_000)
    const size = run(30, 40, 3).at(-1)?.size ?? 0
    assert.ok(size >= 26 && size <= 34, `${size}`)
  })

  it('is as large as may be where nobody waits', () => {
    const sizes = chunkSizes()
    sizes.note({ size: sizes.next(), lockedMs: 0, blocksNobody: true })
    assert.equal(sizes.next(), 1_000)
  })

  it('forgets a first chunk that was slow', () => {
    const sizes = chunkSizes()
    sizes.note({ size: sizes.next(), lockedMs: 600 })
    const size = run(6, 20, 1, sizes).at(-1)?.size ?? 0
    assert.ok(size >= 80, `${size}`)
  })

  it('does not shrink to nothing where the target takes now more, now less', () => {
    const share = fc.double({ min: 0.7, max: 1.3, noNaN: true })
    fc.assert(
      fc.property(fc.array(share, { minLength: 80, maxLength: 80 }), (shares) => {
        const sizes = chunkSizes()
        const used = shares.map((one) => {
          const size = sizes.next()
          sizes.note({ size, lockedMs: one * (60 + size) })
          return size
        })
        const mean = used.slice(20).reduce((sum, size) => sum + size, 0) / 60
        assert.ok(mean >= 35 && mean <= 120, `${mean}`)
      }),
    )
  })

  it('grows where one person already takes longer, but for a look now and then whether that is still so', () => {
    const chunks = run(250, 2_000, 4).slice(20)
    const people = chunks.reduce((sum, { done }) => sum + done, 0)
    const lockedMs = chunks.reduce((sum, one) => sum + one.lockedMs, 0)
    assert.ok(lockedMs / people < 10, `${lockedMs / people} ms of locks for each person`)
    assert.ok(chunks.some(({ bound }) => bound === 200))
    const sizes = chunkSizes()
    run(60, 2_000, 4, sizes)
    const later = run(120, 20, 1, sizes).slice(100)
    assert.ok(later.every(({ bound, lockedMs: held, done }) => bound === 200 && held <= 200 && done > 0))
  })

  it('locks rows for four times as long as one person takes at most, whatever that is, and comes to an end', () => {
    fc.assert(
      fc.property(ms(0, 60_000), ms(0.01, 100), (fixed, each) => {
        const chunks = run(200, fixed, each)
        const one = Math.max(200, fixed + each)
        for (const { lockedMs } of chunks) assert.ok(lockedMs <= 4 * one, `${lockedMs}`)
        assert.ok(chunks.reduce((sum, { done }) => sum + done, 0) >= 100)
      }),
    )
  })

  it('lets the target say what is wrong where nothing ends in time, and does not wait longer and longer', () => {
    const sizes = chunkSizes()
    let waited = 0
    for (let bound = sizes.bound(); bound !== null; bound = sizes.bound()) {
      waited += bound
      sizes.cut(sizes.next())
    }
    assert.ok(waited < 10_000, `${waited} ms`)
  })

  it('keeps to its bound where nothing got on for a moment, three single people long', () => {
    const sizes = chunkSizes()
    for (let alone = 0; alone < 3; ) {
      if (sizes.next() === 1) alone += 1
      sizes.cut(sizes.next())
    }
    assert.ok(run(20, 10, 1, sizes).every(({ bound, done }) => bound === 200 && done > 0))
  })

  it('keeps to its bound when a target was slow for a moment', () => {
    const sizes = chunkSizes()
    while (sizes.bound() === 200) sizes.cut(sizes.next())
    const later = run(20, 10, 1, sizes).slice(1)
    assert.ok(later.every(({ bound, done }) => bound === 200 && done > 0))
  })

  it('comes down when the target becomes slow', () => {
    const sizes = chunkSizes()
    for (let i = 0; i < 20; i += 1) sizes.note({ size: sizes.next(), lockedMs: 10 })
    assert.equal(sizes.next(), 1_000)
    for (let i = 0; i < 6; i += 1) {
      const size = sizes.next()
      sizes.note({ size, lockedMs: size * 2 })
    }
    assert.ok(sizes.next() <= 125, `${sizes.next()}`)
  })
})
