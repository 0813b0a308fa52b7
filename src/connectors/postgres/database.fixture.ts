import pg from 'pg'
import { freshDatabase, postgresServers, type TestServer } from '../../../test/servers.ts'
import type { ReadSession, SessionLimits, WriteSession } from '../connector.ts'
import { driver } from './driver.ts'

export const servers: readonly TestServer[] = await postgresServers()

export const limits: SessionLimits = { statementTimeoutMs: 20_000, lockTimeoutMs: 300 }

export interface TestDatabase {
  readonly url: string
  readonly secret: string
  /** A superuser's own statements, beside Dossier. */
  query(text: string, values?: readonly unknown[]): Promise<pg.QueryResult>
  read(limits?: SessionLimits): Promise<ReadSession>
  write(limits?: SessionLimits): Promise<WriteSession>
}

/** A database of its own, made by these statements. */
export async function withDatabase(
  server: TestServer,
  statements: readonly string[],
  work: (database: TestDatabase) => Promise<void>,
): Promise<void> {
  const { url, drop } = await freshDatabase(server)
  try {
    await withClient(url, async (query) => {
      for (const statement of statements) await query(statement)
      const { secret } = driver.parse(url, '/')
      const read = (own: SessionLimits = limits) => driver.openRead(secret, own)
      const write = (own: SessionLimits = limits) => driver.openWrite(secret, own)
      await work({ url, secret, query, read, write })
    })
  } finally {
    await drop()
  }
}

async function withClient(url: string, work: (query: TestDatabase['query']) => Promise<void>): Promise<void> {
  const client = new pg.Client({ connectionString: url, application_name: 'dossier test' })
  client.on('error', () => undefined)
  await client.connect()
  try {
    await work((text, values) => client.query(text, values && [...values]))
  } finally {
    await client.end()
  }
}

/** The same database's address, under a role of the test's own. */
export async function asRole(
  database: TestDatabase,
  role: string,
  password = 'p@ss:w/rd#?',
): Promise<string> {
  await database.query(`create role ${role} login password '${password}'`)
  const url = new URL(database.url)
  url.username = role
  url.password = encodeURIComponent(password)
  return driver.parse(url.href, '/').secret
}
