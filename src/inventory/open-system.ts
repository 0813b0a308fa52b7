import {
  openRead,
  openWrite,
  type ReadSession,
  type SessionLimits,
  type WriteSession,
} from '../connectors/public.ts'
import type { Context } from '../platform/context.ts'
import { isProblem, type Problem } from '../platform/problem.ts'
import { problem } from './problems.ts'
import { type StoredSystem, systemByName } from './queries.ts'
import { isSystemName } from './system.ts'
import { targetOf } from './system-secrets.ts'

/** Long enough for a scan of a large table without index, short enough not to burden a shop at noon. */
export const readLimits: SessionLimits = { statementTimeoutMs: 30_000, lockTimeoutMs: 5_000 }
export const eraseLimits: SessionLimits = { statementTimeoutMs: 60_000, lockTimeoutMs: 5_000 }

/** A read-only session with a system. Throws `inventory.unknown-system` and whatever `connectors.…` the target answers. */
export async function openForReading(ctx: Context, name: string, limits = readLimits): Promise<ReadSession> {
  const system = await knownSystem(ctx, name)
  return openRead(targetOf(ctx, system, 'read'), limits)
}

/** A transaction in a system, with the erase credentials where there are any. Throws like `openForReading`. */
export async function openForErasing(
  ctx: Context,
  name: string,
  limits = eraseLimits,
): Promise<WriteSession> {
  const system = await knownSystem(ctx, name)
  return openWrite(targetOf(ctx, system, 'erase'), limits)
}

/** What is no name may be anything somebody typed: it is neither looked up nor said back. */
export async function knownSystem(ctx: Context, name: string): Promise<StoredSystem> {
  if (!isSystemName(name)) throw problem('inventory.bad-system-name')
  const system = await systemByName(ctx.db, name)
  if (!system) throw problem('inventory.unknown-system', { system: name })
  return system
}

/** The target's own answer that it is out of reach; our own database being so is another matter. */
export const isOutOfReach = (error: unknown): error is Problem =>
  isProblem(error) && error.exit === 3 && error.code.startsWith('connectors.')
