/**
 * An error a person can act on. `code` is `<domain>.<name>`; its sentence is `texts/<language>/<domain>.json` → `<name>`.
 * `params` fill the sentence and may be shown to strangers: never put personal data or secrets in them.
 */
export class Problem extends Error {
  override readonly name = 'Problem'
  readonly code: string
  readonly status: number
  readonly exit: 1 | 2 | 3
  readonly params: Readonly<Record<string, string | number>>

  constructor(code: string, kind: ProblemKind, params: Record<string, string | number>, cause?: unknown) {
    super(code, cause === undefined ? undefined : { cause })
    this.code = code
    this.status = kind.status
    this.exit = kind.exit
    this.params = params
  }
}

/** HTTP status, and exit code of the command line (1 a negative answer, 2 wrong usage, 3 something out of reach). */
export interface ProblemKind {
  readonly status: number
  readonly exit: 1 | 2 | 3
}

export const negative = (status = 409): ProblemKind => ({ status, exit: 1 })
export const wrongUsage = (status = 400): ProblemKind => ({ status, exit: 2 })
export const outOfReach = (status = 503): ProblemKind => ({ status, exit: 3 })

/** A domain's closed list of problems, as a function that makes them: `throw problem('systems.unknown', { name })`. */
export function problems<Code extends string>(kinds: Readonly<Record<Code, ProblemKind>>) {
  return (code: Code, params: Record<string, string | number> = {}, cause?: unknown): Problem =>
    new Problem(code, kinds[code], params, cause)
}

export function isProblem(error: unknown, code?: string): error is Problem {
  return error instanceof Problem && (code === undefined || error.code === code)
}
