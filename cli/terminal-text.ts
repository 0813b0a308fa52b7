/** Text as a terminal shows it: how wide it is, and nothing in it that could command the terminal. */

/** C0, DEL, C1, line separators, and the marks that turn the direction of what follows. */
const commanding = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g

/** A cell of somebody's database may hold escape sequences: they are shown, not obeyed (CWE-150). */
export const harmless = (text: string): string => text.replace(commanding, picture)

/** Control Pictures for the old ones (␛ for ESC), a code point in brackets for the rest. */
function picture(character: string): string {
  const code = character.codePointAt(0) ?? 0
  if (code < 0x20) return String.fromCodePoint(0x2400 + code)
  if (code === 0x7f) return '␡'
  return `<U+${code.toString(16).toUpperCase().padStart(4, '0')}>`
}

/** JSON for a terminal: the same document, with every commanding character as an escape. */
export const harmlessJson = (value: unknown): string =>
  JSON.stringify(value, null, 2).replace(commanding, (character) =>
    character === '\n' ? character : `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`,
  )

const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' })

/** East Asian Wide and Fullwidth by script and block; the property itself is not known to regular expressions. */
const wide =
  /[\p{Script=Han}\p{Script=Hangul}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Bopomofo}\u3000-\u303e\uff01-\uff60\uffe0-\uffe6\p{Emoji_Presentation}]|\ufe0f/u
const halfwidth = /^[\uff61-\uffdc]/
const widthless = /^[\p{Mn}\p{Me}\p{Cf}]*$/u

export const graphemes = (text: string): readonly string[] =>
  Array.from(segmenter.segment(text), ({ segment }) => segment)

/** Columns the text takes: two for CJK and emoji, none for combining marks alone. */
export function displayWidth(text: string): number {
  if (/^[\x20-\x7e]*$/.test(text)) return text.length
  return graphemes(text).reduce((width, cluster) => width + clusterWidth(cluster), 0)
}

function clusterWidth(cluster: string): 0 | 1 | 2 {
  if (widthless.test(cluster)) return 0
  return wide.test(cluster) && !halfwidth.test(cluster) ? 2 : 1
}

/** Lines no wider than `width`, folded at spaces; a word that is too long itself is cut between graphemes. */
export function fold(text: string, width: number): readonly string[] {
  if (displayWidth(text) <= width) return [text]
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ').flatMap((part) => pieces(part, width))) {
    const longer = line === '' ? word : `${line} ${word}`
    if (displayWidth(longer) <= width) {
      line = longer
    } else {
      lines.push(line)
      line = word
    }
  }
  return [...lines, line]
}

function pieces(word: string, width: number): readonly string[] {
  if (displayWidth(word) <= width) return [word]
  const parts: string[] = []
  let part = ''
  for (const cluster of graphemes(word)) {
    if (part !== '' && displayWidth(part + cluster) > width) {
      parts.push(part)
      part = ''
    }
    part += cluster
  }
  return [...parts, part]
}
