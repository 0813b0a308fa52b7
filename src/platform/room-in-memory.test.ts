import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { fittingInMemory } from './room-in-memory.ts'

const gigabyte = 2 ** 30

describe('how much of a piece of work is held in memory', () => {
  it('is all that is asked for where there is room', () => {
    assert.equal(fittingInMemory(8_000, 40_000, 4 * gigabyte), 40_000)
    assert.equal(fittingInMemory(1, 40_000), 40_000)
  })

  it('is less on a small machine, and never nothing', () => {
    assert.equal(fittingInMemory(8_000, 40_000, gigabyte), 13_421)
    assert.equal(fittingInMemory(gigabyte, 40_000, gigabyte), 1)
  })
})
