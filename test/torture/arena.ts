import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { sequence, verifyLog } from '../../src/evidence/public.ts'
import { readConfig } from '../../src/platform/config.ts'
import type { Context } from '../../src/platform/context.ts'
import { openPool } from '../../src/platform/database.ts'
import { makeDatabase, openInstallation } from '../../src/platform/installation.ts'
import { sql } from '../../src/platform/sql.ts'
import { leaseMs } from '../../src/requests/run-step.ts'
import { type Company, makeCompany } from './company.ts'
import { type Crew, openCrew } from './crew.ts'
import { type Disk, openDisk } from './disk.ts'
import { Finding } from './finding.ts'
import { openPower, type PoweredServer } from './power.ts'
import { openRoad, type Road } from './road.ts'

/** Where things are kept; each may be on a disk of its own that can run full. */
export const places = ['own database', 'data directory', 'target'] as const
export type Place = (typeof places)[number]

/**
 * One installation with a PostgreSQL of its own, one company with another, and workers that can be had at once. Workers
 * reach both over roads that can be cut; who watches (`ctx`, `company`) has ways of their own.
 */
export interface Arena extends AsyncDisposable {
  readonly ctx: Context
  readonly company: Company
  readonly crew: Crew
  /** For whoever starts another process of this installation. */
  readonly env: NodeJS.ProcessEnv
  readonly own: { readonly road: Road; readonly server: PoweredServer }
  readonly target: { readonly road: Road; readonly server: PoweredServer }
  /** Undefined where this machine lets us mount none. */
  readonly disks: Readonly<Record<Place, Disk>> | undefined
  /** What eight seconds without a sign of life do: the steps of the dead are anybody's. */
  expireLeases(request: string): Promise<void>
  /**
   * Waits until nobody has a step of it. What somebody sent before they were killed may arrive after their leases were
   * ended: then they have one more, and who judges before it is over calls work stuck that would be taken up in seconds.
   */
  leasesOver(request: string): Promise<void>
  cutOwnConnections(): Promise<void>
  logHolds(): Promise<boolean>
}

const owner = { name: 'dossier', password: 'a torture password' }

export async function openArena(): Promise<Arena> {
  await using stack = new AsyncDisposableStack()
  const home = await mkdtemp(join(tmpdir(), 'dossier-torture-'))
  stack.defer(() => rm(home, { recursive: true, force: true, maxRetries: 5 }))
  const directories = {
    'own database': join(home, 'own'),
    'data directory': join(home, 'data'),
    target: join(home, 'target'),
  } as const
  // PostgreSQL runs as another user where we are root: it has to pass through.
  await chmod(home, 0o711)
  for (const directory of Object.values(directories)) await mkdir(directory, { recursive: true, mode: 0o711 })
  const disks = await openDisks(directories, stack)
  const [ownServer, targetServer] = await Promise.all([
    openPower(directories['own database']),
    openPower(directories.target),
  ])
  for (const server of [ownServer, targetServer]) stack.use(server)
  const own = { server: ownServer, road: stack.use(await openRoad(() => ownServer)) }
  const target = { server: targetServer, road: stack.use(await openRoad(() => targetServer)) }
  const env = { DOSSIER_DATA: directories['data directory'], DOSSIER_LANGUAGE: 'en' }
  const ctx = await openWatch(env, ownServer, stack)
  await targetServer.administer('create database shop')
  await targetServer.administer(`create role ${owner.name} superuser login password '${owner.password}'`)
  const company = stack.use(
    await makeCompany(ctx, {
      shop: () => targetServer.url('shop'),
      shopForDossier: `${urlBy(target.road, 'shop')}?sslmode=disable`,
      desk: directories.target,
    }),
  )
  const workersEnv = {
    ...process.env,
    ...env,
    DATABASE_URL: urlBy(own.road, 'dossier'),
    KEYS_DATABASE_URL: urlBy(own.road, 'dossier_keys'),
  }
  const crew = stack.use(openCrew(workersEnv))
  const resources = stack.move()
  return {
    ctx,
    company,
    crew,
    env: workersEnv,
    own,
    target,
    disks,
    async expireLeases(request) {
      // A worker that was frozen in the middle of writing holds the row until it is woken, by whoever waits here.
      await ctx.db.run(
        sql`update requests.step set leased_until = ${new Date(Date.now() - 1_000)}
            where (subject_id, request_id, system) in (
              select s.subject_id, s.request_id, s.system from requests.step s
              where s.request_id = ${request} and s.state = 'running' for update skip locked)`,
      )
    },
    async leasesOver(request) {
      const isOver = async () => {
        const held = await ctx.db.rows(
          sql`select s.system from requests.step s
              where s.request_id = ${request} and s.state = 'running' and s.leased_until > ${new Date()}`,
        )
        return held.length === 0
      }
      for (const deadline = Date.now() + 3 * leaseMs; !(await isOver()); await sleep(100))
        if (Date.now() > deadline) throw new Finding('stuck', 'a lease of the dead does not end')
    },
    cutOwnConnections: () =>
      ownServer.administer(
        `select pg_terminate_backend(a.pid) from pg_stat_activity a where a.application_name like 'dossier torture %'`,
      ),
    async logHolds() {
      await sequence(ctx)
      return (await verifyLog(ctx)).ok
    },
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  }
}

/** The installation as who watches it opens it: by a road that nobody cuts, to the server wherever that comes up again. */
async function openWatch(
  env: Readonly<Record<string, string>>,
  server: PoweredServer,
  stack: AsyncDisposableStack,
): Promise<Context> {
  {
    await using admin = openPool(server.url('postgres'), 'dossier torture', { max: 1 })
    for (const database of ['dossier', 'dossier_keys']) await makeDatabase(admin, owner, database)
  }
  const road = stack.use(await openRoad(() => server))
  const installation = await openInstallation({
    config: readConfig(env).config,
    urls: { main: urlBy(road, 'dossier'), keys: urlBy(road, 'dossier_keys') },
    actor: { kind: 'system', id: 'torturer' },
    role: 'torturer',
    logLevel: 'silent',
  })
  return stack.use(installation).ctx
}

function urlBy(road: Road, database: string): string {
  return `postgres://${owner.name}:${encodeURIComponent(owner.password)}@127.0.0.1:${road.port}/${database}`
}

async function openDisks(
  directories: Readonly<Record<Place, string>>,
  stack: AsyncDisposableStack,
): Promise<Arena['disks']> {
  const opened: Partial<Record<Place, Disk>> = {}
  for (const place of places) {
    const disk = await openDisk(directories[place])
    if (!disk) return undefined
    opened[place] = stack.use(disk)
  }
  return opened as Record<Place, Disk>
}
