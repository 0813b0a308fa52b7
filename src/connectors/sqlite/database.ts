import { constants } from 'node:fs'
import { access, stat } from 'node:fs/promises'
import { DatabaseSync, type SQLInputValue, type SQLOutputValue, type StatementSync } from 'node:sqlite'
import { setImmediate as breathe, setTimeout as sleep } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import type { SessionLimits } from '../connector.ts'
import { type Pace, paceOf } from '../pace.ts'
import { problem } from '../problems.ts'
import { isBusy, targetProblem } from './errors.ts'

/** SQLite works in our own thread: after so much of it, everybody else gets a turn. */
const breathMs = 10

const opening = 'opening the file'

export type RawRow = readonly SQLOutputValue[]

/** One connection to a SQLite file. */
export interface Database extends Disposable {
  readonly path: string
  readonly shown: string
  readonly limits: SessionLimits
  /**
   * All rows of a statement. Nothing here can be interrupted, so callers ask for a page at a time; what took longer than
   * the statement timeout is refused when it comes back. Somebody else's lock is waited for without blocking our own
   * event loop, up to the lock timeout.
   */
  all(
    statement: string,
    values: readonly SQLInputValue[],
    what: string,
    collection?: string,
  ): Promise<readonly RawRow[]>
  /** Runs a statement that changes rows, and returns how many the target says it changed. */
  run(statement: string, values: readonly SQLInputValue[], what: string, collection?: string): Promise<number>
  /** Rows one by one, for what has no order to be paged by. */
  iterate(statement: string, what: string, collection?: string): AsyncIterable<RawRow>
  readonly isTransaction: boolean
  /** See `WriteSession.endWithin`. What names no collection, as a commit, is free. */
  endWithin(ms: number): void
}

/** Throws `connectors.unreachable` for a file that is not there (it is never made), `connectors.corrupt` for a directory. */
export async function openDatabase(
  path: string,
  readOnly: boolean,
  limits: SessionLimits,
): Promise<Database> {
  const shown = `sqlite:${path}`
  await requireFile(path, readOnly, shown)
  const location = pathToFileURL(path)
  location.searchParams.set('mode', readOnly ? 'ro' : 'rw')
  const database = connect(location, readOnly, { path, shown }, limits)
  try {
    // SQLite opens anything; only the first look inside tells whether it is a database.
    await database.all('select 1 from sqlite_schema limit 1', [], opening)
    return database
  } catch (error) {
    database[Symbol.dispose]()
    throw error
  }
}

interface Place {
  readonly path: string
  readonly shown: string
}

function connect(location: URL, readOnly: boolean, place: Place, limits: SessionLimits): Database {
  try {
    return asDatabase(new DatabaseSync(location, { readOnly, timeout: 0 }), place, limits)
  } catch (error) {
    throw targetProblem(error, { system: place.shown, what: opening })
  }
}

async function requireFile(path: string, readOnly: boolean, shown: string): Promise<void> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => error.code ?? '')
  if (found === 'EACCES' || found === 'EPERM') throw problem('connectors.refused', { what: opening })
  if (typeof found === 'string')
    throw problem('connectors.unreachable', { system: shown, reason: 'the file does not exist' })
  if (found.isDirectory())
    throw problem('connectors.corrupt', { file: shown, line: 1, reason: 'it is a directory' })
  // Where SQLite may not write it would open the file all the same, and say so only at the first change.
  await access(path, readOnly ? constants.R_OK : constants.R_OK | constants.W_OK).catch(() => {
    throw problem('connectors.refused', { what: readOnly ? opening : 'writing to the file' })
  })
}

function asDatabase(connection: DatabaseSync, { path, shown }: Place, limits: SessionLimits): Database {
  const statements = new Map<string, StatementSync>()
  const prepare = (text: string): StatementSync => {
    const statement = connection.prepare(text)
    statement.setReadBigInts(true)
    statement.setReturnArrays(true)
    return statement
  }
  const prepared = (text: string): StatementSync => {
    const statement = statements.get(text) ?? prepare(text)
    statements.set(text, statement)
    return statement
  }
  const pace = paceOf(limits.load)
  const ask = patience(shown, limits, pace)
  const time = timeLeft(shown)
  const read = <T>(work: () => T, what: string, collection: string | undefined): Promise<T> =>
    ask(
      () => {
        const start = performance.now()
        const answer = time.take(work, what, collection)
        const isLate = limits.statementTimeoutMs > 0 && performance.now() - start > limits.statementTimeoutMs
        if (isLate) throw problem('connectors.timeout', { system: shown, what })
        return answer
      },
      what,
      collection,
    )
  return {
    path,
    shown,
    limits,
    // With arrays as rows the declared type, objects by column name, does not hold.
    async all(text, values, what, collection) {
      await pace.rest()
      return read(() => prepared(text).all(...values) as unknown as readonly RawRow[], what, collection)
    },
    // Never refused for having taken long: it has been done.
    run: (text, values, what, collection) =>
      ask(
        () => time.take(() => Number(prepared(text).run(...values).changes), what, collection),
        what,
        collection,
      ),
    async *iterate(text, what, collection) {
      await pace.rest()
      const rows = await read(() => prepare(text).iterate(), what, collection)
      try {
        for (;;) {
          const next = await read(() => rows.next(), what, collection)
          if (next.done) return
          yield next.value as unknown as RawRow
        }
      } finally {
        rows.return?.()
      }
    },
    get isTransaction() {
      return connection.isTransaction
    },
    endWithin: time.endWithin,
    [Symbol.dispose]() {
      if (connection.isOpen) connection.close()
    },
  }
}

/** Nothing here can be interrupted: what would end too late is not begun. */
function timeLeft(shown: string) {
  let until = Number.POSITIVE_INFINITY
  const longest = new Map<string, number>()
  return {
    endWithin(ms: number): void {
      until = performance.now() + ms
    },
    take<T>(work: () => T, what: string, collection: string | undefined): T {
      if (collection === undefined) return work()
      const began = performance.now()
      const before = longest.get(what) ?? 0
      if (began + before > until) throw problem('connectors.timeout', { system: shown, what })
      try {
        return work()
      } finally {
        longest.set(what, Math.max(before, performance.now() - began))
      }
    },
  }
}

/** Does a piece of work in SQLite: lets others have a turn first, waits for locks, and makes Problems of errors. */
function patience(shown: string, limits: SessionLimits, pace: Pace) {
  let lastBreath = performance.now()
  return async <T>(work: () => T, what: string, collection: string | undefined): Promise<T> => {
    if (performance.now() - lastBreath > breathMs) {
      await breathe()
      lastBreath = performance.now()
    }
    for (const deadline = Date.now() + limits.lockTimeoutMs; ; await sleep(10)) {
      const start = performance.now()
      try {
        return work()
      } catch (error) {
        const attempt = { system: shown, what, ...(collection !== undefined && { collection }) }
        if (!isBusy(error) || Date.now() >= deadline) throw targetProblem(error, attempt)
      } finally {
        pace.worked(performance.now() - start)
      }
    }
  }
}
