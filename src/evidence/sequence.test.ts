import assert from 'node:assert/strict'
import { access, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { freshInstallation, type TestInstallation } from '../../test/installation.ts'
import { type Context, inTransaction } from '../platform/context.ts'
import { openInstallation } from '../platform/installation.ts'
import { sql } from '../platform/sql.ts'
import {
  consistencyProof,
  foldPerfect,
  inclusionProof,
  leafHash,
  rootHash,
  tileWidth,
  verifyConsistency,
  verifyInclusion,
} from './merkle.ts'
import { type Checkpoint, openCheckpoint, rawPublicKey } from './note.ts'
import { hashesBetween } from './queries.ts'
import { recordEvidence } from './record-evidence.ts'
import { restoreState } from './restore-state.ts'
import { appendBatch, sequence } from './sequence.ts'
import { tilesForProofs, tilesInDatabase } from './stored-tiles.ts'
import { tilesOnDisk } from './tile-files.ts'
import { splitEntries, splitHashes, tilePath } from './tiles.ts'
import { verifyLog } from './verify-log.ts'

const record = async (ctx: Context, count: number) => {
  for (let i = 0; i < count; i += 1) await recordEvidence(ctx, { kind: 'test.done', facts: { step: i } })
}

const outside = (ctx: Context, path: string) => readFile(join(ctx.paths.evidence, path))

const isThere = (ctx: Context, path: string) =>
  access(join(ctx.paths.evidence, path)).then(
    () => true,
    () => false,
  )

async function published(ctx: Context): Promise<Checkpoint> {
  const note = (await outside(ctx, 'checkpoint')).toString()
  const name = note.slice(0, note.indexOf('\n'))
  const checkpoint = openCheckpoint(note, { name, publicKey: rawPublicKey(ctx.keyring.signing) })
  assert.ok(checkpoint, 'the checkpoint is signed by the installation')
  return checkpoint
}

const openAgain = ({ config, urls, ctx }: TestInstallation) =>
  openInstallation({ config, urls, actor: ctx.actor, role: 'test', logLevel: 'silent' })

async function assertSound(ctx: Context, size: number) {
  const { ok, findings, ...report } = await verifyLog(ctx)
  assert.deepEqual(findings, [])
  assert.deepEqual(
    { ok, size: report.size, checkpoint: report.checkpoint },
    { ok: true, size, checkpoint: size },
  )
}

/** By what is remembered, by the database and by the files; remembered tiles of smaller trees must not slip in. */
async function proofsAreTheSame({ db, paths }: Context, { size, root }: Checkpoint): Promise<void> {
  const leaves = await hashesBetween(db, 0, 0, size)
  for (const index of [0, Math.floor(size / 2), size - 1]) {
    const proof = await inclusionProof(index, size, tilesForProofs(db, size))
    for (const tiles of [tilesInDatabase(db, size), tilesOnDisk(paths.evidence, size)])
      assert.deepEqual(await inclusionProof(index, size, tiles), proof)
    const leaf = leaves[index] ?? Buffer.of()
    assert.ok(verifyInclusion({ index, size, leaf, root }, proof), `${index} of ${size}`)
  }
}

test('entries become leaves, tiles and a signed checkpoint, in every size around the borders of a tile', async () => {
  await using at = await freshInstallation()
  const { ctx } = at
  const seen: Checkpoint[] = []
  let size = 0
  for (const next of [1, 2, 255, 256, 257, 511, 512, 513, 600]) {
    await record(ctx, next - size)
    assert.deepEqual(await sequence(ctx), { size: next, added: next - size })
    size = next
    const checkpoint = await published(ctx)
    assert.equal(checkpoint.size, size)
    const tiles = tilesOnDisk(ctx.paths.evidence, size)
    assert.deepEqual(await rootHash(size, tiles), checkpoint.root)
    await proofsAreTheSame(ctx, checkpoint)
    for (const earlier of seen) {
      const proof = await consistencyProof(earlier.size, size, tiles)
      assert.ok(verifyConsistency(earlier, checkpoint, proof), `${earlier.size} → ${size}`)
    }
    seen.push(checkpoint)
  }
  const first = await outside(ctx, tilePath(0, 0, tileWidth))
  const hashes = splitHashes(first) ?? []
  assert.equal(hashes.length, 256)
  assert.deepEqual(splitEntries(await outside(ctx, tilePath('entries', 0, 256)))?.map(leafHash), hashes)
  assert.deepEqual((await outside(ctx, 'tile/1/000.p/2')).subarray(0, 32), foldPerfect(hashes))
  assert.equal((await outside(ctx, 'tile/0/002.p/88')).length, 88 * 32)
  assert.ok(await isThere(ctx, 'tile/0/002.p/1'), 'a checkpoint of size 513 was published and needs it')
  assert.equal(
    await isThere(ctx, 'tile/0/000.p'),
    false,
    'a full tile takes the place of its narrower states',
  )
  assert.equal(await isThere(ctx, 'tile/entries/001.p'), false)
  await assertSound(ctx, 600)
})

test('the entries of one act keep their order in the log although they share an instant', async () => {
  const now = new Date('2026-03-01T10:00:00Z')
  await using at = await freshInstallation({ now: () => now })
  await record(at.ctx, 300)
  await sequence(at.ctx)
  const bundles = await Promise.all(
    [tilePath('entries', 0, 256), tilePath('entries', 1, 44)].map((path) => outside(at.ctx, path)),
  )
  const steps = bundles
    .flatMap((bundle) => splitEntries(bundle) ?? [])
    .map((leaf) => JSON.parse(leaf.toString()).facts.step)
  assert.deepEqual(
    steps,
    Array.from({ length: 300 }, (_, i) => i),
  )
})

test('what a transaction undoes is never in the log', async () => {
  await using at = await freshInstallation()
  await assert.rejects(
    inTransaction(at.ctx, async (tx) => {
      await record(tx, 3)
      throw new Error('undone')
    }),
    /undone/,
  )
  await assert.rejects(inTransaction(at.ctx, sequence), /outside transactions/)
  assert.deepEqual(await sequence(at.ctx), { size: 0, added: 0 })
  assert.equal(await isThere(at.ctx, 'checkpoint'), false)
})

test('two processes that record and sequence side by side make one log without gaps or twins', async () => {
  await using at = await freshInstallation()
  await using other = await openAgain(at)
  const work = async (ctx: Context) => {
    let added = 0
    for (let round = 0; round < 8; round += 1) {
      await Promise.all([record(ctx, 6), record(ctx, 7)])
      added += (await sequence(ctx)).added
    }
    return added
  }
  const added = await Promise.all([work(at.ctx), work(other.ctx), work(at.ctx)])
  assert.equal(
    added.reduce((sum, one) => sum + one, 0),
    312,
  )
  await assertSound(at.ctx, 312)
})

test('looking at a log while it grows finds nothing wrong with it', async () => {
  await using at = await freshInstallation()
  await using other = await openAgain(at)
  let growing = true
  const grow = async () => {
    for (let round = 0; round < 10; round += 1) {
      await record(at.ctx, 20)
      await sequence(at.ctx)
    }
    growing = false
  }
  const look = async () => {
    for (let looks = 0; growing || looks < 5; looks += 1) {
      assert.equal((await restoreState(other.ctx)).state, 'current')
      assert.deepEqual((await verifyLog(other.ctx)).findings, [])
    }
  }
  await Promise.all([grow(), look()])
})

test('a kill after the commit and before the files is made good by the next start', async () => {
  await using at = await freshInstallation()
  await record(at.ctx, 5)
  await sequence(at.ctx)
  await record(at.ctx, 300)
  await appendBatch(at.ctx)
  await using next = await openAgain(at)
  assert.deepEqual(await restoreState(next.ctx), { state: 'current', database: 305, checkpoint: 5 })
  assert.deepEqual(await sequence(next.ctx), { size: 305, added: 0 })
  await assertSound(next.ctx, 305)
})

test('a kill between the files leaves the old checkpoint, and the next start writes them again', async () => {
  await using at = await freshInstallation()
  await record(at.ctx, 200)
  await sequence(at.ctx)
  const before = await outside(at.ctx, 'checkpoint')
  await record(at.ctx, 100)
  await sequence(at.ctx)
  const root = at.ctx.paths.evidence
  const files = async () =>
    (await readdir(root, { recursive: true, withFileTypes: true }))
      .filter((one) => one.isFile())
      .map((one) => join(one.parentPath, one.name))
      .sort()
  const [after, whole] = [await outside(at.ctx, 'checkpoint'), await files()]

  await writeFile(join(root, 'checkpoint'), before)
  await rm(join(root, tilePath('entries', 1, 44)))
  await mkdir(join(root, '.drafts'), { recursive: true })
  await writeFile(join(root, '.drafts', 'half'), 'half a ti')
  assert.deepEqual(await sequence(at.ctx), { size: 300, added: 0 })
  assert.deepEqual(await outside(at.ctx, 'checkpoint'), after)
  assert.deepEqual(await files(), whole)
  await assertSound(at.ctx, 300)
})

test('a kill before entries are marked as sequenced does not put them into the log twice', async () => {
  await using at = await freshInstallation()
  await record(at.ctx, 10)
  await sequence(at.ctx)
  await at.ctx.db.run(sql`update evidence.entry e set sequenced_at = null`)
  await record(at.ctx, 1)
  assert.deepEqual(await sequence(at.ctx), { size: 11, added: 1 })
  const waiting = await at.ctx.db.rows(sql`select e.id from evidence.entry e where e.sequenced_at is null`)
  assert.deepEqual(waiting, [])
  await assertSound(at.ctx, 11)
})

test('lost files are written again from the database', async () => {
  await using at = await freshInstallation()
  await record(at.ctx, 300)
  await sequence(at.ctx)
  const before = await outside(at.ctx, 'checkpoint')
  await rm(at.ctx.paths.evidence, { recursive: true })
  assert.equal((await restoreState(at.ctx)).state, 'missing')
  await sequence(at.ctx)
  assert.deepEqual(await outside(at.ctx, 'checkpoint'), before)
  await assertSound(at.ctx, 300)
})
