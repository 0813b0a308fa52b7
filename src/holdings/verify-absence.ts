import type { RowKey } from '../connectors/public.ts'
import { openForReading } from '../inventory/public.ts'
import type { Context } from '../platform/context.ts'
import { asUnreachable } from './find-holdings.ts'
import type { UnreachableSystem } from './holdings.ts'
import { type ResidueReport, searchResidue } from './second-reader/search-residue.ts'
import { isSearchable, type Wanted } from './second-reader/wanted.ts'

/** How a system stands after an erasure (design §1.1). Nothing else may be called done. */
export type SystemState = 'verified-absent' | 'kept' | 'unreachable' | 'residue'

export interface SystemVerification {
  readonly name: string
  readonly state: SystemState
  readonly report: ResidueReport | null
  readonly unreachable: UnreachableSystem | null
}

export interface KeptPlace {
  readonly system: string
  readonly collection: string
  readonly key: RowKey
  readonly fields: readonly string[]
}

export interface VerifyInput {
  readonly systems: readonly string[]
  readonly wanted: readonly Wanted[]
  readonly kept: readonly KeptPlace[]
  readonly onProgress?: (system: string, collection: string, done: number, total: number) => void
}

/** The independent check: each system is read again, in a session of its own, by a reader that does not know the plan. */
export async function verifyAbsence(ctx: Context, input: VerifyInput): Promise<readonly SystemVerification[]> {
  const verifications: SystemVerification[] = []
  for (const name of input.systems) verifications.push(await verifySystem(ctx, name, input))
  return verifications
}

async function verifySystem(ctx: Context, name: string, input: VerifyInput): Promise<SystemVerification> {
  const kept = new Map<string, Set<string>>()
  const place = (collection: string, key: RowKey) => JSON.stringify([collection, key])
  for (const one of input.kept.filter(({ system }) => system === name)) {
    const fields = kept.get(place(one.collection, one.key)) ?? new Set<string>()
    for (const field of one.fields) fields.add(field)
    kept.set(place(one.collection, one.key), fields)
  }
  try {
    await using session = await openForReading(ctx, name)
    const report = await searchResidue(
      session,
      await session.describe(),
      input.wanted,
      (collection, key, field) => kept.get(place(collection, key))?.has(field) === true,
      (collection, done, total) => input.onProgress?.(name, collection, done, total),
    )
    return { name, state: stateOf(report, kept.size), report, unreachable: null }
  } catch (error) {
    return { name, state: 'unreachable', report: null, unreachable: asUnreachable(name, error) }
  }
}

function stateOf(report: ResidueReport, kept: number): SystemState {
  if (report.residue.length > 0) return 'residue'
  // A collection nobody could read may hold anything: that is not absence.
  if (report.notSearched.some(({ why }) => why === 'unreadable')) return 'unreachable'
  return kept > 0 ? 'kept' : 'verified-absent'
}

/** Identifiers too short to be told from chance in a text: the report says that they were not looked for. */
export const notSearchable = (wanted: readonly Wanted[]): number => wanted.filter((one) => !isSearchable(one)).length
