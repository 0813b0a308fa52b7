import type { CollectionDescription } from '../../connectors/public.ts'
import { inclusionOf } from './inclusion.ts'
import { constraintsOf } from './link-keys.ts'
import { type LinkFacts, type LinkProposal, sketchName } from './link-proposal.ts'
import { isIdWord, type LinkWords } from './link-words.ts'
import { affinityOf } from './name-affinity.ts'
import { confidenceOf, rounded } from './weigh-link.ts'

/** Fields of a collection that together may be a key of several fields elsewhere. */
export interface CompositePair {
  readonly from: string
  readonly fields: readonly string[]
  readonly to: string
  readonly toFields: readonly string[]
  /** Every field has the name of its counterpart. */
  readonly sameNames: boolean
}

const longestKey = 4
const fewestFound = 0.7
const fewestHits = 5
const named = 2
const unread = 0.5
const proven = 3

/** Pairs of collections whose names allow a link by several fields: what must be read to know. */
export function compositePairs(
  collections: readonly CollectionDescription[],
  words: LinkWords,
): readonly CompositePair[] {
  const readable = collections.filter(({ kind, unreadable }) => kind !== 'view' && unreadable === null)
  const having = collectionsByField(readable, words)
  return readable.flatMap((to) =>
    constraintsOf(to)
      .filter((key) => key.length > 1 && key.length <= longestKey)
      .flatMap((key) => {
        // Without a name in common nothing else is asked: of most pairs of collections this is the end.
        const near = new Set(key.flatMap((field) => having.get(spelt(words.ofField(to.name, field))) ?? []))
        return [...near].flatMap((from) => pairOf(from, to, key, words))
      }),
  )
}

const spelt = (words: readonly string[]): string => words.join(' ')

function collectionsByField(
  collections: readonly CollectionDescription[],
  words: LinkWords,
): ReadonlyMap<string, readonly CollectionDescription[]> {
  const having = new Map<string, CollectionDescription[]>()
  for (const collection of collections)
    for (const name of new Set(
      collection.fields.map((field) => spelt(words.ofField(collection.name, field.name))),
    )) {
      const known = having.get(name)
      if (known === undefined) having.set(name, [collection])
      else known.push(collection)
    }
  return having
}

function pairOf(
  from: CollectionDescription,
  to: CollectionDescription,
  key: readonly string[],
  words: LinkWords,
): readonly CompositePair[] {
  if (from.name === to.name) return []
  const counterparts = counterpartsOf(from, to, key, words)
  const fields = counterparts.flatMap((one) => (one === undefined ? [] : [one.field]))
  const same = counterparts.filter((one) => one?.same).length
  if (fields.length !== key.length || new Set(fields).size < key.length || same === 0) return []
  // Of two collections with the same key the one that has more of its own is the child; equals do not refer.
  const isTheirKey = constraintsOf(from).some(
    (own) => own.length === fields.length && own.every((one) => fields.includes(one)),
  )
  if (isTheirKey && from.rows >= to.rows) return []
  const declared = from.foreignKeys.some((one) => one.to === to.name && one.fields.length === fields.length)
  return declared
    ? []
    : [{ from: from.name, fields, to: to.name, toFields: key, sameNames: same === key.length }]
}

interface Counterpart {
  readonly field: string
  readonly same: boolean
}

/** For each field of a key the child's field of the same name; failing that one whose name may mean it. */
function counterpartsOf(
  from: CollectionDescription,
  to: CollectionDescription,
  key: readonly string[],
  words: LinkWords,
): readonly (Counterpart | undefined)[] {
  const fields = from.fields.map(({ name }) => ({ name, words: words.ofField(from.name, name) }))
  const keys = key.map((name) => words.ofField(to.name, name))
  const same = keys.map((keyWords) =>
    keyWords.every(isIdWord)
      ? undefined
      : fields.find((field) => spelt(field.words) === spelt(keyWords))?.name,
  )
  return keys.map((keyWords, i) => {
    const found = same[i]
    if (found !== undefined) return { field: found, same: true }
    const target = { collection: words.ofCollection(to.name), key: keyWords, people: true, staff: false }
    const [best] = fields
      .filter(({ name }) => !same.includes(name))
      .map((field) => ({ field, weight: affinityOf(field.words, { ...target, own: false }).weight }))
      .toSorted((a, b) => b.weight - a.weight)
    return best !== undefined && best.weight > 0 ? { field: best.field.name, same: false } : undefined
  })
}

/** Links by several fields whose tuples stand at the other end; by names alone where nothing was read. */
export function compositeLinks(
  { collections, sketches }: LinkFacts,
  words: LinkWords,
  single: readonly LinkProposal[],
): readonly LinkProposal[] {
  return compositePairs(collections, words).flatMap((pair): readonly LinkProposal[] => {
    const child = sketches.get(pair.from)?.get(sketchName(pair.fields))
    const parent = sketches.get(pair.to)?.get(sketchName(pair.toFields))
    const word = pair.fields.join(', ')
    const common = { ...pair, plain: true }
    if (child === undefined || parent === undefined || child.filled === 0 || parent.filled === 0) {
      const sure = pair.sameNames && isPart(pair, single)
      if (!sure) return []
      return [proposal(common, unread, [{ code: 'named', word }, { code: 'no-values' }])]
    }
    const { tried, hits, share, least, most, conclusive } = inclusionOf(child, parent)
    if ((conclusive && most < fewestFound) || hits < Math.min(fewestHits, tried)) return []
    const odds = (pair.sameNames ? named : 0.5) + (hits >= fewestHits && least > fewestFound ? proven : -1)
    return [
      proposal(common, odds, [
        { code: 'named', word },
        { code: 'found', share: rounded(share), least: rounded(least) },
      ]),
    ]
  })
}

const proposal = (
  { from, fields, to, toFields, plain }: Omit<CompositePair, 'sameNames'> & { readonly plain: boolean },
  odds: number,
  reason: LinkProposal['reason'],
): LinkProposal => ({
  from,
  fields,
  to,
  toFields,
  source: 'name',
  confidence: confidenceOf(odds),
  plain,
  reason,
})

/** A collection of its own, not two lists of pairs that happen to have the same columns. */
const isPart = ({ from, to }: CompositePair, single: readonly LinkProposal[]): boolean =>
  !single.some((one) => one.from === to && one.to === from)
