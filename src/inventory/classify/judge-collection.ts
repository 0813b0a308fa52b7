import { type Anchors, type Surroundings, surroundingsOf } from './context.ts'
import { type FieldFeatures, featuresOf } from './features.ts'
import type { CollectionFacts } from './proposal.ts'
import { type Judgement, judge } from './score.ts'
import weights from './weights.json' with { type: 'json' }
import { listed } from './word-lists.ts'

const anchorCategories = new Set<string>(listed(weights.anchors.categories))

export interface JudgedCollection {
  readonly features: readonly FieldFeatures[]
  /** Per field every category the rules know, the likeliest first. */
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
  const surroundings = surroundingsOf(description, collections, anchorsOf(features, loose))
  return { features, judgements: features.map((field) => judge(field, surroundings, loose)), surroundings }
}

/** A first look at each field as if nothing stood around it. */
function anchorsOf(features: readonly FieldFeatures[], loose: boolean): Anchors {
  const anchors = features.filter((field) => {
    const [best] = field.name.thing === null ? judge(field, 'alone', loose) : []
    return (
      best !== undefined && best.probability >= weights.anchors.least && anchorCategories.has(best.category)
    )
  })
  const mentioned = anchors.filter(({ name }) => name.person !== null).length
  const names = features.filter(({ nameBeside }) => nameBeside !== '').length
  return { personal: anchors.length - mentioned, mentioned, names }
}
