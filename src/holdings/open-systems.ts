import type { ReadSession } from '../connectors/public.ts'
import { currentMap, openForReading, roomInSystems } from '../inventory/public.ts'
import type { Context } from '../platform/context.ts'
import { isProblem } from '../platform/problem.ts'
import type { UnreachableSystem } from './holdings.ts'
import { type MappedSystem, mappedSystem } from './mapped-system.ts'
import { sideBySide } from './side-by-side.ts'

/** Systems open for reading, for a search in all of them. */
export interface OpenSystems extends AsyncDisposable {
  readonly open: readonly { readonly system: MappedSystem; readonly session: ReadSession }[]
  /** Those that did not answer, or stopped to. */
  readonly unreachable: UnreachableSystem[]
}

export interface OpenOptions {
  /** Only these; default all that the map names. */
  readonly systems?: readonly string[] | undefined
  /** How long to wait for systems that others use already; see `roomInSystems`. */
  readonly waitMs?: number
  readonly onProgress?: ((system: string, done: number, total: number) => void) | undefined
}

/** So many systems are opened at the same time: one that takes long to refuse keeps only some of the others waiting. */
const openedAtOnce = 8

/** Opens the mapped systems side by side; told of, and answered, in their order. Disposing of them closes their sessions. */
export async function openSystems(
  ctx: Context,
  { systems, waitMs, onProgress }: OpenOptions = {},
): Promise<OpenSystems> {
  await using stack = new AsyncDisposableStack()
  const { map } = await currentMap(ctx)
  const names = systems ?? Object.keys(map.systems)
  const room = stack.use(await roomInSystems(ctx, names, waitMs))
  const opening = sideBySide(names, openedAtOnce, async (name) => {
    const full = room.full.get(name)
    if (full) throw full
    const session = stack.use(await openForReading(ctx, name, { room }))
    return { session, system: mappedSystem(map, name, await session.describe({ counts: false })) }
  })
  // Whatever the first of them does: all have opened or failed before any is closed.
  await using _ = { [Symbol.asyncDispose]: async () => void (await Promise.allSettled(opening)) }
  const open: { system: MappedSystem; session: ReadSession }[] = []
  const unreachable: UnreachableSystem[] = []
  for (const [i, name] of names.entries()) {
    onProgress?.(name, i, names.length)
    try {
      const opened = await opening[i]
      if (opened) open.push(opened)
    } catch (error) {
      unreachable.push(asUnreachable(name, error))
    }
  }
  const resources = stack.move()
  return { open, unreachable, [Symbol.asyncDispose]: () => resources.disposeAsync() }
}

/** A system that cannot be reached, as it is told; throws on what is no such thing. */
export function asUnreachable(name: string, error: unknown): UnreachableSystem {
  if (!isProblem(error) || error.exit !== 3) throw error
  return { name, code: error.code, params: error.params }
}
