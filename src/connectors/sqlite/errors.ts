import { isProblem, type Problem } from '../../platform/problem.ts'
import { problem } from '../problems.ts'

/** What was being done, in words that may be shown: never a value. */
export interface Attempt {
  readonly system: string
  readonly what: string
  readonly collection?: string
}

/** SQLite's extended result codes for what a row may not be. */
const constraintKinds: Readonly<Record<number, string>> = {
  18: 'length',
  20: 'type',
  275: 'check',
  787: 'foreign-key',
  1299: 'not-null',
  1555: 'unique',
  1811: 'check',
  2067: 'unique',
  2579: 'unique',
  3091: 'type',
}

const busy = 5

export const isBusy = (error: unknown): boolean => (errorCode(error) & 0xff) === busy

const errorCode = (error: unknown): number =>
  typeof error === 'object' && error !== null && 'errcode' in error && typeof error.errcode === 'number'
    ? error.errcode
    : 0

/**
 * The Problem for whatever SQLite says. Of its message only the name of a constraint goes on: a trigger may put
 * anything there, so of a trigger's refusal nothing does.
 */
export function targetProblem(error: unknown, { system, what, collection = '' }: Attempt): Problem {
  if (isProblem(error)) return error
  const code = errorCode(error)
  const kind = constraintKinds[code]
  if (kind)
    return problem('connectors.constraint', { kind, constraint: constraintName(code, error), collection })
  switch (code & 0xff) {
    case 3:
    case 8:
    case 23:
      return problem('connectors.refused', { what })
    case busy:
    case 6:
      return problem('connectors.locked', { system, what })
    case 11:
      return problem('connectors.corrupt', { file: system, line: 1, reason: 'the database is damaged' })
    case 26:
      return problem('connectors.corrupt', { file: system, line: 1, reason: 'it is not a SQLite database' })
    case 10:
    case 14:
      return problem('connectors.unreachable', { system, reason: 'the file cannot be opened' })
    default:
      return problem('connectors.target-error', { sqlstate: `SQLITE ${code}`, what })
  }
}

/** `UNIQUE constraint failed: customer.email` → `email`; of a CHECK its name, or its expression where it has none. */
function constraintName(code: number, error: unknown): string {
  const message = error instanceof Error && code !== 1811 ? error.message : ''
  const [, named = ''] = /^[A-Z ]+ constraint failed: (?:index '(?=.*'$))?(.*?)'?$/s.exec(message) ?? []
  return code === 275
    ? named
    : named
        .split(', ')
        .map((field) => field.slice(field.indexOf('.') + 1))
        .join(', ')
}
