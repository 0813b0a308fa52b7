import { type Language, say } from '../../platform/texts.ts'
import { xmlText } from '../../platform/xml-text.ts'
import { frame } from './layout.ts'
import { textWidth } from './measure-text.ts'

const entries = ['owner', 'party', 'none', 'identifier', 'special', 'unreached', 'rows'] as const
type Entry = (typeof entries)[number]

const line = 26
const sign = 44
/** Room for the longest sentence in any language. */
const widest = 330

const perLine = (width: number): number =>
  Math.max(1, Math.floor((width - 2 * frame.margin) / (sign + widest)))

export const legendHeight = (width: number): number =>
  Math.ceil(entries.length / perLine(width)) * line + frame.margin + 16

/** What the signs mean, in columns under the picture. */
export function legend(width: number, top: number, language: Language): string {
  const columns = perLine(width)
  const parts = entries.map((entry, i) => {
    const x = frame.margin + (i % columns) * (sign + widest)
    const y = top + 24 + Math.floor(i / columns) * line
    const words = say(language, `inventory.draw-legend-${entry}`)
    return `${signOf(entry, x, y)}<text class="legend-text" x="${x + sign}" y="${y + 4}">${xmlText(words)}</text>`
  })
  const rule = `<path class="rule" d="M${frame.margin} ${top}H${width - frame.margin}"/>`
  return `<g class="legend">${rule}${parts.join('')}</g>`
}

function signOf(entry: Entry, x: number, y: number): string {
  switch (entry) {
    case 'owner':
    case 'party':
    case 'none':
      return `<g class="link ${entry}"><path d="M${x} ${y}H${x + 34}" marker-end="url(#${entry})"/></g>`
    case 'identifier':
      return chipSign(x, y, '◆', 'identifier')
    case 'special':
      return chipSign(x, y, '⚠', 'special')
    case 'unreached':
      return `<text class="flag" x="${x + 11}" y="${y + 4}">⊘</text>`
    case 'rows':
      return `<rect class="face" x="${x}" y="${y - 9}" width="28" height="18" rx="4"/><path class="mark" d="M${x + 16} ${y - 3}H${x + 24}"/>`
  }
}

function chipSign(x: number, y: number, text: string, kind: string): string {
  const width = Math.max(28, textWidth(text, 11) + 16)
  return `<rect class="chip ${kind}" x="${x}" y="${y - 10}" width="${width}" height="20" rx="10"/><text class="chip-text ${kind}" x="${x + width / 2}" y="${y + 4}">${text}</text>`
}
