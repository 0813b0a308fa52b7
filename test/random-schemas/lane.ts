import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freshInstallation } from '../installation.ts'
import { postgresServer } from '../servers.ts'
import { byBatch, byEngine, byRequest } from './erasers.ts'
import { postgresTarget, sqliteTarget } from './target.ts'
import { type Lane, now } from './try-world.ts'

export interface LaneChoice {
  readonly target: 'sqlite' | 'postgres'
  /** The engine alone, or all of the product from receipt to certificate. */
  readonly by: 'engine' | 'request' | 'batch'
}

/** An installation and a target database of its own. */
export async function openLane({ target, by }: LaneChoice): Promise<Lane & AsyncDisposable> {
  await using stack = new AsyncDisposableStack()
  const directory = await mkdtemp(join(tmpdir(), 'dossier-worlds-'))
  stack.defer(() => rm(directory, { recursive: true, force: true }))
  const installation = stack.use(await freshInstallation({ now }))
  const database =
    target === 'sqlite' ? sqliteTarget(directory) : await postgresTarget(await postgresServer())
  stack.use(database)
  const resources = stack.move()
  return {
    ctx: installation.ctx,
    target: database,
    eraser: by === 'engine' ? byEngine() : by === 'batch' ? byBatch : byRequest,
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  }
}
