import tables from '../transliteration.json' with { type: 'json' }

/** Other spellings of the same name or address that follow a rule. What only a reader would recognise is not among them. */

type Letters = Readonly<Record<string, string>>

/** Accents and case aside, ligatures and letters with a stroke in plain ones: "Łucja" is "lucja", "Weiß" is "weiss". */
export const plain = (text: string): string =>
  replaced(
    text
      .normalize('NFKD')
      .replace(/\p{M}+/gu, '')
      .toUpperCase()
      .toLowerCase(),
    tables.plain.letters,
  )

/** Umlauts as two letters, as machines and passports write them: "Müller" is "mueller". */
export const spelledOut = (text: string): string =>
  plain(replaced(text.normalize('NFC').toLowerCase(), tables.spelledOut.letters))

const isSpelledOut = /[äöüåøÄÖÜÅØ]|[aou]\u0308|a\u030a/i

/** A name in every spelling that rules know of it, the plain one first; folded, each once. */
export function spellingsOf(name: string): readonly string[] {
  const inLatin = tables.latin
    .filter(({ script }) => new RegExp(`\\p{Script=${script}}`, 'u').test(name))
    .map(({ letters }) => plain(replaced(withoutMarks(name), letters)))
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

function replaced(text: string, letters: Letters): string {
  const [longest = 1] = Object.keys(letters)
    .map((key) => key.length)
    .toSorted((a, b) => b - a)
  let out = ''
  for (let at = 0; at < text.length; ) {
    let length = longest
    while (length > 1 && letters[text.slice(at, at + length)] === undefined) length -= 1
    const piece = text.slice(at, at + length)
    out += Object.hasOwn(letters, piece) ? letters[piece] : piece
    at += length
  }
  return out
}

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
