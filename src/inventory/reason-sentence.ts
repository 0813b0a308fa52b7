import { type Language, say } from '../platform/texts.ts'
import type { Reason } from './classify/proposal.ts'

/** The causes of a proposal as one sentence in the reader's language; never a value. */
export function reasonSentence(language: Language, reasons: readonly Reason[]): string {
  const phrases = phrasesOf(language)
  let sentence = ''
  for (const reason of reasons) sentence += `${sentence === '' ? '' : '; '}${said(phrases, reason)}`
  return sentence
}

/** A cause in words: one text for all shares, which stand between its halves; `after` is null where no share is told. */
interface Phrase {
  readonly before: string
  readonly after: string | null
}

interface Phrases {
  readonly language: Language
  /** By the cause and all it names but the share. */
  readonly known: Map<string, Phrase>
  /** A percentage is one of a hundred texts, and each takes two microseconds to write. */
  readonly percents: (string | undefined)[]
  readonly format: Intl.NumberFormat
}

/** Thousands of fields have the same few causes, and a phrase takes longer to look up than a field to classify. */
const byLanguage = new Map<Language, Phrases>()
const mostPhrases = 2_000

function phrasesOf(language: Language): Phrases {
  const known = byLanguage.get(language)
  if (known !== undefined) return known
  const format = new Intl.NumberFormat(language, { style: 'percent' })
  const phrases: Phrases = { language, known: new Map(), percents: [], format }
  byLanguage.set(language, phrases)
  return phrases
}

function said(phrases: Phrases, reason: Reason): string {
  const params: Readonly<Record<string, string | number>> = reason
  let key: string = reason.code
  for (const name in params) if (name !== 'code' && name !== 'share') key += `\n${params[name]}`
  const { before, after } = phrases.known.get(key) ?? look(phrases, key, reason)
  if (after === null || !('share' in reason)) return before
  return before + percent(phrases, Math.round(100 * reason.share)) + after
}

function look({ language, known, format }: Phrases, key: string, { code, ...params }: Reason): Phrase {
  // Written with a share that is no number, and that is where the text is cut.
  const noShare = 'share' in params ? { ...params, share: Number.NaN } : params
  const written = say(language, `inventory.reason-${code}`, noShare)
  const mark = format.format(Number.NaN)
  const at = 'share' in params ? written.indexOf(mark) : -1
  const phrase =
    at < 0
      ? { before: written, after: null }
      : { before: written.slice(0, at), after: written.slice(at + mark.length) }
  if (known.size >= mostPhrases) known.clear()
  known.set(key, phrase)
  return phrase
}

function percent({ percents, format }: Phrases, rounded: number): string {
  const known = percents[rounded]
  if (known !== undefined) return known
  const written = format.format(rounded / 100)
  percents[rounded] = written
  return written
}
