const ascii = /^[\0-\x7f]*$/
const marks = /\p{M}+/gu
/** Letters that NFD does not take apart. */
const whole: Readonly<Record<string, string>> = {
  ß: 'ss',
  ł: 'l',
  ø: 'o',
  æ: 'ae',
  œ: 'oe',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ı: 'i',
}
const wholeLetters = /[ßłøæœđðþı]/g

/** Lower case without accents: `Prénom` → `prenom`, `Straße` → `strasse`. Scripts other than Latin keep their letters. */
export function foldText(text: string): string {
  const lower = text.toLowerCase()
  return ascii.test(lower) ? lower : (foldLatin(lower) ?? foldAny(lower))
}

const foldAny = (lower: string): string =>
  lower
    .normalize('NFD')
    .replace(marks, '')
    .replace(wholeLetters, (letter) => whole[letter] ?? letter)

/** The letters of Europe's Latin alphabets, each folded once: taking them apart anew takes five times as long. */
const latin = Array.from({ length: 0x250 }, (_, code) => foldAny(String.fromCharCode(code)))

/** Undefined for letters beyond the Latin ones, and where accents stand apart from their letters. */
function foldLatin(lower: string): string | undefined {
  let folded = ''
  let from = 0
  for (let i = 0; i < lower.length; i++) {
    const code = lower.charCodeAt(i)
    if (code < 128) continue
    const letter = latin[code]
    if (letter === undefined) return undefined
    folded += lower.slice(from, i) + letter
    from = i + 1
  }
  return folded + lower.slice(from)
}

/** The other way Germans write umlauts where a keyboard or a column name has none: `straße über` → `strasse ueber`. */
export function foldUmlauts(text: string): string {
  const lower = text.toLowerCase()
  return foldText(lower.replaceAll('ä', 'ae').replaceAll('ö', 'oe').replaceAll('ü', 'ue'))
}

/** The words of a folded text: runs of letters and digits. A loop, for a regular expression takes three times as long. */
export function splitWords(folded: string): readonly string[] {
  const words: string[] = []
  let start = -1
  for (let i = 0; i <= folded.length; i++) {
    const inside = i < folded.length && isWordPart(folded.charCodeAt(i))
    if (inside && start < 0) start = i
    if (!inside && start >= 0) {
      words.push(folded.slice(start, i))
      start = -1
    }
  }
  return words
}

/** So many words from a place on, as a phrase of the data files. */
export const phraseAt = (words: readonly string[], start: number, length: number): string =>
  length === 1 ? (words[start] ?? '') : words.slice(start, start + length).join(' ')

/** Whether a UTF-16 unit of a folded text is part of a word: a letter or a digit. */
export const isWordPart = (code: number): boolean => (code < 256 ? wordParts[code] === 1 : !isDivider(code))

/** General punctuation (dashes, quotes, ellipsis), and the punctuation of Chinese and Japanese. */
const isDivider = (code: number): boolean =>
  (code >= 0x2000 && code <= 0x206f) || (code >= 0x3000 && code <= 0x303f)

/** Small letters and digits; of Latin-1 the letters without × and ÷. */
const wordParts = Uint8Array.from({ length: 256 }, (_, code) => {
  const isPlain = (code >= 97 && code <= 122) || (code >= 48 && code <= 57)
  return isPlain || (code > 191 && code !== 0xd7 && code !== 0xf7) ? 1 : 0
})
