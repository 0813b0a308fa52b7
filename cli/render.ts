import { styleText } from 'node:util'
import type { Language } from '../src/platform/texts.ts'
import type { Block, Column, Table, Text, Tone } from './answer.ts'
import { displayWidth, fold, harmless } from './terminal-text.ts'

export interface Page {
  readonly language: Language
  /** Columns of the terminal; Infinity where the output is no terminal: then nothing is folded. */
  readonly width: number
  readonly paint: (tone: Tone, text: string) => string
}

const formats = {
  good: 'green',
  bad: 'red',
  warning: 'yellow',
  quiet: 'dim',
  strong: 'bold',
  verbatim: 'reset',
} as const satisfies Record<Tone, Parameters<typeof styleText>[0]>

/** Colour on a terminal only; NO_COLOR and FORCE_COLOR are honoured by `styleText`. */
export const pageOf = (stream: NodeJS.WriteStream, language: Language): Page => ({
  language,
  width: stream.isTTY ? Math.max(40, stream.columns) : Number.POSITIVE_INFINITY,
  paint: (tone, text) => styleText(formats[tone], text, { stream }),
})

/** Blocks as lines of text. Everything passes through `harmless` here, so that no command has to think of it. */
export const render = (blocks: readonly Block[], page: Page): string =>
  blocks.map((block) => (isTable(block) ? renderTable(block, page) : `${renderText(block, page)}\n`)).join('')

const isTable = (block: Block): block is Table => typeof block === 'object' && 'columns' in block

function renderText(text: Text, page: Page): string {
  const isVerbatim = typeof text === 'object' && text.tone === 'verbatim'
  if (isVerbatim) return plain(text, page.language)
  const lines = fold(plain(text, page.language), page.width)
  return lines.map((line) => painted(text, line, page)).join('\n')
}

function renderTable(table: Table, page: Page): string {
  const cells = table.rows.map((row) => row.map((cell) => plain(cell, page.language)))
  const widths = fit(table.columns, cells, page.width)
  const header = table.columns.map((column) => ({ text: column.header, tone: 'strong' }) as const)
  const lines = [
    ...renderRow(
      table.columns,
      header,
      header.map((cell) => harmless(cell.text)),
      widths,
      page,
    ),
    ...table.rows.flatMap((row, i) => renderRow(table.columns, row, cells[i] ?? [], widths, page)),
  ]
  return lines.map((line) => `${line}\n`).join('')
}

const gap = '  '
const narrowest = 16

/** Natural widths; where they exceed the page, the columns that may wrap share what the others leave. */
function fit(
  columns: readonly Column[],
  cells: readonly (readonly string[])[],
  width: number,
): readonly number[] {
  const natural = columns.map((column, i) =>
    cells.reduce((widest, row) => Math.max(widest, displayWidth(row[i] ?? '')), displayWidth(column.header)),
  )
  const total = natural.reduce((sum, one) => sum + one, 0) + gap.length * (columns.length - 1)
  const wrapping = columns.flatMap((column, i) => (column.wrap ? [i] : []))
  if (total <= width || wrapping.length === 0) return natural
  const asked = wrapping.reduce((sum, i) => sum + (natural[i] ?? 0), 0)
  const left = Math.max(0, width - (total - asked))
  return natural.map((one, i) =>
    wrapping.includes(i) ? Math.min(one, Math.max(narrowest, Math.floor((left * one) / asked))) : one,
  )
}

/** One row: as many lines as its tallest cell. */
function renderRow(
  columns: readonly Column[],
  row: readonly Text[],
  texts: readonly string[],
  widths: readonly number[],
  page: Page,
): readonly string[] {
  const folded = columns.map((_, i) => fold(texts[i] ?? '', widths[i] ?? 0))
  const height = Math.max(...folded.map((lines) => lines.length))
  return Array.from({ length: height }, (_, line) =>
    columns
      .map((column, i) => {
        const text = folded[i]?.[line] ?? ''
        const padding = ' '.repeat(Math.max(0, (widths[i] ?? 0) - displayWidth(text)))
        const shown = painted(row[i] ?? '', text, page)
        return column.align === 'right' ? padding + shown : shown + padding
      })
      .join(gap)
      .trimEnd(),
  )
}

const painted = (text: Text, line: string, page: Page): string =>
  typeof text === 'object' && line !== '' ? page.paint(text.tone, line) : line

function plain(text: Text, language: Language): string {
  const value = typeof text === 'object' ? text.text : text
  return typeof value === 'number' ? numbers[language].format(value) : harmless(value)
}

/** Made once: making one takes as long as a hundred numbers. */
const numbers = {
  en: new Intl.NumberFormat('en'),
  fr: new Intl.NumberFormat('fr'),
} as const satisfies Record<Language, Intl.NumberFormat>
