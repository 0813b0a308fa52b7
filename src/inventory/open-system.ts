import {
  openRead,
  openWrite,
  type ReadSession,
  type SessionLimits,
  type WriteSession,
} from '../connectors/public.ts'
import { restoreState } from '../evidence/public.ts'
import type { Context } from '../platform/context.ts'
import type { Keyring } from '../platform/keyring.ts'
import { isProblem, type Problem } from '../platform/problem.ts'
import { problem } from './problems.ts'
import { type StoredSystem, systemByName } from './queries.ts'
import { isSystemName } from './system.ts'
import { targetOf } from './system-secrets.ts'

/** Long enough for a scan of a large table without index, short enough not to burden a shop at noon. */
export const readLimits: SessionLimits = { statementTimeoutMs: 30_000, lockTimeoutMs: 5_000 }
export const eraseLimits: SessionLimits = { statementTimeoutMs: 60_000, lockTimeoutMs: 5_000 }

/**
 * A read-only session with a system. Throws `inventory.unknown-system`, `inventory.restored`, and whatever `connectors.…`
 * the target answers.
 */
export async function openForReading(ctx: Context, name: string, limits = readLimits): Promise<ReadSession> {
  await refuseRestored(ctx)
  return openBehindShutDoors(ctx, name, limits)
}

/** For the sweep, by which shut doors open again, and for the test of a connection. Throws as `openForReading` otherwise does. */
export async function openBehindShutDoors(
  ctx: Context,
  name: string,
  limits = readLimits,
): Promise<ReadSession> {
  const system = await knownSystem(ctx, name)
  return openRead(targetOf(ctx, system, 'read'), { load: system.load, ...limits })
}

/** A transaction in a system, with the erase credentials where there are any. Throws like `openForReading`. */
export async function openForErasing(
  ctx: Context,
  name: string,
  limits = eraseLimits,
): Promise<WriteSession> {
  await refuseRestored(ctx)
  return openForErasingBehindShutDoors(ctx, name, limits)
}

/** For the test of a connection alone, which erases nothing. */
export async function openForErasingBehindShutDoors(
  ctx: Context,
  name: string,
  limits = eraseLimits,
): Promise<WriteSession> {
  const system = await knownSystem(ctx, name)
  return openWrite(targetOf(ctx, system, 'erase'), limits)
}

/** What is no name may be anything somebody typed: it is neither looked up nor said back. */
/** A database is not restored under a running product: what was seen a moment ago still holds. */
const stillHoldsMs = 5_000
const seenCurrent = new WeakMap<Keyring, number>()

/**
 * A restored database of ours does not know whom it erased since its backup: nothing is read or written for anybody until
 * a sweep has looked (design §6). Throws `inventory.restored`.
 */
export async function refuseRestored(ctx: Context): Promise<void> {
  if (performance.now() < (seenCurrent.get(ctx.keyring) ?? 0)) return
  const { state } = await restoreState(ctx)
  if (state === 'behind' || state === 'unswept') throw problem('inventory.restored')
  seenCurrent.set(ctx.keyring, performance.now() + stillHoldsMs)
}

export async function knownSystem(ctx: Context, name: string): Promise<StoredSystem> {
  if (!isSystemName(name)) throw problem('inventory.bad-system-name')
  const system = await systemByName(ctx.db, name)
  if (!system) throw problem('inventory.unknown-system', { system: name })
  return system
}

/** The target's own answer that it is out of reach; our own database being so is another matter. */
export const isOutOfReach = (error: unknown): error is Problem =>
  isProblem(error) && error.exit === 3 && error.code.startsWith('connectors.')
