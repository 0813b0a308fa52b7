import pg from 'pg'
import { connectionName } from './connection-name.ts'
import { problem } from './problems.ts'
import { type Sql, toQuery } from './sql.ts'

/** A connection pool or the transaction in progress: verbs cannot tell which, so they always run in the caller's transaction. */
export interface Db {
  /** Rows with camelCase names. */
  rows<Row>(statement: Sql): Promise<readonly Row[]>
  row<Row>(statement: Sql): Promise<Row | undefined>
  /** The number of rows written. */
  run(statement: Sql): Promise<number>
  /** Runs `work` in a transaction; inside one, joins it. Retried when PostgreSQL asks for it (40001, 40P01). */
  transaction<T>(work: (db: Db) => Promise<T>): Promise<T>
}

export interface Pool extends Db, AsyncDisposable {
  /** For what needs a connection of its own: LISTEN, COPY, a session lock. The caller ends it. */
  connect(): Promise<pg.Client>
}

const types = new pg.TypeOverrides()
types.setTypeParser(pg.types.builtins.INT8, (text: string) => {
  const number = Number(text)
  if (!Number.isSafeInteger(number)) throw new RangeError('bigint beyond the safe integers')
  return number
})
// A calendar date has no zone: a Date at midnight UTC would be the day before in America.
types.setTypeParser(pg.types.builtins.DATE, (text: string) => text)

const toCamel = (column: string): string =>
  column.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())

async function send(
  client: pg.Pool | pg.PoolClient,
  statement: Sql,
): Promise<pg.QueryArrayResult<unknown[]>> {
  try {
    return await client.query({ ...toQuery(statement), types, rowMode: 'array' })
  } catch (error) {
    throw hideValues(error)
  }
}

/** PostgreSQL names values in message and detail ("Key (email)=(…)"): only SQLSTATE and names of things go further. */
export function hideValues(error: unknown): unknown {
  if (!(error instanceof pg.DatabaseError)) return withCode(error)
  const { code = '?', constraint, table, routine } = error
  const safe = new Error(
    `PostgreSQL ${code}${constraint ? ` constraint ${constraint}` : ''}${table ? ` table ${table}` : ''} (${routine ?? '?'})`,
  )
  return Object.assign(safe, { code, ...(constraint && { constraint }) })
}

/** What the driver says, in words alone, of a connection that died while nobody asked it anything, or without an answer. */
const diedSilently = /^(?:Connection terminated|Client (?:has encountered a connection error|was closed))/
const withCode = (error: unknown): unknown =>
  error instanceof Error && sqlState(error) === undefined && diedSilently.test(error.message)
    ? Object.assign(error, { code: 'ECONNRESET' })
    : error

export const sqlState = (error: unknown): string | undefined =>
  typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string'
    ? error.code
    : undefined

function asDb(client: pg.Pool | pg.PoolClient, transaction: Db['transaction']): Db {
  const rows = async <Row>(statement: Sql): Promise<readonly Row[]> => {
    const { fields, rows } = await send(client, statement)
    const names = fields.map((field) => toCamel(field.name))
    return rows.map((values) => {
      const row: Record<string, unknown> = {}
      for (let i = 0; i < names.length; i += 1) row[names[i] ?? ''] = values[i]
      return row as Row
    })
  }
  return {
    rows,
    row: async <Row>(statement: Sql) => (await rows<Row>(statement))[0],
    run: async (statement) => (await send(client, statement)).rowCount ?? 0,
    transaction,
  }
}

/**
 * Longer than any transaction waits for its own process between two statements. A process that was stopped in the middle of
 * one holds its rows, and whoever wants them, no longer than this.
 */
const idleInTransactionMs = 60_000

export interface PoolOptions {
  /** Connections at most. */
  readonly max?: number
  /** Default 60 s; 0 is for ever, for what reads or fills a whole database in one transaction. */
  readonly idleInTransactionMs?: number
}

/** A pool on one of our own databases. `application_name` starts with `dossier`: the embedded cluster counts on it. */
export function openPool(
  url: string,
  applicationName = 'dossier',
  { max = 8, idleInTransactionMs: idle = idleInTransactionMs }: PoolOptions = {},
): Pool {
  // With BEGIN, not when connecting: a pooler between us and the server knows no such parameter.
  const begin = `begin; set local idle_in_transaction_session_timeout = ${idle}`
  const pool = new pg.Pool({
    connectionString: url,
    application_name: connectionName(applicationName),
    max,
    idleTimeoutMillis: 10_000,
  })
  // An idle connection that dies is replaced by the pool; without a listener it would end the process.
  pool.on('error', () => undefined)
  // The pool does not listen to what it has lent out: one that dies between two statements tells the next of them.
  pool.on('connect', (client) => client.on('error', () => undefined))
  const transaction = async <T>(work: (db: Db) => Promise<T>): Promise<T> => {
    for (let attempt = 1; ; attempt += 1) {
      const client = await pool.connect().catch((cause: unknown) => {
        throw problem(
          'platform.database-unreachable',
          { reason: sqlState(cause) ?? 'connection' },
          hideValues(cause),
        )
      })
      const db: Db = asDb(client, (inner) => inner(db))
      let broken = false
      try {
        await client.query(begin)
        const result = await work(db)
        await client.query('commit')
        return result
      } catch (error) {
        await client.query('rollback').catch(() => {
          broken = true
        })
        const state = sqlState(error)
        if (attempt < 4 && (state === '40001' || state === '40P01')) continue
        throw error
      } finally {
        client.release(broken)
      }
    }
  }
  return {
    ...asDb(pool, transaction),
    async connect() {
      const client = new pg.Client({
        connectionString: url,
        application_name: connectionName(`${applicationName} apart`),
      })
      client.on('error', () => undefined)
      await client.connect()
      return client
    },
    async [Symbol.asyncDispose]() {
      await pool.end()
    },
  }
}
