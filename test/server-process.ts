import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { compiledOnce } from './command-line.ts'

/** A `npm start`, without npm. */
export interface ServerProcess {
  readonly process: ChildProcess
  /** All of it; `printed` is what went to stdout, `complained` what went to stderr. */
  readonly said: () => string
  readonly printed: () => string
  readonly complained: () => string
  /** Empty when it did not come up. */
  readonly url: string
  /** Ends it by a signal; returns its exit code, null where the signal itself ended it. */
  end(signal: NodeJS.Signals): Promise<number | null>
}

const running = new Set<ChildProcess>()
after(async () => {
  for (const child of running) {
    child.kill('SIGKILL')
    await once(child, 'close')
  }
})

const main = join(import.meta.dirname, '..', 'src', 'main.ts')

/** Starts the server on a free port, and waits until it listens or has gone. Whoever runs when the tests end is killed. */
export async function startServerProcess(env: Readonly<Record<string, string>>): Promise<ServerProcess> {
  const child = spawn(process.execPath, [main], {
    env: {
      PATH: process.env.PATH ?? '',
      HOME: tmpdir(),
      LANG: 'C.UTF-8',
      PORT: '0',
      ...compiledOnce,
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  running.add(child)
  const exited = once(child, 'close').then(([code]) => {
    running.delete(child)
    return code as number | null
  })
  const heard = { all: '', stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const)
    child[name].on('data', (chunk: Buffer) => {
      heard.all += chunk
      heard[name] += chunk
    })
  const end = (signal: NodeJS.Signals) => {
    child.kill(signal)
    return exited
  }
  const gone = exited.then(() => 'gone' as const)
  const address = /http:\/\/127\.0\.0\.1:\d+/
  while (!address.test(heard.stdout)) if ((await Promise.race([gone, sleep(20)])) === 'gone') break
  return {
    process: child,
    said: () => heard.all,
    printed: () => heard.stdout,
    complained: () => heard.stderr,
    url: address.exec(heard.stdout)?.[0] ?? '',
    end,
  }
}
