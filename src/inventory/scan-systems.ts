import type { SystemDescription } from '../connectors/public.ts'
import { recordEvidence } from '../evidence/public.ts'
import { uuidv7 } from '../platform/bytes.ts'
import { type Context, inTransaction } from '../platform/context.ts'
import { inspectSystem } from './inspect-system.ts'
import { isOutOfReach, knownSystem } from './open-system.ts'
import { allSystems, insertScan, type Proposals, type StoredScan, type StoredSystem } from './queries.ts'
import { type ScannedSystem, scannedSystem } from './scan-report.ts'

export interface ScanInput {
  /** Default: every system. */
  readonly names?: readonly string[]
  /** Rows looked at per collection; default 200. */
  readonly sample?: number
}

export interface ScanResult {
  readonly systems: readonly ScannedSystem[]
  /** Systems that did not answer: a Problem's code and params. */
  readonly unreachable: readonly {
    readonly name: string
    readonly code: string
    readonly params: Readonly<Record<string, string | number>>
  }[]
}

/**
 * Reads the shape of systems and a sample of each collection, and keeps what the fields seem to be. Sampled values are
 * neither stored nor returned. A system that does not answer is listed and the others go on.
 * Throws `inventory.unknown-system` before anything is read.
 */
export async function scanSystems(
  ctx: Context,
  input: ScanInput = {},
  onProgress: (what: string, done: number, total: number) => void = () => undefined,
): Promise<ScanResult> {
  const { sample = 200 } = input
  const systems = input.names
    ? await Promise.all(input.names.map((name) => knownSystem(ctx, name)))
    : await allSystems(ctx.db)
  const scanned: ScannedSystem[] = []
  const unreachable: ScanResult['unreachable'][number][] = []
  for (const system of systems) {
    try {
      const scan = await scanSystem(ctx, system, sample, onProgress)
      scanned.push(scannedSystem(ctx.language, scan))
    } catch (error) {
      if (!isOutOfReach(error)) throw error
      unreachable.push({ name: system.name, code: error.code, params: error.params })
    }
  }
  return { systems: scanned, unreachable }
}

async function scanSystem(
  ctx: Context,
  system: StoredSystem,
  sample: number,
  onProgress: (what: string, done: number, total: number) => void,
): Promise<StoredScan> {
  onProgress(system.name, 0, 1)
  const { description, proposals } = await inspectSystem(ctx, system.name, { sample, onProgress })
  const scan = { at: ctx.now(), sample, description, proposals }
  await inTransaction(ctx, async (tx) => {
    await insertScan(tx.db, { ...scan, id: uuidv7(scan.at), systemId: system.id })
    const facts = { systemId: system.id, system: system.name, sample, ...countsOf(description, proposals) }
    await recordEvidence(tx, { kind: 'inventory.scanned', facts })
  })
  return { ...scan, system: system.name }
}

const countsOf = (description: SystemDescription, proposals: Proposals) => ({
  fingerprint: description.fingerprint,
  collections: description.collections.length,
  fields: description.collections.reduce((sum, { fields }) => sum + fields.length, 0),
  personalFields: Object.values(proposals)
    .flat()
    .filter(({ category }) => category !== 'none').length,
})
