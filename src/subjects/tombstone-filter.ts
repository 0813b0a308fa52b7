import { hash } from 'node:crypto'
import type { Context } from '../platform/context.ts'
import { tombstoneKey } from './identifier.ts'
import type { IdentifierKind } from './normalise.ts'
import { countTombstones, tombstonePage } from './queries.ts'

/** All tombstones in 16 bytes each, to be put a question to for every cell of a table. */
export interface TombstoneFilter extends Disposable {
  readonly size: number
  /** Kinds nobody was erased under need not be looked at. */
  readonly kinds: ReadonlySet<IdentifierKind>
  /**
   * A test for normalised identifiers of one kind. False is certain; true is to be confirmed by `tombstonesOf`, which
   * compares all 256 bits and knows the request.
   */
  test(kind: IdentifierKind): (normalised: string) => boolean
}

const page = 20_000

/** Loads every tombstone there is. Disposing it wipes the keys it hashes with. */
export async function loadTombstones(ctx: Context): Promise<TombstoneFilter> {
  const table = prefixTable(await countTombstones(ctx.db))
  const kinds = new Set<IdentifierKind>()
  let after: Buffer = Buffer.alloc(0)
  for (;;) {
    const rows = await tombstonePage(ctx.db, after, page)
    for (const { tombstone, kind } of rows) {
      kinds.add(kind)
      table.add(tombstone.readUInt32BE(0), tombstone.readUInt32BE(4))
    }
    const last = rows.at(-1)
    if (!last || rows.length < page) break
    after = last.tombstone
  }
  const hashers = new Map<IdentifierKind, Hasher>()
  return {
    size: table.size,
    kinds,
    test(kind) {
      const hasher = hashers.get(kind) ?? prefixHasher(tombstoneKey(ctx, kind).export())
      hashers.set(kind, hasher)
      return tombstoneTest(table, hasher)
    },
    [Symbol.dispose]() {
      for (const hasher of hashers.values()) hasher.wipe()
    },
  }
}

export const tombstoneTest =
  (table: PrefixTable, hasher: Hasher) =>
  (normalised: string): boolean => {
    const digest = hasher.digest(normalised)
    return table.has(wordAt(digest, 0), wordAt(digest, 4))
  }

interface Hasher {
  /** The HMAC, a character per byte. */
  digest(text: string): string
  wipe(): void
}

const blockBytes = 64
/** A normalised identifier has at most 254 characters, of three bytes and twice that where case makes two of one. */
const mostBytes = 2_048

/**
 * HMAC-SHA-256 as two one-shot hashes over prepared blocks (RFC 2104): 1.2 M/s where `createHmac` makes 0.4 M/s
 * (benchmarks.md §4.2; `bench/sweep.ts` measures both).
 */
export function prefixHasher(key: Buffer): Hasher {
  const [inner, outer] = [Buffer.alloc(blockBytes + mostBytes, 0x36), Buffer.alloc(blockBytes + 32, 0x5c)]
  for (const [i, byte] of key.entries()) {
    inner[i] = byte ^ 0x36
    outer[i] = byte ^ 0x5c
  }
  key.fill(0)
  const views: Buffer[] = []
  return {
    digest(text) {
      const length = inner.write(text, blockBytes, 'utf8')
      if (length > mostBytes - 4) throw new Error('subjects: an identifier is longer than any can be')
      const view = views[length] ?? inner.subarray(0, blockBytes + length)
      views[length] = view
      outer.write(hash('sha256', view, 'binary'), blockBytes, 'latin1')
      return hash('sha256', outer, 'binary')
    },
    wipe() {
      inner.fill(0)
      outer.fill(0)
    },
  }
}

const wordAt = (digest: string, at: number): number =>
  ((digest.charCodeAt(at) << 24) |
    (digest.charCodeAt(at + 1) << 16) |
    (digest.charCodeAt(at + 2) << 8) |
    digest.charCodeAt(at + 3)) >>>
  0

interface PrefixTable {
  readonly size: number
  add(high: number, low: number): void
  has(high: number, low: number): boolean
}

/** Open addressing, at most half full: one cache line answers nearly every question. Keyed hashes spread by themselves. */
export function prefixTable(expected: number): PrefixTable {
  let slots = allocate(expected)
  let size = 0
  const place = (from: Uint32Array, high: number, low: number): number => {
    const mask = from.length / 2 - 1
    let slot = high & mask
    for (;;) {
      const at = slot * 2
      if ((from[at] === high && from[at + 1] === low) || (from[at] === 0 && from[at + 1] === 0)) return at
      slot = (slot + 1) & mask
    }
  }
  const put = (to: Uint32Array, high: number, low: number): boolean => {
    const at = place(to, high, low)
    const isNew = to[at] === 0 && to[at + 1] === 0
    to[at] = high
    to[at + 1] = low
    return isNew
  }
  return {
    get size() {
      return size
    },
    add(high, written) {
      // Two zeros mean an empty slot.
      const low = high === 0 && written === 0 ? 1 : written
      if (size * 4 >= slots.length) {
        const wider = allocate(size * 2)
        for (let at = 0; at < slots.length; at += 2) {
          const [a, b] = [slots[at] ?? 0, slots[at + 1] ?? 0]
          if (a !== 0 || b !== 0) put(wider, a, b)
        }
        slots = wider
      }
      if (put(slots, high, low)) size += 1
    },
    has(high, written) {
      const low = high === 0 && written === 0 ? 1 : written
      const at = place(slots, high, low)
      return slots[at] === high && slots[at + 1] === low
    },
  }
}

const allocate = (expected: number): Uint32Array =>
  new Uint32Array(2 * 2 ** Math.ceil(Math.log2(Math.max(512, expected + 1) * 2)))
