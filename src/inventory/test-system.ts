import type { CollectionDescription, ReadSession } from '../connectors/public.ts'
import type { Context } from '../platform/context.ts'
import type { Problem } from '../platform/problem.ts'
import { mayErase } from './erase-rights.ts'
import {
  eraseLimits,
  isOutOfReach,
  knownSystem,
  openBehindShutDoors,
  openForErasingBehindShutDoors,
  readLimits,
} from './open-system.ts'
import { latestMap } from './queries.ts'

/** What one use of a system answers: its shape with these credentials, or why not. */
export type UseReport =
  | {
      readonly reachable: true
      readonly engine: string
      readonly latencyMs: number
      readonly collections: number
      /** Collections this use cannot reach: unreadable when reading, unwritable when erasing. Views are not counted. */
      readonly refused: readonly string[]
    }
  | { readonly reachable: false; readonly problem: Problem }

export interface SystemReport {
  readonly name: string
  readonly url: string
  readonly read: UseReport
  readonly erase: UseReport & { readonly ownCredentials: boolean }
  /** Both uses answer, reach all that is mapped, and see one shape. */
  readonly ok: boolean
  /** Collections of the map in force that one of both uses cannot reach: a request would end there. */
  readonly lacking: readonly string[]
  /** False when reading and erasing see different shapes: two databases, or one of them behind. */
  readonly sameShape: boolean
}

/** Tries both uses of a system for real; nothing in it changes. Throws `inventory.unknown-system`. */
export async function testSystem(ctx: Context, name: string): Promise<SystemReport> {
  const system = await knownSystem(ctx, name)
  const version = await latestMap(ctx.db)
  const mapped = Object.entries(version?.map.systems[name]?.collections ?? {})
  const read = await tryUse(
    () => openBehindShutDoors(ctx, name, { ...readLimits, isNew: true }),
    async (_, collection) => collection.unreadable === null,
  )
  const erase = await tryUse(
    () => openForErasingBehindShutDoors(ctx, name, { ...eraseLimits, isNew: true }),
    mayErase,
  )
  const needed = {
    read: mapped.map(([collection]) => collection),
    erase: mapped.flatMap(([collection, { rows }]) => (rows === 'keep' ? [] : [collection])),
  }
  const lacking = [...lackingIn(read.report, needed.read), ...lackingIn(erase.report, needed.erase)]
  const answers = read.report.reachable && erase.report.reachable
  const sameShape = !answers || read.fingerprint === erase.fingerprint
  return {
    name,
    url: system.url,
    ok: answers && lacking.length === 0 && sameShape,
    read: read.report,
    erase: { ...erase.report, ownCredentials: system.sealedEraseSecret !== null },
    lacking: [...new Set(lacking)].sort(),
    sameShape,
  }
}

const lackingIn = (use: UseReport, needed: readonly string[]): readonly string[] =>
  use.reachable ? use.refused.filter((collection) => needed.includes(collection)) : []

interface Tried {
  readonly report: UseReport
  readonly fingerprint?: string
}

async function tryUse<Session extends ReadSession>(
  open: () => Promise<Session>,
  reaches: (session: Session, collection: CollectionDescription) => Promise<boolean>,
): Promise<Tried> {
  const started = performance.now()
  try {
    await using session = await open()
    const latencyMs = Math.round(performance.now() - started)
    const { engine, collections, fingerprint } = await session.describe()
    const stored = collections.filter(({ kind }) => kind !== 'view')
    const refused: string[] = []
    for (const collection of stored) if (!(await reaches(session, collection))) refused.push(collection.name)
    return {
      report: { reachable: true, engine, latencyMs, collections: stored.length, refused },
      fingerprint,
    }
  } catch (error) {
    if (!isOutOfReach(error)) throw error
    return { report: { reachable: false, problem: error } }
  }
}
