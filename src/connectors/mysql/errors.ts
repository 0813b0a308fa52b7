import { isProblem, type Problem } from '../../platform/problem.ts'
import { problem } from '../problems.ts'
import type { Reason } from '../reasons.ts'

/** What was being done, in words that may be shown: never a value. */
export interface Attempt {
  /** The target's address without its secrets. */
  readonly system: string
  /** E.g. `delete on customer`. */
  readonly what: string
  readonly collection?: string
  /** Fields and constraints the target is known to have. */
  readonly names?: ReadonlySet<string>
}

/** What mysql2 and Node throw, as far as it is safe to look at. Messages hold values: only known names are taken from them. */
interface Thrown {
  /** Set when it is the server that says so. */
  readonly errno?: unknown
  readonly sqlState?: unknown
  readonly code?: unknown
  readonly message?: unknown
}

const constraintKinds: Readonly<Record<number, string>> = {
  1048: 'not-null',
  1216: 'foreign-key',
  1217: 'foreign-key',
  1451: 'foreign-key',
  1452: 'foreign-key',
  1062: 'unique',
  1586: 'unique',
  1761: 'unique',
  1762: 'unique',
  // MariaDB's, MySQL's, and that of a view.
  4025: 'check',
  3819: 'check',
  1369: 'check',
  1406: 'length',
  // MariaDB's and MySQL's.
  1906: 'generated',
  3105: 'generated',
  1264: 'type',
  1265: 'type',
  1292: 'type',
  1366: 'type',
  1367: 'type',
  1411: 'type',
  1416: 'type',
  1690: 'type',
  3037: 'type',
  3140: 'type',
  3141: 'type',
  3616: 'type',
  3617: 'type',
  3643: 'type',
  4079: 'type',
}

/** Somebody else's lock, a deadlock, and a table changed under a snapshot. */
const locked = new Set([1205, 1213, 1020, 1412, 3572])

/** No right to a table, a column, a database, a routine or an act; a server or a transaction that only reads. */
const refused = new Set([1142, 1143, 1044, 1045, 1227, 1370, 1290, 1792, 1836])

/** Who may come in at all: password, host, locked or expired account, no way to sign in that both know. */
const notLetIn = new Set([1045, 1044, 1129, 1130, 1251, 1275, 1524, 1698, 1820, 1862, 3118, 3878, 4151])

/** MySQL's; MariaDB says no more than that the password is wrong. */
const tlsRequired = 3159

const timedOut = new Set([1317, 1969, 3024])

/** What ends a connection, or keeps it from coming about. */
const unreachable: Readonly<Record<number, Reason>> = {
  1053: 'the server is starting or stopping',
  1040: 'the server has no free connection',
  1203: 'the server has no free connection',
  1226: 'the server has no free connection',
  1049: 'the database does not exist',
  1152: 'the connection was lost',
  1184: 'the connection was lost',
  1927: 'the connection was lost',
  4031: 'the connection was lost',
}

const networkReasons: Readonly<Record<string, Reason>> = {
  ECONNREFUSED: 'nobody answers there',
  EHOSTUNREACH: 'nobody answers there',
  ENETUNREACH: 'nobody answers there',
  ENOENT: 'nobody answers there',
  EACCES: 'nobody answers there',
  ENOTFOUND: 'the host name is not known',
  EAI_AGAIN: 'the host name is not known',
  ETIMEDOUT: 'it takes too long to answer',
  HANDSHAKE_NO_SSL_SUPPORT: 'the server offers no TLS; add ?sslmode=disable where the network is yours',
  HANDSHAKE_SSL_ERROR: "the server's certificate is not trusted",
}

/** A way of signing in that mysql2 does not know, or that would show the password. */
const cannotSignIn = new Set(['AUTH_SWITCH_PLUGIN_ERROR', 'MYSQL_CLEAR_PASSWORD_NOT_ENABLED'])

export const signingIn = 'signing in'

/** The Problem for whatever went wrong in a target. Nothing of the error goes on but its numbers and names known before. */
export function targetProblem(error: unknown, attempt: Attempt): Problem {
  if (isProblem(error)) return error
  const thrown: Thrown = typeof error === 'object' && error !== null ? error : {}
  return typeof thrown.errno === 'number' && thrown.errno > 0
    ? said(thrown.errno, thrown, attempt)
    : happened(thrown, attempt)
}

/** What the server said. */
function said(errno: number, thrown: Thrown, attempt: Attempt): Problem {
  const { system, what, collection = '' } = attempt
  const message = typeof thrown.message === 'string' ? thrown.message : ''
  const isSigningIn = what === signingIn
  if (isSigningIn && errno === tlsRequired)
    return problem('connectors.refused', { what: 'signing in without TLS' })
  if (isSigningIn ? notLetIn.has(errno) : refused.has(errno)) return problem('connectors.refused', { what })
  const kind = constraintKinds[errno]
  if (kind) {
    const constraint = knownName(message, attempt)
    return problem('connectors.constraint', { kind, constraint, collection })
  }
  if (timedOut.has(errno)) return problem('connectors.timeout', { system, what })
  if (locked.has(errno)) return problem('connectors.locked', { system, what })
  // A trigger or a view may miss another table: then its name is not that of our collection.
  if (errno === 1146 && collection !== '' && message.includes(`.${collection}'`))
    return problem('connectors.unknown-collection', { collection })
  const field = errno === 1054 ? knownName(message, attempt) : ''
  if (field !== '') return problem('connectors.unknown-field', { collection, field })
  const reason = unreachable[errno]
  if (reason) return problem('connectors.unreachable', { system, reason })
  return problem('connectors.target-error', { sqlstate: `${thrown.sqlState ?? ''}/${errno}`, what })
}

/** Where MariaDB's and MySQL's messages name a constraint or a field. Values stand before it: hence the greedy starts. */
const placesOfNames: readonly RegExp[] = [
  /^.* for key '(.+)'$/s,
  /CONSTRAINT `((?:[^`]|``)+)` (?:FOREIGN KEY|failed for)/s,
  /^Check constraint '(.+)' is violated\.?$/s,
  /^Column '(.+)' cannot be null$/s,
  /^.* for column [`'](.+)[`'](?: at row \d+|\.)$/s,
  /generated column '(.+)' in table/s,
  /^Unknown column '(.+)' in /s,
]

/** The name in a message, where the target is known to have one like it: a value that looks like a message goes nowhere. */
function knownName(message: string, { names, collection = '' }: Attempt): string {
  for (const place of placesOfNames) {
    const text = (place.exec(message)?.[1] ?? '').replaceAll('``', '`')
    const bare = text.startsWith(`${collection}.`) ? text.slice(collection.length + 1) : text
    // After the name of a table, or of a database and a table.
    for (const name of [text, bare, text.slice(text.lastIndexOf('`.`') + 3)])
      if (names?.has(name)) return name
  }
  return ''
}

/** What befell the connection, or mysql2 itself. */
function happened({ code }: Thrown, { system, what }: Attempt): Problem {
  if (typeof code === 'string' && cannotSignIn.has(code)) return problem('connectors.refused', { what })
  const reason = typeof code === 'string' ? networkReasons[code] : undefined
  return problem('connectors.unreachable', { system, reason: reason ?? 'the connection was lost' })
}
