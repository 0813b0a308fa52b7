import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Finding, within } from './finding.ts'

/** A worker in a process of its own. */
export interface Worker {
  readonly process: ChildProcess
  /** Carries the request out; resolves with the state it saw, or null when the process died. */
  work(request: string, shiftMs?: number): Promise<string | null>
  /** As `work`, where nothing may end the process: dying of a fault is a finding. */
  survive(request: string, shiftMs?: number): Promise<string>
}

/** Workers that were started ahead and are ready to be told. */
export interface Crew extends AsyncDisposable {
  worker(): Promise<Worker>
  /** Gives back a worker that lives. */
  keep(worker: Worker): void
  /** Waits until nobody is starting: what is about to befall the roads is meant for those at work. */
  settled(): Promise<void>
}

/** So many stand ready: some faults take two at once. */
const readyAhead = 2
const startsWithinMs = 60_000
const startTries = 8

/** Longer than every timeout of the product that a fault may make it wait for. */
const worksWithinMs = 120_000

export function openCrew(env: NodeJS.ProcessEnv): Crew {
  const spare: Worker[] = []
  const coming = new Set<Promise<void>>()
  const all = new Set<ChildProcess>()
  const start = async (tries = 1): Promise<Worker> => {
    const child = fork(join(import.meta.dirname, 'worker.ts'), { env, stdio: 'ignore' })
    all.add(child)
    const gone = once(child, 'exit').then(() => 'gone' as const)
    child.once('exit', () => all.delete(child))
    const ready = once(child, 'message').then(() => 'ready' as const)
    if ((await within(startsWithinMs, 'a worker that starts', Promise.race([ready, gone]))) === 'ready')
      return asWorker(child)
    // It may have met a fault that was meant for others; with nothing in its way it starts.
    if (tries === startTries) throw new Finding('stuck', `a worker does not start (${child.exitCode})`)
    await sleep(50 * tries)
    return start(tries + 1)
  }
  const fill = () => {
    while (spare.length + coming.size < readyAhead) {
      const next = start().then((worker) => {
        spare.push(worker)
      })
      coming.add(next)
      next.catch(() => undefined).finally(() => coming.delete(next))
    }
  }
  fill()
  return {
    async worker() {
      for (;;) {
        const ready = spare.pop()
        if (ready && all.has(ready.process)) return ready
        fill()
        if (spare.length === 0) await Promise.race(coming)
      }
    },
    async settled() {
      fill()
      await Promise.all(coming)
    },
    keep(worker) {
      if (all.has(worker.process)) spare.push(worker)
    },
    async [Symbol.asyncDispose]() {
      for (const child of all) child.kill('SIGKILL')
      await Promise.allSettled(coming)
      for (const child of all) child.kill('SIGKILL')
    },
  }
}

function asWorker(child: ChildProcess): Worker {
  const gone = once(child, 'exit').then(() => null)
  const work = async (request: string, shiftMs = 0): Promise<string | null> => {
    if (child.exitCode !== null || child.signalCode !== null) return null
    const answered = once(child, 'message').then(([message]) => (message as { state: string }).state)
    child.send({ request, shiftMs })
    return within(worksWithinMs, 'a worker hangs', Promise.race([answered, gone]))
  }
  return {
    process: child,
    work,
    async survive(request, shiftMs) {
      const state = await work(request, shiftMs)
      if (state === null) throw new Finding('stuck', `a worker died by itself (${child.exitCode})`)
      return state
    },
  }
}
