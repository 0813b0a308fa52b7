import { type Connection, createConnection } from 'mysql2/promise'
import { freshMysqlDatabase, type MysqlServer, mysqlServers } from '../../../test/mysql-server.ts'
import type { Cell, ReadSession, SessionLimits, WriteSession } from '../connector.ts'
import { driver } from './driver.ts'

export const servers: readonly MysqlServer[] = await mysqlServers()

export const limits: SessionLimits = { statementTimeoutMs: 20_000, lockTimeoutMs: 300 }

export interface TestDatabase {
  readonly name: string
  readonly url: string
  readonly secret: string
  /** A superuser's own statements, beside Dossier. Answers rows as arrays. */
  query(text: string, values?: readonly Cell[]): Promise<readonly (readonly unknown[])[]>
  read(limits?: SessionLimits): Promise<ReadSession>
  write(limits?: SessionLimits): Promise<WriteSession>
}

/** A database of its own, made by these statements. */
export async function withDatabase(
  server: MysqlServer,
  statements: readonly string[],
  work: (database: TestDatabase) => Promise<void>,
): Promise<void> {
  const { name, url, drop } = await freshMysqlDatabase(server)
  const client = await createConnection({ uri: url, rowsAsArray: true, charset: 'utf8mb4' })
  client.on('error', () => undefined)
  try {
    const query = asQuery(client)
    for (const statement of statements) await query(statement)
    const { secret } = driver.parse(url, '/')
    const read = (own: SessionLimits = limits) => driver.openRead(secret, own)
    const write = (own: SessionLimits = limits) => driver.openWrite(secret, own)
    await work({ name, url, secret, query, read, write })
  } finally {
    client.destroy()
    await drop()
  }
}

const asQuery =
  (client: Connection): TestDatabase['query'] =>
  async (text, values = []) => {
    const [rows] = await client.query(text, [...values])
    return Array.isArray(rows) ? rows.filter((row): row is never => Array.isArray(row)) : []
  }

/** The same database's address, under an account of the test's own; `drop` removes it. */
export async function asAccount(
  database: TestDatabase,
  account: string,
  password = 'p@ss:w/rd#?',
): Promise<{ readonly secret: string; drop(): Promise<void> }> {
  await database.query(`create user ${account}@'127.0.0.1' identified by '${password}'`)
  const url = new URL(database.url)
  url.username = account
  url.password = encodeURIComponent(password)
  return {
    secret: driver.parse(url.href, '/').secret,
    drop: async () => void (await database.query(`drop user ${account}@'127.0.0.1'`)),
  }
}

/** A table `big` of 20 000 numbered rows, some 20 MB. */
export function manyRows(create: string): readonly string[] {
  const ten = `(select 0 d ${Array.from({ length: 9 }, (_, i) => `union all select ${i + 1}`).join(' ')})`
  return [
    create,
    `insert into big select 1 + a.d + 10 * b.d + 100 * c.d + 1000 * d.d + 10000 * e.d, repeat('x', 1000)
       from (select 0 d union all select 1) e, ${ten} d, ${ten} c, ${ten} b, ${ten} a order by 1`,
  ]
}
