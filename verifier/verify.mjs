#!/usr/bin/env node
// Checks an evidence bundle of Dossier, unpacked: no network, no database, nothing to install but Node 20 or later.
//   node verify.mjs <folder>... [--key <key of the log>] [--witness <key of a witness>]
// Exit 0: everything holds. 1: something does not, and is named. 2: wrong usage.
import { createHash, createPublicKey, verify } from 'node:crypto'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'

const sha256 = (...parts) => parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest()
const hex = (bytes) => bytes.toString('hex')
function base64(text = '') {
  const bytes = Buffer.from(text, 'base64')
  return bytes.toString('base64') === text ? bytes : undefined
}

// Signed notes (C2SP signed-note): algorithm 1 is the log's, 4 a witness's, who signs the time too (tlog-cosignature).
function readKey(text, algorithm) {
  const [, name, id, encoded] = /^([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]{44})$/.exec(text) ?? []
  const bytes = base64(encoded)
  if (bytes?.[0] !== algorithm || hex(sha256(name, '\n', bytes)).slice(0, 8) !== id) return undefined
  const jwk = { kty: 'OKP', crv: 'Ed25519', x: bytes.toString('base64url', 1) }
  const key = createPublicKey({ key: jwk, format: 'jwk' })
  return { name, id, text, algorithm, key, raw: bytes.toString('base64', 1) }
}
function openNote(note, { name, id, algorithm, key }) {
  const end = note.lastIndexOf('\n\n')
  const [text, signatures] = [note.slice(0, end + 1), note.slice(end + 2, -1).split('\n')]
  const lines = signatures.map((line) => /^\u2014 ([^\s+]+) (\S+)$/.exec(line) ?? [])
  const mine = lines.filter((line) => line[1] === name && base64(line[2])?.toString('hex', 0, 4) === id)
  const isNote = end >= 0 && note.endsWith('\n') && lines.every((line) => base64(line[2])?.length > 4)
  if (!isNote || mine.length !== 1 || /[\u0000-\u0009\u000b-\u001f\ufffd]/.test(note)) return undefined
  const bytes = base64(mine[0][2]).subarray(4)
  if (bytes.length !== (algorithm === 4 ? 72 : 64)) return undefined
  const time = algorithm === 4 ? bytes.readBigUInt64BE() : undefined
  const message = algorithm === 4 ? `cosignature/v1\ntime ${time}\n${text}` : text
  return verify(null, Buffer.from(message), key, bytes.subarray(-64)) ? { text, time } : undefined
}
function openCheckpoint(note, key) {
  const [origin, size, root, ...rest] = openNote(note, key)?.text.split('\n') ?? []
  const isOne = origin === key.name && /^(0|[1-9]\d{0,15})$/.test(size) && base64(root)?.length === 32
  return isOne && rest.join() === '' ? { size: Number(size), root: base64(root) } : undefined
}

// Proofs (RFC 9162, 2.1.3.2 and 2.1.4.2): the hashes on the way to the root, one a step; undefined if it cannot fit.
function walk(node, last, start, hashes) {
  const [way, half] = [[start], (n) => Math.floor(n / 2)]
  let before = start
  for (const hash of hashes) {
    if (last === 0) return undefined
    const isRight = node % 2 === 1 || node === last
    way.push(isRight ? sha256('\x01', hash, way.at(-1)) : sha256('\x01', way.at(-1), hash))
    if (isRight) before = sha256('\x01', hash, before)
    while (isRight && node % 2 === 0 && node !== 0) [node, last] = [half(node), half(last)]
    ;[node, last] = [half(node), half(last)]
  }
  return last === 0 ? { way, before } : undefined
}
function consistency(first, size, hashes) {
  let [node, last] = [first.size - 1, size - 1]
  while (node % 2 === 1) [node, last] = [(node - 1) / 2, Math.floor(last / 2)]
  const [start, ...rest] = node === 0 ? [first.root, ...hashes] : hashes
  const walked = start && first.size > 0 && first.size < size ? walk(node, last, start, rest) : undefined
  return walked?.before.equals(first.root) ? walked : undefined
}
// A head, a hash a line, an empty line, and the checkpoint that the proof leads to.
function readProof(proof, head, checkpoint) {
  const end = proof.indexOf('\n\n')
  const [start, ...hashes] = proof.slice(head.length, end).split('\n')
  const isOne = proof.startsWith(head) && start === '' && proof.slice(end + 2) === checkpoint
  return isOne && hashes.every((hash) => base64(hash)?.length === 32) ? hashes.map(base64) : undefined
}

// The version of the format stands in front of what is signed.
const purpose = 'dossier evidence bundle v1\n'
/** Names whatever is wrong with a bundle, given as its files by path. */
function check(files, trusted, witnesses, find) {
  const text = (path) => String(files.get(path) ?? '')
  const hash = (path) => hex(sha256(files.get(path) ?? ''))
  const key = readKey(text('log.key').slice(0, -1), 1)
  if (!key) return find('log.key', 'is no key')
  if (trusted && ![key.text, key.raw].includes(trusted)) find('log.key', 'is not the key you trust')
  const signed = openNote(text('manifest.note'), key)?.text
  if (!signed) return find('manifest.note', 'is not signed by the log')
  if (signed !== `${purpose}${hash('manifest.json')}\n`) return find('manifest.json', 'was changed')
  const { request, size, entries, checkpoints, files: listed } = JSON.parse(text('manifest.json'))
  for (const file of listed) if (hash(file.path) !== file.sha256) find(file.path, 'is not as it was')
  const known = new Set(['manifest.json', 'manifest.note', ...listed.map(({ path }) => path)])
  for (const path of files.keys()) if (!known.has(path)) find(path, 'does not belong here')
  const note = text('checkpoint')
  const checkpoint = openCheckpoint(note, key)
  if (checkpoint?.size !== size) return find('checkpoint', 'is not signed by the log')
  const follow = (place, walked, nodes) => {
    const step = walked?.way.findIndex((node, i) => hex(node) !== nodes[i])
    if (step >= 0) find(place, `leads astray at step ${step}`)
    else if (!walked?.way.at(-1).equals(checkpoint.root)) find(place, 'does not lead to the signed root')
  }
  for (const { index, id, nodes, detail } of entries) {
    const [path, proof, sealed] = ['.json', '.tlog-proof', '.sealed'].map((end) => `entries/${index}${end}`)
    const leaf = sha256('\x00', files.get(path) ?? '')
    const entry = hex(leaf) === nodes[0] ? JSON.parse(text(path)) : {}
    const hashes = readProof(text(proof), `c2sp.org/tlog-proof@v1\nindex ${index}`, note)
    if (entry.id !== id || entry.request !== request) find(path, `is not the entry ${id}`)
    else follow(proof, hashes && index < size ? walk(index, size - 1, leaf, hashes) : undefined, nodes)
    if (detail === 'enclosed' && hash(sealed) !== entry.commitment) find(sealed, 'is not what was sealed')
  }
  for (const { size: before, nodes } of checkpoints) {
    const [path, proof] = ['', '.consistency'].map((end) => `checkpoints/${before}${end}`)
    const first = openCheckpoint(text(path), key)
    if (first?.size !== before) find(path, 'is not signed by the log')
    const hashes = readProof(text(proof), `old ${before}`, note)
    follow(proof, first && hashes && consistency(first, size, hashes), nodes)
  }
  const notes = [note, ...checkpoints.toReversed().map((one) => text(`checkpoints/${one.size}`))]
  for (const written of witnesses) {
    const witness = readKey(written, 4)
    const seen = witness && notes.map((one) => openNote(one, witness)).find(Boolean)
    const size = seen?.text.split('\n')[1]
    if (!seen) find('checkpoint', `was not cosigned by the witness ${written}`)
    else console.log(`${witness.name} saw ${size}: ${new Date(Number(seen.time) * 1000).toISOString()}.`)
  }
  console.log(`Request ${request}: ${entries.length} entries of the ${size} in the log ${key.name}.`)
  console.log(trusted ? 'The key is the one you trust.' : `Its own key, to be compared: ${key.text}`)
}

/** Whether the bundle in this folder holds; says why. */
function holds(folder, { key, witness = [] }) {
  const isFile = (name) => statSync(join(folder, name)).isFile()
  const names = readdirSync(folder, { recursive: true }).filter(isFile)
  const files = new Map(names.map((name) => [name.replaceAll('\\', '/'), readFileSync(join(folder, name))]))
  const found = []
  try {
    check(files, key, witness, (place, what) => void found.push(`✗ ${place} ${what}.`))
  } catch (error) {
    found.push(`✗ It cannot be read: ${error.message}`)
  }
  console.log([...found, found.length > 0 ? '✗ The bundle does not hold.' : '✓ The bundle holds.'].join('\n'))
  return found.length === 0
}

try {
  const options = { key: { type: 'string' }, witness: { type: 'string', multiple: true } }
  const { values, positionals } = parseArgs({ options, allowPositionals: true })
  if (positionals.length === 0) throw new Error('node verify.mjs <folder>... [--key <key>] [--witness <key>]')
  const verdicts = positionals.map((folder) => holds(folder, values))
  process.exitCode = verdicts.includes(false) ? 1 : 0
} catch (error) {
  console.error(error.message)
  process.exitCode = 2
}
