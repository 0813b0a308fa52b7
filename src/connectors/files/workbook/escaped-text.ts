/** Excel writes characters that XML cannot hold as `_x000D_`, and an underscore that would read so as `_x005F_`. */
export const unescapeText = (text: string): string =>
  text.includes('_x')
    ? text.replace(/_x([0-9A-Fa-f]{4})_/g, (_, code: string) =>
        String.fromCharCode(Number.parseInt(code, 16)),
      )
    : text

/** Text as the content of an element of a sheet. */
export const escapeText = (text: string): string =>
  text
    .replace(/_(?=x[0-9A-Fa-f]{4}_)/g, '_x005F_')
    .replace(/[\0-\x08\x0b-\x1f\ufffe\uffff]/g, (character) => `_x${hex(character)}_`)
    .replace(/[&<>]/g, (character) => entities[character] ?? character)

const hex = (character: string): string => character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')
const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' }
