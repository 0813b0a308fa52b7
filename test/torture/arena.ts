import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { sequence, verifyLog } from '../../src/evidence/public.ts'
import type { Context } from '../../src/platform/context.ts'
import { sql } from '../../src/platform/sql.ts'
import { approvePlan, askedIdentifiers, planRequest, receiveRequest } from '../../src/requests/public.ts'
import { freshInstallation } from '../installation.ts'
import { administer, postgresServer } from '../servers.ts'
import { type Company, makeCompany, type Person, personAt } from './company.ts'

/** An erasure that was approved and is to be carried out under fire. */
export interface Erasure {
  readonly person: Person
  readonly next: Person
  readonly request: string
  /** Every row of the company before. */
  readonly before: readonly string[]
}

/** A worker in a process of its own. */
export interface Worker {
  readonly process: ChildProcess
  /** Carries the request out; resolves with the state it saw, or null when the process died. */
  work(request: string, shiftMs: number): Promise<string | null>
}

/** One installation, one company, and workers that can be had at once. */
export interface Arena extends AsyncDisposable {
  readonly ctx: Context
  readonly company: Company
  begin(round: number): Promise<Erasure>
  worker(): Promise<Worker>
  /** Gives back a worker that lives. */
  keep(worker: Worker): void
  /** What eight seconds without a sign of life do: the steps of the dead are anybody's. */
  expireLeases(request: string): Promise<void>
  cutOwnConnections(): Promise<void>
  logHolds(): Promise<boolean>
}

export async function openArena(wantedFaults: number): Promise<Arena> {
  await using stack = new AsyncDisposableStack()
  const server = await postgresServer()
  const installation = stack.use(await freshInstallation())
  const { ctx, config, urls } = installation
  // A round has two faults and a half; nobody is erased twice, and the last one names a next.
  const company = stack.use(await makeCompany(ctx, server, Math.ceil(wantedFaults) + 60))
  const spare: Worker[] = []
  const all = new Set<ChildProcess>()
  stack.defer(() => {
    for (const child of all) child.kill('SIGKILL')
  })
  const env = {
    ...process.env,
    DOSSIER_DATA: config.paths.data,
    DATABASE_URL: urls.main,
    KEYS_DATABASE_URL: urls.keys,
  }
  const start = async (): Promise<Worker> => {
    const child = fork(join(import.meta.dirname, 'worker.ts'), { env })
    all.add(child)
    child.once('exit', () => all.delete(child))
    await once(child, 'message', { signal: AbortSignal.timeout(60_000) })
    return asWorker(child)
  }
  let coming: Promise<Worker> | undefined
  const main = new URL(urls.main).pathname.slice(1)
  const resources = stack.move()
  return {
    ctx,
    company,
    async begin(round) {
      const person = personAt(round + 1)
      const asked = await askedIdentifiers(ctx, person.email)
      const request = await receiveRequest(ctx, {
        kind: 'erasure',
        asked,
        identityProof: 'operator-attested',
      })
      const { plan } = await planRequest(ctx, request)
      await approvePlan(ctx, plan.id)
      return { person, next: personAt(round + 2), request: request.id, before: await company.rows() }
    },
    async worker() {
      const ready = spare.pop() ?? (await (coming ?? start()))
      // The next one starts while this one works.
      coming = spare.length > 0 ? undefined : start()
      coming?.catch(() => undefined)
      return ready
    },
    keep(worker) {
      if (all.has(worker.process)) spare.push(worker)
    },
    async expireLeases(request) {
      await ctx.db.run(
        sql`update requests.step set leased_until = ${new Date(Date.now() - 1_000)}
            where request_id = ${request} and state = 'running'`,
      )
    },
    cutOwnConnections: () =>
      administer(
        server,
        `select pg_terminate_backend(a.pid) from pg_stat_activity a
         where a.datname = '${main}' and a.application_name like 'dossier torture%'`,
      ),
    async logHolds() {
      await sequence(ctx)
      return (await verifyLog(ctx)).ok
    },
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  }
}

function asWorker(child: ChildProcess): Worker {
  const gone = once(child, 'exit').then(() => null)
  return {
    process: child,
    async work(request, shiftMs) {
      if (child.exitCode !== null || child.signalCode !== null) return null
      const answered = new Promise<string>((resolve) => {
        child.once('message', (message: { state: string }) => resolve(message.state))
      })
      child.send({ request, shiftMs })
      return Promise.race([answered, gone])
    },
  }
}
