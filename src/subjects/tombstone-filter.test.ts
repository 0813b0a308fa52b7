import assert from 'node:assert/strict'
import { createHmac, randomBytes } from 'node:crypto'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { freshInstallation } from '../../test/installation.ts'
import { uuidv7 } from '../platform/bytes.ts'
import { tombstone } from './identifier.ts'
import { insertTombstones } from './queries.ts'
import { loadTombstones, prefixHasher, prefixTable } from './tombstone-filter.ts'

describe('the tombstones a sweep compares with', () => {
  it('are hashed as every other tombstone', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 32, maxLength: 32 }),
        fc.string({ unit: 'binary', maxLength: 300 }),
        (key, text) => {
          const wanted = createHmac('sha256', key).update(text).digest('binary')
          assert.equal(prefixHasher(Buffer.from(key)).digest(text), wanted)
        },
      ),
    )
  })

  it('are told from everything else, also where hashes begin alike', () => {
    const word = fc.oneof(fc.nat({ max: 3 }), fc.nat({ max: 0xffffffff }))
    const pairs = fc.array(fc.tuple(word, word), { maxLength: 500 })
    fc.assert(
      fc.property(pairs, pairs, (laid, asked) => {
        const table = prefixTable(0)
        for (const [high, low] of laid) table.add(high, low)
        // Nothing at all stands for the empty place, and is taken for its neighbour.
        const label = ([high, low]: readonly [number, number]) =>
          `${high} ${high === 0 && low === 0 ? 1 : low}`
        const known = new Set(laid.map(label))
        assert.equal(table.size, known.size)
        for (const one of [...laid, ...asked]) assert.equal(table.has(...one), known.has(label(one)))
      }),
      { numRuns: 50 },
    )
  })

  it('are all loaded, each kind under its own key', async () => {
    await using installation = await freshInstallation()
    const { ctx } = installation
    const of = () => ({ subjectId: uuidv7(new Date()), requestId: uuidv7(new Date()) })
    const others = Array.from({ length: 45_000 }, () => ({
      kind: 'number' as const,
      tombstone: randomBytes(32),
    }))
    const anna = { kind: 'email' as const, tombstone: tombstone(ctx, 'email', 'anna@example.org') }
    await insertTombstones(ctx.db, [...others, anna], of(), new Date())
    await insertTombstones(ctx.db, [anna], of(), new Date())
    using filter = await loadTombstones(ctx)
    assert.equal(filter.size, 45_001)
    assert.deepEqual([...filter.kinds].sort(), ['email', 'number'])
    assert.ok(filter.test('email')('anna@example.org'))
    assert.ok(!filter.test('email')('bert@example.org'))
    assert.ok(!filter.test('username')('anna@example.org'))
  })
})
