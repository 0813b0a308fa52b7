import type { Cell, CollectionDescription, FieldDescription } from '../../connectors/public.ts'
import type { Category } from '../data-map.ts'
import { bareName } from './collection-kind.ts'
import { topicsOf } from './collection-topic.ts'
import { type FieldName, type NameMatch, readComment, readFieldName } from './field-name.ts'
import { wordsOf } from './name-words.ts'
import { fullLook, profileValues, shortLook, type ValueProfile } from './value-profile.ts'

/** All that is known of one field before it is judged: read once, scored as often as needed. */
export interface FieldFeatures {
  readonly field: FieldDescription
  readonly name: FieldName
  readonly comment: readonly NameMatch[]
  /** Null where the field could not be read. */
  readonly values: ValueProfile | null
  /** A key of its collection, part of a foreign key, or named like one. */
  readonly isKey: boolean
  /** Words of the fields beside it that make an address or a name together with it. */
  readonly addressBeside: string
  readonly nameBeside: string
}

type Draft = Omit<FieldFeatures, 'addressBeside' | 'nameBeside'>

const addressParts: ReadonlySet<Category> = new Set(['postal-address', 'postcode', 'city', 'country'])
/** A lone pair such as city and country may be anything's; three of a kind are an address. */
const fewestBeside = 2

export function featuresOf(
  description: CollectionDescription,
  samples: readonly (readonly Cell[] | null)[],
): readonly FieldFeatures[] {
  const bare = bareName(description.name)
  const collection = wordsOf(bare)
  const within = { noun: collection.at(-1), name: collection.join('_') }
  const topics = topicsOf(bare)
  const drafts = description.fields.map((field, i): Draft => {
    const cells = description.unreadable === null ? (samples[i] ?? null) : null
    const name = nameWithin(field.name, within, topics)
    return {
      field,
      name,
      comment: field.comment === null ? [] : readComment(field.comment),
      values: cells === null ? null : profileValues(cells, name.matches.length > 0 ? shortLook : fullLook),
      isKey: isKeyOf(description, field.name) || name.idLike,
    }
  })
  return drafts.map((draft) => ({
    ...draft,
    addressBeside: addressBeside(draft, drafts),
    nameBeside: nameBeside(draft, drafts),
  }))
}

/** The words of a collection's name. */
interface Within {
  readonly noun: string | undefined
  readonly name: string
}

/**
 * A name read together with its collection's: in `address`, `line1` is an address line, in `customer`, `number` a customer
 * number; in `comment`, `comment_date` is a date and no comment.
 */
function nameWithin(field: string, { noun, name }: Within, topics: ReadonlySet<Category>): FieldName {
  const own = readFieldName(field, topics)
  if (noun === undefined) return own
  if (wordsOf(field).length > 1) return { ...own, matches: own.matches.filter(({ word }) => word !== noun) }
  if (own.matches.some(({ strength }) => strength === 'sure')) return own
  const together = readFieldName(`${name}_${field}`)
  const matches = together.matches.filter(
    ({ head, word }) => head && word.includes(' ') && !isLoginName(word),
  )
  return matches.length === 0 || matches[0]?.category === 'none'
    ? own
    : { ...together, matches, prefix: own.prefix }
}

/** The name of a user is their name; only `user_name` written out is what they log in with. */
const isLoginName = (word: string): boolean => word === 'user name'

const isKeyOf = (description: CollectionDescription, field: string): boolean =>
  (description.key.length === 1 && description.key[0] === field) ||
  description.foreignKeys.some((key) => key.fields.includes(field))

function addressBeside(draft: Draft, all: readonly Draft[]): string {
  const part = partOf(draft, addressParts)
  if (part === undefined) return ''
  const beside = all.filter((other) => other !== draft && other.name.prefix === draft.name.prefix)
  const found = beside.flatMap((other) => partOf(other, addressParts) ?? [])
  return found.length < fewestBeside ? '' : [...new Set(found.map(({ word }) => word))].slice(0, 3).join(', ')
}

/** First name beside last name: a person, even where nothing else says so. */
function nameBeside(draft: Draft, all: readonly Draft[]): string {
  const own = sureName(draft)
  if (own === undefined) return ''
  const found = all.flatMap((other) => (other === draft ? [] : (sureName(other) ?? [])))
  return found.find(({ word }) => word !== own.word)?.word ?? ''
}

const sureName = (draft: Draft): NameMatch | undefined =>
  draft.name.matches.find(
    ({ category, strength, head }) => category === 'person-name' && strength === 'sure' && head,
  )

const partOf = (draft: Draft, parts: ReadonlySet<Category>): NameMatch | undefined =>
  draft.name.about === null
    ? draft.name.matches.find(({ category, head }) => head && parts.has(category))
    : undefined
