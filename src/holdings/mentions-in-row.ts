import { type FoundRow, parseDocument } from '../connectors/public.ts'
import type { Category } from '../inventory/public.ts'
import type { HeldRow, Mention, Sign } from './holdings.ts'
import type { MappedCollection } from './mapped-system.ts'
import { spansOf, type Term } from './spans.ts'

/** Categories whose cells name nobody; all others may name anybody, whosever row it is. */
const nameless: ReadonlySet<Category> = new Set([
  'none',
  'generic-id',
  'financial',
  'purchase',
  'country',
  'city',
  'postcode',
  'age',
  'gender',
  'birth-date',
  'secret',
]) // prettier-ignore

/** The columns of fields that are paths, after them: by these a document that could not be taken apart is told. */
export function withColumns({ description }: MappedCollection, fields: readonly string[]): readonly string[] {
  const columns = description.fields.flatMap(({ name, within }) =>
    within && fields.includes(name) ? [within.field] : [],
  )
  return [...fields, ...new Set(columns)]
}

/** Fields of other people's rows in which the person may stand. */
export function mentionFields(collection: MappedCollection): readonly string[] {
  // Without a key a kept row cannot be told from somebody else's once its identifiers are gone: hands off.
  if (collection.description.key.length === 0 && (collection.map.keep ?? []).length > 0) return []
  const hasPaths = (column: string) =>
    collection.description.fields.some(({ within }) => within?.field === column)
  return collection.description.fields
    .filter(({ name, generated, kind }) => {
      const map = collection.map.fields[name]
      // Of a column whose documents are mapped path by path, the paths are looked at.
      if (hasPaths(name)) return false
      return map !== undefined && !generated && kind !== 'binary' && !nameless.has(map.category)
    })
    .map(({ name }) => name)
}

/**
 * Those of a person's terms that may be taken out of a field of somebody else's row. What identifies that other person is
 * theirs, though a name or a number of hers stands in it: `ada.muster.17@example.org` is a namesake's address.
 */
export function termsFor(
  { identifiers }: MappedCollection,
  field: string,
  text: string,
  terms: readonly Term[],
): readonly Term[] {
  if (!identifiers.some((one) => one.field === field)) return terms
  const whole = text.trim()
  return terms.filter((term) => {
    // An alias may be another account, of another person: that is a possible match, and no text.
    if (term.isAlias) return false
    if (!partOfOthers.has(term.kind)) return true
    const [span] = spansOf(whole, [term])
    return span !== undefined && span[0] === 0 && span[1] === whole.length
  })
}

/** What of the person stands inside what identifies somebody else and nowhere else in it; null where something may be taken out. */
function signsInside(
  collection: MappedCollection,
  field: string,
  text: string,
  terms: readonly Term[],
): readonly Sign[] | null {
  if (spansOf(text, termsFor(collection, field, text, terms)).length > 0) return null
  const inside = terms.filter((term) => !term.isAlias && spansOf(text, [term]).length > 0)
  return [...new Set(inside.map(({ kind }) => kind))]
}

/** Kinds of which one may be a part of another person's identifier. */
const partOfOthers: ReadonlySet<Term['kind']> = new Set(['name', 'number', 'username'])

/** Says of a row with the cells of `withColumns` where a person's terms stand in it; `known` is what is held of it as theirs. */
export type ReadMentions = (
  row: FoundRow,
  known: HeldRow | undefined,
  terms: readonly Term[],
) => readonly Mention[]

export function readMentions(collection: MappedCollection): ReadMentions {
  const fields = mentionFields(collection)
  const cells = withColumns(collection, fields)
  const columns = fields.map(
    (field) => collection.description.fields[collection.fields.indexOf(field)]?.within?.field,
  )
  return (row, known, terms) => {
    if (known?.role === 'owner') return []
    const mentions: Mention[] = []
    const unread = new Set<string>()
    for (const [i, field] of fields.entries()) {
      const text = row.cells[i]
      if (text == null || known?.clears.includes(field)) continue
      if (spansOf(text, terms).length === 0) continue
      const column = columns[i]
      const isUnread =
        column !== undefined && row.cells[cells.indexOf(column)] === text && parseDocument(text) === null
      if (!isUnread) {
        const insideOthers = signsInside(collection, field, text, terms)
        if (insideOthers === null) mentions.push({ key: row.key, field, text })
        else if (insideOthers.length > 0) mentions.push({ key: row.key, field, text, insideOthers })
        // What is no document identifies nobody.
      } else if (!unread.has(column)) {
        unread.add(column)
        mentions.push({ key: row.key, field, text, isUnread })
      }
    }
    return mentions
  }
}
