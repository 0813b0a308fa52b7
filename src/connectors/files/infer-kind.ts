import type { FieldKind } from '../connector.ts'

const tests: readonly (readonly [FieldKind, RegExp])[] = [
  // A leading zero or a plus is a number of something, not a quantity: postcodes, phones, customer numbers.
  ['integer', /^(?:0|-?[1-9]\d{0,17})$/],
  ['decimal', /^-?(?:0|[1-9]\d{0,17})\.\d{1,12}$/],
  ['boolean', /^(?:true|false)$/i],
  ['date', /^\d{4}-\d{2}-\d{2}$/],
  ['timestamp', /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?$/],
  ['uuid', /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i],
]

/** Looks at the values of one field: the kind all of them are of, or text. */
export function kindGuess(): { look(value: string): void; kind(): FieldKind } {
  let possible = tests
  let seen = false
  return {
    look(value) {
      if (value === '' || (seen && possible.length === 0)) return
      seen = true
      possible = possible.filter(([, pattern]) => pattern.test(value))
    },
    kind: () => (seen ? (possible[0]?.[0] ?? 'text') : 'text'),
  }
}
