import type { CollectionDescription, FieldDescription, SystemDescription } from '../connectors/public.ts'
import type { FieldProposal } from './classify/proposal.ts'
import { type Category, type DataMap, specialCategories } from './data-map.ts'
import { whatIsGone } from './gone.ts'
import type { Inspection } from './inspect-system.ts'
import { own } from './own.ts'

/** One difference between a system as it is and what was known of it. Names of its schema, never values. */
export interface Drift {
  readonly system: string
  readonly collection: string
  /** Null where the whole collection is meant. */
  readonly field: string | null
  readonly change: 'new' | 'changed' | 'gone'
  /** What it was compared with: the scan before, or the map in force. */
  readonly since: 'last-scan' | 'map'
  readonly what: DriftAspect
  /** As the system writes it, where something changed. */
  readonly before: string | null
  readonly after: string | null
  /** By the map where it names the field, else by classification. */
  readonly personal: boolean
  /** Art. 9 or 10 GDPR. */
  readonly special: boolean
}

export type DriftAspect =
  | 'collection'
  | 'field'
  | 'type'
  | 'nullable'
  | 'generated'
  | 'key'
  | 'unique'
  | 'foreign-key'
  | 'category'
  | 'readable'

/** Below this a proposal says too little to call a field personal. */
const leastSure = 0.5

/** What differs between two looks at a system, in the order of the later one, what is gone last. Pure. */
export function driftSince(system: string, before: Inspection, after: Inspection): readonly Drift[] {
  const [older, newer] = [byName(before.description), byName(after.description)]
  const drift = (one: Partial<Drift> & Pick<Drift, 'collection' | 'change' | 'what'>): Drift =>
    filled({ system, since: 'last-scan', ...one })
  const changed = [...newer.values()].flatMap((collection): readonly Drift[] => {
    const known = older.get(collection.name)
    const sees = sightOf(after, collection.name)
    if (!known) {
      const marks = collection.fields.map(({ name }) => sees(name))
      return [drift({ collection: collection.name, change: 'new', what: 'collection', ...together(marks) })]
    }
    return collectionDrift(
      known,
      collection,
      { before: sightOf(before, collection.name), after: sees },
      drift,
    )
  })
  const gone = [...older.values()]
    .filter(({ name }) => !newer.has(name))
    .map(({ name, fields }) => {
      const marks = fields.map((field) => sightOf(before, name)(field.name))
      return drift({ collection: name, change: 'gone', what: 'collection', ...together(marks) })
    })
  return [...changed, ...gone]
}

/** Where a look at a system and the map part: personal fields the map does not name, and names that stand for nothing. Pure. */
export function driftFromMap(system: string, map: DataMap, seen: Inspection): readonly Drift[] {
  const mapped = own(map.systems, system)?.collections ?? {}
  const drift = (one: Partial<Drift> & Pick<Drift, 'collection' | 'change' | 'what'>): Drift =>
    filled({ system, since: 'map', ...one })
  const fresh = seen.description.collections.flatMap(({ name, kind, fields }) => {
    // A view shows what tables hold; the map names the tables.
    if (kind === 'view') return []
    const collection = own(mapped, name)
    const sees = sightOf(seen, name)
    return fields
      .filter(
        (field) => !own(collection?.fields, field.name) && tells(sees(field.name), collection !== undefined),
      )
      .map((field) =>
        drift({
          collection: name,
          field: field.name,
          change: 'new',
          what: 'field',
          ...marksOf(sees(field.name)),
        }),
      )
  })
  const standing = own(map.systems, system)
  const only: DataMap = { ...map, systems: standing ? { [system]: standing } : {} }
  const gone = whatIsGone(only, { [system]: seen.description }).flatMap(({ collection, field }) => {
    if (collection === undefined) return []
    const category = field === undefined ? undefined : own(own(mapped, collection)?.fields, field)?.category
    const categories = category
      ? [category]
      : Object.values(own(mapped, collection)?.fields ?? {}).map((one) => one.category)
    const personal = categories.some((one) => one !== 'none')
    const special = categories.some((one) => specialCategories.has(one))
    const what = field === undefined ? 'collection' : 'field'
    return [drift({ collection, field: field ?? null, change: 'gone', what, personal, special })]
  })
  return [...fresh, ...gone]
}

/**
 * The systems whose shape is another than the one a plan was made on: such a plan is stale and must be made again. A
 * system that was out of reach (null), or was not looked at now, says nothing.
 */
export const staleBy = (
  made: Readonly<Record<string, string | null>>,
  now: Readonly<Record<string, string>>,
): readonly string[] =>
  Object.entries(made).flatMap(([system, fingerprint]) => {
    const current = own(now, system)
    return fingerprint !== null && current !== undefined && current !== fingerprint ? [system] : []
  })

type Sight = (field: string) => FieldProposal | undefined
type Marks = Pick<Drift, 'personal' | 'special'>

const byName = ({ collections }: SystemDescription): ReadonlyMap<string, CollectionDescription> =>
  new Map(collections.map((one) => [one.name, one]))

function sightOf({ proposals }: Inspection, collection: string): Sight {
  const fields = new Map((own(proposals, collection) ?? []).map((one) => [one.field, one]))
  return (field) => fields.get(field)
}

const filled = (drift: Partial<Drift> & Omit<Drift, 'field' | 'before' | 'after' | keyof Marks>): Drift => ({
  field: null,
  before: null,
  after: null,
  personal: false,
  special: false,
  ...drift,
})

const marksOf = (proposal: FieldProposal | undefined): Marks => ({
  personal: proposal !== undefined && proposal.category !== 'none' && proposal.confidence >= leastSure,
  special: proposal?.special === true,
})

const together = (proposals: readonly (FieldProposal | undefined)[]): Marks => ({
  personal: proposals.some((one) => tells(one, false)),
  special: proposals.some((one) => one?.special === true),
})

/** Amounts and references are a person's only where the rows are known to be. */
const impersonal: ReadonlySet<Category> = new Set(['generic-id', 'purchase', 'financial'])

function tells(proposal: FieldProposal | undefined, ofPeople: boolean): boolean {
  if (!proposal || !marksOf(proposal).personal) return false
  return !impersonal.has(proposal.category) || (ofPeople && proposal.category !== 'generic-id')
}

function collectionDrift(
  before: CollectionDescription,
  after: CollectionDescription,
  sights: { readonly before: Sight; readonly after: Sight },
  drift: (one: Partial<Drift> & Pick<Drift, 'collection' | 'change' | 'what'>) => Drift,
): readonly Drift[] {
  const collection = after.name
  const known = new Map(before.fields.map((field) => [field.name, field]))
  const still = new Set(after.fields.map(({ name }) => name))
  const changes = (what: DriftAspect, from: readonly string[], to: readonly string[]) => {
    const [gone, added] = [from.filter((one) => !to.includes(one)), to.filter((one) => !from.includes(one))]
    return gone.length + added.length === 0
      ? []
      : [drift({ collection, change: 'changed', what, before: listed(gone), after: listed(added) })]
  }
  const readable = ({ unreadable }: CollectionDescription) => [unreadable === null ? 'yes' : 'no']
  // What cannot be read on one side cannot be compared: its fields are hidden, not gone.
  if (before.unreadable !== null || after.unreadable !== null)
    return changes('readable', readable(before), readable(after))
  return [
    ...after.fields.flatMap((field) => {
      const marks = marksOf(sights.after(field.name))
      const one = { collection, field: field.name, ...marks }
      const old = known.get(field.name)
      if (!old) return [drift({ ...one, change: 'new', what: 'field' })]
      const categories = [sights.before(field.name), sights.after(field.name)] as const
      const guessed = after.kind === 'file' || field.within !== undefined
      return [...fieldChanges(old, field, guessed), ...categoryChange(...categories)].map((change) =>
        drift({ ...one, change: 'changed', ...change }),
      )
    }),
    ...before.fields
      // Another sample shows other documents: a path that is not among them need not be gone.
      .filter(({ name, within }) => !still.has(within?.field ?? name))
      .map(({ name }) =>
        drift({ collection, field: name, change: 'gone', what: 'field', ...marksOf(sights.before(name)) }),
      ),
    ...changes('key', [before.key.join(', ')], [after.key.join(', ')]),
    ...changes('unique', before.uniques.map(joined), after.uniques.map(joined)),
    ...changes('foreign-key', foreignKeysOf(before), foreignKeysOf(after)),
  ]
}

type Change = Pick<Drift, 'what' | 'before' | 'after'>

/** Types of files, and of what stands in documents, are guessed from values, so they are no shape. */
function fieldChanges(
  before: FieldDescription,
  after: FieldDescription,
  guessed: boolean,
): readonly Change[] {
  if (guessed) return []
  const aspects = [
    ['type', before.type, after.type],
    ['nullable', yesNo(before.nullable), yesNo(after.nullable)],
    ['generated', yesNo(before.generated), yesNo(after.generated)],
  ] as const
  return aspects.flatMap(([what, from, to]) => (from === to ? [] : [{ what, before: from, after: to }]))
}

/** Another sample may look a little different: only what is sure on both sides is a change. */
const sure = 0.8

const categoryChange = (
  before: FieldProposal | undefined,
  after: FieldProposal | undefined,
): readonly Change[] =>
  before &&
  after &&
  before.category !== after.category &&
  Math.min(before.confidence, after.confidence) >= sure
    ? [{ what: 'category', before: before.category, after: after.category }]
    : []

const yesNo = (value: boolean): string => (value ? 'yes' : 'no')
const joined = (fields: readonly string[]): string => fields.join(', ')
const listed = (parts: readonly string[]): string | null => parts.filter(Boolean).join('; ') || null

const foreignKeysOf = ({ foreignKeys }: CollectionDescription): readonly string[] =>
  foreignKeys.map(
    ({ fields, to, toFields, onDelete }) => `${joined(fields)} → ${to} (${joined(toFields)}), ${onDelete}`,
  )
