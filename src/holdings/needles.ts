import type { Needle } from '../connectors/public.ts'
import { fold, type Term } from './spans.ts'

/** Coarse forms of terms for the target's own search; every row that comes back is to be tested again here. */
export function needlesOf(terms: readonly Term[]): readonly Needle[] {
  return terms.flatMap(({ kind, value, beside }): readonly Needle[] => {
    if (beside) return needlesOf(beside)
    if (kind === 'phone') return [{ fold: 'digits', text: value.replace(/\D/g, '').slice(-9) }]
    const digits = value.replace(/\D/g, '')
    if ((kind === 'bank-account' || kind === 'national-id') && digits.length >= 5)
      return [{ fold: 'digits', text: digits }]
    if (kind !== 'name') return [{ fold: 'lower', text: value.toLowerCase() }]
    const longest = value.split(' ').toSorted((a, b) => b.length - a.length)[0] ?? value
    const plain = longest.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase()
    const forms = new Set([longest.toLowerCase(), plain, fold(longest)])
    return [...forms].map((text) => ({ fold: 'lower', text }))
  })
}
