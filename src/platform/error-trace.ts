/** What may be logged of an error. Its message stays out: libraries and databases put values into messages. */
export interface ErrorTrace {
  readonly kind: string
  /** A Problem's code, a SQLSTATE, a system error's name. */
  readonly code?: string
  readonly at: readonly string[]
  readonly cause?: ErrorTrace
}

/** Kind, code and places of anything that was thrown, with its causes. */
export function traceOf(error: unknown, depth = 3): ErrorTrace {
  if (!(error instanceof Error)) return { kind: typeof error, at: [] }
  const code = 'code' in error ? String(error.code) : ''
  return {
    kind: error.constructor.name,
    ...(/^[\w.-]{1,60}$/.test(code) && { code }),
    at: (error.stack ?? '').split('\n').flatMap((line) => /^ {4}at (.+:\d+:\d+\)?)$/.exec(line)?.[1] ?? []),
    ...(error.cause !== undefined && depth > 0 && { cause: traceOf(error.cause, depth - 1) }),
  }
}
