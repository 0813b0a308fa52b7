import { phraseOf } from '../classify/name-words.ts'
import { foldedEntries, foldedLanguages } from '../classify/word-lists.ts'
import type { Ground, Rule } from '../data-map.ts'
import recognition from './recognition.json' with { type: 'json' }
import retention from './retention.json' with { type: 'json' }

/** A rule to begin with, as the rulebook has it; a person confirms it with the map. */
export interface StarterRule {
  readonly rule: Rule
  /** Nobody has checked it against the law of the company's country. */
  readonly needsLegalReview: boolean
  /** Made for this country, and not for any. */
  readonly ofCountry: boolean
}

export type StarterName = 'accounting' | 'unpaid' | 'running'

/** The starter rule of a country (ISO 3166-1 alpha-2), or the one for all others. */
export function starterRule(name: StarterName, country: string | undefined): StarterRule | null {
  const rows = retention.rules.filter((row) => row.rule === name)
  const row = rows.find((one) => one.country === country) ?? rows.find((one) => one.country === '*')
  if (row === undefined) return null
  const { years, roundTo, ground, article, source, confidence, needsLegalReview } = row
  const rule: Rule = {
    ground: ground as Ground,
    article,
    ...(years !== undefined && { years }),
    ...(roundTo !== undefined && { roundTo: roundTo as 'exact' | 'end-of-year' }),
    source: `${source} (${retention.about.compiled}, ${confidence}${needsLegalReview ? ', not reviewed by a lawyer' : ''})`,
  }
  return { rule, needsLegalReview, ofCountry: row.country !== '*' }
}

const phrases = (folded: readonly string[]): ReadonlySet<string> => new Set(folded.map(phraseOf))

/** Words of collection and field names, in the form of `wordsOf`. */
export const nameWords = {
  invoice: phrases(foldedLanguages(recognition.invoice)),
  contract: phrases(foldedLanguages(recognition.contract)),
  part: phrases(foldedEntries(recognition.part)),
  amount: phrases(foldedEntries(recognition.amount)),
  invoiceDate: phrases(foldedEntries(recognition.invoiceDate)),
  anyDate: phrases(foldedEntries(recognition.anyDate)),
  otherDate: phrases(foldedEntries(recognition.otherDate)),
  paidMoment: phrases(foldedEntries(recognition.paidMoment)),
  paidFlag: phrases(foldedEntries(recognition.paidFlag)),
  status: phrases(foldedEntries(recognition.status)),
  endMoment: phrases(foldedEntries(recognition.endMoment)),
  shippingPrefix: phrases(foldedEntries(recognition.shippingPrefix)),
} as const

/** Values of status fields, folded. */
export const statusValues = {
  unpaid: foldedEntries(recognition.unpaidValues),
  running: foldedEntries(recognition.runningValues),
} as const
