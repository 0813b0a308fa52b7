import type { ReadSession } from '../connectors/public.ts'
import { type DataMap, openForReading } from '../inventory/public.ts'
import type { Context } from '../platform/context.ts'
import type { Learnt } from './change-rows.ts'
import { type MappedSystem, mappedSystem } from './mapped-system.ts'

/** A system that chunk after chunk of people is erased from, open for reading all the while. */
export interface SystemInWork extends AsyncDisposable {
  readonly name: string
  /** What it took in place of what its CHECKs refused. */
  readonly learnt: Learnt
  /** Opened when it is first asked for, and anew after `close`. */
  reading(map: DataMap): Promise<{ readonly session: ReadSession; readonly system: MappedSystem }>
  /** Where it stopped to answer, or has another shape by now. */
  close(): Promise<void>
}

export function systemInWork(ctx: Context, name: string): SystemInWork {
  let open: { readonly session: ReadSession; readonly system: MappedSystem } | undefined
  const close = async () => {
    const { session } = open ?? {}
    open = undefined
    await session?.[Symbol.asyncDispose]()
  }
  return {
    name,
    learnt: new Map(),
    close,
    async reading(map) {
      if (open) return open
      await using stack = new AsyncDisposableStack()
      const session = stack.use(await openForReading(ctx, name))
      open = { session, system: mappedSystem(map, name, await session.describe({ counts: false })) }
      stack.move()
      return open
    },
    [Symbol.asyncDispose]: close,
  }
}
