import { Socket } from 'node:net'
import pg, { type QueryArrayConfig, type QueryArrayResult } from 'pg'
import { sha256 } from '../../platform/bytes.ts'
import { isProblem, type Problem } from '../../platform/problem.ts'
import { raw, type Sql, toQuery } from '../../platform/sql.ts'
import type { Cell, SessionLimits } from '../connector.ts'
import { type Pace, paceOf } from '../pace.ts'
import { endedByServer } from '../reasons.ts'
import { readAddress } from './address.ts'
import { type Attempt, signingIn, targetProblem } from './errors.ts'

export interface Answer {
  readonly rows: readonly (readonly Cell[])[]
  readonly count: number
  /** The command the server says it carried out: after a failed transaction, COMMIT answers ROLLBACK. */
  readonly command: string
}

interface Query {
  readonly text: string
  readonly values?: unknown[]
}

const connectTimeoutMs = 10_000
/** A little after the server's own timeout: it strikes only where the server or the network hangs. */
const silenceMs = 5_000

/** Cells come as the server prints them; node-postgres would make numbers and dates of them. */
const asPrinted = { getTypeParser: () => (text: string) => text } as unknown as pg.CustomTypesConfig

/**
 * One connection to a target; every failure is a Problem. Statements are carried out in the order in which they are asked:
 * what is sent ahead does not wait for its answer before the next goes out, all else does.
 */
export class Connection implements AsyncDisposable {
  readonly shown: string
  /** A digest of the whole address: who asks for what where. */
  readonly address: string
  readonly #client: pg.Client
  readonly #socket: Socket
  readonly #pace: Pace
  #turn: Promise<unknown> = Promise.resolve()
  #lastAhead: Promise<unknown> = this.#turn
  #closed = false
  /** Statements that wait for their answer, and since when there were some. */
  #asked = 0
  #busySince = 0
  /** Why the open transaction failed: the server says it to one statement, and to all behind it that there was something. */
  #failure: Problem | undefined
  readonly openedAt: number
  #isHandedOver = false
  /** Why nothing more can be asked, where the server said it: it may do so while nobody asks. */
  #ended: Problem | undefined
  readonly #onError = (error: unknown) => {
    this.#closed = true
    this.#noteEnd(targetProblem(error, { system: this.shown, what: 'waiting' }))
  }

  private constructor(
    shown: string,
    address: string,
    client: pg.Client,
    socket: Socket,
    pace: Pace,
    openedAt: number,
  ) {
    this.shown = shown
    this.openedAt = openedAt
    this.address = address
    this.#pace = pace
    this.#client = client
    this.#socket = socket
    client.on('error', this.#onError)
  }

  /** Throws `connectors.unreachable`, or `connectors.refused` when the server does not let us in. */
  static async open(secret: string, limits: SessionLimits): Promise<Connection> {
    const { shown, client: config } = await readAddress(secret)
    const socket = new Socket()
    const client = new pg.Client({
      ...config,
      application_name: 'dossier',
      keepAlive: true,
      connectionTimeoutMillis: connectTimeoutMs,
      pipeline: true,
      query_timeout: limits.statementTimeoutMs > 0 ? limits.statementTimeoutMs + silenceMs : 0,
      stream: () => socket,
    })
    const connection = new Connection(
      shown,
      digestOf(secret),
      client,
      socket,
      paceOf(limits.load),
      performance.now(),
    )
    try {
      await client.connect()
      return connection
    } catch (error) {
      socket.destroy()
      throw targetProblem(error, { system: shown, what: signingIn })
    }
  }

  /** One statement with values. `what` says in a Problem what was tried: no values in it. */
  async run(statement: Sql, what: string, collection?: string): Promise<Answer> {
    const [answer] = await this.#inTurn(() => this.#ask(toQuery(statement), what, collection))
    return answer ?? { rows: [], count: 0, command: '' }
  }

  /**
   * Sends a statement without waiting for its answer: whatever is asked next goes out right behind it. Nobody needs to
   * await the answer.
   */
  ahead(statement: Sql, what: string, collection?: string): Promise<Answer> {
    return this.#ahead(async () => {
      const [answer] = await this.#ask(toQuery(statement), what, collection)
      return answer ?? { rows: [], count: 0, command: '' }
    })
  }

  /** As `ahead`, for several statements without values. */
  scriptAhead(statements: readonly string[], what: string): Promise<readonly Answer[]> {
    return this.#ahead(() => this.#ask({ text: statements.join(';\n') }, what))
  }

  /** Several statements without values, in one round trip; stops at the first that fails. */
  script(statements: readonly string[], what: string): Promise<readonly Answer[]> {
    return this.#inTurn(() => this.#ask({ text: statements.join(';\n') }, what))
  }

  /**
   * As `script`, inside the open transaction and without ending it where a statement fails: the answers, or what the
   * target said instead. A lost connection is thrown.
   */
  attempt(statements: readonly string[], what: string): Promise<readonly Answer[] | Problem> {
    const text = ['savepoint attempt', ...statements, 'release savepoint attempt'].join(';\n')
    return this.#inTurn(async () => {
      try {
        return (await this.#ask({ text }, what)).slice(1, -1)
      } catch (error) {
        if (!isProblem(error) || this.#closed) throw error
        const undo = this.#ask({ text: 'rollback to savepoint attempt; release savepoint attempt' }, what)
        // Behind a failure there is no savepoint: what is heard is why that failed.
        await undo.catch((lost: unknown) => Promise.reject(this.#closed ? lost : error))
        return error
      }
    })
  }

  /** Gives the target the rest it has earned; see `Pace`. */
  rest(): Promise<void> {
    return this.#pace.rest()
  }

  /** True when nothing more can be asked of this connection. */
  get isClosed(): boolean {
    return this.#closed
  }

  /** Makes the target forget whatever this session left there; false where it does not, a transaction being open still. */
  async isCleared(): Promise<boolean> {
    if (this.#closed) return false
    await this.#lastAhead
    return this.run(raw('discard all'), 'ending the session').then(
      () => !this.#closed && this.#client.getTransactionStatus() === 'I',
      () => false,
    )
  }

  /** For the next owner: whoever still holds this one finds it closed. */
  handOver(): Connection {
    const heir = new Connection(
      this.shown,
      this.address,
      this.#client,
      this.#socket,
      this.#pace,
      this.openedAt,
    )
    this.#client.off('error', this.#onError)
    this.#closed = true
    this.#isHandedOver = true
    return heir
  }

  /** Whether the process stays alive for this connection. */
  holdProcess(isHeld: boolean): void {
    if (isHeld) this.#socket.ref()
    else this.#socket.unref()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isHandedOver) return
    this.#closed = true
    const goodbye = setTimeout(() => this.#socket.destroy(), 1_000)
    await this.#client.end().catch(() => undefined)
    clearTimeout(goodbye)
    this.#socket.destroy()
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const answer = this.#turn.then(work)
    this.#turn = answer.catch(() => undefined)
    return answer
  }

  #ahead<T>(ask: () => Promise<T>): Promise<T> {
    const { promise, resolve } = Promise.withResolvers<T>()
    this.#turn = this.#turn.then(() => resolve(ask()))
    this.#lastAhead = promise.catch(() => undefined)
    return promise
  }

  async #ask(query: Query, what: string, collection?: string): Promise<readonly Answer[]> {
    const attempt: Attempt = { system: this.shown, what, ...(collection !== undefined && { collection }) }
    if (this.#closed) throw this.#ended ?? targetProblem({ code: 'ECONNRESET' }, attempt)
    const config: QueryArrayConfig = { ...query, rowMode: 'array', types: asPrinted }
    if (this.#asked++ === 0) this.#busySince = performance.now()
    this.#pack()
    try {
      const results: QueryArrayResult<Cell[]> | QueryArrayResult<Cell[]>[] =
        await this.#client.query<Cell[]>(config)
      // Nothing but what ends a failed transaction, or the failed part of it, succeeds there.
      this.#failure = undefined
      return (Array.isArray(results) ? results : [results]).map(asAnswer)
    } catch (error) {
      const said = targetProblem(error, attempt)
      if (said.code === 'connectors.unreachable') {
        // After a silence the server may still answer, to a question nobody asks any more.
        this.#closed = true
        this.#socket.destroy()
        this.#noteEnd(said)
      }
      const problem = said.code === 'connectors.unreachable' ? (this.#ended ?? said) : said
      this.#failure = (isAfterFailure(problem) ? this.#failure : undefined) ?? problem
      throw this.#failure
    } finally {
      if (--this.#asked === 0) this.#pace.worked(performance.now() - this.#busySince)
    }
  }

  #noteEnd(problem: Problem): void {
    if (isProblem(problem, 'connectors.unreachable') && problem.params.reason === endedByServer)
      this.#ended = problem
  }

  /** What is asked in one breath goes out in one packet. */
  #pack(): void {
    this.#socket.cork()
    process.nextTick(() => this.#socket.uncork())
  }
}

const isAfterFailure = (problem: Problem): boolean =>
  problem.code === 'connectors.target-error' && problem.params.sqlstate === '25P02'

export const digestOf = (secret: string): string => sha256(secret).toString('hex')

const asAnswer = (result: QueryArrayResult<Cell[]>): Answer => ({
  rows: result.rows,
  count: result.rowCount ?? 0,
  command: result.command,
})
