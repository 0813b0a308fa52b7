import { isIPv6 } from 'node:net'
import type { Context } from '../platform/context.ts'
import type { Door } from '../platform/http.ts'
import { isProblem } from '../platform/problem.ts'
import { authenticate } from './authenticate.ts'
import { problem } from './problems.ts'
import { limitRate, type Rate, type RateLimit } from './rate-limit.ts'

export interface Rates {
  /** Calls with one key. */
  readonly key: Rate
  /** Calls of one address to what needs no key. */
  readonly open: Rate
  /** Wrong keys from one address. */
  readonly refused: Rate
}

const usual: Rates = {
  key: { burst: 400, perSecond: 200 },
  open: { burst: 120, perSecond: 20 },
  refused: { burst: 200, perSecond: 5 },
}

/** The door of the HTTP server. Throws 401, 403 and 429 of `access`. */
export function openDoor(ctx: Context, rates: Rates = usual): Door {
  const limits = { key: limitRate(rates.key), open: limitRate(rates.open), refused: limitRate(rates.refused) }
  return {
    async admit({ authorization, address }, scope) {
      if (scope === 'public') {
        count(limits.open, neighbourhood(address))
        return { kind: 'system', id: 'public' }
      }
      const caller = await authenticate(ctx, authorization).catch((error: unknown) => {
        // Only wrong keys are counted by address: behind a proxy all callers share one.
        if (isProblem(error) && error.status === 401) count(limits.refused, neighbourhood(address))
        throw error
      })
      count(limits.key, caller.actor.id)
      if (!caller.scopes.includes(scope)) throw problem('access.scope-missing', { scope })
      return caller.actor
    },
  }
}

function count(limit: RateLimit, name: string): void {
  const seconds = limit.take(name)
  if (seconds > 0) throw problem('access.too-many-calls', { seconds })
}

/** An IPv4 address, or the /64 network of an IPv6 address, of which one household has them all. */
export function neighbourhood(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1]
  if (mapped !== undefined || !isIPv6(address)) return mapped ?? address
  const [head = '', tail = ''] = address.split('%')[0]?.split('::') ?? []
  const [left, right] = [head.split(':').filter(Boolean), tail.split(':').filter(Boolean)]
  const zeros = address.includes('::') ? 8 - left.length - right.length : 0
  const groups = [...left, ...Array<string>(Math.max(0, zeros)).fill('0'), ...right]
  return groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')
}
