import type { SessionLimits } from '../connector.ts'
import type { Connection } from './connection.ts'

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

/** The transaction within which a session works. `enter` and `leave` come in pairs; they may overlap. */
export interface Transaction {
  enter(): Promise<void>
  leave(): Promise<void>
}

/**
 * Reading needs a transaction per cursor only, and takes no longer one: a snapshot held for a whole session would keep
 * the target's vacuum from its work, and show a verifier what no longer is. Overlapping reads share one.
 */
export function readOnlyTransaction(connection: Connection, limits: SessionLimits): Transaction {
  let users = 0
  let begun: Promise<unknown> = Promise.resolve()
  const begin = async () => {
    await connection.rest()
    await connection.script(
      ['begin transaction isolation level read committed read only', settings(limits)],
      'begin',
    )
  }
  return {
    async enter() {
      if (users++ === 0) begun = begin()
      try {
        await begun
      } catch (error) {
        users--
        throw error
      }
    },
    async leave() {
      if (--users > 0 || connection.isClosed) return
      await connection.script(['rollback'], 'rollback').catch(() => undefined)
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
  return { enter: async () => undefined, leave: async () => undefined }
}
