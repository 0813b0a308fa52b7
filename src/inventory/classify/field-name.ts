import { type Category, specialCategories } from '../data-map.ts'
import { type CollectionKind, isPeople, isThing, kindWithin } from './collection-kind.ts'
import { phraseAt } from './fold-text.ts'
import { phraseOf, wordsOf } from './name-words.ts'
import { stemCategory } from './special-stems.ts'
import { foldedEntries, foldedLanguages } from './word-lists.ts'
import contactFields from './words/contact-fields.json' with { type: 'json' }
import lifeFields from './words/life-fields.json' with { type: 'json' }
import parts from './words/name-parts.json' with { type: 'json' }
import numberFields from './words/number-fields.json' with { type: 'json' }
import roleWords from './words/roles.json' with { type: 'json' }
import specialFields from './words/special-fields.json' with { type: 'json' }
import specialHeaders from './words/special-headers.json' with { type: 'json' }

/** How surely a word means its category: `sure` by itself, `faint` only beside its like. */
export type Strength = 'sure' | 'likely' | 'weak' | 'faint'

export interface NameMatch {
  readonly category: Category
  readonly strength: Strength
  /** The words as the dictionary has them; shown to people. */
  readonly word: string
  /** The last match of a name is what it is about: in `company_email` the e-mail address. */
  readonly head: boolean
}

/** The part a person plays in a row. `actor`: somebody who dealt with the row at work. */
export type Role = 'owner' | 'party' | 'actor'

export interface RoleName {
  readonly role: Role
  /** The word that says so, as the dictionary has it. */
  readonly word: string
}

export interface FieldName {
  readonly matches: readonly NameMatch[]
  /** The word that makes the field one about such data (`verified`), not the data itself. */
  readonly about: string | null
  /** Ends or begins like a key: `customer_id`, `ref_client`. */
  readonly idLike: boolean
  /** Speaks of a person by a word for one (`recipient_name`), or by what an address is for (`billing_name`). */
  readonly person: 'named' | 'addressed' | null
  /** Speaks of a thing, such as `product_name`. */
  readonly thing: CollectionKind | null
  /** What stands before the first match: `billing` of `billing_city`. Fields that share it belong together. */
  readonly prefix: string
}

interface Entry {
  readonly category: Category
  readonly strength: Strength
}

interface Span extends Entry {
  readonly start: number
  readonly end: number
  readonly word: string
}

const longestPhrase = 4
const entries = indexEntries()
/** The words that entries begin with, and how many words the longest of those has. */
const longestFrom = new Map<string, number>()
for (const phrase of entries.keys()) {
  const words = phrase.split(' ')
  const [first = ''] = words
  longestFrom.set(first, Math.max(words.length, longestFrom.get(first) ?? 0))
}
const contact = phrases(foldedLanguages(roleWords.contact))
const addressUses = phrases(foldedLanguages(roleWords.use))
const addressees = phrases(foldedLanguages(roleWords.addressee))
const aboutLast = phrases(foldedEntries(parts.aboutLast))
const aboutAnywhere = phrases(foldedEntries(parts.aboutAnywhere))
const idWords = phrases(foldedEntries(parts.idWords))
const codeWords = phrases(foldedEntries(parts.codeWords))
const bareNames = phrases(foldedEntries(parts.bareNames))
const bareDates = phrases(foldedEntries(parts.bareDates))
/** Party before actor before owner: a `receiving_customer` receives. */
const roles = (['party', 'actor', 'owner'] as const).map((role) => ({
  role,
  words: phrases(foldedLanguages(roleWords.roles[role])),
}))

/**
 * What a field's name says, in nine languages (en fr de es pt it nl pl, and abbreviations all of them use). `topics` are the
 * special categories its collection is about: there even a faint word for one means it.
 */
export function readFieldName(name: string, topics: ReadonlySet<Category> = nothing): FieldName {
  const label = topics.size === 0 ? '' : [...topics].join()
  const names = remembered.get(label) ?? new Map<string, FieldName>()
  const known = names.get(name)
  if (known !== undefined) return known
  const read = readName(name, topics)
  if (names.size >= mostRemembered) names.clear()
  names.set(name, read)
  remembered.set(label, names)
  return read
}

/** By topics, then by name: `id`, `status` and `created_at` stand in most tables of a system. */
const remembered = new Map<string, Map<string, FieldName>>()
const mostRemembered = 5_000

function readName(name: string, topics: ReadonlySet<Category>): FieldName {
  const words = wordsOf(name)
  const spans = withStems(words, spansOf(words)).flatMap((span) => withinTopics(span, topics))
  const groups = groupsOf(spans)
  const rest = words.map((word, i) => (spans.some(({ start, end }) => i >= start && i < end) ? '' : word))
  const kind = kindWithin(rest)
  const person = personIn(words, kind)
  // A bare `date` beside other data is about that data.
  const bareDate = groups.length > 1 ? groups.find(([span]) => bareDates.has(span?.word ?? '')) : undefined
  const meaning = groups
    .filter((group) => group !== bareDate)
    .flatMap((group) => ofPersons(group, groups, words, person))
  const idLike = idWords.has(rest.at(-1) ?? '') || idWords.has(rest[0] ?? '')
  // `verdict_status` and `religion_type` are no kinds of goods, but how such a thing is written down.
  const isCoded =
    codeWords.has(words.at(-1) ?? '') && spans.some(({ category }) => specialCategories.has(category))
  return {
    matches: meaning.flatMap((group, i) => group.map((span) => asMatch(span, i === meaning.length - 1))),
    about: meaning.length === 0 ? null : (bareDate?.[0]?.word ?? aboutWord(rest) ?? (idLike ? 'id' : null)),
    idLike,
    person,
    thing: isThing(kind) && person === null && !isCoded ? kind : null,
    prefix: words.slice(0, groups[0]?.[0]?.start ?? words.length).join(' '),
  }
}

const nothing: ReadonlySet<Category> = new Set()

/** What a person is, not what happened to them: `religion_id` points at a list of religions, `diagnosis_id` at one diagnosis. */
const traits: ReadonlySet<Category> = new Set(['religion', 'ethnic-origin', 'sex-life'])

/** Whether a name that speaks of such data can hold it; that somebody is disabled, and since when, is such data too. */
export const mayHold = ({ about, idLike }: FieldName, category: Category): boolean =>
  about === null || (specialCategories.has(category) && (!idLike || traits.has(category)))

/** `result` or `weight` are somebody's health in a clinic's table, and nobody's elsewhere. */
function withinTopics(span: Span, topics: ReadonlySet<Category>): readonly Span[] {
  if (!specialCategories.has(span.category) || span.strength === 'sure' || span.strength === 'likely')
    return [span]
  if (topics.has(span.category)) return [{ ...span, strength: 'likely' }]
  return span.strength === 'faint' ? [] : [span]
}

/** Words that no list has, by what they begin like: only where nothing else speaks of a special category. */
function withStems(words: readonly string[], spans: readonly Span[]): readonly Span[] {
  if (spans.some(({ category }) => specialCategories.has(category) || category === 'none')) return spans
  const stemmed = words.flatMap((word, i): readonly Span[] => {
    if (spans.some(({ start, end }) => i >= start && i < end)) return []
    const category = stemCategory(word)
    return category === null ? [] : [{ category, strength: 'likely', start: i, end: i + 1, word }]
  })
  return stemmed.length === 0 ? spans : [...spans, ...stemmed].toSorted((a, b) => a.start - b.start)
}

/** The strongest entries of the words of a comment, as a hint. */
export function readComment(comment: string): readonly NameMatch[] {
  return spansOf(wordsOf(comment.slice(0, longestComment)))
    .filter((span) => span.strength === 'sure')
    .map((span) => asMatch(span, true))
}

const longestComment = 160

/** The part the person plays whom a field such as `receiver_id` points at; null where the name does not say. */
export function roleIn(name: string): RoleName | null {
  const runs = runsOf(wordsOf(name))
  for (const { role, words: known } of roles) {
    const word = runs.find((run) => known.has(run))
    if (word !== undefined) return { role, word }
  }
  return null
}

/** Whether a role's word names whom something is sent to. */
export const isAddressee = (word: string): boolean => addressees.has(word)

function phrases(folded: readonly string[]): ReadonlySet<string> {
  return new Set(folded.map(phraseOf))
}

function indexEntries(): ReadonlyMap<string, readonly Entry[]> {
  const index = new Map<string, Entry[]>()
  for (const file of [contactFields, numberFields, lifeFields, specialFields, specialHeaders]) {
    for (const { category, strength, ...languages } of file.entries) {
      for (const word of new Set(foldedLanguages(languages).map(phraseOf))) {
        const known = index.get(word) ?? []
        known.push({ category: category as Category, strength: strength as Strength })
        index.set(word, known)
      }
    }
  }
  return index
}

/** Dictionary phrases in the words, longest first, none over another. */
function spansOf(words: readonly string[]): readonly Span[] {
  if (!words.some((word) => longestFrom.has(word))) return []
  const taken = new Array<boolean>(words.length).fill(false)
  const spans: Span[] = []
  for (let length = Math.min(longestPhrase, words.length); length > 0; length--) {
    for (let start = 0; start + length <= words.length; start++) {
      if ((longestFrom.get(words[start] ?? '') ?? 0) < length) continue
      const word = phraseAt(words, start, length)
      const found = entries.get(word)
      if (found === undefined || taken.slice(start, start + length).includes(true)) continue
      taken.fill(true, start, start + length)
      for (const entry of found) spans.push({ ...entry, start, end: start + length, word })
    }
  }
  return spans.length < 2 ? spans : spans.toSorted((a, b) => a.start - b.start)
}

/** Spans of the same words together. */
function groupsOf(spans: readonly Span[]): readonly (readonly Span[])[] {
  const [first, ...others] = spans
  if (first === undefined) return []
  return others.every(({ start }) => start === first.start)
    ? [spans]
    : [...Map.groupBy(spans, ({ start }) => start).values()]
}

/** A bare `name` beside other words is a person's beside a word for one (`billing_name`), else the other thing's. */
function ofPersons(
  group: readonly Span[],
  all: readonly (readonly Span[])[],
  words: readonly string[],
  person: FieldName['person'],
): readonly (readonly Span[])[] {
  if (words.length === 1 || !bareNames.has(group[0]?.word ?? '')) return [group]
  const isPersons = person !== null || all.some(([span]) => isPerson(span))
  return isPersons ? [group.map((span) => ({ ...span, strength: 'sure' as const }))] : []
}

const isPerson = (span: Span | undefined): boolean =>
  span?.category === 'person-name' && !bareNames.has(span.word)

const asMatch = ({ category, strength, word }: Span, head: boolean): NameMatch => ({
  category,
  strength,
  word,
  head,
})

function aboutWord(rest: readonly string[]): string | null {
  const last = rest.at(-1) ?? ''
  return aboutLast.has(last) ? last : (rest.find((word) => aboutAnywhere.has(word)) ?? null)
}

function personIn(words: readonly string[], kind: CollectionKind): FieldName['person'] {
  if (isPeople(kind)) return 'named'
  const runs = runsOf(words)
  if (runs.some((run) => contact.has(run))) return 'named'
  return runs.some((run) => addressUses.has(run)) ? 'addressed' : null
}

/** Each word, and each with the one after it. */
const runsOf = (words: readonly string[]): readonly string[] =>
  words.length < 2 ? words : words.flatMap((word, i) => [word, phraseAt(words, i, 2)])
