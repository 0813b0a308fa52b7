import { setTimeout as sleep } from 'node:timers/promises'
import type { FastifyInstance } from 'fastify'
import { buildApp, jobs } from './app.ts'
import { closeKeptConnections } from './connectors/public.ts'
import { type Health, readHealth } from './pages/health.ts'
import type { Config, DatabaseUrls } from './platform/config.ts'
import { type Installation, openInstallation } from './platform/installation.ts'
import { startJobs } from './platform/jobs.ts'
import { problem } from './platform/problems.ts'
import { type Pump, pumpEvidence } from './pump-evidence.ts'
import { version } from './version.ts'

/** A running product. Disposing of it lets calls and jobs come to an end, sequences once more, and closes. */
export interface Server extends AsyncDisposable {
  readonly url: string
  /** At its start. */
  readonly health: Health
}

/** Each leaves the others time within the ten seconds a stop may take. */
const callsWithinMs = 3_000
const jobsWithinMs = 3_000

/** How long a start waits for one that is leaving. */
const leavingWithinMs = 3_000

/** Opens the installation and serves it. Throws `platform.directory-in-use`, `platform.port-in-use` and those of opening. */
export async function serve(config: Config, urls: DatabaseUrls): Promise<Server> {
  await using stack = new AsyncDisposableStack()
  const actor = { kind: 'system', id: 'server' } as const
  const installation = stack.use(await openInstallation({ config, urls, actor, role: 'server' }))
  const { ctx } = installation
  stack.defer(closeKeptConnections)
  await claimDirectory(installation, config.paths.data)

  // Jobs begin when the port is ours, and end after the calls that may give rise to them.
  const work = stack.use(new AsyncDisposableStack())
  let pump: Pump | undefined
  const wake = () => pump?.wake()
  const app = await buildApp(ctx, { hosts: [...config.hosts, config.host], onActivity: wake })
  stack.defer(() => close(app))
  const url = await listen(app, config)
  const runner = await startJobs(ctx, installation.urls, jobs, wake)
  pump = pumpEvidence(ctx, runner.tell)
  work.use(pump)
  work.defer(() => runner.stop(jobsWithinMs))
  const health = await readHealth(ctx, version)
  const resources = stack.move()
  return { url, health, [Symbol.asyncDispose]: () => resources.disposeAsync() }
}

/** One that was told to stop may still be on its way out: it is given a moment. */
async function claimDirectory(installation: Installation, directory: string): Promise<void> {
  const deadline = performance.now() + leavingWithinMs
  while (!(await installation.claimDirectory())) {
    if (performance.now() > deadline) throw problem('platform.directory-in-use', { directory })
    await sleep(200)
  }
}

/** Returns the address a browser on this machine can open. */
async function listen(app: FastifyInstance, { host, port }: Config): Promise<string> {
  try {
    await app.listen({ host, port })
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EADDRINUSE') throw problem('platform.port-in-use', { port })
    if (code === 'EACCES') throw problem('platform.config', { variable: 'PORT', reason: code })
    if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND')
      throw problem('platform.config', { variable: 'HOST', reason: code })
    throw error
  }
  const address = app.server.address()
  const bound = typeof address === 'object' ? (address?.port ?? port) : port
  const everywhere = host === '0.0.0.0' || host === '::'
  return `http://${everywhere ? '127.0.0.1' : host.includes(':') ? `[${host}]` : host}:${bound}`
}

/** Calls under way are answered; whoever takes too long is cut off. */
async function close(app: FastifyInstance): Promise<void> {
  const impatient = setTimeout(() => app.server.closeAllConnections(), callsWithinMs)
  await app.close()
  clearTimeout(impatient)
}
