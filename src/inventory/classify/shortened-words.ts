/** Whoever shortens a word leaves its beginning, or takes its vowels: `relig`, `rlgn`. Shorter than this may be anything. */
const shortestBeginning = 5
const shortestWithoutVowels = 4

/** `ethnicity` → `ethncty`: the first letter, and all that are no vowels. */
const withoutVowels = (word: string): string => word.charAt(0) + word.slice(1).replace(/[aeiou]/g, '')

/**
 * Finds the word that a shortened one stands for. `meanings`: what each known word means; a beginning that words of two
 * meanings share stands for neither.
 */
export function readsShortened(meanings: ReadonlyMap<string, string>): (word: string) => string | undefined {
  const index = new Map<string, { readonly word: string; readonly meaning: string } | null>()
  const note = (short: string, word: string, meaning: string) => {
    const known = index.get(short)
    if (known === undefined) index.set(short, { word, meaning })
    else if (known !== null && known.meaning !== meaning) index.set(short, null)
  }
  for (const [word, meaning] of meanings) {
    for (let length = shortestBeginning; length < word.length; length++)
      note(word.slice(0, length), word, meaning)
    const bare = withoutVowels(word)
    if (bare.length >= shortestWithoutVowels && bare.length < word.length) note(bare, word, meaning)
  }
  return (word) => index.get(word)?.word
}
