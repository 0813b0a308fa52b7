import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'

/** What was seen while people were erased, by those who stand beside it. */

const rounded = (value: number): number => Math.round(value * 100) / 100

export interface Waits {
  readonly calls: number
  readonly p50: number
  readonly p99: number
  readonly most: number
}

/**
 * What somebody waits who works in the shop meanwhile, in milliseconds: every 20 ms they change one of these customers, by
 * chance, to what it is. Returns what ends it.
 */
export function customersDesk(url: string, customerIds: readonly string[]): () => Promise<Waits> {
  const client = new pg.Client({ connectionString: url })
  const waits: number[] = []
  let isOpen = true
  const working = (async () => {
    await client.connect()
    for (let turn = 0; isOpen; turn += 1) {
      // Not in the order in which they are erased, and nobody left out.
      const id = customerIds[(turn * 7919) % customerIds.length]
      const start = performance.now()
      await client.query('update public.customer set language = language where customer_id = $1', [id])
      waits.push(performance.now() - start)
      await sleep(20)
    }
    await client.end()
  })()
  return async () => {
    isOpen = false
    await working
    const sorted = waits.toSorted((a, b) => a - b)
    const at = (share: number) => rounded(sorted[Math.floor(share * (sorted.length - 1))] ?? 0)
    return { calls: waits.length, p50: at(0.5), p99: at(0.99), most: at(1) }
  }
}

export interface Locks {
  readonly transactions: number
  /** From when a transaction was first seen with an id, which its first lock gives it, to when it was last. */
  readonly longestMs: number
  /** What the server was at in the longest, by the looks that found it there: `active WalSync` waits for the disk. */
  readonly longestAt: Readonly<Record<string, number>>
  readonly medianMs: number
  /** The longest time between two looks: so much longer a lock may have been. */
  readonly blindMs: number
}

const lookEveryMs = 8

/** Looks on from the server's side how long Dossier's transactions hold locks in a database. Returns what ends it. */
export function watchLocks(url: string, database: string): () => Promise<Locks> {
  const client = new pg.Client({ connectionString: url })
  const seen = new Map<
    string,
    { readonly first: number; last: number; readonly at: Record<string, number> }
  >()
  let [isOpen, blindMs, before] = [true, 0, 0]
  const watching = (async () => {
    await client.connect()
    while (isOpen) {
      const { rows } = await client.query<{ label: string; at: string }>(
        `select a.pid || ' ' || a.backend_xid::text as label,
           pg_catalog.concat_ws(' ', a.state, nullif(a.wait_event, 'ClientRead')) as at
         from pg_catalog.pg_stat_activity a
         where a.datname = $1 and a.application_name = 'dossier' and a.backend_xid is not null`,
        [database],
      )
      const now = performance.now()
      if (before > 0) blindMs = Math.max(blindMs, now - before)
      before = now
      for (const { label, at } of rows) {
        const known = seen.get(label) ?? { first: now, last: now, at: {} }
        known.last = now
        known.at[at] = (known.at[at] ?? 0) + 1
        seen.set(label, known)
      }
      await sleep(lookEveryMs)
    }
    await client.end()
  })()
  return async () => {
    isOpen = false
    await watching
    const locks = [...seen.values()].toSorted((a, b) => a.last - a.first - (b.last - b.first))
    const times = locks.map(({ first, last }) => last - first)
    return {
      transactions: times.length,
      longestMs: rounded(times.at(-1) ?? 0),
      longestAt: locks.at(-1)?.at ?? {},
      medianMs: rounded(times[times.length >> 1] ?? 0),
      blindMs: rounded(blindMs),
    }
  }
}

export interface MemoryPoint {
  readonly phase: string
  readonly seconds: number
  /** The most this process had in this stretch of the phase. */
  readonly rssMb: number
}

const [sampleEveryMs, pointsOfAPhase] = [100, 8]

/** How much memory this process has, over the time of each phase. */
export function watchMemory() {
  const began = performance.now()
  const samples = new Map<string, { readonly at: number; readonly rss: number }[]>()
  let phase = 'begin'
  const look = () => {
    const own = samples.get(phase) ?? []
    samples.set(phase, own)
    own.push({ at: performance.now() - began, rss: process.memoryUsage.rss() })
  }
  look()
  const timer = setInterval(look, sampleEveryMs)
  return {
    enter(next: string): void {
      phase = next
      look()
    },
    close(): readonly MemoryPoint[] {
      clearInterval(timer)
      look()
      return [...samples].flatMap(([name, own]) => {
        const stretch = Math.ceil(own.length / pointsOfAPhase)
        return Array.from({ length: Math.ceil(own.length / stretch) }, (_, i) => {
          const some = own.slice(i * stretch, (i + 1) * stretch)
          const rss = Math.max(...some.map((one) => one.rss))
          return {
            phase: name,
            seconds: rounded((some[0]?.at ?? 0) / 1_000),
            rssMb: Math.round(rss / 2 ** 20),
          }
        })
      })
    },
  }
}
