import type { CollectionDescription } from '../connectors/public.ts'
import { bareName } from './classify/collection-kind.ts'
import { type RoleName, roleIn } from './classify/field-name.ts'
import { wordsOf } from './classify/name-words.ts'

/** Fields of a collection that name rows of another one. */
export interface Reference {
  readonly fields: readonly string[]
  readonly to: string
  readonly toFields: readonly string[]
  /** Null where a foreign key says so; otherwise how sure the names make it, 0 to 1. */
  readonly confidence: number | null
  /** Named after its target and nothing else: `customer_id`. */
  readonly plain: boolean
  /** The part its target plays, where the name says it: `receiver_id`. */
  readonly role: RoleName | null
}

/** Equal name and kind as the key of a collection of that name: no accident, and no promise. */
const byNameConfidence = 0.9
const idWords: ReadonlySet<string> = new Set('id uuid guid key number code ref pk fk'.split(' '))

/** Every reference of a collection: declared foreign keys first, then fields named after another collection's key. */
export function referencesOf(
  description: CollectionDescription,
  all: readonly CollectionDescription[],
): readonly Reference[] {
  const declared = description.foreignKeys.map(({ fields, to, toFields }): Reference => {
    const target = all.find(({ name }) => name === to)
    const role = fields.map(roleIn).find((found) => found !== null) ?? null
    const [field = '', ...others] = fields
    const plain =
      others.length > 0
        ? role === null || role.role === 'owner'
        : target !== undefined && isNamedAfter(field, target, toFields[0] ?? '')
    return { fields, to, toFields, confidence: null, plain, role: plain ? null : role }
  })
  const taken = new Set(description.foreignKeys.flatMap(({ fields }) => fields))
  const named = description.fields.flatMap(({ name, kind }): readonly Reference[] => {
    if (taken.has(name)) return []
    const target = namedTarget(description, name, kind, all)
    const [key] = target?.key ?? []
    if (target === undefined || key === undefined) return []
    return [
      {
        fields: [name],
        to: target.name,
        toFields: [key],
        confidence: byNameConfidence,
        plain: true,
        role: null,
      },
    ]
  })
  return [...declared, ...named]
}

/** The one collection whose key a field is named after and equal in kind to; the one of the same schema where several are. */
function namedTarget(
  from: CollectionDescription,
  field: string,
  kind: CollectionDescription['fields'][number]['kind'],
  all: readonly CollectionDescription[],
): CollectionDescription | undefined {
  const found = all.filter((target) => {
    const [key] = target.key
    if (target.name === from.name || target.kind === 'view' || target.key.length !== 1 || key === undefined)
      return false
    return (
      target.fields.some(({ name, kind: other }) => name === key && other === kind) &&
      isNamedAfter(field, target, key)
    )
  })
  if (found.length < 2) return found[0]
  const near = found.filter(({ name }) => schemaOf(name) === schemaOf(from.name))
  return near.length === 1 ? near[0] : undefined
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

const schemaOf = (collection: string): string => collection.slice(0, Math.max(0, collection.lastIndexOf('.')))
