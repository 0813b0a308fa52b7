import type { CollectionDescription } from '../connectors/public.ts'
import { bareName } from './classify/collection-kind.ts'
import { type RoleName, roleIn } from './classify/field-name.ts'
import { wordsOf } from './classify/name-words.ts'
import type { LinkProposal } from './links/link-proposal.ts'

/** Fields of a collection that name rows of another one. */
export interface Reference {
  readonly fields: readonly string[]
  readonly to: string
  readonly toFields: readonly string[]
  /** Null where a foreign key says so; otherwise how sure it is, 0 to 1. */
  readonly confidence: number | null
  /** Values told what names would not have. */
  readonly byValues: boolean
  /** Named after its target and nothing else: `customer_id`. */
  readonly plain: boolean
  /** The part its target plays, where the name says it: `receiver_id`. */
  readonly role: RoleName | null
}

const idWords: ReadonlySet<string> = new Set('id uuid guid key number code ref pk fk'.split(' '))

/** Every reference of a collection: declared foreign keys first, then what was inferred where there are none. */
export function referencesOf(
  description: CollectionDescription,
  all: readonly CollectionDescription[],
  inferred: readonly LinkProposal[],
): readonly Reference[] {
  const declared = description.foreignKeys.map(({ fields, to, toFields }): Reference => {
    const target = all.find(({ name }) => name === to)
    const role = fields.map(roleIn).find((found) => found !== null) ?? null
    const [field = '', ...others] = fields
    const plain =
      others.length > 0
        ? role === null || role.role === 'owner'
        : target !== undefined && isNamedAfter(field, target, toFields[0] ?? '')
    return { fields, to, toFields, confidence: null, byValues: false, plain, role: plain ? null : role }
  })
  const own = inferred
    .filter(({ from }) => from === description.name)
    .map(({ fields, to, toFields, confidence, source, plain }): Reference => {
      const role = plain ? null : (fields.map(roleIn).find((found) => found !== null) ?? null)
      return { fields, to, toFields, confidence, byValues: source === 'values', plain, role }
    })
  return [...declared, ...own]
}

/** `customer_id`, `CustomerID` and `id_customer` are named after `customers`, whether its key is `customer_id` or `id`. */
function isNamedAfter(field: string, target: CollectionDescription, key: string): boolean {
  const words = wordsOf(field)
  const bare = withoutId(words)
  const name = wordsOf(bareName(target.name)).join(' ')
  // With a code for a name, such as `emp`, the key must match word for word.
  if (bare.length === words.length || bare.length === 0) return false
  const keyWords = wordsOf(key)
  const keyBare = withoutId(keyWords)
  const sameId =
    words.filter((word) => !bare.includes(word)).join() ===
    keyWords.filter((word) => !keyBare.includes(word)).join()
  return sameId && bare.join(' ') === name && (keyBare.length === 0 || keyBare.join(' ') === name)
}

const withoutId = (words: readonly string[]): readonly string[] => words.filter((word) => !idWords.has(word))
