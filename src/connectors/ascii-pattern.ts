/**
 * LIKE patterns for engines that, or where they, ignore the case of A to Z alone: a first look that is cheap, lets through
 * all that `foldInside` would find, and more. `\` is the escape.
 */

/** For a text as `foldInside` makes it: any other letter may be anything, and so may k and i, for K (Kelvin) and İ lower to them. */
export const asciiPattern = (text: string): string =>
  `%${text
    .replace(/[\\%_]/g, '\\$&')
    .replace(/[^\x01-\x7f]+/g, '%')
    .replace(/[ki]/g, '_')}%`

/** Whether such a pattern has enough left of a text to tell rows apart by. */
export const isTelling = (text: string): boolean => text.replace(/[^\x01-\x7f]|[ki]/g, '').length > 2

/** For digits with anything between them. */
export const digitsPattern = (digits: string): string => `%${[...digits].join('%')}%`
