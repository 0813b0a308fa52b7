import type { Surroundings } from './context.ts'
import type { FieldFeatures } from './features.ts'
import type { Reason } from './proposal.ts'
import type { Judgement } from './score.ts'

const half = 0.5
const mostReasons = 3

/** What the rules make of a field: the likeliest category, or `none` with what speaks for that. */
export function decide(
  field: FieldFeatures,
  judgements: readonly Judgement[],
  surroundings: Surroundings,
): Judgement {
  const likely = judgements.filter(({ probability }) => probability > half)
  // A device's or a customer's number may well be a key, and is more than that.
  const best = likely.find(({ category }) => category !== 'generic-id') ?? likely[0] ?? judgements[0]
  if (best !== undefined && best.probability > half) {
    const around: readonly Reason[] =
      surroundings === 'thing' || surroundings === 'alone' ? [] : [{ code: 'context', surroundings }]
    return { ...best, reasons: [...best.reasons.slice(0, mostReasons - 1), ...around] }
  }
  return {
    category: 'none',
    probability: 1 - (best?.probability ?? 0),
    reasons: [whyNone(field, best, surroundings)],
  }
}

function whyNone(field: FieldFeatures, best: Judgement | undefined, surroundings: Surroundings): Reason {
  const contradicted = best?.reasons.find((reason) => reason.code === 'contradicted')
  if (contradicted !== undefined) return contradicted
  const suspected = best !== undefined && best.reasons.length > 0
  if (suspected && (surroundings === 'thing' || surroundings === 'alone'))
    return { code: 'context', surroundings }
  if (field.name.about !== null) return { code: 'about', word: field.name.about }
  return field.values !== null && field.values.distinct === 0 ? { code: 'no-values' } : { code: 'nothing' }
}
