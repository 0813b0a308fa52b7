import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Json } from '../platform/bytes.ts'
import type { Context } from '../platform/context.ts'
import { rawPublicKey } from './note.ts'
import { publicKey, signDocument, verifyDocument } from './signed-document.ts'

const { privateKey } = generateKeyPairSync('ed25519')
const ctx = { keyring: { signing: privateKey } } as Context
const stranger = rawPublicKey(generateKeyPairSync('ed25519').privateKey).toString('base64')

/** As it arrives elsewhere: through a file. */
const sent = (value: unknown): unknown => JSON.parse(JSON.stringify(value))

test('a signed document holds for every order of its keys, and for no other content, key or shape', () => {
  const json = fc
    .jsonValue()
    .map(
      (value) =>
        JSON.parse(
          JSON.stringify(value, (_, inner) => (typeof inner === 'number' ? Math.trunc(inner) % 1e9 : inner)),
        ) as Json,
    )
  fc.assert(
    fc.property(json, json, (document, other) => {
      const signed = signDocument(ctx, document)
      const verdict = verifyDocument(sent(signed), publicKey(ctx))
      assert.ok(verdict.valid)
      assert.equal(
        verifyDocument({ ...signed, document: other }).valid,
        JSON.stringify(other) === JSON.stringify(document),
      )
      assert.deepEqual(verifyDocument(signed, stranger), { valid: false, reason: 'another-key' })
      assert.equal(
        verifyDocument({ ...signed, signature: { ...signed.signature, publicKey: stranger } }).valid,
        false,
      )
      assert.deepEqual(verifyDocument(other), { valid: false, reason: 'not-signed-json' })
    }),
  )
  const deep = JSON.parse(`${'['.repeat(50_000)}${']'.repeat(50_000)}`)
  assert.equal(verifyDocument({ document: deep, signature: signDocument(ctx, null).signature }).valid, false)
  const turned = { b: 1, a: { d: [1, 2], c: null } }
  const { signature } = signDocument(ctx, { a: { c: null, d: [1, 2] }, b: 1 })
  assert.equal(verifyDocument({ document: turned, signature }).valid, true)
})
