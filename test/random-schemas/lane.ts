import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freshInstallation } from '../installation.ts'
import { mysqlServers } from '../mysql-server.ts'
import { postgresServer } from '../servers.ts'
import { byBatch, byEngine, byRequest } from './erasers.ts'
import { mysqlTarget } from './mysql-target.ts'
import { postgresTarget, sqliteTarget, type Target } from './target.ts'
import { type Lane, now } from './try-world.ts'

export const targetKinds = ['sqlite', 'postgres', 'mysql', 'mariadb'] as const
export type TargetKind = (typeof targetKinds)[number]

export interface LaneChoice {
  readonly target: TargetKind
  /** The engine alone, or all of the product from receipt to certificate. */
  readonly by: 'engine' | 'request' | 'batch'
}

/** An installation and a target database of its own. */
export async function openLane({ target, by }: LaneChoice): Promise<Lane & AsyncDisposable> {
  await using stack = new AsyncDisposableStack()
  const directory = await mkdtemp(join(tmpdir(), 'dossier-worlds-'))
  stack.defer(() => rm(directory, { recursive: true, force: true }))
  const installation = stack.use(await freshInstallation({ now }))
  const database = stack.use(await openTarget(target, directory))
  const resources = stack.move()
  return {
    ctx: installation.ctx,
    target: database,
    eraser: by === 'engine' ? byEngine() : by === 'batch' ? byBatch : byRequest,
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  }
}

async function openTarget(kind: TargetKind, directory: string): Promise<Target> {
  if (kind === 'sqlite') return sqliteTarget(directory)
  if (kind === 'postgres') return postgresTarget(await postgresServer())
  const server = (await mysqlServers()).find(({ isMariadb }) => isMariadb === (kind === 'mariadb'))
  if (!server) throw new Error(`there is no ${kind} on this machine`)
  return mysqlTarget(server)
}
