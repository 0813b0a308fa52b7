import type { Addition } from './addition.ts'

/** Writes an addition into the text as a person would: as lines of their own, or before the brace that closes. */
export function applied(text: string, { line, inside, text: added }: Addition): string {
  const lines = text.split('\n')
  if (!inside) return lines.toSpliced(line - 1, 0, added).join('\n')
  return lines
    .map((one, i) => (i === line - 1 ? one.replace(/\}$/, `, ${added}}`).replace('{, ', '{') : one))
    .join('\n')
}
