/** Letters up to here are remembered: those of every alphabet, and not the tens of thousands that no alphabet has. */
const remembered = '\u3000'

/** A change of letters as a change of texts. A to Z are lowered, as every change here does; each other letter is worked out once. */
export function letterByLetter(change: (letter: string) => string): (text: string) => string {
  const known = new Map<string, string>()
  const changed = (letter: string): string => {
    const changedTo = known.get(letter) ?? change(letter)
    if (letter < remembered) known.set(letter, changedTo)
    return changedTo
  }
  return (text) =>
    text.replace(/[A-Z]+|[^\x00-\x7f]/gu, (part) => (part < '\x80' ? part.toLowerCase() : changed(part)))
}
