import { randomUUID } from 'node:crypto'
import type { SystemDescription } from '../connectors/public.ts'
import { recordEvidence } from '../evidence/public.ts'
import { uuidv7 } from '../platform/bytes.ts'
import { type Context, inTransaction } from '../platform/context.ts'
import { type Drift, driftFromMap, driftSince } from './drift.ts'
import { type Inspect, type Inspection, inspectSystem } from './inspect-system.ts'
import { type IdentifierField, matchIdentifiers } from './links/match-identifiers.ts'
import { isOutOfReach, knownSystem } from './open-system.ts'
import {
  allSystems,
  insertScan,
  lastScanOf,
  latestMap,
  type Proposals,
  type StoredScan,
  type StoredSystem,
} from './queries.ts'
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
  /** What the systems scanned now show that their last scans, or the map in force, did not say. */
  readonly drift: readonly Drift[]
  /** System → its shape as it is now; see `staleBy`. */
  readonly fingerprints: Readonly<Record<string, string>>
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
  const map = (await latestMap(ctx.db))?.map
  // Thrown away with the scan: whoever kept a hash could not compare it with anything.
  const key = randomUUID()
  const identifiers: IdentifierField[] = []
  const scans: StoredScan[] = []
  const drift: Drift[] = []
  const fingerprints: [string, string][] = []
  const unreachable: ScanResult['unreachable'][number][] = []
  for (const system of systems) {
    try {
      const scan = await scanSystem(ctx, system, { sample, key, onProgress }, identifiers)
      scans.push(scan)
      identifiers.push(...scan.identifiers)
      drift.push(...scan.drift, ...(map ? driftFromMap(system.name, map, scan) : []))
      fingerprints.push([system.name, scan.description.fingerprint])
    } catch (error) {
      if (!isOutOfReach(error)) throw error
      unreachable.push({ name: system.name, code: error.code, params: error.params })
    }
  }
  const matches = scans.flatMap(({ links }) => links.matches)
  const { unreachedOf } = await import('./unreached.ts')
  const scanned = scans.map((scan) => {
    const system = { ...scan, name: scan.system, fields: scan.proposals }
    return scannedSystem(ctx.language, scan, matches, unreachedOf(system, usualConfidence))
  })
  return { systems: scanned, unreachable, drift, fingerprints: Object.fromEntries(fingerprints) }
}

/** As `acceptMap` takes proposals unless told otherwise. */
const usualConfidence = 0.8

interface ScanOutcome extends StoredScan {
  readonly drift: readonly Drift[]
  readonly identifiers: readonly IdentifierField[]
}

/** `known`: identifiers of the systems scanned before this one. */
async function scanSystem(
  ctx: Context,
  system: StoredSystem,
  options: Inspect,
  known: readonly IdentifierField[],
): Promise<ScanOutcome> {
  options.onProgress?.(system.name, 0, 1)
  const inspected = await inspectSystem(ctx, system.name, options)
  const { description, proposals, identifiers } = inspected
  const links = { ...inspected.links, matches: matchIdentifiers(identifiers, known) }
  const { sample } = options
  const scan = { at: ctx.now(), sample, description, proposals, links }
  const before = await lastScanOf(ctx.db, system.id)
  const drift = before ? driftSince(system.name, before, scan) : []
  await inTransaction(ctx, async (tx) => {
    await insertScan(tx.db, { ...scan, id: uuidv7(scan.at), systemId: system.id })
    const facts = { systemId: system.id, system: system.name, sample, ...countsOf(description, proposals) }
    await recordEvidence(tx, { kind: 'inventory.scanned', facts })
    if (before && drift.length > 0)
      await recordEvidence(tx, {
        kind: 'inventory.drift-found',
        facts: driftFacts(system, before, scan, drift),
      })
  })
  return { ...scan, system: system.name, drift, identifiers }
}

/** Whoever hears of it learns whether plans on the old shape are stale, and whether personal data came or went. */
function driftFacts(
  { id: systemId, name: system }: StoredSystem,
  before: Inspection,
  after: Inspection,
  drift: readonly Drift[],
) {
  const counted = (change: Drift['change']) => drift.filter((one) => one.change === change).length
  return {
    systemId,
    system,
    fingerprintBefore: before.description.fingerprint,
    fingerprint: after.description.fingerprint,
    added: counted('new'),
    changed: counted('changed'),
    gone: counted('gone'),
    personal: drift.filter(({ personal }) => personal).length,
  }
}

const countsOf = (description: SystemDescription, proposals: Proposals) => ({
  fingerprint: description.fingerprint,
  collections: description.collections.length,
  fields: description.collections.reduce((sum, { fields }) => sum + fields.length, 0),
  personalFields: Object.values(proposals)
    .flat()
    .filter(({ category }) => category !== 'none').length,
})
