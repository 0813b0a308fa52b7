import { type Context, inTransaction } from '../platform/context.ts'
import type { Manifest } from './bundle-manifest.ts'
import { entriesOf } from './entries-of.ts'
import { asLeaf, type Entry, leafBytes } from './entry.ts'
import { inclusionNodes, inclusionProof, leafHash, type ReadTile } from './merkle.ts'
import { leafPlaces } from './queries.ts'
import { recordEvidence } from './record-evidence.ts'

export interface ToldEntry {
  readonly index: number
  readonly entry: Entry
  /** The hashes that the proof adds, one a step, and those it gives: the leaf's first, the root last. */
  readonly hashes: readonly Buffer[]
  readonly nodes: readonly Buffer[]
  readonly detail: Manifest['entries'][number]['detail']
  readonly sealed: Buffer | null
}

/** The request's entries that the checkpoint covers, each with the way to its root. */
export async function provenEntries(
  ctx: Context,
  { requestId, withDetails }: { readonly requestId: string; readonly withDetails: boolean },
  size: number,
  tiles: ReadTile,
): Promise<readonly ToldEntry[]> {
  const entries = await entriesOf(ctx, { requestId })
  const rows = await leafPlaces(
    ctx.db,
    entries.map(({ id }) => id),
  )
  const places = new Map(rows.map((row) => [row.entryId, row]))
  const proven: ToldEntry[] = []
  for (const entry of entries) {
    const { leafIndex: index, nonce, sealedDetail } = places.get(entry.id) ?? {}
    // What was recorded after the checkpoint goes into the next bundle.
    if (index === undefined || index >= size) continue
    const leaf = leafHash(leafBytes(asLeaf(entry)))
    const hashes = await inclusionProof(index, size, tiles)
    const nodes = inclusionNodes({ index, size, leaf }, hashes) ?? []
    // Nonce and detail in one file: its SHA-256 is the commitment that stands in the entry.
    const sealed = withDetails && nonce && sealedDetail ? Buffer.concat([nonce, sealedDetail]) : null
    const detail = !nonce ? 'destroyed' : !sealedDetail ? 'none' : sealed ? 'enclosed' : 'not-enclosed'
    proven.push({ index, entry, hashes, nodes, detail, sealed })
  }
  return proven.toSorted((a, b) => a.index - b.index)
}

/** Evidence before effect: details of a person are about to leave the house. */
export async function noteDetails(ctx: Context, requestId: string): Promise<void> {
  const entries = await entriesOf(ctx, { requestId })
  const subjectId = entries.find((entry) => entry.subjectId !== null)?.subjectId
  if (subjectId)
    await inTransaction(ctx, (tx) =>
      recordEvidence(tx, { subjectId, requestId, kind: 'evidence.details-enclosed', facts: {} }),
    )
}
