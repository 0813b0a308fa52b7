/** The data map: what every system holds of a person, how it is reached, and what erasing it means. Law apart from I/O. */

export const categories = [
  'person-name',
  'email',
  'phone',
  'postal-address',
  'postcode',
  'city',
  'country',
  'birth-date',
  'age',
  'gender',
  'national-id',
  'tax-id',
  'passport',
  'driving-licence',
  'bank-account',
  'payment-card',
  'ip-address',
  'device-id',
  'geo-location',
  'username',
  'secret',
  'photo',
  'social-profile',
  'organisation',
  'job-title',
  'financial',
  'purchase',
  'communication',
  'customer-number',
  'vehicle-plate',
  'signature',
  'free-text',
  'ethnic-origin',
  'political-opinion',
  'religion',
  'trade-union',
  'genetic',
  'biometric',
  'health',
  'sex-life',
  'criminal',
  'generic-id',
  'none',
] as const // prettier-ignore
export type Category = (typeof categories)[number]

/** Art. 9 and 10 GDPR (rulebook SC-01, CR-01). */
export const specialCategories: ReadonlySet<Category> = new Set([
  'ethnic-origin',
  'political-opinion',
  'religion',
  'trade-union',
  'genetic',
  'biometric',
  'health',
  'sex-life',
  'criminal',
])

/** How a value is normalised before it is compared or hashed. `number` covers customer, account and similar numbers. */
export const identifierKinds = [
  'email',
  'phone',
  'number',
  'username',
  'national-id',
  'bank-account',
] as const
export type IdentifierKind = (typeof identifierKinds)[number]

/** What erasing does to a field of a row that stays: null it (or replace it where NULL is refused), replace, redact the person's identifiers inside the text, or leave it. */
export type EraseAction = 'clear' | 'keep' | 'redact' | { readonly replace: string }

export interface FieldMap {
  readonly category: Category
  readonly identifier?: IdentifierKind
  /** True when one value is one person: only then may it lead on to other rows and systems. Default true for an identifier other than phone. */
  readonly unique?: boolean
  readonly erase?: EraseAction
  /** Why this field is held, where that differs from its collection (rulebook PRI-01). */
  readonly purposes?: readonly string[]
  /** False: not part of an access copy; needs `why`. */
  readonly export?: boolean
  readonly why?: string
}

/** A row of this collection belongs to the rows of `to` whose fields equal its own. */
export interface LinkMap {
  /** `collection` of the same system, or `system/collection`. */
  readonly to: string
  /** This collection's field → the other's. */
  readonly on: Readonly<Record<string, string>>
  /** `owner`: the row is that person's; `party`: it only mentions them, and `clears` names their fields; `none`: never followed, `why` says so. */
  readonly role: 'owner' | 'party' | 'none'
  readonly clears?: readonly string[]
  readonly why?: string
}

/** A ground to keep rows of this collection, or some of their fields, for a while. */
export interface KeepMap {
  /** Name of a rule in `rules`. */
  readonly rule: string
  /** The date field a rule with years counts from. */
  readonly from?: string
  /** What the row must keep; everything else personal is cleared. */
  readonly fields: readonly string[]
  /** Fields of the rows this one hangs on that must stay as long, per collection. */
  readonly also?: Readonly<Record<string, readonly string[]>>
}

export interface CollectionMap {
  /** What erasing the owner does to a row. */
  readonly rows: 'delete' | 'clear' | 'keep'
  /** Why its fields are held; a field may name others of its own. */
  readonly purposes?: readonly string[]
  readonly fields: Readonly<Record<string, FieldMap>>
  readonly links?: readonly LinkMap[]
  readonly keep?: readonly KeepMap[]
}

export interface SystemMap {
  readonly controller?: string
  readonly collections: Readonly<Record<string, CollectionMap>>
}

/** Art. 17(3) GDPR (rulebook ERA-02). */
export const grounds = [
  'legal-obligation',
  'legal-claims',
  'public-health',
  'archiving',
  'expression',
  'contract',
] as const
export type Ground = (typeof grounds)[number]

export interface Rule {
  readonly ground: Ground
  readonly article: string
  /** Whole years from the row's `from` date. */
  readonly years?: number
  readonly roundTo?: 'exact' | 'end-of-year'
  /** Kept as long as this holds for the row: `paid_at is null`, `status in ('active', 'paused')`, joined by and/or. */
  readonly while?: string
  /** Where the figure comes from, and whether a lawyer has read it. */
  readonly source?: string
}

/** Art. 6(1)(a) to (f) GDPR, in that order. */
export const bases = [
  'consent',
  'contract',
  'legal-obligation',
  'vital-interests',
  'public-task',
  'legitimate-interests',
] as const // prettier-ignore
export type Basis = (typeof bases)[number]

/** The points of Art. 9(2) GDPR, by which special categories may be processed at all (rulebook SC-01). */
export const art9Conditions = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j'] as const
export type Art9Condition = (typeof art9Conditions)[number]

/** How long a purpose needs its data (rulebook RET-01): a term and what it runs from, or an event that ends it. */
export interface Retention {
  readonly years?: number
  readonly months?: number
  readonly days?: number
  /** The event the term runs from, in words: `last order`. */
  readonly from?: string
  /** The event that ends it, in place of a term: `the account is closed`. */
  readonly until?: string
}

/** What data is used for. One basis each: bases do not add up for one purpose (rulebook PRI-01). */
export interface Purpose {
  readonly basis: Basis
  readonly article?: string
  readonly art9?: Art9Condition
  /** The law that allows data on offences, Art. 10 GDPR (rulebook CR-01). */
  readonly art10?: string
  readonly retention?: Retention
  readonly description?: string
}

export interface DataMap {
  readonly version: 1
  /** ISO 3166-1 alpha-2: the organisation's country, for starter rules and holidays. */
  readonly country?: string
  readonly systems: Readonly<Record<string, SystemMap>>
  readonly rules: Readonly<Record<string, Rule>>
  readonly purposes?: Readonly<Record<string, Purpose>>
}

/** The default meaning of `unique` (design §4: a phone is shared by a household, so it never widens an answer). */
export const isUnique = (field: FieldMap): boolean =>
  field.unique ?? (field.identifier !== undefined && field.identifier !== 'phone')

/** `to` of a link: a collection of the same system where there is one of that name, else `system/collection`. */
export function resolveTarget(
  map: Pick<DataMap, 'systems'>,
  system: string,
  to: string,
): { readonly system: string; readonly collection: string } {
  const slash = to.indexOf('/')
  if (slash < 0 || map.systems[system]?.collections[to]) return { system, collection: to }
  return { system: to.slice(0, slash), collection: to.slice(slash + 1) }
}
