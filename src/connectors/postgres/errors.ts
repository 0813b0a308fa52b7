import { isProblem, type Problem } from '../../platform/problem.ts'
import { problem } from '../problems.ts'
import { endedByServer, type Reason } from '../reasons.ts'

/** What was being done, in words that may be shown: never a value. */
export interface Attempt {
  /** The target's address without its secrets. */
  readonly system: string
  /** E.g. `delete on public.customer`. */
  readonly what: string
  readonly collection?: string
}

/** What node-postgres and Node throw, as far as it is safe to look at: messages and details carry values. */
interface Thrown {
  readonly code?: unknown
  readonly constraint?: unknown
  readonly column?: unknown
  /** Set when it is PostgreSQL that says so; in the language of the server. */
  readonly severity?: unknown
  /** Set when it arose inside a function or trigger of the target. */
  readonly where?: unknown
  readonly message?: unknown
}

const constraintKinds: Readonly<Record<string, string>> = {
  '23502': 'not-null',
  '23503': 'foreign-key',
  '23001': 'foreign-key',
  '23505': 'unique',
  '23P01': 'unique',
  '23514': 'check',
  '44000': 'check',
  '22001': 'length',
  '428C9': 'generated',
}

const locked = new Set(['55P03', '55006', '40P01', '40001'])
const refused = new Set(['42501', '25006'])

/** What ends a connection, or keeps it from coming about. */
const unreachable: Readonly<Record<string, Reason>> = {
  '57P01': 'the connection was lost',
  '57P02': 'the connection was lost',
  '57P05': 'the connection was lost',
  '25P03': endedByServer,
  '25P04': endedByServer,
  '57P03': 'the server is starting or stopping',
  '53300': 'the server has no free connection',
  '3D000': 'the database does not exist',
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
}

/**
 * The Problem for whatever went wrong in a target. PostgreSQL puts values into messages and details, so nothing of the
 * error but its SQLSTATE and the names of constraints goes on; for that reason it is not kept as `cause` either.
 */
export function targetProblem(error: unknown, attempt: Attempt): Problem {
  if (isProblem(error)) return error
  const thrown: Thrown = typeof error === 'object' && error !== null ? error : {}
  const code = typeof thrown.code === 'string' ? thrown.code : ''
  return typeof thrown.severity === 'string' ? said(code, thrown, attempt) : happened(code, thrown, attempt)
}

/** What PostgreSQL said. */
function said(state: string, { constraint, column, where }: Thrown, attempt: Attempt): Problem {
  const { system, what, collection = '' } = attempt
  const kind = constraintKinds[state] ?? (state.startsWith('22') ? 'type' : undefined)
  if (kind)
    return problem('connectors.constraint', {
      kind,
      constraint: String(constraint ?? column ?? ''),
      collection,
    })
  if (refused.has(state) || isSigningIn(attempt, state, '28')) return problem('connectors.refused', { what })
  if (state === '57014') return problem('connectors.timeout', { system, what })
  if (locked.has(state)) return problem('connectors.locked', { system, what })
  const isOurs = collection !== '' && where === undefined
  if (isOurs && state === '42P01') return problem('connectors.unknown-collection', { collection })
  if (isOurs && state === '42703') return problem('connectors.unknown-field', { collection, field: '' })
  const reason =
    unreachable[state] ?? (isSigningIn(attempt, state, '08') ? 'nobody answers there' : undefined)
  if (reason) return problem('connectors.unreachable', { system, reason })
  return problem('connectors.target-error', { sqlstate: state, what })
}

/** Later in a session such codes are about somewhere else: a foreign server that a table lies on. */
const isSigningIn = (attempt: Attempt, state: string, stateClass: string): boolean =>
  attempt.what === signingIn && state.startsWith(stateClass)

export const signingIn = 'signing in'

/** What befell the connection. node-postgres has no codes for what goes wrong before and beside PostgreSQL's protocol. */
function happened(code: string, { message }: Thrown, { system, what }: Attempt): Problem {
  const text = typeof message === 'string' ? message : ''
  // A password that is missing, or a server that cannot prove it knows it.
  if (text.startsWith('SASL:')) return problem('connectors.refused', { what })
  return problem('connectors.unreachable', { system, reason: networkReasons[code] ?? reasonIn(code, text) })
}

function reasonIn(code: string, text: string): Reason {
  if (text === 'The server does not support SSL connections')
    return 'the server offers no TLS; add ?sslmode=disable where the network is yours'
  if (/^(ERR_TLS|ERR_SSL|CERT_|UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO)/.test(code))
    return "the server's certificate is not trusted"
  return text === 'timeout expired' || text === 'Query read timeout'
    ? 'it takes too long to answer'
    : 'the connection was lost'
}
