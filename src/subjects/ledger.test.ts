import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFile, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { freshInstallation, type TestInstallation } from '../../test/installation.ts'
import { uuidv7 } from '../platform/bytes.ts'
import { type Context, inTransaction } from '../platform/context.ts'
import { sql } from '../platform/sql.ts'
import { ledgerState, mendLedger, tendLedger } from './ledger.ts'
import { ledgerFile, ledgerFiles } from './ledger-file.ts'
import { ensureSubject, findSubjects, type Identifier, isTombstoned, layTombstones } from './public.ts'

const person = (name: string): Identifier => ({ kind: 'email', value: `${name}@example.org` })

async function erase(ctx: Context, ...names: readonly string[]): Promise<void> {
  for (const name of names) {
    const subjectId = await ensureSubject(ctx, [person(name)])
    await layTombstones(ctx, subjectId, [], uuidv7(ctx.now()))
  }
}

/** What a restored backup of the main database looks like that was made before anybody was erased. */
const forgetTombstones = async ({ db }: Context) => {
  await db.run(sql`truncate subjects.tombstone, subjects.ledger`)
}

const only = async ({ paths }: Context): Promise<string> =>
  join(paths.tombstones, ledgerFile((await ledgerFiles(paths.tombstones)).at(-1) ?? 0))

const stateOf = async (ctx: Context) => (await ledgerState(ctx)).state

const each = (title: string, work: (ctx: Context, at: TestInstallation) => Promise<void>) =>
  it(title, async () => {
    await using at = await freshInstallation()
    await work(at.ctx, at)
  })

describe('the ledger of tombstones outside the database', () => {
  each('holds keyed hashes, and nobody’s address', async (ctx) => {
    await erase(ctx, 'anna', 'bert')
    const text = await readFile(await only(ctx), 'utf8')
    assert.equal(text.split('\n').length - 1, 3)
    assert.doesNotMatch(text, /anna|bert|example/)
    assert.deepEqual(await ledgerState(ctx), { state: 'current', records: 3, known: 3, damage: [] })
  })

  each('gives a database back the tombstones it lost', async (ctx) => {
    await erase(ctx, 'anna', 'bert')
    await forgetTombstones(ctx)
    assert.equal(await isTombstoned(ctx, [person('anna')]), false)
    assert.equal(await stateOf(ctx), 'ahead')
    assert.deepEqual(await mendLedger(ctx), { broughtBack: 2, rewritten: false })
    assert.equal(await isTombstoned(ctx, [person('anna')]), true)
    assert.equal(await stateOf(ctx), 'current')
    assert.deepEqual(await mendLedger(ctx), { broughtBack: 0, rewritten: false })
  })

  each('makes a person unfindable again whom a restored database still knows', async (ctx) => {
    const subjectId = await ensureSubject(ctx, [person('anna')])
    const lookups = await ctx.db.rows<{ bidx: Buffer }>(sql`select l.bidx from subjects.lookup l`)
    await layTombstones(ctx, subjectId, [], uuidv7(ctx.now()))
    await forgetTombstones(ctx)
    await ctx.db.run(sql`update subjects.subject s set erased_at = null where s.subject_id = ${subjectId}`)
    await ctx.db.run(sql`insert into subjects.lookup (bidx, kind, subject_id, shared)
      values (${lookups[0]?.bidx}, 'email', ${subjectId}, false)`)
    assert.deepEqual(await findSubjects(ctx, [person('anna')]), [subjectId])
    await mendLedger(ctx)
    assert.deepEqual(await findSubjects(ctx, [person('anna')]), [])
  })

  each(
    'is on the disk before the tombstones are committed: a kill -9 between loses none',
    async (ctx, at) => {
      await erase(ctx, 'anna')
      const child = spawn(process.execPath, [join(import.meta.dirname, 'ledger-killed.fixture.ts')], {
        stdio: ['ignore', 'pipe', 'inherit'],
        env: {
          PATH: process.env['PATH'],
          DATABASE_URL: at.urls.main,
          KEYS_DATABASE_URL: at.urls.keys,
          DOSSIER_DATA: at.config.paths.data,
        },
      })
      await once(child.stdout, 'data')
      assert.ok(child.kill('SIGKILL'))
      await once(child, 'exit')
      assert.equal(await isTombstoned(ctx, [person('killed')]), false, 'nothing was committed')
      assert.equal(await stateOf(ctx), 'ahead')
      await tendLedger(ctx)
      assert.equal(await isTombstoned(ctx, [person('killed')]), true)
      await erase(ctx, 'carla')
      assert.deepEqual(await ledgerState(ctx), { state: 'current', records: 4, known: 4, damage: [] })
    },
  )

  each('goes on after a transaction that was undone', async (ctx) => {
    await erase(ctx, 'anna')
    const subjectId = await ensureSubject(ctx, [person('bert')])
    const undone = inTransaction(ctx, async (tx) => {
      await layTombstones(tx, subjectId, [], uuidv7(tx.now()))
      throw new Error('undone')
    })
    await assert.rejects(undone, /undone/)
    await erase(ctx, 'carla')
    assert.deepEqual(await ledgerState(ctx), { state: 'current', records: 4, known: 4, damage: [] })
  })

  each('is cut where a crash tore its last record off, at any byte', async (ctx) => {
    await erase(ctx, 'anna')
    const file = await only(ctx)
    const whole = await readFile(file)
    const line = whole.subarray(whole.indexOf(0x0a) + 1)
    for (const length of [1, 17, line.length - 45, line.length - 1]) {
      await appendFile(file, line.subarray(0, length))
      assert.equal(await stateOf(ctx), 'current')
      await tendLedger(ctx)
      assert.deepEqual(await readFile(file), whole)
    }
    await appendFile(file, Buffer.alloc(300))
    await erase(ctx, 'bert')
    assert.deepEqual(await ledgerState(ctx), { state: 'current', records: 3, known: 3, damage: [] })
  })

  each('shows every changed byte, and is written anew from the database', async (ctx) => {
    await erase(ctx, 'anna', 'bert', 'carla')
    const file = await only(ctx)
    const whole = await readFile(file)
    for (let at = 3; at < whole.length; at += 41) {
      const changed = Buffer.from(whole)
      changed[at] = (changed[at] ?? 0) ^ 1
      await writeFile(file, changed)
      assert.ok(['damaged', 'behind'].includes(await stateOf(ctx)), `byte ${at}`)
    }
    assert.deepEqual(await mendLedger(ctx), { broughtBack: 0, rewritten: true })
    assert.equal(await stateOf(ctx), 'current')
    await forgetTombstones(ctx)
    assert.deepEqual(await mendLedger(ctx), { broughtBack: 3, rewritten: false })
  })

  each('keeps what can be read behind damage, though the database lost it', async (ctx) => {
    await erase(ctx, 'anna', 'bert', 'carla')
    const file = await only(ctx)
    const lines = (await readFile(file, 'utf8')).split('\n')
    lines[2] = (lines[2] ?? '').replace('request', 'tseuqer')
    await writeFile(file, lines.join('\n'))
    await forgetTombstones(ctx)
    assert.deepEqual((await ledgerState(ctx)).damage.length, 1)
    assert.deepEqual(await mendLedger(ctx), { broughtBack: 2, rewritten: true })
    assert.equal(await isTombstoned(ctx, [person('carla')]), true)
    const set = (await readdir(ctx.paths.tombstones)).filter((name) => name.startsWith('set-aside-'))
    assert.equal(set.length, 1, 'the damaged files are kept apart')
  })

  each('shows a record that was taken out, and files that are gone', async (ctx) => {
    await erase(ctx, 'anna', 'bert', 'carla')
    const file = await only(ctx)
    const whole = await readFile(file, 'utf8')
    const lines = whole.split('\n')
    await writeFile(file, lines.toSpliced(1, 1).join('\n'))
    assert.equal(await stateOf(ctx), 'damaged')
    await writeFile(file, lines.toSpliced(0, 1).join('\n'))
    assert.equal(await stateOf(ctx), 'damaged')
    await writeFile(file, `${lines.slice(0, 3).join('\n')}\n`)
    assert.equal(await stateOf(ctx), 'behind')
    await rename(file, `${file}.gone`)
    assert.equal(await stateOf(ctx), 'behind')
    await rm(ctx.paths.tombstones, { recursive: true })
    assert.equal(await stateOf(ctx), 'behind')
    await erase(ctx, 'dora')
    assert.equal(await stateOf(ctx), 'current')
    await forgetTombstones(ctx)
    assert.deepEqual(await mendLedger(ctx), { broughtBack: 4, rewritten: false })
  })

  each('is written by twenty at once without losing a record', async (ctx) => {
    await Promise.all(Array.from({ length: 20 }, (_, i) => erase(ctx, `person${i}`)))
    assert.deepEqual(await ledgerState(ctx), { state: 'current', records: 21, known: 21, damage: [] })
  })

  each('begins with the tombstones of a database that had none yet', async (ctx) => {
    await erase(ctx, 'anna', 'bert')
    await rm(ctx.paths.tombstones, { recursive: true })
    await ctx.db.run(sql`truncate subjects.ledger`)
    assert.equal(await stateOf(ctx), 'behind')
    await tendLedger(ctx)
    assert.deepEqual(await ledgerState(ctx), { state: 'current', records: 3, known: 3, damage: [] })
  })
})
