import type { Context } from '../platform/context.ts'
import { consistencyNodes, consistencyProof, type ReadTile } from './merkle.ts'
import { splitNote } from './note.ts'
import { problem } from './problems.ts'
import { writeConsistency } from './proof-file.ts'
import { checkpointsCovering, cosignaturesAt } from './queries.ts'
import { openOwn } from './restore-state.ts'

export interface EarlierCheckpoint {
  readonly size: number
  readonly note: string
  readonly at: Date
}

/** The first checkpoint that covered each of these entries, and the latest that a witness saw, smaller than `size`. */
export async function earlierCheckpoints(
  ctx: Context,
  indexes: readonly number[],
  size: number,
): Promise<readonly EarlierCheckpoint[]> {
  const found = await checkpointsCovering(ctx.db, indexes, size)
  return Promise.all(
    found.map(async (one) => ({ ...one, note: await cosignedNote(ctx, one.size, one.note) })),
  )
}

/** A checkpoint with what witnesses said of it. */
export async function cosignedNote(ctx: Context, size: number, note: string): Promise<string> {
  const lines = await cosignaturesAt(ctx.db, size)
  const known = new Set(splitNote(note)?.signatures.map(({ line }) => line))
  return note + lines.filter((line) => !known.has(line)).join('')
}

/** That an earlier checkpoint is the beginning of a newer one. Throws `evidence.damaged`. */
export async function consistencyOf(
  ctx: Context,
  earlier: EarlierCheckpoint,
  newer: { readonly origin: string; readonly size: number; readonly note: string; readonly tiles: ReadTile },
): Promise<{ readonly nodes: readonly Buffer[]; readonly proof: string }> {
  const first = openOwn(ctx, newer.origin, earlier.note)
  const hashes = await consistencyProof(earlier.size, newer.size, newer.tiles)
  const nodes = first && consistencyNodes(first, newer.size, hashes)
  if (first?.size !== earlier.size || !nodes?.before.equals(first.root))
    throw problem('evidence.damaged', { place: `evidence.checkpoint ${earlier.size}` })
  const proof = writeConsistency({ from: earlier.size, hashes, checkpoint: newer.note })
  return { nodes: nodes.after, proof }
}
