import type { HurriedLimits, SessionLimits } from '../connector.ts'
import type { Connection } from './connection.ts'
import { targetProblem } from './errors.ts'

/** A session that stays silent this long inside a transaction is ended by the target: its locks must not outlive us. */
const idleInTransactionMs = 300_000

/**
 * How a session's statements are set up. All of it is SET LOCAL, renewed with every transaction: behind a pooler that
 * hands out connections per transaction, anything else would be lost, or be found by strangers.
 *
 * The target's own search path stays, behind pg_catalog, because its triggers and view functions may count on it; our
 * statements qualify every function and compare by pg_catalog's exact operators, so nobody can slip in others.
 */
const settings = (limits: SessionLimits): string =>
  `select ${Object.entries({
    statement_timeout: String(limits.statementTimeoutMs),
    lock_timeout: String(limits.lockTimeoutMs),
    idle_in_transaction_session_timeout: String(idleInTransactionMs),
    application_name: 'dossier',
    standard_conforming_strings: 'on',
    // Rows that a policy hides must be an error: unseen is not absent.
    row_security: 'off',
    datestyle: 'ISO, YMD',
    intervalstyle: 'iso_8601',
    timezone: 'UTC',
    extra_float_digits: '1',
    bytea_output: 'hex',
    lc_monetary: 'C',
  })
    .map(([name, value]) => `pg_catalog.set_config('${name}', '${value}', true)`)
    .join(', ')}, pg_catalog.set_config('search_path', pg_catalog.concat_ws(', ', 'pg_catalog'::text,
      nullif(pg_catalog.current_setting('search_path'), ''::text), 'pg_temp'::text), true)`

/**
 * A transaction that holds rows must not hold them on where our own process stands still: the server ends it then, silent or
 * not. PostgreSQL before 17 does so only where it is silent.
 */
export const hurriedSettings = (limits: HurriedLimits): readonly string[] => [
  `set local statement_timeout = ${limits.statementTimeoutMs}`,
  `set local lock_timeout = ${limits.lockTimeoutMs}`,
  `set local idle_in_transaction_session_timeout = ${limits.transactionTimeoutMs}`,
  `select pg_catalog.set_config('transaction_timeout', '${limits.transactionTimeoutMs}', true)
     where pg_catalog.current_setting('transaction_timeout', true) is not null`,
]

/** The transaction within which a session works. `enter` and `leave` come in pairs; they may overlap. */
export interface Transaction {
  /** Statements may be sent then, behind the beginning, whose answer nobody waits for: it is `begun`. */
  enter(): Promise<void>
  readonly begun: Promise<unknown>
  /** Lets go, as soon as the target hears of it. */
  leave(): void
}

/** Work inside the transaction: where that could not begin, it says why. */
export async function within<T>(transaction: Transaction, work: () => Promise<T>): Promise<T> {
  await transaction.enter()
  try {
    const [begun, done] = await Promise.allSettled([transaction.begun, work()])
    if (begun.status === 'rejected') throw begun.reason
    if (done.status === 'rejected') throw done.reason
    return done.value
  } finally {
    transaction.leave()
  }
}

/**
 * Reading needs a transaction per cursor only, and takes no longer one: a snapshot held for a whole session would keep
 * the target's vacuum from its work, and show a verifier what no longer is. Overlapping reads share one.
 */
export function readOnlyTransaction(
  connection: Connection,
  limits: SessionLimits,
): Transaction & { end(): void } {
  let users = 0
  let isOver = false
  let begun: Promise<unknown> = Promise.resolve()
  let rested: Promise<void> = Promise.resolve()
  const beginning = ['begin transaction isolation level read committed read only', settings(limits)]
  const begin = async () => {
    await connection.rest()
    begun = connection.scriptAhead(beginning, 'begin')
  }
  return {
    async enter() {
      if (isOver) throw targetProblem({ code: 'ECONNRESET' }, { system: connection.shown, what: 'begin' })
      if (users++ === 0) rested = begin()
      await rested
    },
    get begun() {
      return begun
    },
    /** The session ended: whoever asks it all the same must not ask through another's connection. */
    end() {
      isOver = true
    },
    leave() {
      if (--users === 0 && !connection.isClosed) connection.scriptAhead(['rollback'], 'rollback')
    },
  }
}

/** The one transaction of a write session. Constraints that can wait for the end do: rows may hang on each other. */
export async function beginWriting(connection: Connection, limits: SessionLimits): Promise<Transaction> {
  await connection.script(
    [
      'begin transaction isolation level read committed read write',
      settings(limits),
      'set constraints all deferred',
    ],
    'begin',
  )
  return { enter: async () => undefined, begun: Promise.resolve(), leave: () => undefined }
}
