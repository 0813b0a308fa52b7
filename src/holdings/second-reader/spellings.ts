import tables from '../transliteration.json' with { type: 'json' }

/** Other spellings of the same name or address that follow a rule. What only a reader would recognise is not among them. */

type Letters = Readonly<Record<string, string>>

/** Writes the letters of a table by others, the longest first where one begins another. */
function writing(letters: Letters): (text: string) => string {
  const known = Object.keys(letters).toSorted((a, b) => b.length - a.length)
  const pattern = new RegExp(known.join('|'), 'g')
  return (text) => text.replace(pattern, (found) => letters[found] ?? found)
}

const withoutStrokes = writing(tables.plain.letters)
const withoutUmlauts = writing(tables.spelledOut.letters)
const latin = tables.latin.map(({ script, letters }) => ({
  pattern: new RegExp(`\\p{Script=${script}}`, 'u'),
  write: writing(letters),
}))

export const isAscii = (text: string): boolean => !/[^\0-\x7f]/.test(text)

/** Accents and case aside, ligatures and letters with a stroke in plain ones: "Łucja" is "lucja", "Weiß" is "weiss". */
export const plain = (text: string): string =>
  isAscii(text) ? text.toLowerCase() : text.split(' ').map(plainWord).join(' ')

/** Names and streets come again and again. A blank ends whatever a letter's form may depend on. */
const [mostKnown, longestKnown] = [20_000, 24]
const known = new Map<string, string>()

function plainWord(word: string): string {
  if (isAscii(word)) return word.toLowerCase()
  const there = known.get(word)
  if (there !== undefined) return there
  const bare = word.normalize('NFKD').replace(/\p{M}+/gu, '')
  const folded = withoutStrokes(bare.toUpperCase().toLowerCase())
  if (word.length > longestKnown) return folded
  if (known.size >= mostKnown) known.clear()
  known.set(word, folded)
  return folded
}

/** Umlauts as two letters, as machines and passports write them: "Müller" is "mueller". */
export const spelledOut = (text: string): string => plain(withoutUmlauts(text.normalize('NFC').toLowerCase()))

const isSpelledOut = /[äöüåøÄÖÜÅØ]|[aou]\u0308|a\u030a/i

/** A name in every spelling that rules know of it, the plain one first; folded, each once. */
export function spellingsOf(name: string): readonly string[] {
  const inLatin = latin
    .filter(({ pattern }) => pattern.test(name))
    .map(({ write }) => plain(write(withoutMarks(name))))
  return [...new Set([plain(name), ...(isSpelledOut.test(name) ? [spelledOut(name)] : []), ...inLatin])]
}

/** A text as it is and, where umlauts stand in it, as it would be without them. */
export const readingsOf = (text: string): readonly string[] =>
  isSpelledOut.test(text) ? [plain(text), spelledOut(text)] : [plain(text)]

/** A mark over a Greek vowel is its stress; і and ї are letters of their own. */
const withoutMarks = (text: string): string =>
  text
    .toLowerCase()
    .normalize('NFD')
    .replace(/(\p{Script=Greek})\p{M}+/gu, '$1')
    .normalize('NFC')

/** An address without the part after `+`, which its owner makes up (RFC 5233). Normalised first. */
export const withoutAlias = (email: string): string => email.replace(/^([^+@]+)\+[^@]*@/, '$1@')

/**
 * A text as it is read once it is shown: letters that HTML writes by number, and what a web address writes by its bytes.
 * Null where there are none.
 */
export function decoded(text: string): string | null {
  if (!/&#|%[0-9a-f]{2}/i.test(text)) return null
  const letters = text.replace(
    /&#(?:x([0-9a-f]{1,6})|([0-9]{1,7}));/gi,
    (all, hex?: string, decimal?: string) => {
      const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16)
      return code <= 0x10ffff ? String.fromCodePoint(code) : all
    },
  )
  const shown = letters.replace(/(?:%[0-9a-f]{2})+/gi, (bytes) =>
    Buffer.from(bytes.replaceAll('%', ''), 'hex').toString('utf8'),
  )
  return shown === text ? null : shown
}
