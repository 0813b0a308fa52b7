import { specialCategories } from '../data-map.ts'
import { type Anchors, type Surroundings, surroundingsOf } from './context.ts'
import { type FieldFeatures, featuresOf } from './features.ts'
import type { NameMatch } from './field-name.ts'
import type { CollectionFacts } from './proposal.ts'
import { type Judgement, judgeBy } from './score.ts'
import weights from './weights.json' with { type: 'json' }
import { listed } from './word-lists.ts'

const anchorCategories = new Set<string>(listed(weights.anchors.categories))
const ofPeopleAlone = new Set<string>(listed(weights.anchors.papers))
const hints = new Set<string>(listed(weights.anchors.hints))
/** So many values of a column called `name` are names where it holds people's. */
const leastNames = 0.3

export interface JudgedCollection {
  readonly features: readonly FieldFeatures[]
  /** Per field every category that anything speaks for, the likeliest first. */
  readonly judgements: readonly (readonly Judgement[])[]
  readonly surroundings: Surroundings
}

/** What the rules say of each field, before the model is asked. */
export function judgeCollection({
  description,
  collections,
  samples,
  engine,
}: CollectionFacts): JudgedCollection {
  const features = featuresOf(description, samples)
  // SQLite and files bind no value to its declared type.
  const loose = /^(?:sqlite|csv|files)/i.test(engine)
  const judges = features.map((field) => judgeBy(field, loose))
  const alone = judges.map((judge, i) => (features[i]?.name.thing === null ? judge('alone')[0] : undefined))
  const surroundings = surroundingsOf(description, collections, anchorsOf(features, alone))
  return { features, judgements: judges.map((judge) => judge(surroundings)), surroundings }
}

/** Fields that can only be a person's, by a first look as if nothing stood around them. */
function anchorsOf(features: readonly FieldFeatures[], alone: readonly (Judgement | undefined)[]): Anchors {
  const anchors = features.flatMap(({ name }, i) => {
    const best = alone[i]
    return best !== undefined &&
      best.probability >= weights.anchors.least &&
      anchorCategories.has(best.category)
      ? [{ name, category: best.category }]
      : []
  })
  const mentioned = anchors.filter(({ name }) => name.person !== null).length
  const papers = new Set(anchors.flatMap(({ category }) => (ofPeopleAlone.has(category) ? [category] : [])))
  const names = features.filter(({ nameBeside }) => nameBeside !== '').length
  const special = features.flatMap(specialName)
  return {
    personal: anchors.length - mentioned,
    mentioned,
    papers: papers.size,
    names,
    specialFields: new Set(special.map(({ word }) => word)).size,
    specialKinds: new Set(special.map(({ category }) => category)).size,
    hinted: features.filter(hintsAtPerson).length,
  }
}

/** Named after something that people have, machines and breeds have not. */
const hintsAtPerson = ({ name, values }: FieldFeatures): boolean =>
  name.thing === null &&
  name.about === null &&
  name.matches.some(
    ({ category, strength, head }) =>
      head && hints.has(category) && (strength === 'sure' || strength === 'likely'),
  ) &&
  (!name.matches.some(({ category }) => category === 'person-name') ||
    (values?.shares.get('person-name') ?? 0) >= leastNames)

/** The word by which a field's name surely says a special category. */
const specialName = ({ name }: FieldFeatures): readonly NameMatch[] =>
  name.matches
    .filter(({ category, strength }) => strength === 'sure' && specialCategories.has(category))
    .slice(0, 1)
