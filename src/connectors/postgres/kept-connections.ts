import type { SessionLimits } from '../connector.ts'
import { type Connection, digestOf } from './connection.ts'

/**
 * Connections whose session ended, for the next session at the same address: to sign in costs more than most questions.
 * What the session and the target's own triggers set is discarded. Briefly only: who changes a password, or the server
 * behind a name, is soon obeyed.
 */
const kept = new Map<string, Kept[]>()

interface Kept {
  readonly connection: Connection
  readonly end: NodeJS.Timeout
}

const longestIdleMs = 5_000
const oldestMs = 60_000
const mostOfAnAddress = 4

const labelOf = (address: string, { statementTimeoutMs, load = 100 }: SessionLimits): string =>
  `${address} ${statementTimeoutMs} ${load}`

/** One that was kept, if there is any; it may have died since, which only the next question tells. */
export function takeKept(secret: string, limits: SessionLimits): Connection | undefined {
  const idle = kept.get(labelOf(digestOf(secret), limits))
  for (let one = idle?.pop(); one; one = idle?.pop()) {
    clearTimeout(one.end)
    one.connection.holdProcess(true)
    if (!one.connection.isClosed && isYoung(one.connection)) return one.connection
    void one.connection[Symbol.asyncDispose]()
  }
  return undefined
}

/** Keeps a connection for the next, or closes it: what is not as it was opened is not kept. */
export async function keepOrClose(connection: Connection, limits: SessionLimits): Promise<void> {
  const label = labelOf(connection.address, limits)
  const isFit = isYoung(connection) && (await connection.isCleared())
  const idle = kept.get(label) ?? []
  // A session that ended twice has nothing to give any more.
  if (!isFit || connection.isClosed || idle.length >= mostOfAnAddress)
    return connection[Symbol.asyncDispose]()
  // Neither the connection nor its end keeps a process alive that has nothing else to do.
  const heir = connection.handOver()
  heir.holdProcess(false)
  const end = setTimeout(() => drop(label, heir), longestIdleMs).unref()
  kept.set(label, [...idle, { connection: heir, end }])
}

/** Closes what is kept, for whoever ends. */
export async function closeKept(): Promise<void> {
  const all = [...kept.values()].flat()
  kept.clear()
  for (const { end } of all) clearTimeout(end)
  await Promise.all(all.map(({ connection }) => connection[Symbol.asyncDispose]()))
}

const isYoung = ({ openedAt }: Connection): boolean => performance.now() - openedAt < oldestMs

function drop(label: string, connection: Connection): void {
  const others = (kept.get(label) ?? []).filter((one) => one.connection !== connection)
  if (others.length > 0) kept.set(label, others)
  else kept.delete(label)
  void connection[Symbol.asyncDispose]()
}
