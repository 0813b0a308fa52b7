import { type Language, say } from '../platform/texts.ts'
import type { Reason } from './classify/proposal.ts'

/** The causes of a proposal as one sentence in the reader's language; never a value. */
export const reasonSentence = (language: Language, reasons: readonly Reason[]): string =>
  reasons.map((reason) => said(language, reason)).join('; ')

/** Thousands of fields have the same few causes, and a sentence takes longer to look up than a field to classify. */
const sentences = new Map<string, string>()
const mostSentences = 2_000
const percents = new Map<string, string>()

function said(language: Language, { code, ...params }: Reason): string {
  if (!('share' in params)) return looked(language, code, params)
  // One sentence for all shares: it is looked up with a share that is no number, and that is what gives way.
  const noShare = { ...params, share: Number.NaN }
  return looked(language, code, noShare).replace(
    percent(language, Number.NaN),
    percent(language, params.share),
  )
}

function looked(language: Language, code: string, params: Readonly<Record<string, string | number>>): string {
  const key = [language, code, ...Object.values(params)].join('\n')
  const known = sentences.get(key) ?? say(language, `inventory.reason-${code}`, params)
  if (sentences.size > mostSentences) sentences.clear()
  sentences.set(key, known)
  return known
}

/** A percentage is written as one of a hundred texts, and each takes two microseconds to write. */
function percent(language: Language, share: number): string {
  const rounded = Math.round(100 * share)
  const key = `${language} ${rounded}`
  const known = percents.get(key)
  if (known !== undefined) return known
  const written = new Intl.NumberFormat(language, { style: 'percent' }).format(rounded / 100)
  percents.set(key, written)
  return written
}
