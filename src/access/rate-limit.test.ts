import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { neighbourhood } from './open-door.ts'
import { limitRate } from './rate-limit.ts'

test('a caller may call as often as the burst allows, and then waits the seconds it is told', () => {
  let now = 0
  const limit = limitRate({ burst: 3, perSecond: 0.5 }, () => now)
  assert.deepEqual(
    [1, 2, 3, 4].map(() => limit.take('a')),
    [0, 0, 0, 2],
  )
  assert.equal(limit.take('b'), 0, 'others are not held up')
  now += 1_999
  assert.equal(limit.take('a'), 1)
  now += 1
  assert.equal(limit.take('a'), 0)
})

test('over any time no more calls pass than burst and rate allow', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(500), { maxLength: 200 }), (pauses) => {
      let now = 0
      const limit = limitRate({ burst: 5, perSecond: 4 }, () => now)
      let passed = 0
      for (const pause of pauses) {
        now += pause
        if (limit.take('a') === 0) passed += 1
      }
      assert.ok(passed <= 5 + (now / 1000) * 4)
    }),
  )
})

test('a flood of names does not fill the memory, and forgets the longest unused first', () => {
  let now = 0
  const limit = limitRate({ burst: 1, perSecond: 0.001 }, () => now)
  limit.take('first')
  limit.take('kept')
  for (let i = 0; i < 9_998; i += 1) limit.take(`name ${i}`)
  limit.take('one more')
  now += 1
  assert.ok(limit.take('kept') > 0, 'still counted')
  assert.equal(limit.take('first'), 0, 'forgotten')
})

const networks: readonly (readonly [string, string])[] = [
  ['203.0.113.7', '203.0.113.7'],
  ['::ffff:203.0.113.7', '203.0.113.7'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
  ['2001:0DB8:0001:0002::9', '2001:db8:1:2'],
  ['2001:db8::1', '2001:db8:0:0'],
  ['::1', '0:0:0:0'],
  ['fe80::1%eth0', 'fe80:0:0:0'],
]
for (const [address, network] of networks)
  test(`${address} is counted as ${network}`, () => {
    assert.equal(neighbourhood(address), network)
  })
