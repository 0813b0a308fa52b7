import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { canonicalJson, type Json, publicRandom, uuidv7 } from './bytes.ts'

test('no nonce and no id is drawn twice, however many come from one drawing', () => {
  const seen = new Set<string>()
  const [nonces, ids] = [20_000, 5_000]
  for (let i = 0; i < nonces; i += 1) seen.add(publicRandom(12).toString('hex'))
  const now = new Date()
  for (let i = 0; i < ids; i += 1) seen.add(uuidv7(now))
  assert.equal(seen.size, nonces + ids)
  const first = publicRandom(16)
  const copy = Buffer.from(first)
  for (let i = 0; i < 2_000; i += 1) publicRandom(16)
  assert.deepEqual(first, copy, 'what was drawn stays what it was')
})

const json = fc.jsonValue({ maxDepth: 3 }).map((value) => JSON.parse(JSON.stringify(value)) as Json)

test('canonical JSON is the same whatever the order of the keys, and says the same', () => {
  const turned = (value: Json): Json =>
    typeof value !== 'object' || value === null
      ? value
      : Array.isArray(value)
        ? value.map(turned)
        : Object.fromEntries(
            Object.entries(value)
              .toReversed()
              .map(([key, inner]) => [key, turned(inner)]),
          )
  fc.assert(
    fc.property(json, (value) => {
      const text = canonicalJson(value)
      assert.equal(canonicalJson(turned(value)), text)
      assert.deepEqual(JSON.parse(text), value)
    }),
  )
  assert.equal(canonicalJson({ é: 1, z: [], a: {}, B: 'x\u2028' }), '{"B":"x\u2028","a":{},"z":[],"é":1}')
})
