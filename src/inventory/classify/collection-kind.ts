import type { CollectionDescription } from '../../connectors/public.ts'
import { phraseAt } from './fold-text.ts'
import { phraseOf, wordsOf } from './name-words.ts'
import { remembered } from './remembered.ts'
import { foldedEntries, foldedLanguages } from './word-lists.ts'
import collections from './words/collections.json' with { type: 'json' }
import parts from './words/name-parts.json' with { type: 'json' }

/** What a row of a collection is, as far as its name says. `belonging`: a thing of one person, such as an address. */
export type CollectionKind = keyof typeof collections.kinds | 'unknown'

const kinds = Object.keys(collections.kinds) as (keyof typeof collections.kinds)[]
const kindOfPhrase: ReadonlyMap<string, CollectionKind> = new Map(
  // Set in reverse, so that the kinds named first in the file win a word that stands under two.
  kinds
    .toReversed()
    .flatMap((kind) =>
      foldedLanguages(collections.kinds[kind]).map((word) => [phraseOf(word), kind] as const),
    ),
)
const neutral = new Set(foldedEntries(parts.neutral))
/** `customer_order` is an order, `order_history` a history, an `email_log` messages, whichever word comes last. */
const overriding: readonly CollectionKind[] = ['message', 'history', 'transaction', 'belonging']
const longestPhrase = 2
const beginsPhrase = new Set(
  [...kindOfPhrase.keys()].flatMap((phrase) => (phrase.includes(' ') ? phrase.split(' ', 1) : [])),
)

/** The collection's own name without schema, directories and file extension. */
export function bareName(collection: string): string {
  const file = collection.slice(Math.max(collection.lastIndexOf('/'), collection.lastIndexOf('\\')) + 1)
  const withoutExtension = file.replace(/\.(csv|tsv|txt|json|xlsx?|parquet)$/i, '')
  return withoutExtension.slice(withoutExtension.lastIndexOf('.') + 1)
}

/**
 * `public.customer_orders` → transaction, `KundenAdressen` → belonging, `tbl_x17` → unknown. Every collection asks for the kind
 * of every other of its system: a thousand of them a million times.
 */
export const collectionKind: (collection: string) => CollectionKind = remembered(kindByName)

function kindByName(collection: string): CollectionKind {
  const words = wordsOf(bareName(collection)).filter(
    (word, _, all) => !neutral.has(word) || all.length === 1 || kindOfPhrase.has(word),
  )
  const found = kindsIn(words)
  const strongest = overriding.find((kind) => found.some((entry) => entry.kind === kind))
  if (strongest !== undefined && !endsAsThing(found)) return strongest
  const last = found.at(-1)
  // A last word nobody knows may make something else of it: a `customer_zorp` need not be a customer.
  if (last === undefined || last.end !== words.length) return 'unknown'
  // Nor need `patient_symptom` and `customer_segment` be alike, and `ospitiHotel` are guests: their fields decide.
  return isThing(last.kind) && found.some((entry) => isPeople(entry.kind)) ? 'unknown' : last.kind
}

/** The kind of a collection as its name and its foreign keys say together. */
export function kindOf({
  name,
  foreignKeys,
}: Pick<CollectionDescription, 'name' | 'foreignKeys'>): CollectionKind {
  const kind = collectionKind(name)
  if (kind !== 'catalogue') return kind
  // `ticket_tag` belongs to tickets when it refers to them; a `ticket_type` without such a key only sorts them.
  const own = wordsOf(bareName(name))
  const isPart = foreignKeys.some(({ to }) => {
    const whole = wordsOf(bareName(to))
    return to !== name && whole.every((word) => own.includes(word)) && !isThing(collectionKind(to))
  })
  return isPart ? 'unknown' : kind
}

/** The kind of thing the words of a field's name speak of: `product_name` → catalogue. */
export function kindWithin(words: readonly string[]): CollectionKind {
  return kindsIn(words).at(-1)?.kind ?? 'unknown'
}

/** A collection of catalogue things, places or organisations: what stands there is not a person's. */
export const isThing = (kind: CollectionKind): boolean =>
  kind === 'catalogue' || kind === 'place' || kind === 'organisation'

export const isPeople = (kind: CollectionKind): boolean => kind === 'people' || kind === 'staff'

/** `ticket_type` and `order_status` list kinds of tickets and orders. */
const endsAsThing = (found: readonly { readonly kind: CollectionKind }[]): boolean =>
  found.at(-1)?.kind === 'catalogue'

function kindsIn(
  words: readonly string[],
): readonly { readonly kind: CollectionKind; readonly end: number }[] {
  const found: { kind: CollectionKind; end: number }[] = []
  for (let start = 0; start < words.length; ) {
    let length = Math.min(beginsPhrase.has(words[start] ?? '') ? longestPhrase : 1, words.length - start)
    let kind: CollectionKind | undefined
    for (; length > 0; length--) {
      const phrase = phraseAt(words, start, length)
      kind =
        kindOfPhrase.get(phrase) ?? (phrase.endsWith('s') ? kindOfPhrase.get(phrase.slice(0, -1)) : undefined)
      if (kind !== undefined) break
    }
    if (kind !== undefined) found.push({ kind, end: start + length })
    start += Math.max(length, 1)
  }
  return found
}
