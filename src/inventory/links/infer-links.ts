import { candidatesAmong } from './candidates.ts'
import { chooseLinks } from './choose-links.ts'
import { compositeLinks } from './composite-links.ts'
import { constraintsOf, keysOf } from './link-keys.ts'
import type { LinkFacts, LinkProposal } from './link-proposal.ts'
import { type LinkWords, linkWords } from './link-words.ts'
import { affinityOf } from './name-affinity.ts'
import { confidenceOf, type Weighed, weighLink } from './weigh-link.ts'

/** Less is not worth a person's look. */
const leastConfidence = 0.3

/**
 * Links inside a system that no foreign key declares: which field names rows of which collection, how sure, and why.
 * From names alone where nothing was read. Pure and deterministic; in the order of collections and their fields.
 */
export function inferLinks({ collections, sketches }: LinkFacts): readonly LinkProposal[] {
  const words = linkWords(collections)
  const keys = collections.flatMap((one) => keysOf(one, words, sketches.get(one.name)))
  const weighed = candidatesAmong(collections, keys, words, sketches).flatMap((candidate) => {
    if (isDeclared(candidate.from.foreignKeys, candidate.field.name)) return []
    const one = weighLink(candidate)
    return one === null || isOwnName(one, words) ? [] : [one]
  })
  const single = chooseLinks(weighed).map(asProposal)
  const proposals = [...single, ...compositeLinks({ collections, sketches }, words, single)]
  const order = new Map(collections.map(({ name }, i) => [name, i]))
  return proposals
    .filter(({ confidence }) => confidence >= leastConfidence)
    .toSorted((a, b) => (order.get(a.from) ?? 0) - (order.get(b.from) ?? 0))
}

const isDeclared = (foreignKeys: LinkFacts['collections'][number]['foreignKeys'], field: string): boolean =>
  foreignKeys.some(({ fields }) => fields.includes(field))

/** A key called after its own collection names its own rows: `customer.customer_id`, whoever else has such a field. */
function isOwnName({ candidate: { from, field, to, affinity } }: Weighed, words: LinkWords): boolean {
  if (from.name === to.collection.name) return false
  if (!constraintsOf(from).some((fields) => fields.length === 1 && fields[0] === field.name)) return false
  const named = {
    collection: words.ofCollection(from.name),
    key: [],
    people: false,
    staff: false,
    own: false,
  }
  const own = affinityOf(words.ofField(from.name, field.name), named)
  return own.weight > 0 && own.weight >= affinity.weight
}

function asProposal({
  candidate: { from, field, to, affinity },
  odds,
  source,
  reason,
}: Weighed): LinkProposal {
  return {
    from: from.name,
    fields: [field.name],
    to: to.collection.name,
    toFields: [to.field.name],
    source,
    confidence: confidenceOf(odds),
    plain: affinity.plain,
    reason,
  }
}
