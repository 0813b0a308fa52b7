import type { Addition, Spot } from '../inventory/public.ts'

/** What a map can owe to the systems as they are, with the rules of the rulebook and the law it falls short of. Names stay: other programs know them. */
export const gapRules = {
  'unmapped-personal-field': { rules: ['ERA-05', 'PRI-01'], law: 'GDPR 5(1)(c), 17, 30' },
  'no-purpose': { rules: ['PRI-01'], law: 'GDPR 5(1)(b)' },
  'no-basis': { rules: ['PRI-01'], law: 'GDPR 6(1)' },
  'no-art9-condition': { rules: ['SC-01'], law: 'GDPR 9(2)' },
  'no-art10-law': { rules: ['CR-01'], law: 'GDPR 10' },
  'no-retention': { rules: ['RET-01'], law: 'GDPR 5(1)(e)' },
  'no-erasure-route': { rules: ['ERA-05'], law: 'GDPR 17' },
  gone: { rules: ['ERA-05'], law: 'GDPR 30' },
  unreadable: { rules: ['ERA-05'], law: 'GDPR 5(2)' },
} as const satisfies Readonly<Record<string, { readonly rules: readonly string[]; readonly law: string }>>

export type GapRule = keyof typeof gapRules

export const gapRuleNames = Object.keys(gapRules) as readonly GapRule[]

/** One thing a map owes, about one field, one collection or one purpose. */
export interface Gap {
  readonly rule: GapRule
  /** Null for a purpose, which belongs to no system. */
  readonly system: string | null
  readonly collection: string | null
  readonly purpose: string | null
  /** The fields concerned: names where a collection is given, else `system/collection.field`. Empty: all of it. */
  readonly fields: readonly string[]
  /** `register.gap-<sentence>`, with `params`; names of the schema and the map, never values. */
  readonly sentence: string
  readonly params: Readonly<Record<string, string | number>>
  /** The line of the map it is about. */
  readonly at: Spot
  /** What closes it; `...` stands for what only a person knows. Null where something has to be changed or taken out. */
  readonly add: Addition | null
}

/** The same gap in another run has the same keys, whatever line it stands on: one for each field, else one. */
export function keysOf({ rule, system, collection, purpose, fields }: Gap): readonly string[] {
  const of = (field: string) =>
    [rule, system ?? '', collection ?? '', purpose ?? '', field].map(encodeURIComponent).join('/')
  return fields.length === 0 ? [of('')] : fields.map(of)
}

/** The gaps without those a team accepted when it began; a field that joined since is told again. */
export const withoutAccepted = (gaps: readonly Gap[], accepted: ReadonlySet<string>): readonly Gap[] =>
  gaps.flatMap((gap) => {
    const keys = keysOf(gap)
    const fresh = gap.fields.filter((_, i) => !accepted.has(keys[i] ?? ''))
    if (gap.fields.length === 0) return accepted.has(keys[0] ?? '') ? [] : [gap]
    if (fresh.length === 0) return []
    return [{ ...gap, fields: fresh, params: { ...gap.params, fields: fresh.join(', ') } }]
  })
