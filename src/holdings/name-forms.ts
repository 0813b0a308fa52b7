import rules from './transliteration.json' with { type: 'json' }

/**
 * Letters of a text as they are compared, each with its place kept by whoever calls: without accents and case, letters with
 * a stroke as plain ones, by way of the upper case, so that ß is SS and a Greek sigma is one letter wherever it stands.
 */
export function fold(text: string): string {
  if (ascii.test(text)) return text.toLowerCase()
  let folded = ''
  for (const letter of text.normalize('NFKD').replace(/\p{M}/gu, '')) {
    const lower = letter.toUpperCase().toLowerCase()
    folded += unstroked.get(lower) ?? lower
  }
  return folded
}

/** Letters with which none of this has anything to do, as nearly all are. */
const ascii = /^[\x00-\x7f]*$/

const unstroked: ReadonlyMap<string, string> = new Map(Object.entries(rules.plain.letters))
const umlauts: ReadonlyMap<string, string> = new Map(Object.entries(rules.spelledOut.letters))

/** One letter with its umlaut as two, as machines and passports write it; every other one folded. */
export const foldSpelledOut = (letter: string): string =>
  umlauts.get(letter.normalize('NFC').toLowerCase()) ?? fold(letter)

/** Letters of another script in Latin ones, the longest first where one begins another. */
const latin = rules.latin.map(({ script, letters }) => {
  const pairs: readonly (readonly [string, string])[] = Object.entries(letters)
  const known = pairs.map(([letter]) => letter).toSorted((a, b) => b.length - a.length)
  return {
    isIn: new RegExp(`\\p{Script=${script}}`, 'u'),
    pattern: new RegExp(known.join('|'), 'gu'),
    letters: new Map(pairs),
  }
})

/** A name in each spelling that follows a rule: plain, umlauts spelled out, Greek and Cyrillic in Latin letters. Folded. */
export function nameForms(name: string): readonly string[] {
  if (ascii.test(name)) return [name.toLowerCase()]
  const spelled = [...name.normalize('NFC')].map(foldSpelledOut).join('')
  const inLatin = latin.flatMap((script) => (script.isIn.test(name) ? [latinOf(name, script)] : []))
  return [...new Set([fold(name), spelled, ...inLatin])]
}

function latinOf(
  name: string,
  { pattern, letters }: Pick<(typeof latin)[number], 'pattern' | 'letters'>,
): string {
  // Stress over a Greek vowel is no letter; the breve of a Cyrillic й is part of one.
  const unstressed = name
    .toLowerCase()
    .normalize('NFD')
    .replace(/(?<=\p{Script=Greek})\p{M}+/gu, '')
  return fold(unstressed.normalize('NFC').replace(pattern, (letter) => letters.get(letter) ?? letter))
}
