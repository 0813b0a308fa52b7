import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { Finding, within } from './finding.ts'

/** A `npm start` that is there to be killed. */
export interface DoomedServer extends AsyncDisposable {
  readonly url: string
  kill(): Promise<void>
}

const main = join(import.meta.dirname, '..', '..', 'src', 'main.ts')
const startsWithinMs = 90_000

/** Throws a finding when it does not come up: whatever killed the one before, the next has to start. */
export async function startDoomed(env: NodeJS.ProcessEnv): Promise<DoomedServer> {
  const child = spawn(process.execPath, [main], {
    env: { ...env, PORT: '0' },
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const exited = once(child, 'exit')
  let said = ''
  const address = /http:\/\/127\.0\.0\.1:\d+/
  const ready = new Promise<string>((resolve, reject) => {
    child.stdout.on('data', (chunk: Buffer) => {
      said += chunk
      const url = address.exec(said)?.[0]
      if (url) resolve(url)
    })
    void exited.then(([code]) => reject(new Finding('stuck', `the server does not start again (${code})`)))
  })
  const kill = async () => {
    child.kill('SIGKILL')
    await exited
  }
  try {
    const url = await within(startsWithinMs, 'a server that starts', ready)
    return { url, kill, [Symbol.asyncDispose]: kill }
  } catch (error) {
    await kill()
    throw error
  }
}
