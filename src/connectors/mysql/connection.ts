import type { Sql } from '../../platform/sql.ts'
import type { Cell, SessionLimits } from '../connector.ts'
import { type Pace, paceOf } from '../pace.ts'
import { type Address, readAddress } from './address.ts'
import { connect, killStatement, type Link } from './connect.ts'
import { signingIn, targetProblem } from './errors.ts'
import { type RawRow, RowStream } from './row-stream.ts'

/** What a statement is for, in words that may be shown: no values in it. */
export interface Task {
  /** E.g. `delete on customer`. */
  readonly what: string
  readonly collection?: string
  /** Names of fields and constraints: of what the target says, only these go further. */
  readonly names?: ReadonlySet<string>
}

export interface Answer {
  readonly rows: readonly (readonly Cell[])[]
  /** Of a statement that writes: the rows it met, whether or not they held the new value already. */
  readonly count: number
}

/** After its own timeout the server has so long to say so, before it is told to stop, and before we hang up. */
const graceMs = 300
const silenceMs = 5_000

/** One connection to a target; statements run one after the other, and every failure is a Problem. */
export class Connection implements AsyncDisposable {
  readonly shown: string
  readonly #address: Address
  readonly #link: Link
  readonly #limits: SessionLimits
  readonly #pace: Pace
  /** When the last in the queue is done, and when the one at work is. */
  #turn: Promise<void> = Promise.resolve()
  #atWork: Promise<void> = this.#turn
  #waiting = 0
  #streaming: RowStream | undefined
  /** Done when the server has heard the last word to stop: it must not hit the statement after. */
  #interrupted: Promise<void> = Promise.resolve()
  #closed = false

  private constructor(address: Address, link: Link, limits: SessionLimits) {
    this.shown = address.shown
    this.#address = address
    this.#link = link
    this.#limits = limits
    this.#pace = paceOf(limits.load)
    link.client.on('error', (error) => {
      this.#closed = true
      this.#streaming?.fail(error)
    })
  }

  /** Throws `connectors.unreachable`, or `connectors.refused` when the server does not let us in. */
  static async open(secret: string, limits: SessionLimits): Promise<Connection> {
    const address = await readAddress(secret)
    try {
      return new Connection(address, await connect(address), limits)
    } catch (error) {
      throw targetProblem(error, { system: address.shown, what: signingIn })
    }
  }

  /** One statement, its answer in memory. */
  async run(statement: Sql, task: Task): Promise<Answer> {
    const end = await this.#takeTurn()
    const { statementTimeoutMs: limit } = this.#limits
    await this.#pace.rest()
    const watch = limit > 0 ? [this.#interruptIn(limit + graceMs), this.#hangUpIn(limit + silenceMs)] : []
    const start = performance.now()
    try {
      return asAnswer(await this.#ask(statement))
    } catch (error) {
      throw this.#problem(error, task)
    } finally {
      this.#pace.worked(performance.now() - start)
      for (const timer of watch) clearTimeout(timer)
      end()
    }
  }

  /** The rows of a statement as the server sends them: it may take long, but must not fall silent. */
  async *rows(statement: Sql, task: Task): AsyncIterable<readonly Cell[]> {
    const end = await this.#takeTurn()
    await this.#pace.rest()
    const stream = this.#startStream(statement, task, end)
    if (this.#waiting > 0) stream.drain()
    const next = async () => {
      const start = performance.now()
      const row = await stream.next()
      this.#pace.worked(performance.now() - start)
      return row
    }
    try {
      for (let row = await next(); row; row = await next()) yield row.map(asCell)
    } catch (error) {
      throw this.#problem(error, task)
    } finally {
      await stream[Symbol.asyncDispose]()
    }
  }

  /** True when nothing more can be asked of this connection. */
  get isClosed(): boolean {
    return this.#closed
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { client, socket } = this.#link
    if (!this.#closed) {
      this.#closed = true
      const goodbye = setTimeout(() => socket.destroy(), 1_000)
      await new Promise((resolve) => client.end(resolve))
      clearTimeout(goodbye)
    }
    socket.destroy()
  }

  /** Waits until nobody else uses the connection; whoever still streams through it hurries up. */
  async #takeTurn(): Promise<() => void> {
    const previous = this.#turn
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#turn = promise
    this.#waiting += 1
    this.#streaming?.drain()
    await previous
    this.#waiting -= 1
    this.#atWork = promise
    return () => void this.#interrupted.then(resolve)
  }

  #ask(statement: Sql): Promise<unknown> {
    if (this.#closed) throw lost()
    return new Promise((resolve, reject) => {
      const { parts, values } = statement
      const done = (error: unknown, result: unknown) => (error ? reject(error) : resolve(result))
      if (values.length === 0) this.#link.client.query({ sql: parts.join('?') }, done)
      else this.#link.client.execute({ sql: parts.join('?') }, asParameters(values), done)
    })
  }

  #startStream({ parts, values }: Sql, task: Task, end: () => void): RowStream {
    try {
      if (this.#closed) throw lost()
      const { client } = this.#link
      const options = { sql: parts.join('?') }
      const command =
        values.length === 0 ? client.query(options) : client.execute(options, asParameters(values))
      const stream = new RowStream(command, this.#limits.statementTimeoutMs, () => this.#interrupt())
      this.#streaming = stream
      stream.finished.then(() => {
        this.#streaming = undefined
        end()
      })
      return stream
    } catch (error) {
      end()
      throw this.#problem(error, task)
    }
  }

  #problem(error: unknown, task: Task) {
    const problem = targetProblem(error, { ...task, system: this.shown })
    if (problem.code === 'connectors.unreachable') {
      // After a silence the server may still answer, to a question nobody asks any more.
      this.#closed = true
      this.#link.socket.destroy()
    }
    return problem
  }

  #interrupt(): Promise<void> {
    const hangUp = this.#hangUpIn(silenceMs)
    this.#atWork.finally(() => clearTimeout(hangUp))
    this.#interrupted = killStatement(this.#address, this.#link.client.threadId)
    return this.#interrupted
  }

  #interruptIn(ms: number): NodeJS.Timeout {
    return setTimeout(() => void this.#interrupt(), ms)
  }

  #hangUpIn(ms: number): NodeJS.Timeout {
    return setTimeout(() => this.#link.socket.destroy(), ms)
  }
}

const lost = (): Error => Object.assign(new Error('the connection is closed'), { code: 'ECONNRESET' })

/** Text is all that goes in: numbers are written as text and cast by the statement, so that no digit is lost. */
const asParameters = (values: readonly unknown[]): (string | null)[] =>
  values.map((value) => (value === null ? null : String(value)))

function asAnswer(result: unknown): Answer {
  if (Array.isArray(result)) return { rows: result.map((row: RawRow) => row.map(asCell)), count: 0 }
  const hasCount = typeof result === 'object' && result !== null && 'affectedRows' in result
  return { rows: [], count: hasCount ? Number(result.affectedRows) : 0 }
}

function asCell(value: unknown): Cell {
  if (value === null || value === undefined) return null
  return Buffer.isBuffer(value) ? `\\x${value.toString('hex')}` : String(value)
}
