/** A name as its bearer writes it, and as others spell it who have no such letters. */
export interface Name {
  readonly native: string
  /** In Latin letters without accents: Müller is Mueller, Παπαδάκης is Papadakis. */
  readonly plain: string
  /** Lower-case a to z alone: what is left in an e-mail address. */
  readonly slug: string
}

/** Reads `native` or `native=Latin`; the latter for scripts whose spelling in Latin letters no rule gives. */
export function readName(entry: string, language: string): Name {
  const [native = entry, latin = native] = entry.split('=')
  const plain = toPlain(latin, language)
  return { native, plain, slug: plain.toLowerCase().replaceAll(/[^a-z]/g, '') }
}

const german: Readonly<Record<string, string>> = { ä: 'ae', ö: 'oe', ü: 'ue', Ä: 'Ae', Ö: 'Oe', Ü: 'Ue' }
const letters: Readonly<Record<string, string>> = {
  ß: 'ss',
  ł: 'l',
  Ł: 'L',
  œ: 'oe',
  Œ: 'Oe',
  æ: 'ae',
  Æ: 'Ae',
  ø: 'o',
  Ø: 'O',
  '’': "'",
}

/** Latin text without accents, by the habits of the language. */
export function toPlain(text: string, language: string): string {
  const umlauts =
    language === 'de' ? text.replaceAll(/[äöüÄÖÜ]/g, (letter) => german[letter] ?? letter) : text
  return umlauts
    .replaceAll(/[ßłŁœŒæÆøØ’]/g, (letter) => letters[letter] ?? letter)
    .normalize('NFD')
    .replaceAll(/\p{M}/gu, '')
}
