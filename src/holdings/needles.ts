import type { Needle } from '../connectors/public.ts'
import { nameForms } from './name-forms.ts'
import type { Term } from './spans.ts'

/** Coarse forms of terms for the target's own search; every row that comes back is to be tested again here. */
export function needlesOf(terms: readonly Term[]): readonly Needle[] {
  return terms.flatMap(({ kind, value, beside, isAlias }): readonly Needle[] => {
    if (beside) return needlesOf(beside)
    if (kind === 'phone') return [{ fold: 'digits', text: value.replace(/\D/g, '').slice(-9) }]
    const digits = value.replace(/\D/g, '')
    if ((kind === 'bank-account' || kind === 'national-id') && digits.length >= 5)
      return [{ fold: 'digits', text: digits }]
    if (kind === 'name') return wordsOf(value)
    const lower = value.toLowerCase()
    const [local = '', domain = ''] = lower.split('@')
    if (isAlias) return asNeedles([`${local}+`, `${local}%2b`])
    return asNeedles(kind === 'email' ? [lower, `${local}%40${domain}`] : [lower])
  })
}

/** One word of a name in its spellings: one without accents, which has but one, or else the longest. */
function wordsOf(name: string): readonly Needle[] {
  const words = name.split(' ').toSorted((a, b) => b.length - a.length)
  const word = words.find((one) => /^[a-z]{5,}$/i.test(one)) ?? words[0] ?? name
  const lower = word.normalize('NFC').toLowerCase()
  const umlauts = lower.replace(/[aou]e/g, (pair) => ({ ae: 'ä', oe: 'ö', ue: 'ü' })[pair] ?? pair)
  return asNeedles([word.toLowerCase(), lower, lower.normalize('NFD'), umlauts, ...nameForms(word)])
}

const asNeedles = (texts: readonly string[]): readonly Needle[] =>
  [...new Set(texts)].map((text) => ({ fold: 'lower', text }))
