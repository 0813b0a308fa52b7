import { canonicalJson } from '../platform/bytes.ts'

/** What an entry says in the clear, for ever: numbers, ids, words of an enumeration, names of systems and collections. */
export type Facts = Readonly<Record<string, string | number | boolean | null>>

const longestText = 200
const mostBytes = 4_096

/** An entry cannot be unsaid, so whatever looks like personal data is refused here: it is a bug of the caller. */
export function refusePersonalData(facts: Facts): void {
  for (const [key, value] of Object.entries(facts)) {
    if (!/^[a-z][A-Za-z0-9]{0,39}$/.test(key))
      throw new Error(`evidence: a fact needs a plain name, not ${key.length} characters`)
    if (typeof value === 'number' && !Number.isSafeInteger(value))
      throw new Error(`evidence: fact ${key} is not an integer`)
    if (typeof value === 'string') refuseText(key, value)
  }
  if (Buffer.byteLength(canonicalJson(facts)) > mostBytes) throw new Error('evidence: the facts are too long')
}

/** The message names the fact, never its value. */
export function refuseText(key: string, text: string): void {
  const reason = objection(text)
  if (reason) throw new Error(`evidence: fact ${key} ${reason}`)
}

function objection(text: string): string | undefined {
  if (text.length > longestText) return 'is too long'
  if (!text.isWellFormed() || /[\u0000-\u001f\u007f]/.test(text))
    return 'holds characters that cannot be stored'
  if (/[^\s@]@[^\s@]+\.[^\s@]/.test(text)) return 'looks like an e-mail address'
  if (looksLikePhone(text)) return 'looks like a phone number'
  return undefined
}

/** Only text that is nothing but a number: names of files and tables are full of digits. */
function looksLikePhone(text: string): boolean {
  if (!/^\s*\+?[\d\s()./-]+$/.test(text) || /^\d{4}-\d{2}-\d{2}$/.test(text)) return false
  return text.replace(/\D/g, '').length >= 7
}
