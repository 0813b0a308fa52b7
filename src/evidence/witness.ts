import type { WitnessAddress } from '../platform/config.ts'
import type { Context } from '../platform/context.ts'
import { newestSize, witnessRows } from './queries.ts'

/** Why a witness has not seen the newest checkpoint; its sentence is `witness-<trouble>` in the texts of this domain. */
export const witnessTroubles = [
  'unreachable',
  'refused',
  'unknown-log',
  'untrusted-key',
  'ahead',
  'forked',
  'of-another',
  'cosignature',
  'key-unreadable',
  'unwritable',
] as const
export type WitnessTrouble = (typeof witnessTroubles)[number]

/** How far a witness of this log has come. */
export interface WitnessState {
  /** A directory's path, or the name in the witness's key. */
  readonly name: string
  readonly kind: WitnessAddress['kind']
  /** Entries in the newest checkpoint that it has seen, and when; in the log as it was published. */
  readonly size: number
  readonly seenAt: Date | null
  readonly entries: number
  readonly trouble: WitnessTrouble | null
}

/** How it went; null: the witness has seen it. */
export interface Shown {
  readonly trouble: WitnessTrouble | null
}

export interface NewestCheckpoint {
  readonly size: number
  readonly note: string
  /** The size that this witness saw last, as far as we know. */
  readonly seen: number
}

/** What cannot be put right by trying again: somebody has to look. */
export const isGrave = (trouble: WitnessTrouble): boolean =>
  ['ahead', 'forked', 'of-another', 'cosignature', 'key-unreadable'].includes(trouble)

export const witnessName = (witness: WitnessAddress): string =>
  witness.kind === 'directory' ? witness.path : (witness.key.split('+')[0] ?? witness.url)

/** The witnesses that are set, each with what is known of it. Asks nobody. */
export async function witnessStates(ctx: Context): Promise<readonly WitnessState[]> {
  if (ctx.witnesses.length === 0) return []
  const rows = new Map((await witnessRows(ctx.db)).map((row) => [row.name, row]))
  const entries = await newestSize(ctx.db)
  return ctx.witnesses.map((witness) => {
    const name = witnessName(witness)
    const row = rows.get(name)
    const trouble = witnessTroubles.find((one) => one === row?.problem) ?? null
    return { name, kind: witness.kind, size: row?.size ?? 0, seenAt: row?.seenAt ?? null, entries, trouble }
  })
}
