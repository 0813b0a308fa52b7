import rules from './transliteration.json' with { type: 'json' }

/**
 * Letters of a text as they are compared, each with its place kept by whoever calls: without accents and case, letters with
 * a stroke as plain ones, by way of the upper case, so that ß is SS and a Greek sigma is one letter wherever it stands.
 */
export function fold(text: string): string {
  let folded = ''
  for (const letter of text.normalize('NFKD').replace(/\p{M}/gu, '')) {
    const lower = letter.toUpperCase().toLowerCase()
    folded += unstroked.get(lower) ?? lower
  }
  return folded
}

const unstroked: ReadonlyMap<string, string> = new Map(Object.entries(rules.plain.letters))
const umlauts: ReadonlyMap<string, string> = new Map(Object.entries(rules.spelledOut.letters))

/** One letter with its umlaut as two, as machines and passports write it; every other one folded. */
export const foldSpelledOut = (letter: string): string =>
  umlauts.get(letter.normalize('NFC').toLowerCase()) ?? fold(letter)

/** A name in each spelling that follows a rule: plain, umlauts spelled out, Greek and Cyrillic in Latin letters. Folded. */
export function nameForms(name: string): readonly string[] {
  const spelled = [...name.normalize('NFC')].map(foldSpelledOut).join('')
  const latin = rules.latin.flatMap(({ script, letters }) =>
    new RegExp(`\\p{Script=${script}}`, 'u').test(name) ? [inLatin(name, letters)] : [],
  )
  return [...new Set([fold(name), spelled, ...latin])]
}

function inLatin(name: string, letters: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(letters).toSorted(([a], [b]) => b.length - a.length)
  const pattern = new RegExp(pairs.map(([letter]) => letter).join('|'), 'gu')
  const known = new Map(pairs)
  // Stress over a Greek vowel is no letter; the breve of a Cyrillic й is part of one.
  const unstressed = name
    .toLowerCase()
    .normalize('NFD')
    .replace(/(?<=\p{Script=Greek})\p{M}+/gu, '')
  return fold(unstressed.normalize('NFC').replace(pattern, (letter) => known.get(letter) ?? letter))
}
