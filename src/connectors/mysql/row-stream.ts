import { setTimeout as sleep } from 'node:timers/promises'
import type { Query } from 'mysql2'

/** So long what is left of an abandoned statement may trickle in before the server is told to stop. */
const trickleMs = 50

export type RawRow = readonly unknown[]

/**
 * The rows of a statement while the server still sends them, a few at a time in memory. Nothing else can be asked of the
 * connection meanwhile: whoever needs it lets the rest run into memory (`drain`).
 */
export class RowStream implements AsyncDisposable {
  /** Resolved when the connection is free again. */
  readonly finished: Promise<void>
  readonly #rows: AsyncIterator<RawRow>
  readonly #interrupt: () => Promise<void>
  readonly #patienceMs: number
  #isFinished = false
  #drained: Promise<void> | undefined
  #ahead: RawRow[] = []
  #fail: (error: Error) => void

  /** `interrupt` makes the server end the statement: after a silence of `patienceMs` (0: any), or when nobody listens. */
  constructor(command: Query, patienceMs: number, interrupt: () => Promise<void>) {
    const readable = command.stream({ highWaterMark: 64 })
    this.#rows = readable[Symbol.asyncIterator]()
    this.#patienceMs = patienceMs
    this.#interrupt = interrupt
    const { promise, resolve } = Promise.withResolvers<void>()
    this.finished = promise.then(() => {
      this.#isFinished = true
    })
    command.once('end', () => resolve())
    // An error after the last listener has gone would be thrown at nobody.
    command.on('error', () => undefined)
    this.#fail = (error) => {
      readable.destroy(error)
      resolve()
    }
  }

  /** Undefined after the last row. */
  async next(): Promise<RawRow | undefined> {
    if (!this.#drained) return this.#take()
    await this.#drained
    return this.#ahead.pop()
  }

  drain(): void {
    this.#drained ??= this.#takeAll()
    this.#drained.catch(() => undefined)
  }

  /** The connection is lost. */
  fail(error: Error): void {
    this.#fail(error)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#isFinished) await this.#rows.return?.()
    await Promise.race([this.finished, sleep(trickleMs)])
    if (!this.#isFinished) await this.#interrupt()
    await this.finished
  }

  async #takeAll(): Promise<void> {
    for (let row = await this.#take(); row; row = await this.#take()) this.#ahead.push(row)
    this.#ahead.reverse()
  }

  async #take(): Promise<RawRow | undefined> {
    const watch =
      this.#patienceMs > 0 ? setTimeout(() => void this.#interrupt(), this.#patienceMs) : undefined
    try {
      const { done, value } = await this.#rows.next()
      return done ? undefined : value
    } finally {
      clearTimeout(watch)
    }
  }
}
