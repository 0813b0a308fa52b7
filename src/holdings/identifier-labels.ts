import type { Identifier } from './holdings.ts'
import type { MappedSystem } from './mapped-system.ts'
import { normalised } from './normalised.ts'

/** A list of identifiers is asked for every row that comes back, and may be that of a thousand people. */
const labelSets = new WeakMap<readonly Identifier[], ReadonlySet<string>>()

/** Made once for each list. */
export function labelsOfAll(identifiers: readonly Identifier[]): ReadonlySet<string> {
  const known = labelSets.get(identifiers) ?? new Set(identifiers.flatMap(identifierLabels))
  labelSets.set(identifiers, known)
  return known
}

/** What an identifier is compared by. A phone may meet one without its country. */
export const identifierLabels = ({ kind, value }: Identifier): readonly string[] => [
  `${kind} ${value}`,
  ...(kind === 'phone' ? [lastDigits(value)].flatMap((digits) => digits ?? []) : []),
]

/**
 * What a cell is compared by: its normal form; for a phone without a country we know its last nine digits. Null where it
 * holds nothing of that kind.
 */
export function cellLabel(system: MappedSystem, kind: Identifier['kind'], cell: string): string | null {
  const normal = normalised(system, kind, cell)
  if (normal !== null) return `${kind} ${normal}`
  return kind === 'phone' ? lastDigits(cell) : null
}

function lastDigits(phone: string): string | null {
  const digits = phone.replace(/\D/g, '')
  return digits.length >= 9 ? `phone ends ${digits.slice(-9)}` : null
}
