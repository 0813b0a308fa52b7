import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { lane, vectorRoom } from './vector-sums.ts'

const floatBytes = 4
/** Numbers that sums of a few dozen keep exactly, so that the order of the adding does not matter. */
const small = fc.integer({ min: -128, max: 127 })
const rowsOf = (rows: number, lanes: number) => ({
  inputs: fc.array(small, { minLength: rows, maxLength: rows }),
  layer: fc.array(small, { minLength: rows * lanes * lane, maxLength: rows * lanes * lane }),
  before: fc.array(small, { minLength: lanes * lane, maxLength: lanes * lane }),
})
const shape = fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 3 }))

describe('sums over rows', () => {
  it('of numbers are what adding one after the other comes to, and nothing beside them changes', () => {
    const room = vectorRoom(1 << 16)
    fc.assert(
      fc.property(
        shape.chain(([rows, lanes]) => fc.record(rowsOf(rows, lanes))),
        ({ inputs, layer, before }) => {
          const { floats } = room.views()
          floats.fill(0)
          const [at, sums] = [100, 4000]
          floats.set(inputs, 0)
          floats.set(layer, at)
          floats.set(before, sums)
          room.addRows(0, inputs.length, at * floatBytes, before.length, sums * floatBytes)
          const expected = before.map((sum, h) =>
            inputs.reduce((all, amount, k) => all + amount * (layer[k * before.length + h] ?? 0), sum),
          )
          assert.deepEqual([...floats.subarray(sums, sums + before.length)], expected)
          assert.deepEqual([...floats.subarray(at, at + layer.length)], layer)
          assert.equal(floats[sums - 1], 0)
          assert.equal(floats[sums + before.length], 0)
        },
      ),
      { numRuns: 50 },
    )
  })
  it('of bytes are those of the rows a list names, each as often as it stands there', () => {
    const room = vectorRoom(1 << 16)
    fc.assert(
      fc.property(
        shape.chain(([rows, lanes]) =>
          fc.record({ ...rowsOf(rows, lanes), order: fc.array(fc.nat(rows - 1), { minLength: 1 }) }),
        ),
        ({ inputs, layer, before, order }) => {
          const { floats, bytes, shorts } = room.views()
          const [amounts, sums, table] = [1000, 2000, 20_000]
          shorts.set(order, 0)
          floats.set(
            order.map((row) => inputs[row] ?? 0),
            amounts,
          )
          floats.set(before, sums)
          const stride = before.length + 4
          for (let row = 0; row < inputs.length; row++)
            bytes.set(layer.slice(row * before.length, (row + 1) * before.length), table + row * stride)
          room.addPlaces(
            0,
            amounts * floatBytes,
            order.length,
            table,
            stride,
            before.length,
            sums * floatBytes,
          )
          const expected = before.map((sum, h) =>
            order.reduce((all, row) => all + (inputs[row] ?? 0) * (layer[row * before.length + h] ?? 0), sum),
          )
          assert.deepEqual([...floats.subarray(sums, sums + before.length)], expected)
        },
      ),
      { numRuns: 50 },
    )
  })
  it('are of the same numbers when the room has grown', () => {
    const room = vectorRoom(1)
    room.views().floats.set([1, 2, 3], 0)
    room.growTo(200_000)
    const { floats } = room.views()
    assert.ok(floats.byteLength >= 200_000)
    assert.deepEqual([...floats.subarray(0, 3)], [1, 2, 3])
  })
})
