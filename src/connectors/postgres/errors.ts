import { isProblem, type Problem } from '../../platform/problem.ts'
import { problem } from '../problems.ts'
import type { Reason } from '../reasons.ts'

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
  /** Set when the error arose inside a function or trigger of the target. */
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

const unreachable: Readonly<Record<string, Reason>> = {
  ECONNREFUSED: 'nobody answers there',
  EHOSTUNREACH: 'nobody answers there',
  ENETUNREACH: 'nobody answers there',
  ENOENT: 'nobody answers there',
  EACCES: 'nobody answers there',
  ENOTFOUND: 'the host name is not known',
  EAI_AGAIN: 'the host name is not known',
  ETIMEDOUT: 'it takes too long to answer',
  ECONNRESET: 'the connection was lost',
  EPIPE: 'the connection was lost',
  '57P01': 'the connection was lost',
  '57P02': 'the connection was lost',
  '57P05': 'the connection was lost',
  '25P03': 'the connection was lost',
  '57P03': 'the server is starting or stopping',
  '53300': 'the server has no free connection',
  '3D000': 'the database does not exist',
}

const locked = new Set(['55P03', '55006', '40P01', '40001'])
const refused = new Set(['42501', '25006'])

/**
 * The Problem for whatever went wrong in a target. PostgreSQL puts values into messages and details, so nothing of the
 * error but its SQLSTATE and the names of constraints goes on; for that reason it is not kept as `cause` either.
 */
export function targetProblem(error: unknown, attempt: Attempt): Problem {
  if (isProblem(error)) return error
  const { code, constraint, column, where, message }: Thrown = typeof error === 'object' && error ? error : {}
  const state = typeof code === 'string' ? code : ''
  const collection = attempt.collection ?? ''
  const kind = constraintKinds[state] ?? (state.startsWith('22') ? 'type' : undefined)
  if (kind)
    return problem('connectors.constraint', {
      kind,
      constraint: String(constraint ?? column ?? ''),
      collection,
    })
  if (refused.has(state)) return problem('connectors.refused', { what: attempt.what })
  if (state.startsWith('28') || isSignIn(message))
    return problem('connectors.refused', { what: 'signing in' })
  if (state === '57014') return problem('connectors.timeout', { system: attempt.system, what: attempt.what })
  if (locked.has(state)) return problem('connectors.locked', { system: attempt.system, what: attempt.what })
  if (collection && where === undefined && state === '42P01')
    return problem('connectors.unknown-collection', { collection })
  if (collection && where === undefined && state === '42703')
    return problem('connectors.unknown-field', { collection, field: '' })
  const reason =
    unreachable[state] ?? (state.startsWith('08') ? 'the connection was lost' : reasonOf(state, message))
  if (reason) return problem('connectors.unreachable', { system: attempt.system, reason })
  return problem('connectors.target-error', { sqlstate: state || 'unknown', what: attempt.what })
}

/** A password that is missing or not the server's own fails inside node-postgres already. */
const isSignIn = (message: unknown): boolean => typeof message === 'string' && message.startsWith('SASL:')

/** node-postgres has no codes for what goes wrong before and beside PostgreSQL's own protocol. */
function reasonOf(code: string, message: unknown): Reason | undefined {
  const text = typeof message === 'string' ? message : ''
  if (text === 'The server does not support SSL connections')
    return 'the server offers no TLS; add ?sslmode=disable where the network is yours'
  if (/^(ERR_TLS|ERR_SSL|CERT_|UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO)/.test(code))
    return "the server's certificate is not trusted"
  if (text === 'timeout expired' || text === 'Query read timeout') return 'it takes too long to answer'
  if (/^Connection terminated|is not queryable/.test(text)) return 'the connection was lost'
  return undefined
}
