import { type Config, readConfig } from './platform/config.ts'
import { traceOf } from './platform/error-trace.ts'
import { isProblem } from './platform/problem.ts'
import { type Language, say, sayProblem } from './platform/texts.ts'
import { type Server, serve } from './serve.ts'
import { version } from './version.ts'

/** `npm start`: serves until it is told to stop. Problems are said in a sentence; bugs by kind and place, and exit 1. */

const stopWithinMs = 10_000

/** Ctrl-C reaches every process of a terminal, and a launcher passes it on: within this time it is one wish. */
const sameWishMs = 1_000

const { DOSSIER_LANGUAGE, LC_ALL, LC_MESSAGES, LANG } = process.env
// Apart from the other settings: the complaint about a wrong one needs a language too.
const { language } = readConfig({ DOSSIER_LANGUAGE, LC_ALL, LC_MESSAGES, LANG }).config

process.on('uncaughtException', crash)
const stopped = Promise.withResolvers<void>()
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => stop(signal))

let asked: number | undefined
function stop(signal: 'SIGTERM' | 'SIGINT' | 'SIGHUP'): void {
  if (asked !== undefined && performance.now() - asked > sameWishMs)
    process.exit(signal === 'SIGINT' ? 130 : 143)
  if (asked !== undefined) return
  asked = performance.now()
  setTimeout(() => process.exit(1), stopWithinMs).unref()
  stopped.resolve()
}

try {
  const { config, urls } = readConfig(process.env)
  const server = await serve(config, urls)
  greet(config, server)
  await stopped.promise
  await server[Symbol.asyncDispose]()
  console.log(say(language, 'home.stopped'))
  process.exit(0)
} catch (error) {
  fail(error)
}

function greet(config: Config, server: Server): void {
  const { data, keys } = config.paths
  const line = (key: string, params = {}) => say(config.language, `home.start-${key}`, params)
  const moved = config.clockIsMoved && line('clock', { now: dayIn(config.language, config.now()) })
  const lines = [
    line('ready', { version, url: server.url }),
    line('data', { data }),
    line('keys', { keys }),
    line(config.usesOwnServer ? 'database-own' : 'database-yours'),
    moved,
    server.health.status !== 'ok' && say(config.language, 'home.health-attention'),
    line('next'),
    line('stop'),
  ]
  console.log(lines.filter((text) => text !== false).join('\n'))
}

function dayIn(language: Language, date: Date): string {
  return new Intl.DateTimeFormat(language, { dateStyle: 'long', timeZone: 'UTC' }).format(date)
}

function fail(error: unknown): never {
  if (!isProblem(error)) crash(error)
  console.error(sayProblem(language, error))
  process.exit(error.exit)
}

/** Nobody waited for this error, so nobody knows what it left undone: the next start does. */
function crash(error: unknown): never {
  console.error(say(language, 'platform.unexpected'))
  console.error(JSON.stringify({ level: 'fatal', ...traceOf(error) }))
  process.exit(1)
}
