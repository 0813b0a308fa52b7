/** Letters up to here are remembered: those of every alphabet, and not the tens of thousands that no alphabet has. */
const remembered = '\u3000'

/** A change of single letters, each worked out once. */
export function rememberingLetters(change: (letter: string) => string): (letter: string) => string {
  const known = new Map<string, string>()
  return (letter) => {
    const there = known.get(letter)
    if (there !== undefined) return there
    const changed = change(letter)
    if (letter < remembered) known.set(letter, changed)
    return changed
  }
}

/** A change of letters as a change of texts. A to Z are lowered, as every change here does; each other letter is worked out once. */
export function letterByLetter(change: (letter: string) => string): (text: string) => string {
  const changed = rememberingLetters(change)
  return (text) =>
    text.replace(/[A-Z]+|[^\x00-\x7f]/gu, (part) => (part < '\x80' ? part.toLowerCase() : changed(part)))
}
