import fc from 'fast-check'

/** A document as an application may have written it: the value, and a text with blanks, escapes and long numbers. */
export interface Written {
  readonly value: unknown
  readonly text: string
}

const blank = fc.constantFrom('', '', '', ' ', '\n  ', '\t', '\r\n')
/** Without the backslash: once V8 has read `{"\\":0}`, its JSON.parse takes the key of `{"\"":0}` for it, and is no oracle. */
const keys = fc.constantFrom('a', 'b', 'c', 'odd name', "it's", '', 'ü', '"', '$', '.', '\u2028', '😀')

const numbers = fc.constantFrom(
  '0',
  '-0',
  '1.10',
  '12345678901234567890',
  '1e400',
  '-3.0E-7',
  '42',
  '0.1000000000000000055511151231257827',
)

/** Letters written as `\u00e9`, as many programs do. */
const escapes = (text: string): string =>
  JSON.stringify(text).replace(
    /[^\x20-\x7e]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )

const strings: fc.Arbitrary<Written> = fc
  .tuple(fc.string({ unit: 'grapheme', maxLength: 8 }), fc.boolean())
  .map(([value, isEscaped]) => ({ value, text: isEscaped ? escapes(value) : JSON.stringify(value) }))

const leaves: fc.Arbitrary<Written> = fc.oneof(
  strings,
  numbers.map((text) => ({ value: Number(text), text })),
  fc.constantFrom('true', 'false', 'null').map((text) => ({ value: JSON.parse(text) as unknown, text })),
)

/** No key stands twice, so that `JSON.parse` loses nothing. */
export const documents: fc.Arbitrary<Written> = fc.letrec<{ node: Written }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    leaves,
    fc.array(fc.tuple(blank, tie('node'), blank), { maxLength: 4 }).map(
      (items): Written => ({
        value: items.map(([, { value }]) => value),
        text: `[${items.map(([before, { text }, after]) => before + text + after).join(',')}]`,
      }),
    ),
    fc.uniqueArray(fc.tuple(keys, blank, tie('node'), blank), { maxLength: 4, selector: ([key]) => key }).map(
      (members): Written => ({
        value: Object.fromEntries(members.map(([key, , { value }]) => [key, value])),
        text: `{${members
          .map(
            ([key, before, { text }, after]) =>
              `${before}${JSON.stringify(key)}${after}:${before}${text}${after}`,
          )
          .join(',')}}`,
      }),
    ),
  ),
})).node // prettier-ignore
