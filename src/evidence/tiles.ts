import { tileWidth } from './merkle.ts'

/** Names and contents of a tiled log's files (C2SP tlog-tiles). */
export type TileLevel = number | 'entries'

const hashLength = 32

/** `tile/0/x001/x234/067`, and `….p/17` for a tile that is 17 wide so far. */
export function tilePath(level: TileLevel, index: number, width: number): string {
  const digits = String(index)
  const groups = digits.padStart(Math.ceil(digits.length / 3) * 3, '0').match(/\d{3}/g) ?? []
  const path = groups.map((group, i) => (i === groups.length - 1 ? group : `x${group}`)).join('/')
  return `tile/${level}/${path}${width === tileWidth ? '' : `.p/${width}`}`
}

export function splitHashes(bytes: Buffer): readonly Buffer[] | undefined {
  if (bytes.length % hashLength !== 0) return undefined
  return Array.from({ length: bytes.length / hashLength }, (_, i) =>
    bytes.subarray(i * hashLength, (i + 1) * hashLength),
  )
}

/** Entries one after the other, each behind its length. */
export const joinEntries = (entries: readonly Buffer[]): Buffer =>
  Buffer.concat(
    entries.flatMap((entry) => {
      const length = Buffer.alloc(2)
      length.writeUInt16BE(entry.length)
      return [length, entry]
    }),
  )

export function splitEntries(bundle: Buffer): readonly Buffer[] | undefined {
  const entries: Buffer[] = []
  for (let at = 0; at < bundle.length; ) {
    if (at + 2 > bundle.length) return undefined
    const end = at + 2 + bundle.readUInt16BE(at)
    if (end > bundle.length) return undefined
    entries.push(bundle.subarray(at + 2, end))
    at = end
  }
  return entries
}
