import type { CollectionDescription, FieldDescription, FieldKind } from '../../connectors/public.ts'
import { bareName, isPeople, isThing, kindOf } from '../classify/collection-kind.ts'
import { readFieldName } from '../classify/field-name.ts'
import { foldedEntries } from '../classify/word-lists.ts'
import type { LinkWords } from './link-words.ts'
import type { NamedKey } from './name-affinity.ts'
import { isInflected, matchWords } from './same-word.ts'
import type { Sketch } from './sketch.ts'
import wordLists from './words.json' with { type: 'json' }

/** A field whose value names one row of its collection. */
export interface LinkKey {
  readonly collection: CollectionDescription
  readonly field: FieldDescription
  readonly sketch: Sketch | undefined
  /** By a constraint, not only as far as rows were seen. */
  readonly declared: boolean
  readonly named: NamedKey
}

/** Kinds whose values name rows. */
const namingKinds: ReadonlySet<FieldKind> = new Set([
  'integer',
  'decimal',
  'text',
  'uuid',
  'binary',
  'enum',
  'other',
])
/** Longer values are texts, whatever they are called. */
const longestValue = 64
const persons = foldedEntries(wordLists.persons)
const fewestToSeeUnique = 8

/** Whether a field's values may name rows, of its own collection or of another. */
export const mayName = (field: FieldDescription, sketch: Sketch | undefined): boolean =>
  namingKinds.has(field.kind) && (sketch === undefined || sketch.length <= longestValue)

/** Fields that name rows of a collection by themselves: its key, its uniques, or what is unique as far as one can see. */
export function keysOf(
  collection: CollectionDescription,
  words: LinkWords,
  sketches: ReadonlyMap<string, Sketch> | undefined,
): readonly LinkKey[] {
  if (collection.kind === 'view' || collection.unreadable !== null) return []
  const constraints = constraintsOf(collection)
  const declared = new Set(constraints.flatMap((fields) => (fields.length === 1 ? fields : [])))
  const people = isOfPeople(collection, words.ofCollection(collection.name).at(-1) ?? '')
  const staff = people && isOfStaff(collection, words)
  return collection.fields.flatMap((field): readonly LinkKey[] => {
    const sketch = sketches?.get(field.name)
    if (!mayName(field, sketch)) return []
    const isDeclared = declared.has(field.name)
    if (!isDeclared && (constraints.length > 0 || sketch === undefined || !looksUnique(sketch))) return []
    const named = {
      collection: words.ofCollection(collection.name),
      key: words.ofField(collection.name, field.name),
      people,
      staff,
      own: false,
    }
    return [{ collection, field, sketch, declared: isDeclared, named }]
  })
}

/** Key and uniques, whatever their number of fields. */
export const constraintsOf = ({ key, uniques }: CollectionDescription): readonly (readonly string[])[] =>
  [key, ...uniques].filter((fields) => fields.length > 0)

const looksUnique = ({ complete, rows, filled, distinct, shape }: Sketch): boolean =>
  complete && filled === rows && distinct === filled && rows >= fewestToSeeUnique && shape !== 'tuple'

/** By the collection's name, or by what people are called. */
function isOfPeople(collection: CollectionDescription, noun: string): boolean {
  const kind = kindOf(collection)
  if (isPeople(kind)) return true
  if (isThing(kind) || kind === 'transaction' || kind === 'message' || kind === 'history') return false
  if (persons.some((person) => isInflected(person, noun))) return true
  return collection.fields.some((field) =>
    readFieldName(field.name).matches.some(
      ({ category, strength, head }) =>
        head && strength === 'sure' && (category === 'person-name' || category === 'email'),
    ),
  )
}

/** Employees by whatever word, and the users of the system, who are as often customers. */
const isOfStaff = (collection: CollectionDescription, words: LinkWords): boolean =>
  kindOf(collection) === 'staff' ||
  words
    .ofCollection(collection.name)
    .some((word) => ['user', 'employee'].some((one) => matchWords(word, one) !== null))

/** Collections of one schema are likelier to refer to each other. */
export const schemaOf = (collection: string): string =>
  collection.slice(0, Math.max(0, collection.length - bareName(collection).length))
