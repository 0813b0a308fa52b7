import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { bundleOf, flipped, recordRequest } from '../src/evidence/bundle.fixture.ts'
import { evidenceJobs } from '../src/evidence/jobs.ts'
import { openLog } from '../src/evidence/log.ts'
import { cosignedAt, rawPublicKey, readWitnessKey, writeVerifierKey } from '../src/evidence/note.ts'
import {
  recordEvidence,
  sequence,
  showCheckpoint,
  verifyBundle,
  witnessStates,
} from '../src/evidence/public.ts'
import { readConfig } from '../src/platform/config.ts'
import type { Context } from '../src/platform/context.ts'
import { isProblem } from '../src/platform/problem.ts'
import { sql } from '../src/platform/sql.ts'
import { commandLine } from './command-line.ts'
import { freshInstallation, type TestInstallation } from './installation.ts'
import { startWitness, type TestWitness } from './witness.ts'

const atWitnesses = (ctx: Context, ...addresses: readonly string[]): Context => ({
  ...ctx,
  witnesses: readConfig({ DOSSIER_WITNESS: addresses.join(' ') }).config.witnesses,
})
const note = (ctx: Context) => recordEvidence(ctx, { kind: 'test.noise', facts: {} })
const troubles = async (ctx: Context) =>
  (await showCheckpoint(ctx)).map(({ size, entries, trouble }) => [size, entries, trouble])

describe('a witness of the evidence log', () => {
  let installation: TestInstallation
  let witness: TestWitness
  let ctx: Context
  beforeEach(async () => {
    installation = await freshInstallation()
    witness = await startWitness()
    ctx = atWitnesses(installation.ctx, witness.address)
    const { origin } = await openLog(ctx)
    witness.trust(writeVerifierKey({ name: origin, publicKey: rawPublicKey(ctx.keyring.signing) }))
    await note(ctx)
    await sequence(ctx)
  })
  afterEach(async () => {
    await witness[Symbol.asyncDispose]()
    await installation.dispose()
  })

  it('is shown every newest checkpoint, with the proof that the log only grew', async () => {
    assert.deepEqual(await troubles(ctx), [[1, 1, null]])
    for (let i = 0; i < 5; i += 1) await note(ctx)
    await sequence(ctx)
    assert.deepEqual(await troubles(ctx), [[6, 6, null]])
    assert.deepEqual(await troubles(ctx), [[6, 6, null]])
    assert.deepEqual(witness.calls, ['/w/add-checkpoint old 0', '/w/add-checkpoint old 1'])
    assert.equal([...witness.seen.values()][0]?.size, 6)
  })

  it('has its cosignature kept with the checkpoint and carried by the bundle', async () => {
    const certificate = await recordRequest(ctx)
    await sequence(ctx)
    await showCheckpoint(ctx)
    const { files, manifest } = await bundleOf(ctx, certificate)
    const key = readWitnessKey(witness.key)
    assert.ok(key && cosignedAt(String(files.get('checkpoint')), key))
    assert.deepEqual(manifest.witnesses, [witness.key])
    const check = (keys: readonly string[], changed = files) =>
      verifyBundle({ files: changed, stray: undefined }, { witnesses: keys })
    const [seen] = check([witness.key]).witnesses
    assert.deepEqual([seen?.name, seen?.size, seen?.given], ['witness.example/w1', manifest.size, true])
    assert.equal(check([]).witnesses[0]?.given, false)
    await using stranger = await startWitness('stranger.example')
    assert.deepEqual(
      check([stranger.key]).findings.map(({ code, place }) => [code, place]),
      [['witness-missing', 'stranger.example']],
    )
    const length = files.get('checkpoint')?.length ?? 0
    assert.equal(check([witness.key], flipped(files, 'checkpoint', (length - 20) * 8)).ok, false)
  })

  it('counts for the size it saw when it has not seen the newest', async () => {
    await recordRequest(ctx)
    await showCheckpoint(ctx)
    const seen = (await witnessStates(ctx))[0]?.size
    const { files, manifest } = await bundleOf(ctx)
    const report = verifyBundle({ files, stray: undefined }, { witnesses: [witness.key] })
    assert.deepEqual([report.ok, report.witnesses[0]?.size], [true, seen])
    assert.ok(seen !== undefined && seen < manifest.size)
  })

  it('that is away, hangs up, lies or never ends keeps nobody from working, and is asked again', async () => {
    for (const [manners, trouble] of [
      ['away', 'refused'],
      ['down', 'unreachable'],
      ['lying', 'cosignature'],
      ['endless', 'unreachable'],
    ] as const) {
      witness.manners = manners
      await note(ctx)
      const { size } = await sequence(ctx)
      assert.deepEqual((await troubles(ctx))[0]?.slice(1), [size, trouble], manners)
      assert.equal(
        (await ctx.db.rows(sql`select from evidence.cosignature s where s.size = ${size}`)).length,
        0,
      )
    }
    witness.manners = 'honest'
    const [job] = evidenceJobs
    await job?.run(ctx, {}, { signal: AbortSignal.timeout(10_000), attempt: 1 })
    assert.deepEqual(
      (await witnessStates(ctx)).map(({ size, entries, trouble }) => [size === entries, trouble]),
      [[true, null]],
    )
  })

  it('tells a restored log from its growth: it has seen more, or something else', async () => {
    await note(ctx)
    await sequence(ctx)
    await showCheckpoint(ctx)
    const [origin, seen] = [...witness.seen][0] ?? ['', undefined]
    assert.ok(seen)
    witness.seen.set(origin, { ...seen, size: 9 })
    await note(ctx)
    await sequence(ctx)
    assert.deepEqual(await troubles(ctx), [[2, 3, 'ahead']])
    witness.seen.set(origin, { ...seen, root: Buffer.alloc(32) })
    assert.deepEqual(await troubles(ctx), [[2, 3, 'forked']])
    witness.seen.set(origin, seen)
    assert.deepEqual(await troubles(ctx), [[3, 3, null]])
  })

  it('is spoken of by the command line and the doctor, with the right exit', async () => {
    const { json } = commandLine(installation, { DOSSIER_WITNESS: witness.address })
    const shown = await json<{ witnesses: { size: number; trouble: string | null }[] }>('evidence', 'witness')
    assert.deepEqual([shown.exit, shown.document.witnesses[0]?.trouble], [0, null])
    await note(ctx)
    witness.manners = 'away'
    assert.equal((await json('evidence', 'witness')).exit, 3)
    const doctor = await json<{ checks: { name: string; state: string; finding: string }[] }>('doctor')
    const check = doctor.document.checks.find(({ name }) => name === 'witness witness.example/w1')
    assert.equal(check?.state, 'warning')
    assert.match(check?.finding ?? '', /has seen 1 of 2 entries\. The witness refuses/)
    witness.manners = 'lying'
    assert.equal((await json('evidence', 'witness')).exit, 1)
  })

  it('that was never told of the log, or was told another key, says so', async () => {
    await using stranger = await startWitness()
    const there = atWitnesses(installation.ctx, stranger.address)
    assert.deepEqual(await troubles(there), [[0, 1, 'unknown-log']])
    const { origin } = await openLog(ctx)
    stranger.trust(writeVerifierKey({ name: origin, publicKey: Buffer.alloc(32, 7) }))
    assert.deepEqual(await troubles(there), [[0, 1, 'untrusted-key']])
    const misspelt = stranger.address.replace(/\+[0-9a-f]{8}\+/, '+00000000+')
    assert.deepEqual(await troubles(atWitnesses(installation.ctx, misspelt)), [[0, 1, 'key-unreadable']])
  })
})

describe('a second directory as witness', () => {
  it('is kept at the newest checkpoint, and never in the place of one that differs', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'dossier-witness-'))
    await using first = await freshInstallation()
    await using second = await freshInstallation()
    try {
      const ctx = atWitnesses(first.ctx, `dir:${directory}`)
      const file = join(directory, 'checkpoint')
      for (const size of [1, 2]) {
        await note(ctx)
        await sequence(ctx)
        assert.deepEqual(await troubles(ctx), [[size, size, null]])
        assert.equal(
          await readFile(file, 'utf8'),
          await readFile(join(ctx.paths.evidence, 'checkpoint'), 'utf8'),
        )
      }
      const intruder = atWitnesses(second.ctx, `dir:${directory}`)
      await note(intruder)
      await sequence(intruder)
      const kept = await readFile(file, 'utf8')
      assert.deepEqual(await troubles(intruder), [[0, 1, 'of-another']])
      assert.equal(await readFile(file, 'utf8'), kept)
      const blocked = atWitnesses(first.ctx, `dir:${join(file, 'below')}`)
      assert.deepEqual(await troubles(blocked), [[0, 2, 'unwritable']])
    } finally {
      await rm(directory, { recursive: true, force: true })
    }
  })
})

describe('the setting DOSSIER_WITNESS', () => {
  it('takes directories and addresses with a key, and refuses whatever else', () => {
    const read = (text: string) => readConfig({ DOSSIER_WITNESS: text }).config.witnesses
    assert.deepEqual(read(''), [])
    assert.deepEqual(read('dir:/a https://w.example/x/#w+01020304+BA=='), [
      { kind: 'directory', path: '/a' },
      { kind: 'http', url: 'https://w.example/x', key: 'w+01020304+BA==' },
    ])
    for (const wrong of ['/a', 'https://w.example', 'ftp://w#k', 'https://user:secret@w.example#k', 'dir:'])
      assert.throws(
        () => read(wrong),
        (error) => isProblem(error, 'platform.config'),
        wrong,
      )
  })
})
