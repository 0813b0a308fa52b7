import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { outcomeOf } from '../../../src/requests/public.ts'
import type { Arena } from '../arena.ts'
import type { Worker } from '../crew.ts'
import type { Erasure } from '../erasure.ts'
import { Finding } from '../finding.ts'

export interface Fault {
  readonly name: string
  /** How often it is drawn, beside the others. */
  readonly weight: number
  readonly needsDisks?: boolean
  /** True when it struck while the work was under way. What it did to the world is undone when it returns. */
  strike(arena: Arena, erasure: Erasure, random: () => number): Promise<boolean>
}

/** About what an undisturbed erasure takes here, with its verification: learnt from those that ended before their fault. */
let workMs = 250

/** A moment within the time that the work takes. */
export const moment = (random: () => number): number => random() * workMs

export interface AtWork {
  readonly worker: Worker
  readonly answer: Promise<string | null>
  /** Whether it was still at it when its while was over. */
  readonly isBusy: boolean
}

/** Lets a worker work for a while. */
export async function workFor(arena: Arena, { request }: Erasure, random: () => number): Promise<AtWork> {
  const worker = await arena.crew.worker()
  const began = performance.now()
  const answer = worker.work(request)
  // Whoever waits for it hears of it; a worker that is killed is not waited for.
  answer.catch(() => undefined)
  const isBusy = await Promise.race([answer.then(() => false), sleep(moment(random)).then(() => true)])
  workMs = isBusy ? workMs * 1.02 : 0.7 * workMs + 0.3 * (performance.now() - began)
  workMs = Math.min(workMs, 1_000)
  return { worker, answer, isBusy }
}

/** Lets it come to its end; that it does, whatever befell it, is part of what is tried. */
export async function ended(arena: Arena, { worker, answer }: AtWork): Promise<string> {
  const state = await answer
  if (state === null) throw new Finding('stuck', `a worker died by itself (${worker.process.exitCode})`)
  arena.crew.keep(worker)
  return state
}

/** Whether there is anything left to be disturbed. */
export async function isUnfinished({ ctx }: Arena, { request }: Erasure): Promise<boolean> {
  return (await outcomeOf(ctx, request)).state !== 'completed'
}

/** A whole attempt, while something is as it should not be. Leaves the steps to whoever comes next. */
export async function attempt(arena: Arena, { request }: Erasure, shiftMs = 0): Promise<string> {
  const worker = await arena.crew.worker()
  const state = await worker.survive(request, shiftMs)
  arena.crew.keep(worker)
  await arena.expireLeases(request)
  return state
}

export async function kill({ process: child }: Worker): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = once(child, 'exit')
  child.kill('SIGKILL')
  await gone
}

export const between = (random: () => number, low: number, high: number): number =>
  low + Math.floor(random() * (high - low))

export function pickOne<T>(random: () => number, list: readonly T[]): T {
  const one = list[Math.floor(random() * list.length)]
  if (one === undefined) throw new RangeError('nothing to pick from')
  return one
}
