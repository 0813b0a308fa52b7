import { type Language, say } from '../platform/texts.ts'
import type { Reason } from './classify/proposal.ts'

/** The causes of a proposal as one sentence in the reader's language; never a value. */
export const reasonSentence = (language: Language, reasons: readonly Reason[]): string =>
  reasons.map((reason) => said(language, reason)).join('; ')

/** Thousands of fields have the same few causes, and a sentence takes longer to look up than a field to classify. */
const sentences = new Map<string, string>()
const mostSentences = 2_000
const percents = new Map<Language, (string | undefined)[]>()

function said(language: Language, { code, ...params }: Reason): string {
  if (!('share' in params)) return looked(language, code, params)
  // One sentence for all shares: it is looked up with a share that is no number, and that is what gives way.
  const noShare = { ...params, share: Number.NaN }
  return looked(language, code, noShare).replace(
    percent(language, noPercent),
    percent(language, Math.round(100 * params.share)),
  )
}

function looked(language: Language, code: string, params: Readonly<Record<string, string | number>>): string {
  let key = `${language}\n${code}`
  for (const name in params) key += `\n${params[name]}`
  const known = sentences.get(key)
  if (known !== undefined) return known
  const written = say(language, `inventory.reason-${code}`, params)
  if (sentences.size > mostSentences) sentences.clear()
  sentences.set(key, written)
  return written
}

const noPercent = -1

/** A percentage is written as one of a hundred texts, and each takes two microseconds to write; `noPercent` as no number. */
function percent(language: Language, rounded: number): string {
  let known = percents.get(language)
  if (known === undefined) {
    known = []
    percents.set(language, known)
  }
  const written = known[rounded - noPercent]
  if (written !== undefined) return written
  const share = rounded === noPercent ? Number.NaN : rounded / 100
  const made = new Intl.NumberFormat(language, { style: 'percent' }).format(share)
  known[rounded - noPercent] = made
  return made
}
