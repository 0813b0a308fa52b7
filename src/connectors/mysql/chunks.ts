/** Items in portions of at most `most`, and of about `bytes` by `sizeOf`; one that is larger stands alone. */
export function* chunks<T>(
  items: Iterable<T>,
  { most, bytes, sizeOf }: { most: number; bytes: number; sizeOf: (item: T) => number },
): Iterable<readonly T[]> {
  let chunk: T[] = []
  let size = 0
  for (const item of items) {
    const itemSize = sizeOf(item)
    if (chunk.length > 0 && (chunk.length >= most || size + itemSize > bytes)) {
      yield chunk
      chunk = []
      size = 0
    }
    chunk.push(item)
    size += itemSize
  }
  if (chunk.length > 0) yield chunk
}

/** At most so many bytes has a text in UTF-8. */
export const bytesOf = (texts: readonly (string | null)[]): number =>
  texts.reduce((sum, text) => sum + 3 * (text?.length ?? 0) + 16, 0)
