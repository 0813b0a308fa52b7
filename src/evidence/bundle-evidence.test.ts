import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { after, before, test } from 'node:test'
import fc from 'fast-check'
import { freshInstallation, type TestInstallation } from '../../test/installation.ts'
import { type Json, sha256 } from '../platform/bytes.ts'
import type { Context } from '../platform/context.ts'
import { isProblem } from '../platform/problem.ts'
import { bundleEvidence } from './bundle-evidence.ts'
import { destroyDetails } from './destroy-details.ts'
import { rawPublicKey } from './note.ts'
import { recordEvidence } from './record-evidence.ts'
import { publicKey, signDocument, verifyDocument } from './signed-document.ts'
import { type EvidenceBundle, verifyBundle } from './verify-bundle.ts'

const requestId = '0190aaaa-0000-7000-8000-000000000001'
const subjectId = '0190aaaa-0000-7000-8000-00000000000a'
const stranger = rawPublicKey(generateKeyPairSync('ed25519').privateKey).toString('base64')

let installation: TestInstallation
let ctx: Context
let certificate: Buffer
let bundle: EvidenceBundle
before(async () => {
  installation = await freshInstallation()
  ctx = installation.ctx
  certificate = Buffer.from(JSON.stringify(signDocument(ctx, { request: requestId, systems: ['shop'] })))
  for (let i = 0; i < 270; i += 1) await recordEvidence(ctx, { kind: 'test.noise', facts: { step: i } })
  await recordEvidence(ctx, {
    subjectId,
    requestId,
    kind: 'requests.approved',
    facts: { rows: 12, byHand: true },
    sealedDetail: Buffer.from('sealed'),
  })
  await recordEvidence(ctx, {
    subjectId,
    requestId,
    kind: 'requests.certified',
    facts: { certificate: sha256(certificate).toString('hex') },
  })
  await recordEvidence(ctx, { kind: 'test.noise', facts: {} })
  const documents = [
    { name: 'certificate.json', mediaType: 'application/json', content: certificate },
    { name: 'letter.txt', mediaType: 'text/plain', content: Buffer.from('a letter') },
  ]
  bundle = await bundleEvidence(ctx, { requestId, documents })
})
after(() => installation?.dispose())

/** As it arrives elsewhere: through a file. */
const sent = (value: unknown): unknown => JSON.parse(JSON.stringify(value))

test("a request's entries can be checked elsewhere, with nothing but the bundle", () => {
  const report = verifyBundle(sent(bundle), publicKey(ctx))
  assert.deepEqual(report.findings, [])
  assert.deepEqual([report.ok, report.entries, report.size], [true, 2, 273])
  assert.equal(report.publicKey, publicKey(ctx))
  assert.deepEqual(
    bundle.entries.map(({ index, leaf }) => [index, leaf.kind]),
    [
      [270, 'requests.approved'],
      [271, 'requests.certified'],
    ],
  )
  assert.deepEqual(bundle.entries[0]?.leaf.facts, { rows: 12, byHand: true })
})

test('a document is proven by the entry that names its hash, and one that none names is said to be unproven', () => {
  const { documents } = verifyBundle(sent(bundle))
  assert.deepEqual(
    documents.map(({ name, entry }) => [name, entry]),
    [
      ['certificate.json', bundle.entries[1]?.leaf.id],
      ['letter.txt', null],
    ],
  )
})

test('a bundle of another log is refused by whoever knows the right key', () => {
  const { ok, findings } = verifyBundle(sent(bundle), stranger)
  assert.deepEqual([ok, findings.map(({ code }) => code)], [false, ['another-key']])
})

test('whatever is changed in entries, proofs, checkpoint, key or documents, the bundle is refused', () => {
  const paths = leaves(sent(bundle) as Json).filter(
    (path) => !['name', 'mediaType'].includes(String(path.at(-1))),
  )
  assert.ok(paths.length > 40)
  const edits: readonly ((value: Json) => Json)[] = [
    (value) => (typeof value === 'string' ? `${value} ` : null),
    (value) => (typeof value === 'string' ? value.slice(1) : -1),
    (value) => (typeof value === 'string' ? swapCase(value) : typeof value === 'number' ? value + 1 : !value),
    (value) => [value],
  ]
  for (const path of paths)
    for (const edit of edits) {
      const changed = replaceAt(sent(bundle) as Json, path, edit)
      if (JSON.stringify(changed) === JSON.stringify(bundle)) continue
      assert.equal(verifyBundle(changed).ok, false, `${path.join('.')} ${edit}`)
    }
})

test('a single character changed anywhere in the file is noticed, or changes nothing that is proven', () => {
  const text = JSON.stringify(bundle)
  fc.assert(
    fc.property(fc.nat({ max: text.length - 1 }), fc.constantFrom(...'0aZ+/="}{,: '), (at, char) => {
      const changed = text.slice(0, at) + char + text.slice(at + 1)
      let parsed: unknown
      try {
        parsed = JSON.parse(changed)
      } catch {
        return
      }
      const report = verifyBundle(parsed)
      const { entries, checkpoint, key } = parsed as EvidenceBundle
      if (report.ok)
        assert.deepEqual(
          { entries, checkpoint, key },
          sent({ entries: bundle.entries, checkpoint: bundle.checkpoint, key: bundle.key }),
        )
    }),
    { numRuns: 3_000 },
  )
})

test('what is no bundle at all is refused without an error', () => {
  for (const nothing of [undefined, null, 0, '', [], {}, { ...bundle, version: 2 }, { ...bundle, extra: 1 }])
    assert.deepEqual(
      verifyBundle(nothing).findings.map(({ code }) => code),
      ['not-a-bundle'],
    )
  fc.assert(fc.property(fc.jsonValue(), (value) => assert.equal(verifyBundle(value).ok, false)))
  const smuggled = JSON.parse(JSON.stringify(bundle).replace('"rows":12', '"rows":12,"__proto__":1'))
  assert.equal(verifyBundle(smuggled).ok, false)
  const twice = { ...bundle, entries: [...bundle.entries, ...bundle.entries.slice(0, 1)] }
  assert.deepEqual(
    verifyBundle(sent(twice)).findings.map(({ code }) => code),
    ['entry-twice'],
  )
})

test('a document signed by another key than the log does not pass', async () => {
  await using other = await freshInstallation()
  const content = Buffer.from(JSON.stringify(signDocument(other.ctx, { request: requestId })))
  const foreign = {
    name: 'certificate.json',
    mediaType: 'application/json',
    sha256: sha256(content).toString('hex'),
    content: content.toString('base64'),
  }
  assert.deepEqual(verifyBundle(sent({ ...bundle, documents: [foreign] })).findings, [
    { code: 'document-signature', place: 'certificate.json' },
  ])
})

test('destroyed details leave a bundle valid, old or new', async () => {
  await destroyDetails(ctx, subjectId)
  assert.equal(verifyBundle(sent(bundle)).ok, true)
  const again = await bundleEvidence(ctx, { requestId })
  assert.deepEqual(
    again.entries.map(({ leaf }) => leaf),
    bundle.entries.map(({ leaf }) => leaf),
  )
  assert.equal(verifyBundle(sent(again)).ok, true)
})

test('a request that nothing is known of has no bundle', async () => {
  await assert.rejects(bundleEvidence(ctx, { requestId: subjectId }), (error) =>
    isProblem(error, 'evidence.no-entries'),
  )
})

test('a bundle is not handed out from a log whose entry was changed', async () => {
  await using other = await freshInstallation()
  await recordEvidence(other.ctx, { requestId, kind: 'requests.approved', facts: { rows: 1 } })
  await bundleEvidence(other.ctx, { requestId })
  await other.ctx.db.run({ parts: [`update evidence.entry e set facts = '{"rows": 2}'`], values: [] })
  await assert.rejects(bundleEvidence(other.ctx, { requestId }), (error) =>
    isProblem(error, 'evidence.damaged'),
  )
})

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

function leaves(
  value: Json,
  path: readonly (string | number)[] = [],
): readonly (readonly (string | number)[])[] {
  if (typeof value !== 'object' || value === null) return [path]
  return Object.entries(value).flatMap(([key, inner]) => leaves(inner, [...path, key]))
}

function replaceAt(value: Json, path: readonly (string | number)[], edit: (value: Json) => Json): Json {
  const [key, ...rest] = path
  if (key === undefined) return edit(value)
  if (Array.isArray(value))
    return value.map((inner, i) => (String(i) === key ? replaceAt(inner, rest, edit) : inner))
  return Object.fromEntries(
    Object.entries(value ?? {}).map(([name, inner]) => [
      name,
      name === key ? replaceAt(inner, rest, edit) : inner,
    ]),
  )
}

const swapCase = (text: string): string =>
  text.replace(/[a-zA-Z]/, (letter) =>
    letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase(),
  )
