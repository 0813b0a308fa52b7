import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import type { Context } from '../src/platform/context.ts'
import type { Db } from '../src/platform/database.ts'
import { sql } from '../src/platform/sql.ts'
import { tendKeys } from '../src/rotation/public.ts'
import { beginEpoch, retireEpochs } from '../src/subjects/public.ts'
import type { TestInstallation } from './installation.ts'
import { calendarInstallation, epochsOf, erase, holdsFor, people, person } from './key-people.ts'

/** Tends keys in a process of its own, which kills itself there. */
async function killedAt(
  { config, urls }: TestInstallation,
  place: string,
  { rotate, aheadMs = 0 }: { readonly rotate: boolean; readonly aheadMs?: number },
): Promise<void> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'key-rotation-killed.fixture.ts')], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      ...process.env,
      DOSSIER_DATA: config.paths.data,
      DATABASE_URL: urls.main,
      KEYS_DATABASE_URL: urls.keys,
      KILL_AT: place,
      ROTATE: rotate ? '1' : '0',
      AHEAD_MS: String(aheadMs),
    },
  })
  const [, signal] = (await once(child, 'exit')) as [number | null, string | null]
  assert.equal(signal, 'SIGKILL', `the process was to be killed ${place}`)
}

/** The same context, its database of keys gone after so many statements. */
function cutAfter(ctx: Context, statements: number): Context {
  let left = statements
  const counted = async <T>(work: () => Promise<T>): Promise<T> => {
    left -= 1
    if (left < 0) throw new Error('cut')
    return work()
  }
  const watched = (db: Db): Db => ({
    rows: (statement) => counted(() => db.rows(statement)),
    row: (statement) => counted(() => db.row(statement)),
    run: (statement) => counted(() => db.run(statement)),
    transaction: (work) => db.transaction((tx) => work(watched(tx))),
  })
  return { ...ctx, keys: watched(ctx.keys) }
}

/** False when it was cut off. */
async function tended(ctx: Context, rotate: boolean): Promise<boolean> {
  try {
    if (rotate) await beginEpoch(ctx)
    await tendKeys(ctx)
    return true
  } catch (error) {
    if (error instanceof Error && error.message === 'cut') return false
    throw error
  }
}

const isMoving = async ({ keys }: Context): Promise<boolean> =>
  (await keys.rows(sql`select from subjects.subject_key_next k`)).length > 0

describe('a rotation that is killed', () => {
  it('goes on: whoever lives opens at every step, whoever was erased never does', async () => {
    const { at, days } = await calendarInstallation()
    await using _ = at
    const { ctx } = at
    const living = [...(await people(ctx, 6))]
    const gone = [...(await people(ctx, 3))]
    for (const one of gone) await erase(ctx, one)
    for (const place of [
      'after create',
      'after insert into subjects.subject_key_next',
      'after drop table',
      'before update subjects.epoch e set told',
    ]) {
      await killedAt(at, place, { rotate: true })
      living.push(await person(ctx))
      await holdsFor(ctx, { living, gone })
      const last = living.shift()
      assert.ok(last)
      await erase(ctx, last)
      gone.push(last)
      await holdsFor(ctx, { living, gone })
    }
    await tendKeys(ctx)
    await holdsFor(ctx, { living, gone })
    const states = await epochsOf(ctx)
    assert.equal(states.at(-1), `${states.length} current ${living.length}`)
    assert.ok(states.slice(0, -1).every((state) => state.endsWith('rewrapped 0')))
    await retireEpochs(ctx, new Date(ctx.now().getTime() + 1))
    days(7)
    await killedAt(at, 'after destroy', { rotate: false, aheadMs: 7 * 86_400_000 })
    await holdsFor(ctx, { living, gone })
    const { destroyed } = await tendKeys(ctx)
    assert.ok(destroyed.includes(1))
    await holdsFor(ctx, { living, gone })
  })

  it('goes on from wherever its database went away', async () => {
    const { at } = await calendarInstallation()
    await using _ = at
    const { ctx } = at
    const living = await people(ctx, 5)
    const gone = await people(ctx, 2)
    const [early, late] = gone
    assert.ok(early && late)
    await erase(ctx, early)
    const erased = [early]
    let cuts = 0
    // Three times at each statement, so that a run begins where others were cut off at several places.
    for (;;) {
      const isBegun = (await epochsOf(ctx)).length === 2
      if (await tended(cutAfter(ctx, 1 + Math.floor(cuts / 3)), !isBegun)) break
      cuts += 1
      if (erased.length === 1 && (await isMoving(ctx))) {
        await erase(ctx, late)
        erased.push(late)
      }
      await holdsFor(ctx, { living, gone: erased })
    }
    assert.ok(cuts > 20, `cut ${cuts} times`)
    assert.equal(erased.length, 2, 'one was erased with keys in both tables')
    assert.deepEqual(await epochsOf(ctx), ['1 rewrapped 0', '2 current 5'])
  })
})
