import { type Candidate, gapOf, isCounted, seenOf } from './candidates.ts'
import { type Inclusion, inclusionOf } from './inclusion.ts'
import { schemaOf } from './link-keys.ts'
import type { LinkReason } from './link-proposal.ts'
import type { Sketch } from './sketch.ts'

/** How much speaks for a candidate, as log odds, and what. */
export interface Weighed {
  readonly candidate: Candidate
  readonly odds: number
  readonly source: 'name' | 'values'
  readonly reason: readonly LinkReason[]
}

/**
 * Log odds, set by hand on bench/links/schemas/seen: a name that leaves no doubt weighs 8, so do values that only a link
 * explains with a name that hints at it.
 */
const prior = -4
const mostOfValues = 6
const withoutValues = { idNamed: 0, bare: -2 }
const sameSchema = 0.5
const undeclaredKey = -1
/** Below this share at the other end a field holds something else; between the two it is doubtful. */
const fewestFound = 0.6
const doubtful = 0.85
/** Deleted parents leave a few values behind; of two targets the one that has more of them is meant. */
const ofMissing = 6
const shareOfLinks = 0.95
const fewestValues = 5
const fewestAcrossShapes = 3

/** Null where the candidate is out of the question. */
export function weighLink(candidate: Candidate): Weighed | null {
  const { from, to, affinity, sketch } = candidate
  const named = affinity.reason === null ? [] : [affinity.reason]
  const base =
    prior +
    affinity.weight +
    (schemaOf(from.name) === schemaOf(to.collection.name) ? sameSchema : 0) +
    (to.declared ? 0 : undeclaredKey)
  const weighed = (odds: number, source: Weighed['source'], reason: readonly LinkReason[]): Weighed => ({
    candidate,
    odds,
    source,
    reason: [...named, ...reason],
  })
  if (sketch === undefined || to.sketch === undefined || sketch.filled === 0 || to.sketch.filled === 0) {
    if (candidate.field.kind !== to.field.kind) return null
    const bare = affinity.weight < surelyNamed ? withoutValues.bare : withoutValues.idNamed
    return weighed(Math.min(base + bare, mostWithoutValues), 'name', [{ code: 'no-values' }])
  }
  if (sketch.shape !== to.sketch.shape && sketch.shape !== 'text' && to.sketch.shape !== 'text') return null
  const inclusion = inclusionOf(sketch, to.sketch)
  if (inclusion.conclusive && inclusion.most < fewestFound) return null
  // Texts may be numbers, but then some are found, however little of the other end was read.
  if (sketch.shape !== to.sketch.shape && inclusion.hits < fewestAcrossShapes) return null
  const found: LinkReason = {
    code: 'found',
    share: rounded(inclusion.share),
    least: rounded(inclusion.least),
  }
  const missing = inclusion.conclusive ? 1 - inclusion.share : 0
  const doubt = -missing * ofMissing - (inclusion.conclusive && inclusion.most < doubtful ? 2 : 0)
  if (isCounted(to)) {
    if (affinity.weight === 0) return null
    const fit = fitOf(candidate) + startOf(to.sketch, inclusion)
    const reason: LinkReason = { code: 'counted' }
    return weighed(base + doubt + fit, 'name', inclusion.conclusive ? [found, reason] : [reason])
  }
  if (affinity.weight === 0 && (inclusion.hits < fewestValues || sketch.distinct < fewestValues)) return null
  const values = Math.max(-mostOfValues, Math.min(mostOfValues, evidenceOf(inclusion, sketch, to) / 2))
  const source = affinity.weight >= surelyNamed ? 'name' : 'values'
  const telling: readonly LinkReason[] = values > 2 ? [{ code: 'telling', values: inclusion.hits }] : []
  return weighed(base + doubt + values, source, inclusion.conclusive ? [found, ...telling] : telling)
}

const surelyNamed = 6.5
/** 0.9: names agree and nothing was seen that could contradict them. */
const mostWithoutValues = Math.log(0.9 / 0.1)

/** Log likelihood ratio of what was found: of a link, against values that meet by chance. */
function evidenceOf({ tried, hits, conclusive }: Inclusion, child: Sketch, to: Candidate['to']): number {
  const { sketch } = to
  if (sketch === undefined) return 0
  const chance = chanceOf(child, sketch, gapOf(to))
  const seen = conclusive ? 1 : seenOf(sketch, to.collection.rows)
  const share = shareOfLinks * seen
  const misses = tried - hits
  const ofHits = hits * Math.log(Math.max(share, chance) / chance)
  const ofMisses = misses * Math.log((1 - share) / (1 - chance))
  // Many misses may be one batch of rows that was deleted together.
  return ofHits + Math.max(ofMisses, -mostOfMisses)
}

const mostOfMisses = 24

/** How likely a value of another meaning stands among a key's. */
function chanceOf(child: Sketch, key: Sketch, gap: number | null): number {
  if (key.shape === 'uuid') return 1e-6
  if (gap !== null) return Math.max(1e-4, 1 / (1 + gap))
  // Short words are shared by many lists: `NEW`, `A`, `FR`.
  return key.length < 4 || child.distinct < fewestValues ? 0.2 : 0.05
}

const fewestForFit = 8
const fewForFit = 15

/** Whether numbers reach as far as the key does: what is drawn from all rows comes near the last one. */
function fitOf({ sketch: child, to: { sketch: key, collection }, affinity }: Candidate): number {
  if (!child?.numbers || !key?.numbers) return 0
  if (child.distinct < Math.min(fewestForFit, key.distinct / 2)) return 0
  const from = key.numbers.low
  const length = Math.max(1, (key.numbers.high - from) / seenOf(key, collection.rows))
  const reach = (child.numbers.high - from) / length
  // Where every row was seen, what is missing was counted already.
  if (reach > 3) return key.complete ? 0 : tooFar
  if (reach >= 0.85) return key.distinct < fewForFit ? 0.5 : 1.5
  if (reach >= 0.6) return key.distinct < fewForFit ? 0.5 : 1
  // A name that leaves no doubt is not doubted because the first rows are the popular ones.
  if (affinity.weight >= plainlyNamed) return 0
  return reach < 0.1 ? -2 : reach < 0.3 ? -1 : 0
}

const tooFar = -3
const plainlyNamed = 5

/** Numbers that begin at 1,000 or later are met by chance less than those from one. */
function startOf({ numbers }: Sketch, { hits, least }: Inclusion): number {
  const telling = numbers !== null && numbers.low >= 1_000 && hits >= fewestValues && least > fewestFound
  return telling ? 2 : 0
}

export const rounded = (share: number): number => Math.round(share * 100) / 100

/** Odds as a confidence between 0 and 1. */
export const confidenceOf = (odds: number): number => Math.min(0.99, rounded(1 / (1 + Math.exp(-odds))))
