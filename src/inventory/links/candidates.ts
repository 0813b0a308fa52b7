import type { CollectionDescription, FieldDescription } from '../../connectors/public.ts'
import { inclusionOf } from './inclusion.ts'
import { type LinkKey, mayName } from './link-keys.ts'
import type { Sketches } from './link-proposal.ts'
import { isIdWord, type LinkWords } from './link-words.ts'
import { type Affinity, affinityOf, namesPeople, nothing } from './name-affinity.ts'
import { matchWords } from './same-word.ts'
import type { Sketch } from './sketch.ts'

/** A field that may name rows by a key elsewhere. */
export interface Candidate {
  readonly from: CollectionDescription
  readonly field: FieldDescription
  readonly sketch: Sketch | undefined
  readonly to: LinkKey
  readonly affinity: Affinity
}

/** Enough of a key's hashes to notice that a field's values stand there. */
const noticed = 512
const fewestMet = 3
/** Of many collections that share a word with a field only the likeliest are weighed. */
const mostNamed = 12

/**
 * Pairs of a field and a key that names bring together, or values that are no mere numbers. Looked up word by word and
 * hash by hash: a system of a thousand tables has millions of pairs.
 */
export function candidatesAmong(
  collections: readonly CollectionDescription[],
  keys: readonly LinkKey[],
  words: LinkWords,
  sketches: Sketches,
): readonly Candidate[] {
  const byName = nameIndex(keys)
  const byValue = valueIndex(keys)
  return collections.flatMap((from) => {
    if (from.kind === 'view' || from.unreadable !== null) return []
    const known = sketches.get(from.name)
    return from.fields.flatMap((field) => {
      const sketch = known?.get(field.name)
      if (!mayName(field, sketch)) return []
      const fieldWords = words.ofField(from.name, field.name)
      const met = new Set(byValue(sketch))
      const near = new Set([...byName(fieldWords, from.name), ...met])
      const found = [...near].flatMap((to): readonly Candidate[] => {
        const own = to.collection.name === from.name
        if (own && to.field.name === field.name) return []
        const affinity = affinityOf(fieldWords, { ...to.named, own })
        // Two names of one row are no link: a customer's number does not refer to the customer's id.
        if (affinity === nothing && (own || !met.has(to))) return []
        return [{ from, field, sketch, to, affinity }]
      })
      const likeliest = found.toSorted((a, b) => b.affinity.weight - a.affinity.weight).slice(0, mostNamed)
      return found.filter((one) => met.has(one.to) || likeliest.includes(one))
    })
  })
}

/** Keys that one of a field's words may mean, people's where it is a role, its own collection's always. */
function nameIndex(
  keys: readonly LinkKey[],
): (field: readonly string[], collection: string) => readonly LinkKey[] {
  const byWord = new Map<string, Set<LinkKey>>()
  const own = Map.groupBy(keys, ({ collection }) => collection.name)
  const people = keys.filter(({ named }) => named.people)
  for (const key of keys) {
    const { collection, key: field } = key.named
    const joined = [collection.join(''), collection.map((word) => word.charAt(0)).join('')]
    const names = [...collection, ...(collection.length > 1 ? joined : []), ...field]
    for (const word of new Set(names.filter((one) => !isIdWord(one)))) {
      const found = byWord.get(word) ?? new Set()
      byWord.set(word, found.add(key))
    }
  }
  const remembered = new Map<string, readonly LinkKey[]>()
  const meant = (word: string): readonly LinkKey[] => {
    const known = remembered.get(word)
    if (known !== undefined) return known
    const found = [...byWord].flatMap(([other, all]) => (matchWords(word, other) === null ? [] : [...all]))
    remembered.set(word, found)
    return found
  }
  return (field, collection) => {
    const core = field.filter((word) => !isIdWord(word))
    return core.length === 0
      ? []
      : [...core.flatMap(meant), ...(own.get(collection) ?? []), ...(namesPeople(core) ? people : [])]
  }
}

/** Keys that hold several of a field's values, numbers counted from one apart. */
function valueIndex(keys: readonly LinkKey[]): (sketch: Sketch | undefined) => readonly LinkKey[] {
  const byHash = new Map<number, LinkKey | LinkKey[]>()
  for (const key of keys) {
    if (key.sketch === undefined || isCounted(key)) continue
    const hashes =
      key.sketch.hashes.size <= noticed
        ? key.sketch.hashes.keys()
        : Float64Array.from(key.sketch.hashes.keys()).sort().subarray(0, noticed)
    for (const hashed of hashes) {
      const known = byHash.get(hashed)
      // Nearly all hashes are of one key: a million arrays less.
      if (known === undefined) byHash.set(hashed, key)
      else if (Array.isArray(known)) known.push(key)
      else byHash.set(hashed, [known, key])
    }
  }
  return (sketch) => {
    if (sketch === undefined) return []
    const met = new Set<LinkKey>()
    for (const hashed of sketch.hashes.keys())
      for (const key of [byHash.get(hashed) ?? []].flat()) met.add(key)
    return [...met].filter((key) => key.sketch && inclusionOf(sketch, key.sketch).hits >= fewestMet)
  }
}

/** Numbers with hardly a gap: every other column of small numbers meets them. */
export function isCounted(key: LinkKey): boolean {
  const gap = gapOf(key)
  return gap !== null && gap <= widestGap
}

const widestGap = 5

/** Distance between neighbouring numbers of a key, had all its rows been seen; null where it holds no numbers. */
export function gapOf({ sketch, collection }: LinkKey): number | null {
  if (sketch === undefined || sketch.numbers === null) return null
  return sketch.numbers.gap * seenOf(sketch, collection.rows)
}

/** The share of a collection's rows that a sketch has seen. */
export const seenOf = (sketch: Sketch, rows: number): number =>
  sketch.complete ? 1 : Math.min(1, sketch.rows / Math.max(rows, 1))
