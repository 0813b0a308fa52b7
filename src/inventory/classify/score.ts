import type { FieldDescription } from '../../connectors/public.ts'
import type { Category } from '../data-map.ts'
import type { Surroundings } from './context.ts'
import type { FieldFeatures } from './features.ts'
import { mayHold, type NameMatch } from './field-name.ts'
import type { Reason } from './proposal.ts'
import type { Shape, ValueProfile } from './value-profile.ts'
import weights from './weights.json' with { type: 'json' }
import { listed } from './word-lists.ts'

/** A category and how likely it is, with what spoke for and against it. */
export interface Judgement {
  readonly category: Category
  /** 0 to 1. */
  readonly probability: number
  readonly reasons: readonly Reason[]
}

type PerCategory<T> = Readonly<Partial<Record<Category, T>>>

const contexts = weights.contexts as PerCategory<Readonly<Record<Surroundings, number>>>
const shapeWeights = weights.shapes as Readonly<Partial<Record<Shape, PerCategory<number>>>>
const expected = weights.expected as PerCategory<{ readonly shape: Shape; readonly penalty: number }>
const ceilings = weights.ceilings as Readonly<Partial<Record<Surroundings, PerCategory<number>>>>
const closed = new Set(listed(weights.closed))
const contactable = new Set(listed(weights.contactable))
const kindSets: Readonly<Record<string, ReadonlySet<string>>> = Object.fromEntries(
  Object.entries(weights.kinds).map(([set, kinds]) => [set, new Set(listed(kinds))]),
)
const kindsOf = weights.kindsOf as PerCategory<string>
/** Which categories a shape speaks for or against. */
const categoriesOf = new Map<string, readonly Category[]>(
  Object.entries(weights.shapes).map(([shape, of]) => [shape, Object.keys(of) as Category[]]),
)
/** Fewer values cannot contradict a name. */
const fewestToContradict = 4
/** Entries of a list, not texts: so many of them speak of a special category, and none is longer. */
const leastSpoken = 0.3
const longestEntry = 60
/** A shape that fewer values have is chance. */
const leastShare = 0.05

/**
 * How likely each category is for which anything speaks, the likeliest first: a function of the field's surroundings, so
 * that what speaks for each is gathered once. Additive evidence in logits (`weights.json`), each category by itself.
 */
export function judgeBy(
  features: FieldFeatures,
  loose: boolean,
): (surroundings: Surroundings) => readonly Judgement[] {
  const weighed = Array.from(thinkable(features), (category) => weigh(features, category, loose))
  return (surroundings) =>
    weighed
      .map((category) => judgeCategory(features, category, surroundings))
      .sort((a, b) => b.probability - a.probability)
}

/** What stands whatever surrounds the field. */
interface Weighed {
  readonly category: Category
  /** Null without any evidence: a field is not half likely by its surroundings alone. */
  readonly logit: number | null
  readonly reasons: readonly Reason[]
}

function weigh(features: FieldFeatures, category: Category, loose: boolean): Weighed {
  const evidence = evidenceFor(features, category)
  const reasons = evidence.map(({ reason }) => reason)
  if ((evidence[0]?.weight ?? 0) <= 0) return { category, logit: null, reasons }
  const kind = kindWeight(features.field, category, loose)
  return { category, logit: evidence.reduce((sum, { weight }) => sum + weight, weights.bias + kind), reasons }
}

/** Categories that anything may speak for: name, comment, values, key or neighbours. */
function thinkable({ name, comment, values, isKey, nameBeside }: FieldFeatures): ReadonlySet<Category> {
  const found = new Set<Category>()
  const add = (category: Category) => {
    if (contexts[category] !== undefined) found.add(category)
  }
  for (const { category } of name.matches) add(category)
  for (const { category } of comment) add(category)
  if (values !== null) {
    for (const shape of values.shares.keys()) categoriesOf.get(shape)?.forEach(add)
    for (const category of values.sensitive.keys()) add(category)
  }
  if (isKey) add('generic-id')
  if (nameBeside !== '') add('person-name')
  return found
}

/** What speaks for and against a category, the strongest first. */
const evidenceFor = (features: FieldFeatures, category: Category): readonly Evidence[] =>
  [
    ...nameEvidence(features, category),
    ...valueEvidence(features, category),
    ...besideEvidence(features, category),
  ].sort((a, b) => b.weight - a.weight)

function judgeCategory(
  features: FieldFeatures,
  { category, logit, reasons }: Weighed,
  surroundings: Surroundings,
): Judgement {
  if (logit === null) return { category, probability: 0, reasons }
  const around = fieldSurroundings(features, category, surroundings)
  const context = contexts[category]?.[around] ?? 0
  const ceiling = ceilings[around]?.[category] ?? 1
  return { category, probability: Math.min(ceiling, 1 / (1 + Math.exp(-logit - context))), reasons }
}

interface Evidence {
  readonly weight: number
  readonly reason: Reason
}

/** `contact_name` of a supplier is a person's, `product_name` of an order a product's, whatever stands around. */
function fieldSurroundings(
  { name }: FieldFeatures,
  category: Category,
  surroundings: Surroundings,
): Surroundings {
  if (name.thing !== null && category !== 'generic-id') return 'thing'
  const isPersons =
    (name.person === 'named' && (surroundings === 'thing' || surroundings === 'alone')) ||
    (name.person === 'addressed' && surroundings === 'alone')
  return isPersons && contactable.has(category) ? 'people' : surroundings
}

function nameEvidence({ name, comment }: FieldFeatures, category: Category): readonly Evidence[] {
  const own = mayHold(name, category) ? strongest(name.matches, category) : null
  const isHidden = own !== null && name.matches.some((match) => match.category === 'none' && match.head)
  const said = comment.find((match) => match.category === category)
  const ofName = own === null || isHidden ? Number.NEGATIVE_INFINITY : matchWeight(own)
  if (own !== null && ofName >= (said === undefined ? 0 : weights.comment))
    return [{ weight: ofName, reason: { code: 'name', word: own.word } }]
  return said === undefined ? [] : [{ weight: weights.comment, reason: { code: 'comment', word: said.word } }]
}

function strongest(matches: readonly NameMatch[], category: Category): NameMatch | null {
  let best: NameMatch | null = null
  for (const match of matches)
    if (match.category === category && (best === null || matchWeight(match) > matchWeight(best))) best = match
  return best
}

const matchWeight = ({ strength, head }: NameMatch): number =>
  weights.name[strength] * (head ? 1 : weights.beforeHead)

function valueEvidence({ values, name }: FieldFeatures, category: Category): readonly Evidence[] {
  if (values === null || values.distinct === 0) return []
  const found: Evidence[] = []
  for (const [shape, share] of values.shares) {
    const weight = shapeWeights[shape]?.[category]
    if (weight !== undefined && share >= leastShare)
      found.push({ weight: weight * share, reason: { code: 'values', shape, share: rounded(share) } })
  }
  const spoken = values.sensitive.get(category) ?? 0
  if (spoken >= leastSpoken && values.length <= longestEntry)
    found.push({
      weight: weights.sensitive * spoken,
      reason: { code: 'special-words', category, share: rounded(spoken) },
    })
  if (ofSomebody.has(category) && isRoles(values))
    found.push({ weight: weights.roles, reason: { code: 'contradicted', shape: 'person-name', share: 0 } })
  const expects = expected[category]
  const isNamed = name.matches.some((match) => match.category === category)
  // A hashed address is still somebody's address.
  const hashed = values.shares.get('hash') ?? 0
  if (expects === undefined || !isNamed || values.distinct < fewestToContradict || hashed > 0.5) return found
  const share = values.shares.get(expects.shape) ?? 0
  return share > 0.5
    ? found
    : [
        ...found,
        {
          weight: expects.penalty * (1 - share),
          reason: { code: 'contradicted', shape: expects.shape, share: rounded(share) },
        },
      ]
}

export const ofSomebody: ReadonlySet<Category> = new Set(['person-name', 'username'])
const mostRoles = 8
const fewestRepeats = 4

/** A few small words again and again, no name among them (`agent`, `requester`): what somebody is to the row, not who. */
export function isRoles({ distinct, filled, looked, shares }: ValueProfile): boolean {
  return (
    distinct <= mostRoles &&
    filled >= fewestRepeats * distinct &&
    !shares.has('person-name') &&
    looked.every(({ made, text }) => made !== 'signs' && /^\p{Ll}[\p{Ll}_ -]*$/u.test(text))
  )
}

function besideEvidence(features: FieldFeatures, category: Category): readonly Evidence[] {
  if (category === 'generic-id' && features.isKey) return [{ weight: weights.key, reason: { code: 'key' } }]
  if (category === 'person-name' && features.nameBeside !== '')
    return [{ weight: weights.nameNeighbours, reason: { code: 'neighbours', words: features.nameBeside } }]
  const isNamed = features.name.matches.some((match) => match.category === category)
  return features.addressBeside !== '' && isNamed && addressCategories.has(category)
    ? [{ weight: weights.addressNeighbours, reason: { code: 'neighbours', words: features.addressBeside } }]
    : []
}

const addressCategories: ReadonlySet<Category> = new Set(['postal-address', 'postcode', 'city', 'country'])

/** A field that takes only a few words (`requester`, `agent`) holds nobody's name. */
function kindWeight({ kind, values }: FieldDescription, category: Category, loose: boolean): number {
  if (values !== null && !closed.has(category)) return weights.closedMismatch
  const fits = kindSets[kindsOf[category] ?? 'text']?.has(kind) === true
  return fits ? 0 : loose ? weights.looseKindMismatch : weights.kindMismatch
}

const rounded = (share: number): number => Math.round(share * 100) / 100
