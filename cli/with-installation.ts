import { setTimeout as sleep } from 'node:timers/promises'
import type { Command } from 'commander'
import { sequence } from '../src/evidence/public.ts'
import { type Config, readConfig } from '../src/platform/config.ts'
import type { Context } from '../src/platform/context.ts'
import { type Installation, openInstallation } from '../src/platform/installation.ts'
import type { Answer } from './answer.ts'
import { reportFailure, Stopped, stopSignals } from './failure.ts'
import { language, t } from './language.ts'
import { type Progress, startProgress } from './progress.ts'
import { pageOf, render } from './render.ts'
import { harmlessJson } from './terminal-text.ts'

/** What a command has beside its context. */
export interface Terminal {
  readonly installation: Installation
  readonly config: Config
  /** A line on stderr that says how far the act has come; nothing where nobody watches. */
  readonly progress: Progress
}

/** Closing waits for statements on their way; whoever pressed Ctrl-C does not. */
const closingWithinMs = 5_000

/**
 * Opens the installation, lets the command act, puts its evidence into the log, closes, and prints the answer. Used by
 * every command as `.action((…, command) => withInstallation(command, async (ctx, terminal) => …))`.
 */
export async function withInstallation(
  command: Command,
  work: (ctx: Context, terminal: Terminal) => Promise<Answer>,
): Promise<void> {
  const json = wantsJson(command)
  const { config, urls } = readConfig(process.env)
  // Nothing else would tell that what is done now is done in the name of another day.
  if (config.clockIsMoved)
    process.stderr.write(`${t('clock-moved', { now: config.now().toISOString().slice(0, 10) })}\n`)
  const installation = await openInstallation({
    config,
    urls,
    actor: { kind: 'operator', id: 'terminal' },
    role: 'command',
    logLevel: process.env.DOSSIER_DEBUG === '1' ? 'debug' : 'silent',
  })
  const { ctx } = installation
  let late: unknown
  try {
    const answer = await act(async (progress) => work(ctx, { installation, config, progress }), json)
    // What was done stays done: a log that refuses to grow is said after the answer, not instead of it.
    await sequence(ctx).catch((error: unknown) => {
      late = error
    })
    print(answer, json)
  } catch (error) {
    // An act that failed half-way may have left entries too.
    if (!(error instanceof Stopped)) await sequence(ctx).catch(() => undefined)
    throw error
  } finally {
    await Promise.race([
      installation[Symbol.asyncDispose](),
      sleep(closingWithinMs, undefined, { ref: false }),
    ])
  }
  if (late !== undefined) process.exitCode = await reportFailure(late, false)
}

async function act<T>(work: (progress: Progress) => Promise<T>, silent: boolean): Promise<T> {
  using progress = startProgress(process.stderr, silent)
  return await untilStopped(() => work(progress))
}

export const wantsJson = (command: Command): boolean =>
  command.optsWithGlobals<{ json?: boolean }>().json === true

/** Prints an answer and takes over its exit code. */
export function print(answer: Answer, json: boolean): void {
  process.stdout.write(
    json ? `${harmlessJson(answer.json)}\n` : render(answer.blocks, pageOf(process.stdout, language)),
  )
  process.exitCode = answer.exit ?? 0
}

/** Ctrl-C reaches every process of a terminal, and the launcher passes it on: within this time it is one wish. */
const sameWishMs = 1_000

/** A signal ends the command, not the database under it: what is under way there is undone or resumed later. */
async function untilStopped<T>(work: () => Promise<T>): Promise<T> {
  const { promise: stopped, reject } = Promise.withResolvers<never>()
  let askedAt: number | undefined
  const stop = (signal: Stopped['signal']) => {
    const wish = new Stopped(signal)
    if (askedAt !== undefined && performance.now() - askedAt > sameWishMs) process.exit(wish.exit)
    askedAt ??= performance.now()
    reject(wish)
  }
  for (const signal of stopSignals) process.on(signal, stop)
  try {
    return await Promise.race([work(), stopped])
  } finally {
    if (askedAt === undefined) for (const signal of stopSignals) process.off(signal, stop)
  }
}
