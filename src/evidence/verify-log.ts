import type { Context } from '../platform/context.ts'
import type { Finding, FindingCode } from './finding.ts'
import { emptyLog } from './log.ts'
import { append, type Edge, edgeRoot, tileWidth } from './merkle.ts'
import {
  checkpointsBetween,
  countWaiting,
  entriesOutsideLog,
  hashesBetween,
  leavesBetween,
  type NewNode,
  readLog,
} from './queries.ts'
import { openOwn, readPublished } from './restore-state.ts'
import { type Inspection, verifyLeafTile, verifyUpperTile } from './verify-leaves.ts'

export interface LogReport {
  readonly ok: boolean
  readonly origin: string
  /** Entries in the log, every one of them checked. */
  readonly size: number
  /** Size of the checkpoint outside the database; null when there is none that holds. */
  readonly checkpoint: number | null
  /** Entries whose nonce and sealed detail match their commitment, and those whose detail was destroyed. */
  readonly details: { readonly present: number; readonly destroyed: number }
  /** Entries not yet in the log. */
  readonly waiting: number
  readonly findings: readonly Finding[]
  /** Findings beyond the first hundred. */
  readonly more: number
}

const mostFindings = 100
const chunk = 8 * tileWidth

/** What one pass over the log carries along. */
interface Pass extends Inspection {
  readonly origin: string
  readonly outside: { readonly size: number; readonly root: Buffer } | undefined
  readonly edge: Edge
  /** Per level: the computed hashes of its last tile. */
  readonly upper: Map<number, Buffer[]>
}

/**
 * Computes the whole log anew from the entries, and compares leaves, nodes, root, files, every checkpoint that was ever
 * published and every detail that is still there. Says which entry or file differs. Changes nothing; memory stays flat.
 */
export async function verifyLog(
  ctx: Context,
  onProgress: (done: number, total: number) => void = () => {},
): Promise<LogReport> {
  // Before the log: it may grow meanwhile, and its files only after it.
  const { note, isMissing } = await readPublished(ctx)
  const log = (await readLog(ctx.db)) ?? emptyLog(ctx)
  const outside = note === undefined ? undefined : openOwn(ctx, log.origin, note)
  const findings: Finding[] = []
  let more = 0
  const find = (code: FindingCode, place: string) => {
    if (findings.length < mostFindings) findings.push({ code, place })
    else more += 1
  }
  if (note !== undefined && !outside) find('checkpoint-changed', 'checkpoint')
  if (isMissing) find('checkpoint-missing', 'checkpoint')
  if (outside && outside.size > log.size) find('behind-checkpoint', String(outside.size))
  const pass: Pass = {
    ctx,
    origin: log.origin,
    outside,
    published: Math.min(outside?.size ?? 0, log.size),
    edge: { size: 0, levels: [] },
    upper: new Map(),
    details: { present: 0, destroyed: 0 },
    find,
  }
  for (let from = 0; from < log.size; from += chunk) {
    const to = Math.min(from + chunk, log.size)
    await verifyChunk(pass, from, to)
    onProgress(to, log.size)
  }
  for (const [level, hashes] of pass.upper) {
    const count = Math.floor(log.size / tileWidth ** level)
    if (hashes.length > 0) await verifyUpperTile(pass, level, Math.floor(count / tileWidth), hashes)
  }
  if (!edgeRoot(pass.edge).equals(log.root)) find('root-changed', 'evidence.log')
  for (const { id } of await entriesOutsideLog(ctx.db, mostFindings)) find('entry-outside-log', id)
  return {
    ok: findings.length === 0,
    origin: log.origin,
    size: log.size,
    checkpoint: outside?.size ?? null,
    details: pass.details,
    waiting: await countWaiting(ctx.db),
    findings,
    more,
  }
}

async function verifyChunk(pass: Pass, from: number, to: number): Promise<void> {
  const leaves = new Map((await leavesBetween(pass.ctx.db, from, to)).map((leaf) => [leaf.leafIndex, leaf]))
  const roots = await promisedRoots(pass, from, to)
  const nodes: NewNode[] = []
  for (let start = from; start < to; start += tileWidth) {
    const width = Math.min(tileWidth, to - start)
    const rows = Array.from({ length: width }, (_, i) => leaves.get(start + i))
    const hashes = await verifyLeafTile(pass, start / tileWidth, rows)
    for (const hash of hashes) {
      append(pass.edge, hash, (level, index, node) => nodes.push({ level, index, hash: node }))
      for (const { place, root } of roots.get(pass.edge.size) ?? [])
        if (!root.equals(edgeRoot(pass.edge))) pass.find('checkpoint-root', place)
    }
  }
  await verifyNodes(pass, nodes)
}

/** The roots that signed checkpoints promise for the sizes of a chunk. */
async function promisedRoots(pass: Pass, from: number, to: number) {
  const promised: { size: number; place: string; root: Buffer }[] = []
  if (pass.outside) promised.push({ ...pass.outside, place: 'checkpoint' })
  for (const { size, note } of await checkpointsBetween(pass.ctx.db, from + 1, to + 1)) {
    const checkpoint = openOwn(pass.ctx, pass.origin, note)
    if (checkpoint?.size === size) promised.push({ size, root: checkpoint.root, place: String(size) })
    else pass.find('checkpoint-changed', String(size))
  }
  return Map.groupBy(promised, ({ size }) => size)
}

/** Computed hashes above the leaves, against the database, and against the files as each tile fills. */
async function verifyNodes(pass: Pass, nodes: readonly NewNode[]): Promise<void> {
  for (const [level, ofLevel] of Map.groupBy(nodes, (node) => node.level)) {
    const first = ofLevel[0]?.index ?? 0
    const stored = await hashesBetween(pass.ctx.db, level, first, first + ofLevel.length)
    for (const [i, { index, hash }] of ofLevel.entries()) {
      if (!stored[i]?.equals(hash)) pass.find('node-changed', `${level}/${index}`)
      const tile = pass.upper.get(level) ?? []
      tile.push(hash)
      pass.upper.set(level, tile)
      if (tile.length < tileWidth) continue
      await verifyUpperTile(pass, level, Math.floor(index / tileWidth), tile)
      pass.upper.set(level, [])
    }
  }
}
