import { type Language, say } from '../platform/texts.ts'
import type { Reason } from './classify/proposal.ts'

/** The causes of a proposal as one sentence in the reader's language; never a value. */
export const reasonSentence = (language: Language, reasons: readonly Reason[]): string =>
  reasons.map(({ code, ...params }) => say(language, `inventory.reason-${code}`, params)).join('; ')
