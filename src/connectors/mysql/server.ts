import { join, raw, type Sql, sql } from '../../platform/sql.ts'
import type { SessionLimits } from '../connector.ts'
import { problem } from '../problems.ts'
import type { Connection } from './connection.ts'

/** Which server it is, and what that means for how it is spoken to. */
export interface Server {
  readonly isMariadb: boolean
  /** E.g. `MariaDB 10.11.19`. */
  readonly engine: string
  /** MySQL before 8.0.16 takes a CHECK, forgets it, and has no table of them. */
  readonly hasChecks: boolean
  /** The longest statement it takes, in bytes. */
  readonly largestPacket: number
}

export type Access = 'read' | 'write'

/** A write session that stays silent this long is ended by the target: its locks must not outlive us. */
const idleSeconds = 300
/** A row that we are slow to take is not a lost connection. */
const slowReaderSeconds = 600

/** The first versions that speak as this driver does: before them columns, constraints and documents are described otherwise. */
const oldest = { MySQL: '8.0', MariaDB: '10.6' } as const

/**
 * Asks who answers, and sets the session up. Whatever else the target's administrator chose for sessions, these hold.
 * Throws `connectors.too-old`.
 */
export async function settle(connection: Connection, limits: SessionLimits, access: Access): Promise<Server> {
  const set = (settings: Readonly<Record<string, string>>) => {
    const assignments = Object.entries(settings).map(([key, value]) => raw(`${key} = ${value}`))
    return connection.run(sql`set ${join(assignments)}`, settingUp)
  }
  // First of all, for a limit on rows would be one on the answers below.
  await set(commonSettings(limits))
  const facts = await readFacts(connection)
  const version = facts.get('version') ?? ''
  const isMariadb = productOf(version) === 'MariaDB'
  refuseTooOld(version, connection.shown)
  await set({
    ...(isMariadb ? mariadbSettings(limits, access) : mysqlSettings(limits)),
    ...(access === 'write' && { wait_timeout: String(idleSeconds) }),
    autocommit: access === 'write' ? '0' : '1',
  })
  await connection.run(isolation(access, facts.get('binlog_format') ?? ''), settingUp)
  return {
    isMariadb,
    engine: engineName(version),
    hasChecks: isMariadb || !/^8\.0\.(\d|1[0-5])\b/.test(version),
    largestPacket: Number(facts.get('max_allowed_packet') ?? 1_048_576),
  }
}

const settingUp = { what: 'setting up the session' }

const readingTheVersion = { what: 'reading the version' }

/** E.g. `MariaDB 10.11.19`. Throws `connectors.too-old`. */
export async function engineOf(connection: Connection): Promise<string> {
  const { rows } = await connection.run(raw('select version()'), readingTheVersion)
  const version = rows[0]?.[0] ?? ''
  refuseTooOld(version, connection.shown)
  return engineName(version)
}

/** Throws `connectors.too-old` for what `version()` says of a server before MySQL 8.0 or MariaDB 10.6. */
export function refuseTooOld(version: string, system: string): void {
  const product = productOf(version)
  const [, major, minor] = /^(\d+)\.(\d+)/.exec(version) ?? []
  const [least = '', next = ''] = oldest[product].split('.')
  // What tells no number is not called old: the statements that follow tell.
  if (major === undefined || minor === undefined) return
  if (Number(major) > Number(least) || (major === least && Number(minor) >= Number(next))) return
  throw problem('connectors.too-old', {
    system,
    engine: `${product} ${major}.${minor}`,
    oldest: `${product} ${oldest[product]}`,
  })
}

async function readFacts(connection: Connection): Promise<ReadonlyMap<string, string>> {
  const { rows } = await connection.run(
    raw(`show session variables where variable_name in ('version', 'max_allowed_packet', 'binlog_format')`),
    readingTheVersion,
  )
  return new Map(rows.map(([key, value]) => [key ?? '', value ?? '']))
}

const productOf = (version: string): keyof typeof oldest => (/mariadb/i.test(version) ? 'MariaDB' : 'MySQL')

/** `10.11.19-MariaDB-0+deb12u1` → `MariaDB 10.11.19`. */
const engineName = (version: string): string => `${productOf(version)} ${version.split(/[-+ ]/)[0]}`

const inSeconds = (ms: number): string => String(Math.max(1, Math.ceil(ms / 1000)))

const commonSettings = (limits: SessionLimits): Readonly<Record<string, string>> => ({
  // Quotes and backslashes mean what this driver takes them for; nothing is cut to fit; a zero date may stay where it is.
  sql_mode: `'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION'`,
  character_set_client: 'utf8mb4',
  character_set_results: 'utf8mb4',
  collation_connection: 'utf8mb4_general_ci',
  time_zone: `'+00:00'`,
  // Names of constraints are found nowhere but in messages.
  lc_messages: 'en_US',
  foreign_key_checks: '1',
  sql_safe_updates: '0',
  // A limit would hide rows: unseen is not absent.
  sql_select_limit: '18446744073709551615',
  sql_big_selects: '1',
  sql_auto_is_null: '0',
  net_write_timeout: String(slowReaderSeconds),
  lock_wait_timeout: inSeconds(limits.lockTimeoutMs),
  innodb_lock_wait_timeout: inSeconds(limits.lockTimeoutMs),
})

const mariadbSettings = (limits: SessionLimits, access: Access): Readonly<Record<string, string>> => ({
  max_statement_time: String(limits.statementTimeoutMs / 1000),
  check_constraint_checks: '1',
  system_versioning_asof: 'default',
  // From 1000 values on, a list would become a temporary table, and an update of it a scan.
  in_predicate_conversion_threshold: '0',
  ...(access === 'write' && { idle_transaction_timeout: String(idleSeconds) }),
})

const mysqlSettings = (limits: SessionLimits): Readonly<Record<string, string>> => ({
  // Of statements that write, MySQL has no such limit: `Connection` has.
  max_execution_time: String(limits.statementTimeoutMs),
  // Else the numbers of rows and bytes may be a day old.
  information_schema_stats_expiry: '0',
})

/**
 * A reading session is read-only statement by statement, so that it holds no snapshot, which the target could not clean up
 * behind. READ COMMITTED locks no more than what is found; a target that logs statements refuses writes under it.
 */
function isolation(access: Access, binlogFormat: string): Sql {
  const level = access === 'write' && binlogFormat === 'STATEMENT' ? 'repeatable read' : 'read committed'
  const mode = access === 'read' ? 'read only' : 'read write'
  return raw(`set session transaction isolation level ${level}, ${mode}`)
}

/** A `select` that may take so long, whatever the session's own limit; 0 is for ever. */
export function withinMs({ isMariadb }: Server, ms: number, select: Sql): Sql {
  if (isMariadb) return sql`set statement max_statement_time = ${raw(String(ms / 1000))} for ${select}`
  const [first = '', ...rest] = select.parts
  const hint = `select /*+ max_execution_time(${ms === 0 ? 4_294_967_295 : ms}) */ `
  return { parts: [first.replace(/^\s*select /, hint), ...rest], values: select.values }
}
