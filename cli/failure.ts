import { randomBytes } from 'node:crypto'
import { appendFile } from 'node:fs/promises'
import { join } from 'node:path'
import { styleText } from 'node:util'
import { traceOf } from '../src/platform/error-trace.ts'
import { isProblem, type Problem } from '../src/platform/problem.ts'
import { say } from '../src/platform/texts.ts'
import { language, t } from './language.ts'
import { harmless, harmlessJson } from './terminal-text.ts'
import { isCommanderError, usageProblem } from './usage.ts'

/** A bug, sysexits' EX_SOFTWARE: apart from the four answers a script may expect. */
const unexpected = 70

export const stopSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** By shells' custom: 128 and the signal's number. */
const stopExits = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const

/** Somebody told the command to stop while it was at work. */
export class Stopped extends Error {
  override readonly name = 'Stopped'
  readonly signal: (typeof stopSignals)[number]
  readonly exit: number

  constructor(signal: Stopped['signal']) {
    super(signal)
    this.signal = signal
    this.exit = stopExits[signal]
  }
}

/** Tells people on stderr, or machines on stdout, what went wrong. Returns the exit code. */
export async function reportFailure(error: unknown, json: boolean): Promise<number> {
  if (error instanceof Stopped) {
    write(json, { code: 'cli.stopped', message: t('stopped'), params: {} })
    return error.exit
  }
  const known = isCommanderError(error) ? usageProblem(error) : error
  if (known === undefined) return 0
  if (isProblem(known)) {
    write(json, asDocument(known))
    return known.exit
  }
  const id = randomBytes(4).toString('hex')
  const file = await noteUnexpected(id, known)
  const message = file === undefined ? t('unexpected', { id }) : t('unexpected-noted', { id, file })
  write(json, { code: 'cli.unexpected', message, params: { id } })
  // Its message stays unsaid even here: it may hold what a target or a person typed.
  if (process.env.DOSSIER_DEBUG === '1') console.error(JSON.stringify(traceOf(known), null, 2))
  return unexpected
}

export interface ProblemDocument {
  readonly code: string
  /** In the reader's language. */
  readonly message: string
  readonly params: Problem['params']
  /** What lay behind it, e.g. the target's own answer. */
  readonly because?: ProblemDocument
}

/** A Problem as `--json` shows it, here and inside a command's own document. */
export const asDocument = ({ code, params, cause }: Problem): ProblemDocument => ({
  code,
  message: say(language, code, params),
  params,
  ...(isProblem(cause) && { because: asDocument(cause) }),
})

function write(json: boolean, document: ProblemDocument): void {
  if (json) process.stdout.write(`${harmlessJson({ error: document })}\n`)
  else
    for (let one: ProblemDocument | undefined = document; one; one = one.because) {
      const text = one === document ? one.message : t('because', { reason: one.message })
      process.stderr.write(`${styleText('red', harmless(text), { stream: process.stderr })}\n`)
    }
}

/** Kind and place of a bug, kept beside the data, without its message: a target may have put values into that. */
async function noteUnexpected(id: string, error: unknown): Promise<string | undefined> {
  const file = join(process.env.DOSSIER_DATA ?? './data', 'unexpected.log')
  const line = `${JSON.stringify({ id, at: new Date().toISOString(), error: traceOf(error) })}\n`
  return appendFile(file, line, { mode: 0o600 }).then(
    () => file,
    () => undefined,
  )
}
