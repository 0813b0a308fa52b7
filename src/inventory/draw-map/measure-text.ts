/** Text is measured before any font is known, so a little too wide: what fits here fits in every usual sans-serif. */

const narrow = /[ijl.,:;'|!()[\]{} \-ft/]/
const broad = /[A-Zmw@%&+→×_◆⚠⊘]/
const full = /[\p{Script=Han}\p{Script=Hangul}\p{Script=Hiragana}\p{Script=Katakana}\p{Emoji_Presentation}]/u

const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' })
const graphemes = (text: string): readonly string[] =>
  Array.from(segmenter.segment(text), (one) => one.segment)

const widthOfOne = (grapheme: string): number =>
  full.test(grapheme) ? 1.05 : broad.test(grapheme) ? 0.84 : narrow.test(grapheme) ? 0.38 : 0.62

/** In pixels, at a font size. */
export const textWidth = (text: string, size: number): number =>
  graphemes(text).reduce((sum, one) => sum + widthOfOne(one), 0) * size

/** The text, or as much of it as fits with an ellipsis in place of the rest. */
export function fitText(text: string, size: number, width: number): string {
  if (textWidth(text, size) <= width) return text
  let [room, fitted] = [width - textWidth('…', size), '']
  for (const grapheme of graphemes(text)) {
    room -= textWidth(grapheme, size)
    if (room < 0) break
    fitted += grapheme
  }
  return `${fitted.trimEnd()}…`
}
