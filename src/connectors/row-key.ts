import type { RowKey } from './connector.ts'

export const writeKey = (parts: readonly string[]): RowKey => JSON.stringify(parts)

/** The parts of a key, or null where the text is not a key of that many parts: such a key names no row. */
export function readKey(key: RowKey, length: number): readonly string[] | null {
  try {
    const parts: unknown = JSON.parse(key)
    const isKey =
      Array.isArray(parts) && parts.length === length && parts.every((part) => typeof part === 'string')
    return isKey ? parts : null
  } catch {
    return null
  }
}

/** The parts of those of the keys that can name a row, each once. */
export function readKeys(keys: readonly RowKey[], length: number): readonly (readonly string[])[] {
  return [...new Set(keys)].map((key) => readKey(key, length)).filter((parts) => parts !== null)
}
