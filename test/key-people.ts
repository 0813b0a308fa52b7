import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { backUp, drawRecoveryKey } from '../src/backup/public.ts'
import { uuidv7 } from '../src/platform/bytes.ts'
import { type Context, inTransaction } from '../src/platform/context.ts'
import { openKeyring } from '../src/platform/keyring.ts'
import { isProblem } from '../src/platform/problem.ts'
import {
  destroySubjectKey,
  ensureSubject,
  keyLife,
  layTombstones,
  openFor,
  sealFor,
} from '../src/subjects/public.ts'
import { freshInstallation, type TestInstallation } from './installation.ts'

export const hasCode = (code: string) => (error: unknown) => isProblem(error, code)

const dayMs = 86_400_000

/** An installation whose calendar a test turns. */
export async function calendarInstallation(): Promise<{
  readonly at: TestInstallation
  readonly days: (count: number) => void
}> {
  let ahead = 0
  const at = await freshInstallation({ now: () => new Date(Date.now() + ahead) })
  const days = (count: number) => {
    ahead += count * dayMs
  }
  return { at, days }
}

/** Somebody with a key, and something sealed under it. */
export interface Person {
  readonly subjectId: string
  readonly sealed: Buffer
}

let number = 0
export async function person(ctx: Context): Promise<Person> {
  number += 1
  const subjectId = await ensureSubject(ctx, [
    { kind: 'email', value: `p${number}-${process.pid}@example.org` },
  ])
  return { subjectId, sealed: await sealFor(ctx, subjectId, ['t', '1'], `secret of ${subjectId}`) }
}

export async function people(ctx: Context, count: number): Promise<readonly Person[]> {
  const all: Person[] = []
  for (let i = 0; i < count; i += 1) all.push(await person(ctx))
  return all
}

export async function erase(ctx: Context, { subjectId }: Person): Promise<void> {
  await inTransaction(ctx, (tx) => layTombstones(tx, subjectId, [], uuidv7(tx.now())))
  await destroySubjectKey(ctx, subjectId)
}

/** The same installation as whoever remembers no key of anybody sees it. */
export const withoutMemory = async (ctx: Context): Promise<Context> => ({
  ...ctx,
  keyring: await openKeyring(ctx.keyring.directory, { create: false, epochKeys: { kind: 'file' } }),
})

export async function opens(ctx: Context, { subjectId, sealed }: Person): Promise<boolean> {
  const plain = await openFor(ctx, subjectId, ['t', '1'], sealed).catch((error: unknown) => {
    if (isProblem(error, 'subjects.key-destroyed')) return undefined
    throw error
  })
  if (plain) assert.equal(plain.toString(), `secret of ${subjectId}`)
  return plain !== undefined
}

/** What must hold at any moment: whoever lives opens, whoever was erased never does. */
export async function holdsFor(
  ctx: Context,
  { living, gone }: { readonly living: readonly Person[]; readonly gone: readonly Person[] },
): Promise<void> {
  const fresh = await withoutMemory(ctx)
  for (const one of living) assert.equal(await opens(fresh, one), true)
  for (const one of gone) assert.equal(await opens(fresh, one), false)
}

/** A backup that is thrown away at once: what counts here is that it was made, and whether it was verified. */
export async function backup(ctx: Context, verify: boolean): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'dossier-rotation-'))
  const secrets = { main: drawRecoveryKey(), keys: drawRecoveryKey() }
  await backUp(ctx, { directory, secrets, verify }).finally(() => rm(directory, { recursive: true }))
}

/** `1 rewrapped 0`: epoch, state, living keys. */
export const epochsOf = async (ctx: Context): Promise<readonly string[]> =>
  (await keyLife(ctx)).epochs.map(({ epoch, state, keys }) => `${epoch} ${state} ${keys}`)
