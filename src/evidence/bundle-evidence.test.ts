import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { after, before, test } from 'node:test'
import fc from 'fast-check'
import { freshInstallation, type TestInstallation } from '../../test/installation.ts'
import { sha256 } from '../platform/bytes.ts'
import type { Context } from '../platform/context.ts'
import { isProblem } from '../platform/problem.ts'
import { bundleOf, flipped, recordRequest, requestId, subjectId } from './bundle.fixture.ts'
import type { EvidenceBundle } from './bundle-evidence.ts'
import { parts, pathsOf, signManifest } from './bundle-manifest.ts'
import { destroyDetails } from './destroy-details.ts'
import { entriesOf } from './entries-of.ts'
import { rawPublicKey, writeVerifierKey } from './note.ts'
import { recordEvidence } from './record-evidence.ts'
import { publicKey, signDocument } from './signed-document.ts'
import { readStoredZip, writeStoredZip } from './stored-zip.ts'
import { type Trust, verifyBundle } from './verify-bundle.ts'

const stranger = rawPublicKey(generateKeyPairSync('ed25519').privateKey).toString('base64')

let installation: TestInstallation
let ctx: Context
let certificate: Buffer
let bundle: EvidenceBundle
let zip: Buffer
before(async () => {
  installation = await freshInstallation()
  ctx = installation.ctx
  certificate = await recordRequest(ctx)
  bundle = await bundleOf(ctx, certificate)
  zip = writeStoredZip(bundle.files)
})
after(() => installation?.dispose())

const check = (files: ReadonlyMap<string, Buffer>, trust: Trust = {}) =>
  verifyBundle({ files, stray: undefined }, trust)
const codes = (files: ReadonlyMap<string, Buffer>, trust: Trust = {}) =>
  check(files, trust).findings.map(({ code, place }) => `${code} ${place}`)

test("a request's entries can be checked elsewhere, with nothing but the zip", () => {
  const report = verifyBundle(readStoredZip(zip), { key: publicKey(ctx) })
  assert.deepEqual(report.findings, [])
  assert.deepEqual([report.ok, report.entries, report.size, report.checkpoints], [true, 2, 273, 1])
  assert.deepEqual([report.publicKey, report.keyFrom, report.request], [publicKey(ctx), 'given', requestId])
  assert.deepEqual(
    bundle.manifest.entries.map(({ index, kind, detail }) => [index, kind, detail]),
    [
      [270, 'requests.approved', 'not-enclosed'],
      [271, 'requests.certified', 'none'],
    ],
  )
  assert.equal(verifyBundle(readStoredZip(zip)).keyFrom, 'bundle')
})

test('a document is proven by the entry that names its hash, and one that none names is said to be unproven', () => {
  assert.deepEqual(
    check(bundle.files).documents.map(({ name, entry }) => [name, entry]),
    [
      ['documents/certificate.json', bundle.manifest.entries[1]?.id],
      ['documents/letter.txt', null],
    ],
  )
})

test('a bundle of another log is refused by whoever knows the right key, in either way of writing it', () => {
  const named = bundle.files.get(parts.key)?.toString().trim() ?? ''
  for (const key of [named, publicKey(ctx)]) assert.equal(check(bundle.files, { key }).ok, true)
  const other = writeVerifierKey({ name: 'dossier/other', publicKey: Buffer.from(stranger, 'base64') })
  for (const key of [stranger, other, named.replace('dossier', 'Dossier'), '', 'no key'])
    assert.deepEqual(codes(bundle.files, { key }), [`another-key ${bundle.manifest.origin}`], key)
})

test('a single bit turned over in any file is found, and found in that file', () => {
  const place = fc
    .constantFrom(...bundle.files)
    .chain(([path, content]) => fc.tuple(fc.constant(path), fc.nat({ max: content.length * 8 - 1 })))
  fc.assert(
    fc.property(place, ([path, bit]) => {
      const { ok, findings } = check(flipped(bundle.files, path, bit))
      assert.equal(ok, false)
      // The list of files and the signature on it are one: which of the two was changed, neither can tell.
      const places = path.startsWith('manifest.') ? [parts.manifest, parts.signature] : [path]
      assert.ok(
        findings.some((finding) => places.includes(finding.place)),
        `${path} ${bit} ${JSON.stringify(findings)}`,
      )
    }),
    { numRuns: 1_500 },
  )
})

test('a single bit turned over in the zip is found, be it in a header, a date, a checksum or the directory', () => {
  fc.assert(
    fc.property(fc.nat({ max: zip.length * 8 - 1 }), (bit) => {
      const changed = flipped(new Map([['zip', zip]]), 'zip', bit).get('zip') ?? zip
      const report = verifyBundle(readStoredZip(changed))
      assert.equal(report.ok, false)
      assert.ok(report.findings.every(({ place }) => place.length > 0))
    }),
    { numRuns: 1_000 },
  )
})

test('a changed proof is located to its step', () => {
  const turnLine = (path: string, line: number, turn: (hash: string) => string) => {
    const lines = bundle.files.get(path)?.toString().split('\n') ?? []
    const changed = lines.with(line, turn(lines[line] ?? ''))
    return check(new Map([...bundle.files, [path, Buffer.from(changed.join('\n'))]])).findings
  }
  const otherHash = (hash: string) => sha256(hash).toString('base64')
  const noHash = (hash: string) => `${hash.slice(0, 5)}!${hash.slice(6)}`
  const [entry] = bundle.manifest.entries
  assert.ok(entry && entry.nodes.length > 3)
  const proof = pathsOf.proof(entry.index)
  for (const step of entry.nodes.keys().drop(1))
    for (const turn of [otherHash, noHash])
      assert.deepEqual(turnLine(proof, 1 + step, turn), [
        { code: 'proof-step', place: proof, entry: entry.id, step },
      ])
  const [earlier] = bundle.manifest.checkpoints
  assert.ok(earlier)
  const consistency = pathsOf.consistency(earlier.size)
  for (const step of earlier.nodes.keys())
    for (const turn of [otherHash, noHash])
      assert.deepEqual(turnLine(consistency, 1 + step, turn), [
        { code: 'consistency-step', place: consistency, step },
      ])
})

test('what is missing, added, cut off or packed anew is said to be so', () => {
  const without = new Map(bundle.files)
  without.delete('index.html')
  assert.deepEqual(codes(without), ['file-missing index.html'])
  const more = new Map([...bundle.files, ['entries/9.json', Buffer.from('{}')]])
  assert.deepEqual(codes(more), ['file-unknown entries/9.json'])
  for (const length of [0, 1, 30, zip.length >> 1, zip.length - 1]) {
    const { ok, findings } = verifyBundle(readStoredZip(zip.subarray(0, length)))
    assert.deepEqual([ok, findings.length > 0], [false, true])
  }
  const behind = verifyBundle(readStoredZip(Buffer.concat([zip, Buffer.from('x')])))
  assert.deepEqual(behind.findings, [{ code: 'archive-changed', place: String(zip.length) }])
  const turned = verifyBundle(readStoredZip(writeStoredZip(new Map([...bundle.files].toReversed()))))
  assert.equal(turned.ok, true, 'an order of files is no content')
})

test('what is no bundle at all is refused without an error', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      assert.equal(verifyBundle(readStoredZip(Buffer.from(bytes))).ok, false)
      assert.equal(check(new Map([...bundle.files, [parts.manifest, Buffer.from(bytes)]])).ok, false)
    }),
  )
  assert.deepEqual(codes(new Map()), ['not-a-bundle manifest.json'])
})

test('whoever has no key of the log cannot make its entries say something else', () => {
  const forger = { name: bundle.manifest.origin, privateKey: generateKeyPairSync('ed25519').privateKey }
  const { index, id } = bundle.manifest.entries[0] ?? { index: 0, id: '' }
  const leaf = bundle.files.get(pathsOf.leaf(index))?.toString() ?? ''
  for (const edit of [
    leaf.replace('"rows":12', '"rows":13'),
    leaf.replace('"rows":12', '"rows":12,"__proto__":1'),
    `${leaf} `,
  ]) {
    const content = Buffer.from(edit)
    const files = bundle.manifest.files.map((file) =>
      file.path === pathsOf.leaf(index)
        ? { ...file, bytes: content.length, sha256: sha256(content).toString('hex') }
        : file,
    )
    const manifest = Buffer.from(JSON.stringify({ ...bundle.manifest, files }))
    const signature = Buffer.from(signManifest(sha256(manifest).toString('hex'), forger))
    const forged = new Map([
      ...bundle.files,
      [pathsOf.leaf(index), content],
      [parts.manifest, manifest],
      [parts.signature, signature],
    ])
    assert.deepEqual(check(forged).findings, [
      { code: 'manifest-changed', place: parts.signature },
      { code: 'entry-changed', place: pathsOf.leaf(index), entry: id },
    ])
  }
})

test('a document signed by another key than the log does not pass', async () => {
  await using other = await freshInstallation()
  const foreign = Buffer.from(JSON.stringify(signDocument(other.ctx, { request: requestId })))
  const found = bundleOf(ctx, foreign)
  await assert.rejects(found, (error) => isProblem(error, 'evidence.damaged'))
})

test('details leave the house only when asked for, and not before the log says so', async () => {
  const open = await bundleOf(ctx, certificate, { withDetails: true })
  const sealed = open.files.get(pathsOf.detail(270))
  assert.equal(sealed?.subarray(32).toString(), 'sealed')
  assert.deepEqual(
    open.manifest.entries.map(({ kind, detail }) => `${kind} ${detail}`),
    ['requests.approved enclosed', 'requests.certified none', 'evidence.details-enclosed none'],
  )
  assert.equal(check(open.files).details.enclosed, 1)
  assert.deepEqual(
    check(flipped(open.files, pathsOf.detail(270), 270)).findings.map(({ code }) => code),
    ['detail-changed'],
  )
})

test('destroyed details leave a bundle valid, old or new', async () => {
  await destroyDetails(ctx, subjectId)
  assert.equal(verifyBundle(readStoredZip(zip), { key: publicKey(ctx) }).ok, true)
  const again = await bundleOf(ctx, certificate, { withDetails: true })
  assert.deepEqual(again.files.get(pathsOf.leaf(270)), bundle.files.get(pathsOf.leaf(270)))
  assert.equal(check(again.files).ok, true)
  assert.deepEqual(
    again.manifest.entries.slice(0, 2).map(({ detail }) => detail),
    ['destroyed', 'destroyed'],
  )
})

test('a request that nothing is known of has no bundle, and asking for its details leaves no trace', async () => {
  for (const unknown of [subjectId, 'anna@example.org'])
    await assert.rejects(bundleOf(ctx, null, { requestId: unknown, withDetails: true }), (error) =>
      isProblem(error, 'evidence.no-entries'),
    )
  assert.deepEqual(await entriesOf(ctx, { requestId: subjectId }), [])
})

test('a bundle is not handed out from a log whose entry was changed', async () => {
  await using other = await freshInstallation()
  await recordEvidence(other.ctx, { requestId, kind: 'requests.approved', facts: { rows: 1 } })
  await bundleOf(other.ctx)
  await other.ctx.db.run({ parts: [`update evidence.entry e set facts = '{"rows": 2}'`], values: [] })
  await assert.rejects(bundleOf(other.ctx), (error) => isProblem(error, 'evidence.damaged'))
})
