import assert from 'node:assert/strict'
import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  cosignedAt,
  cosignNote,
  openCheckpoint,
  openNote,
  rawPublicKey,
  readVerifierKey,
  readWitnessKey,
  signNote,
  writeCheckpoint,
  writeVerifierKey,
  writeWitnessKey,
} from './note.ts'

/** From the documentation of Go's golang.org/x/mod/sumdb/note, where signed notes come from. */
const goKey = 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW'
const goText = `If you think cryptography is the answer to your problem,
then you don't know what your problem is.
`
const goNote = `${goText}
\u2014 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=
`

function aKey(name: string) {
  const { privateKey } = generateKeyPairSync('ed25519')
  return { name, privateKey, publicKey: rawPublicKey(privateKey) }
}
const key = aKey('dossier/0123456789abcdef')
const checkpoint = { origin: key.name, size: 70_000, root: randomBytes(32) }

test('a note signed by another implementation opens, and its key reads and writes back the same', () => {
  const read = readVerifierKey(goKey)
  assert.ok(read)
  assert.equal(writeVerifierKey(read), goKey)
  assert.equal(openNote(goNote, read), goText)
})

test('a checkpoint is three lines, a blank one, and a signature that names its key', () => {
  const note = signNote(writeCheckpoint(checkpoint), key)
  const lines = note.split('\n')
  assert.deepEqual(lines.slice(0, 4), [key.name, '70000', checkpoint.root.toString('base64'), ''])
  assert.match(lines[4] ?? '', /^\u2014 dossier\/0123456789abcdef [A-Za-z0-9+/]{91}=$/)
  assert.deepEqual(lines.slice(5), [''])
  assert.deepEqual(openCheckpoint(note, key), checkpoint)
})

test('a note does not open with another key, or with the same key under another name', () => {
  const note = signNote(writeCheckpoint(checkpoint), key)
  assert.equal(openNote(note, aKey(key.name)), undefined)
  assert.equal(openNote(note, { ...key, name: 'dossier/other' }), undefined)
  const lent = signNote(writeCheckpoint(checkpoint), { ...key, name: 'dossier/other' })
  assert.equal(openCheckpoint(lent, { ...key, name: 'dossier/other' }), undefined)
})

test('signatures by strangers beside ours are passed over, a false one in our name is not', () => {
  const note = signNote(writeCheckpoint(checkpoint), key)
  const witness = signNote(writeCheckpoint(checkpoint), aKey('witness.example/1')).split('\n').at(-2)
  assert.deepEqual(openCheckpoint(`${note}${witness}\n`, key), checkpoint)
  const forged = signNote(writeCheckpoint({ ...checkpoint, size: 1 }), key)
    .split('\n')
    .at(-2)
  assert.equal(openCheckpoint(`${note}${forged}\n`, key), undefined)
})

test('a checkpoint with one character changed, anywhere, does not open', () => {
  const note = signNote(writeCheckpoint(checkpoint), key)
  fc.assert(
    fc.property(fc.nat({ max: note.length - 1 }), fc.string({ unit: 'binary', maxLength: 2 }), (at, text) => {
      const changed = note.slice(0, at) + text + note.slice(at + 1)
      if (changed !== note) assert.equal(openCheckpoint(changed, key), undefined)
    }),
    { numRuns: 2_000 },
  )
})

test('no text at all makes reading a note or a key fail', () => {
  const parts = fc.constantFrom(
    '\n',
    '\n\n',
    '\u2014 ',
    key.name,
    ' ',
    '0',
    '00',
    goKey,
    goNote,
    '=',
    '\ud800',
  )
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.array(parts).map((all) => all.join('')),
      ),
      (text) => {
        assert.equal(openCheckpoint(text, key), undefined)
        const read = readVerifierKey(text)
        if (read) assert.equal(writeVerifierKey(read), text)
      },
    ),
    { numRuns: 1_000 },
  )
})

test('a size that is not written as the format asks is refused', () => {
  const root = checkpoint.root.toString('base64')
  for (const text of [
    `${key.name}\n070000\n${root}\n`,
    `${key.name}\n-1\n${root}\n`,
    `${key.name}\n9999999999999999\n${root}\n`,
    `${key.name}\n7\n${root.slice(4)}\n`,
    `${key.name}\n7\n${root}\nan extension\n`,
    `${key.name}\n7\n`,
  ])
    assert.equal(openCheckpoint(signNote(text, key), key), undefined, text)
})

test('a cosignature holds for its checkpoint, its witness and its time, and for no other', () => {
  const witness = aKey('witness.example/w1')
  const at = new Date('2026-11-22T08:00:00Z')
  const text = writeCheckpoint(checkpoint)
  const line = cosignNote(text, witness, at)
  const note = signNote(text, key) + line
  assert.deepEqual(cosignedAt(note, witness), at)
  assert.equal(openNote(note, key), text, 'the log’s own signature stands beside it')
  assert.equal(cosignedAt(note, aKey(witness.name)), undefined)
  assert.equal(cosignedAt(note, { ...witness, name: 'witness.example/w2' }), undefined)
  const other = writeCheckpoint({ ...checkpoint, size: checkpoint.size + 1 })
  assert.equal(cosignedAt(signNote(other, key) + line, witness), undefined)
  assert.equal(
    cosignedAt(note + cosignNote(other, witness, at), witness),
    undefined,
    'one that fails spoils all',
  )
  const [, , encoded = ''] = line.trim().split(' ')
  for (let byte = 0; byte < 76; byte += 1) {
    const bytes = Buffer.from(encoded, 'base64')
    bytes[byte] = (bytes[byte] ?? 0) ^ 1
    const changed = line.replace(encoded, bytes.toString('base64'))
    assert.equal(cosignedAt(signNote(text, key) + changed, witness), undefined, `byte ${byte}`)
  }
  const written = writeWitnessKey(witness)
  assert.deepEqual(readWitnessKey(written)?.publicKey, witness.publicKey)
  assert.equal(readVerifierKey(written), undefined, 'a witness’s key is not a log’s')
  assert.equal(readWitnessKey(writeVerifierKey(witness)), undefined)
})
