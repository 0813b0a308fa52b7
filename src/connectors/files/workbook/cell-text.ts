import type { Book } from './book.ts'
import { unescapeText } from './escaped-text.ts'
import { plainNumber, printNumber } from './number-format.ts'
import { damaged } from './refusal.ts'
import type { SheetCell } from './sheet-rows.ts'

/** A cell's text as Excel shows it, in ISO 8601 where it is a date; null where it is empty. */
export function cellText(
  cell: SheetCell,
  { formats, since1904 }: Pick<Book, 'formats' | 'since1904'>,
  strings: readonly string[],
): string | null {
  if (cell.type === 'inlineStr') return unescapeText(cell.inline ?? '') || null
  const { value } = cell
  if (value === null || value === '') return null
  if (cell.type === 's') {
    const string = strings[Number(value)]
    if (string === undefined) throw damaged()
    return string || null
  }
  if (cell.type === 'b') return value.trim() === '1' || value.trim() === 'true' ? 'true' : 'false'
  if (cell.type === 'n') return printNumber(value, formats[cell.style] ?? plainNumber, since1904)
  return unescapeText(value)
}

/**
 * Whether a cell's content is computed from other cells. A formula of constants alone (a HYPERLINK with its address, as
 * web shops export them) is a value that somebody typed.
 */
export function isComputed({ formula }: SheetCell): boolean {
  if (formula === null) return false
  const bare = formula.replace(/"(?:[^"]|"")*"/g, '')
  return formula === '' || !/^\s*(?:HYPERLINK|T|TRIM|CONCATENATE)?[\s(),;&]*$/i.test(bare)
}
