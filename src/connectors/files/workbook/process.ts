import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Reason } from '../../reasons.ts'
import { linesOf } from './lines.ts'
import type { Answer, Request, Row } from './messages.ts'
import { Refusal } from './refusal.ts'

/** Processes that read workbooks, for one session. Disposal ends them all. */
export interface WorkbookReaders extends AsyncDisposable {
  /** The rows that answer; returns what stands at the end. Throws a `Refusal`, or a file system's error. */
  ask(request: ReadRequest): AsyncGenerator<readonly Row[], unknown>
  /** Writes a workbook anew, in a process of its own that may write to this one file. */
  rewrite(request: RewriteRequest): Promise<void>
}

export type ReadRequest = Exclude<Request, { act: 'rewrite' }>
export type RewriteRequest = Extract<Request, { act: 'rewrite' }>

export interface ReaderLimits {
  /** How long a request may keep us waiting, all in all; the time its reader takes does not count. */
  readonly waitMs: number
  readonly heapMb: number
}

const usual: ReaderLimits = { waitMs: 120_000, heapMb: 256 }
const program = fileURLToPath(new URL('./serve.ts', import.meta.url))

interface Reader {
  readonly child: ChildProcess
  readonly lines: AsyncGenerator<string>
}

/** A process serves one request at a time; two at once take two processes. None is started before it is needed. */
export function workbookReaders(limits: ReaderLimits = usual): WorkbookReaders {
  const all = new Set<Reader>()
  const idle: Reader[] = []
  const stop = (reader: Reader) => {
    all.delete(reader)
    reader.child.kill('SIGKILL')
  }
  return {
    async *ask(request) {
      const reader = idle.pop() ?? start(limits)
      all.add(reader)
      let isDone = false
      try {
        const end = yield* answersTo(reader, request, limits.waitMs)
        isDone = true
        return end
      } catch (error) {
        isDone = error instanceof Answered
        throw error instanceof Answered ? error.meaning : error
      } finally {
        // Whoever is left in the middle of its answer cannot be asked again.
        if (isDone) idle.push(reader)
        else stop(reader)
      }
    },
    async rewrite(request) {
      const writer = start(limits, [`--allow-fs-write=${request.draft}`])
      all.add(writer)
      try {
        await answersTo(writer, request, limits.waitMs).next()
      } catch (error) {
        throw error instanceof Answered ? error.meaning : error
      } finally {
        stop(writer)
      }
    },
    [Symbol.asyncDispose]: async () => {
      for (const reader of all) stop(reader)
      idle.length = 0
    },
  }
}

/** A whole answer that says no. */
class Answered extends Error {
  readonly meaning: Error

  constructor(meaning: Error) {
    super('answered')
    this.meaning = meaning
  }
}

/** It may read files and nothing else: no writing, no other processes, and nothing of our environment. */
function start({ heapMb }: ReaderLimits, more: readonly string[] = []): Reader {
  const flags = ['--permission', '--allow-fs-read=*', ...more, `--max-old-space-size=${heapMb}`]
  const child = spawn(process.execPath, [...flags, '--disable-warning=ExperimentalWarning', program], {
    env: {},
    stdio: ['pipe', 'pipe', 'ignore'],
  })
  child.unref()
  // A process that has died does not take what it is told; that it has died is seen by its silence.
  child.stdin.on('error', () => undefined)
  child.on('error', () => undefined)
  return { child, lines: linesOf(child.stdout) }
}

async function* answersTo(
  { child, lines }: Reader,
  request: Request,
  waitMs: number,
): AsyncGenerator<readonly Row[], unknown> {
  let left = waitMs
  child.stdin?.write(`${JSON.stringify(request)}\n`)
  for (;;) {
    const asked = performance.now()
    let isLate = false
    const timer = setTimeout(() => {
      isLate = true
      child.kill('SIGKILL')
    }, left)
    const line = await lines.next().finally(() => clearTimeout(timer))
    left -= performance.now() - asked
    // It ends in the middle of an answer when its time is up, or when its memory is.
    if (line.done) throw new Refusal(reasonOfSilence(isLate))
    const answer: Answer = JSON.parse(line.value)
    if ('rows' in answer) yield answer.rows
    else if ('end' in answer) return answer.end
    else throw new Answered(meaningOf(answer))
  }
}

const reasonOfSilence = (isLate: boolean): Reason =>
  isLate ? 'it takes too long to read' : 'the workbook is too large to be read safely'

function meaningOf(answer: Exclude<Answer, { rows: unknown } | { end: unknown }>): Error {
  if ('refused' in answer) return new Refusal(answer.refused, answer.line)
  return Object.assign(new Error('a workbook could not be read'), { code: answer.failed })
}
