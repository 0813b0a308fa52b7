import {
  openRead,
  openWrite,
  type ReadSession,
  roomAt,
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
import { targetOf, type Use } from './system-secrets.ts'

/** Long enough for a scan of a large table without index, short enough not to burden a shop at noon. */
export const readLimits: SessionLimits = { statementTimeoutMs: 30_000, lockTimeoutMs: 5_000 }
export const eraseLimits: SessionLimits = { statementTimeoutMs: 60_000, lockTimeoutMs: 5_000 }

/** So many sessions for reading, and as many for erasing, a system has to bear at once. */
const sessionsAtOnce = 4
/** Longer than one person takes anywhere; whoever waits in vain is told to come back. */
const longestWaitMs = 60_000

/** Places in several systems, and what stands for those that had none left in time. */
export interface Rooms extends Disposable {
  readonly full: ReadonlyMap<string, Problem>
}

/**
 * Room for a session with each of these systems: wherever several are open at once it is taken for all of them before any is
 * opened. `waitMs`: for all of them together.
 */
export async function roomInSystems(
  ctx: Context,
  names: readonly string[],
  waitMs = longestWaitMs,
): Promise<Rooms> {
  using stack = new DisposableStack()
  const full = new Map<string, Problem>()
  const end = performance.now() + waitMs
  for (const name of [...new Set(names)].sort())
    try {
      stack.use(await roomInSystem(ctx, name, 'read', Math.max(0, end - performance.now())))
    } catch (error) {
      if (!isOutOfReach(error)) throw error
      full.set(name, error)
    }
  const places = stack.move()
  return { full, [Symbol.dispose]: () => places.dispose() }
}

/** Throws `connectors.unreachable` when there is none in time. */
const roomInSystem = (ctx: Context, system: string, use: Use, waitMs = longestWaitMs): Promise<Disposable> =>
  roomAt(`${ctx.paths.keys} ${use} ${system}`, { atOnce: sessionsAtOnce, waitMs, system })

/**
 * A read-only session with a system. Throws `inventory.unknown-system`, `inventory.restored`, and whatever `connectors.…`
 * the target answers. `room`: what the caller holds already, this system's place among it.
 */
export async function openForReading(
  ctx: Context,
  name: string,
  { limits = readLimits, room }: { readonly limits?: SessionLimits; readonly room?: Disposable } = {},
): Promise<ReadSession> {
  await refuseRestored(ctx)
  return room ? openRoomed(ctx, name, limits) : openBehindShutDoors(ctx, name, limits)
}

/** For the sweep, by which shut doors open again, and for the test of a connection. Throws as `openForReading` otherwise does. */
export async function openBehindShutDoors(
  ctx: Context,
  name: string,
  limits = readLimits,
): Promise<ReadSession> {
  return inRoom(await roomInSystem(ctx, name, 'read'), () => openRoomed(ctx, name, limits))
}

async function openRoomed(ctx: Context, name: string, limits: SessionLimits): Promise<ReadSession> {
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
  return inRoom(await roomInSystem(ctx, name, 'erase'), async () => {
    const system = await knownSystem(ctx, name)
    return openWrite(targetOf(ctx, system, 'erase'), limits)
  })
}

/** A session that gives its room back when it ends, or when it does not even begin. */
async function inRoom<Session extends ReadSession>(
  room: Disposable,
  open: () => Promise<Session>,
): Promise<Session> {
  await using stack = new AsyncDisposableStack()
  stack.use(room)
  const session = stack.use(await open())
  const resources = stack.move()
  return { ...session, [Symbol.asyncDispose]: () => resources.disposeAsync() }
}

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
