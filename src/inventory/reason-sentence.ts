import { type Language, say } from '../platform/texts.ts'
import type { Reason } from './classify/proposal.ts'

/** The causes of a proposal as one sentence in the reader's language; never a value. */
export const reasonSentence = (language: Language, reasons: readonly Reason[]): string =>
  reasons.map((reason) => said(language, reason)).join('; ')

/** Thousands of fields have the same few causes, and a sentence takes longer to look up than a field to classify. */
const sentences = new Map<string, string>()
const mostSentences = 2_000

function said(language: Language, { code, ...params }: Reason): string {
  const key = [language, code, ...Object.values(params)].join('\n')
  const known = sentences.get(key) ?? say(language, `inventory.reason-${code}`, params)
  if (sentences.size > mostSentences) sentences.clear()
  sentences.set(key, known)
  return known
}
