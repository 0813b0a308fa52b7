import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import { test } from 'node:test'
import fc from 'fast-check'
import { certificateInput, withOnly } from './certificate.fixture.ts'
import { certificateOf, signedCertificateSchema } from './certificate.ts'
import { publishedSchema } from './signed-document-schema.ts'

const signature = { algorithm: 'Ed25519', publicKey: 'key', value: 'signed' } as const

test('a certificate has the published shape', () => {
  for (const input of [
    certificateInput,
    withOnly('shop'),
    { ...certificateInput, verification: null, next: [] },
  ])
    signedCertificateSchema.parse({ document: certificateOf(input), signature })
})

test('a whole is no better than its worst system', () => {
  assert.equal(certificateOf(withOnly('newsletter')).state, 'verified-absent')
  assert.equal(certificateOf(withOnly('newsletter', 'shop')).state, 'kept')
  assert.equal(certificateOf(withOnly('newsletter', 'shop', 'accounting')).state, 'unreachable')
  assert.equal(certificateOf(certificateInput).state, 'residue')
})

test('no erasure is certified as absence while one system is anything else, in whatever order they come', () => {
  fc.assert(
    fc.property(fc.shuffledSubarray([...certificateInput.systems], { minLength: 1 }), (systems) => {
      const { state } = certificateOf({ ...certificateInput, systems })
      assert.equal(
        state === 'verified-absent',
        systems.every((one) => one.state === 'verified-absent'),
      )
      assert.equal(
        state === 'verified-absent' || state === 'kept',
        !systems.some((one) => one.state === 'unreachable' || one.state === 'residue'),
      ) // prettier-ignore
    }),
  )
})

test('an erasure that touched no system is not certified', () => {
  assert.throws(() => certificateOf({ ...certificateInput, systems: [] }), /without systems/)
})

test('what was deleted, changed and kept stands together for each place', () => {
  const shop = certificateOf(certificateInput).systems.find(({ name }) => name === 'shop')
  assert.deepEqual(
    shop?.collections.map(({ name, deleted, changed, kept }) => [name, deleted, changed.length, kept.length]),
    [
      ['public.customer', 0, 2, 1],
      ['public.address', 3, 0, 0],
      ['public.ticket', 0, 2, 0],
      ['public.invoice', 0, 0, 1],
    ],
  )
})

test('kinds of search terms are named once, and no target’s own words get out', () => {
  const certificate = certificateOf(certificateInput)
  assert.deepEqual(certificate.verification?.kinds, ['email', 'phone', 'name'])
  const text = JSON.stringify(certificate)
  assert.ok(!text.includes('db-7.internal'))
  assert.ok(!text.includes('sealed'))
})

test('limits that apply to every search are said every time, the others where they apply', () => {
  assert.deepEqual(certificateOf(withOnly('newsletter')).limits, [
    'target-backups',
    'copies-sent',
    'other-systems',
    'unmapped-forms',
  ])
  assert.deepEqual(certificateOf(certificateInput).limits.slice(4), ['binary', 'short-terms', 'shared-terms'])
})

test('the published schema of a certificate is the one certificates are written by', async () => {
  const published = new URL('../../docs/certificate.schema.json', import.meta.url)
  if (process.env.UPDATE_SCHEMAS) await writeFile(published, publishedSchema(signedCertificateSchema))
  assert.equal(
    await readFile(published, 'utf8'),
    publishedSchema(signedCertificateSchema),
    'run again with UPDATE_SCHEMAS=1',
  )
})
