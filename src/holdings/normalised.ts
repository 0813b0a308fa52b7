import { normaliseIdentifier } from '../subjects/public.ts'
import type { Identifier } from './holdings.ts'
import type { MappedSystem } from './mapped-system.ts'

/** A row comes back in every round of a search, and is asked for by each of its ways: what it holds is worked out once. */
const worked = new WeakMap<MappedSystem, Map<string, string | null>>()

/** So many at a time, and none longer than the system is open. */
const most = 20_000

/** `normaliseIdentifier` of a cell of a system. */
export function normalised(system: MappedSystem, kind: Identifier['kind'], cell: string): string | null {
  const known = worked.get(system) ?? new Map<string, string | null>()
  worked.set(system, known)
  const label = `${kind} ${cell}`
  const there = known.get(label)
  if (there !== undefined) return there
  const value = normaliseIdentifier(kind, cell, system.country)
  if (known.size >= most) known.clear()
  known.set(label, value)
  return value
}
