import { type IdentifierKind, normaliseIdentifier } from '../subjects/public.ts'

/** What is spelt so is normalised by changing the case alone: no Unicode form, no domain to look at. */
const plain: Readonly<Partial<Record<IdentifierKind, readonly [RegExp, (text: string) => string]>>> = {
  email: [
    /^[a-z0-9._+-]{1,64}@(?:[a-z0-9]{1,30}(?:-[a-z0-9]{1,30})?\.){1,3}[a-z]{2,20}$/i,
    (text) => text.toLowerCase(),
  ],
  number: [/^[!-~]{1,100}$/, (text) => text.toUpperCase()],
  username: [/^[!-~]{1,100}$/, (text) => text.toLowerCase()],
  'national-id': [/^[a-z0-9]{1,100}$/i, (text) => text.toUpperCase()],
  'bank-account': [/^[a-z0-9]{1,100}$/i, (text) => text.toUpperCase()],
}

/** Spellings remembered at a time; they are personal data, and go with the sweep of their collection. */
const remembered = 4_096

/**
 * `normaliseIdentifier` for one kind and country, to be asked for every cell of a table: says the same, and most of the
 * time without the work (a property test compares them).
 */
export function sweepNormaliser(
  kind: IdentifierKind,
  country: string | undefined,
): (cell: string) => string | null {
  const [form, fold] = plain[kind] ?? []
  const known = new Map<string, string | null>()
  return (cell) => {
    if (form && fold && form.test(cell)) return fold(cell)
    const before = known.get(cell)
    if (before !== undefined) return before
    const normal = normaliseIdentifier(kind, cell, country)
    if (known.size >= remembered) known.clear()
    known.set(cell, normal)
    return normal
  }
}
