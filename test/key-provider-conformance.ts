import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import type { KeyProvider } from '../src/platform/key-provider.ts'
import { isProblem } from '../src/platform/problem.ts'

const hasCode = (code: string) => (error: unknown) => isProblem(error, code)
const place = (subject: string, epoch: number) => ['subject-key', subject, String(epoch)] as const

/** What every keeper of epoch keys must do, whatever stands behind it. It must have no key yet. */
export async function conform(provider: KeyProvider): Promise<void> {
  assert.deepEqual(await provider.list(), [])
  const first = await provider.create(0)
  assert.equal(await provider.create(0), first, 'a key that nobody noted is taken, not left behind')
  assert.deepEqual(await provider.list(), [first])

  const pieces = Array.from({ length: 1_001 }, (_, i) => ({
    plain: randomBytes(32),
    place: place(`${i}`, 1),
  }))
  const wrapped = await provider.wrap(first, pieces)
  assert.equal(new Set(wrapped.map((one) => one.toString('hex'))).size, 1_001, 'no nonce twice')
  const again = wrapped.map((bytes, i) => ({ wrapped: bytes, place: place(`${i}`, 1) }))
  assert.deepEqual(
    await provider.unwrap(first, again),
    pieces.map(({ plain }) => plain),
  )
  const [one = Buffer.of()] = wrapped
  for (const [bytes, where] of [
    [one, place('1', 1)],
    [one, place('0', 2)],
    [one.subarray(0, -1), place('0', 1)],
    [one.subarray(0, -16), place('0', 1)],
    [Buffer.concat([one, Buffer.of(0)]), place('0', 1)],
    [Buffer.of(), place('0', 1)],
  ] as const)
    await assert.rejects(
      provider.unwrap(first, [{ wrapped: bytes, place: where }]),
      hasCode('platform.sealed-mismatch'),
    )
  const mixed = [...again.slice(0, 3), { wrapped: one, place: place('3', 1) }]
  await assert.rejects(
    provider.unwrap(first, mixed),
    hasCode('platform.sealed-mismatch'),
    'not in a batch either',
  )

  const second = await provider.create(first)
  assert.ok(second > first)
  const [other = Buffer.of()] = await provider.wrap(second, [
    { plain: randomBytes(32), place: place('0', 2) },
  ])
  await assert.rejects(
    provider.unwrap(first, [{ wrapped: other, place: place('0', 2) }]),
    hasCode('platform.sealed-mismatch'),
    'the other epoch’s key',
  )
  await provider.retire(first)
  await provider.retire(first)
  assert.deepEqual(await provider.unwrap(first, again.slice(0, 1)), [pieces[0]?.plain], 'held, not gone')

  await provider.destroy(first)
  await provider.destroy(first)
  assert.deepEqual(await provider.list(), [second])
  await assert.rejects(provider.unwrap(first, again.slice(0, 1)), hasCode('platform.key-missing'))
  await assert.rejects(provider.wrap(first, pieces.slice(0, 1)), hasCode('platform.key-missing'))
  assert.equal((await provider.unwrap(second, [{ wrapped: other, place: place('0', 2) }])).length, 1)
  const third = await provider.create(second)
  assert.ok(third > second, 'a number is never used again')
  await provider.destroy(third)
  const left = await provider.list()
  assert.ok(
    left.every((version) => version > third),
    'the newest can end too, and all before it',
  )
  assert.ok((await provider.create(third)) > third)
}
