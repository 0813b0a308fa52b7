import type { Cell } from '../../connectors/public.ts'
import { type Category, specialCategories } from '../data-map.ts'
import { kindOf } from './collection-kind.ts'
import { combine } from './combine.ts'
import type { FieldFeatures } from './features.ts'
import { findIdentifier, type Surrounded } from './find-identifier.ts'
import { judgeCollection } from './judge-collection.ts'
import { mentionsInText } from './mentions.ts'
import { guess } from './model.ts'
import type { CollectionFacts, FieldProposal, Reason } from './proposal.ts'
import type { Judgement } from './score.ts'

const textual: ReadonlySet<Category> = new Set(['free-text', 'communication'])
const leastProse = 0.3
/** So likely a column holds Art. 9 or 10 data that it says something of those beside it. */
const leastBeside = 0.5
/** Words of a special category in one text of fifty deserve a look (rulebook SC-03). */
const leastSensitive = 0.02

/**
 * What each field of a collection seems to hold, in the description's order, from its name, type, comment, sampled values
 * and neighbours. Pure and deterministic. A field that could not be read has confidence 0, never a silent `none`. Without
 * `mentions` nobody searches texts for what they speak of, which takes as long as a tenth of the rest.
 */
export function classifyCollection(
  facts: CollectionFacts,
  { mentions = true }: { readonly mentions?: boolean } = {},
): readonly FieldProposal[] {
  const { description } = facts
  const { features, judgements, surroundings } = judgeCollection(facts)
  const guesses = guess(features, judgements, description.name, surroundings)
  const special = guesses.flatMap((guessed, i) => (guessed.special >= leastBeside ? [i] : []))
  const judged = features.map((field, i) => {
    const isBeside = special.some((other) => other !== i)
    return { field, best: combine(field, judgements[i] ?? [], at(guesses, i), surroundings, isBeside) }
  })
  const nameColumns = judged.flatMap(({ best }, i) =>
    best.category === 'person-name' ? [facts.samples[i] ?? []] : [],
  )
  const around: Surrounded = { description, kind: kindOf(description), nameColumns }
  return judged.map(({ field, best }, i) => {
    const cells = facts.samples[i] ?? []
    const proposal = propose(around, field, best, cells)
    return mentions && field.values !== null
      ? { ...proposal, ...mentionsOf(field, best.category, cells) }
      : proposal
  })
}

/** The item at a place that is known to be there. */
function at<T>(list: readonly T[], place: number): T {
  const item = list[place]
  if (item === undefined) throw new RangeError(`no item ${place} of ${list.length}`)
  return item
}

function propose(
  around: Surrounded,
  field: FieldFeatures,
  best: Judgement,
  cells: readonly Cell[],
): FieldProposal {
  const name = field.field.name
  if (field.values === null) {
    return {
      field: name,
      category: best.category,
      identifier: null,
      unique: null,
      special: specialCategories.has(best.category),
      confidence: 0,
      reason: [{ code: 'unreadable' }],
    }
  }
  const sensitive = sensitiveReason(field, best.category)
  const identity = findIdentifier(around, field, best.category, cells)
  return {
    field: name,
    category: best.category,
    identifier: identity.identifier,
    unique: identity.unique,
    special: specialCategories.has(best.category) || sensitive !== null,
    confidence: Math.min(0.99, Math.round(best.probability * 100) / 100),
    reason: [...best.reasons, ...identity.reasons, ...(sensitive === null ? [] : [sensitive])],
  }
}

/** A column of texts holds more than its category says: whom and what they speak of. */
function mentionsOf(
  { values }: FieldFeatures,
  category: Category,
  cells: readonly Cell[],
): Pick<FieldProposal, 'mentions'> {
  const isText = textual.has(category) || (values?.shares.get('prose') ?? 0) >= leastProse
  const mentions = isText ? mentionsInText(cells) : {}
  return Object.keys(mentions).length === 0 ? {} : { mentions }
}

/** Free text that speaks of illness or belief goes to a person's eye, not to silent storage (rulebook SC-03). */
function sensitiveReason({ values }: FieldFeatures, category: Category): Reason | null {
  if (values === null || !textual.has(category)) return null
  const [most] = [...values.sensitive].toSorted((a, b) => b[1] - a[1])
  return most === undefined || most[1] < leastSensitive
    ? null
    : { code: 'special-words', category: most[0], share: Math.round(most[1] * 100) / 100 }
}
