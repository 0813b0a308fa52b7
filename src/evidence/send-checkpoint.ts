import type { WitnessAddress } from '../platform/config.ts'
import type { Context } from '../platform/context.ts'
import { consistencyProof } from './merkle.ts'
import { cosignedAt, type NoteKey, readWitnessKey, splitNote } from './note.ts'
import { writeConsistency } from './proof-file.ts'
import { insertCosignature } from './queries.ts'
import { tilesInDatabase } from './stored-tiles.ts'
import { type NewestCheckpoint, type Shown, type WitnessTrouble, witnessName } from './witness.ts'

const withinMs = 5_000
const mostBytes = 65_536

/**
 * Asks a witness to cosign a checkpoint (C2SP tlog-witness, add-checkpoint), and keeps the cosignature when it holds. Where
 * the witness saw another size last than we remember, it says so and is asked once more.
 */
export async function sendCheckpoint(
  ctx: Context,
  witness: WitnessAddress & { readonly kind: 'http' },
  newest: NewestCheckpoint,
): Promise<Shown> {
  const key = readWitnessKey(witness.key)
  if (!key) return { trouble: 'key-unreadable' }
  let seen = Math.min(newest.seen, newest.size)
  for (let attempt = 0; attempt < 2; attempt += 1) {
    const answer = await ask(ctx, witness.url, newest, seen)
    if (!answer) return { trouble: 'unreachable' }
    if (answer.status === 200) return keep(ctx, witnessName(witness), key, newest, answer.text)
    const says = answer.status === 409 ? sizeIn(answer.text) : undefined
    if (says === undefined || says === seen) return { trouble: troubleOf(answer.status) }
    if (says > newest.size) return { trouble: 'ahead' }
    seen = says
  }
  return { trouble: 'refused' }
}

async function ask(ctx: Context, url: string, { size, note }: NewestCheckpoint, seen: number) {
  const hashes = await consistencyProof(seen, size, tilesInDatabase(ctx.db, size))
  const body = writeConsistency({ from: seen, hashes, checkpoint: note })
  try {
    const response = await fetch(`${url}/add-checkpoint`, {
      method: 'POST',
      body,
      redirect: 'error',
      signal: AbortSignal.timeout(withinMs),
    })
    return { status: response.status, text: await shortText(response) }
  } catch {
    return undefined
  }
}

/** A witness has a few lines to say; whoever says more is not one. */
async function shortText(response: Response): Promise<string> {
  const pieces: Uint8Array[] = []
  let length = 0
  for await (const piece of response.body ?? []) {
    length += piece.length
    if (length > mostBytes) throw new Error('evidence: a witness that does not end')
    pieces.push(piece)
  }
  return Buffer.concat(pieces).toString()
}

const sizeIn = (text: string): number | undefined =>
  /^(0|[1-9]\d{0,14})\n$/.test(text) ? Number(text) : undefined

function troubleOf(status: number): WitnessTrouble {
  if (status === 404) return 'unknown-log'
  if (status === 403) return 'untrusted-key'
  return status === 409 || status === 422 ? 'forked' : 'refused'
}

/** Only a signature that we verified ourselves, by the key we were given, goes with our checkpoint. */
async function keep(
  ctx: Context,
  witness: string,
  key: NoteKey,
  { size, note }: NewestCheckpoint,
  answer: string,
): Promise<Shown> {
  const text = splitNote(note)?.text ?? ''
  const lines = splitNote(`${text}\n${answer}`)?.signatures ?? []
  const line = lines.find((one) => cosignedAt(`${text}\n${one.line}`, key) !== undefined)?.line
  if (line === undefined) return { trouble: 'cosignature' }
  await insertCosignature(ctx.db, { witness, size, line, at: ctx.now() })
  return { trouble: null }
}
