import { stringify } from 'csv-stringify/sync'
import type { PackagedCollection, PackagedField, PackagedRow } from './access-contents.ts'
import { jsonText, spreadsheetText } from './access-values.ts'

/** Rows per piece of text: large enough to be quick, small enough to keep memory flat. */
const batch = 200

/**
 * A collection as JSON: `{ system, collection, fields, rows: [{ role, values: { field: value } }] }`, piece by piece.
 * Written by hand because keys may be called `__proto__`, and numbers keep their digits.
 */
export function* collectionJson(collection: PackagedCollection): Generator<string> {
  const { system, name, fields, rows } = collection
  const head = JSON.stringify({ system, collection: name, fields }, null, 2).slice(0, -2)
  yield `${head},\n  "rows": [`
  for (let start = 0; start < rows.length; start += batch) {
    const lines = rows.slice(start, start + batch).map((row) => `\n    ${jsonRow(fields, row)}`)
    yield (start === 0 ? '' : ',') + lines.join(',')
  }
  yield '\n  ]\n}\n'
}

function jsonRow(fields: readonly PackagedField[], { role, cells }: PackagedRow): string {
  const values = fields.flatMap(({ name, kind }, i) => {
    const cell = cells[i]
    return cell === undefined ? [] : [`${JSON.stringify(name)}: ${jsonText(kind, cell)}`]
  })
  return `{ "role": "${role}", "values": { ${values.join(', ')} } }`
}

/** A collection as CSV (RFC 4180, UTF-8 with BOM), piece by piece. Calls `onGuarded` for each cell that got an apostrophe. */
export function* collectionCsv(collection: PackagedCollection, onGuarded: () => void): Generator<string> {
  const { fields, rows } = collection
  const safe = (kind: PackagedField['kind'], cell: string) => {
    const text = spreadsheetText(kind, cell)
    if (text !== cell) onGuarded()
    return text
  }
  yield `\ufeff${csvLines([fields.map(({ name }) => safe('text', name))])}`
  for (let start = 0; start < rows.length; start += batch)
    yield csvLines(
      rows.slice(start, start + batch).map(({ cells }) =>
        fields.map(({ kind }, i) => {
          const cell = cells[i]
          // A line with nothing on it would be no row at all.
          return cell == null ? (fields.length === 1 ? '' : null) : safe(kind, cell)
        }),
      ),
    )
}

/** An empty text is written `""`, no value as nothing at all, so that the two stay apart. */
const csvLines = (lines: readonly (readonly (string | null)[])[]): string =>
  stringify([...lines], { record_delimiter: 'windows', quoted_match: [/^$/], quote_record_delimiter: true })
