import type { KeyObject } from 'node:crypto'
import type { Context } from '../platform/context.ts'
import { seal, unseal } from '../platform/sealing.ts'
import { subjectKey } from './subject-key.ts'

/** Where a value of a subject is kept: a table, and whatever names the record in it. */
export type SubjectPlace = readonly [table: string, ...record: readonly string[]]

/**
 * Seals a value under the subject's key, bound to the subject and to its place: copied to another row, table or person
 * it does not open. One call per record, not per field. Throws `subjects.key-destroyed`.
 */
export async function sealFor(
  ctx: Context,
  subjectId: string,
  place: SubjectPlace,
  plain: Buffer | string,
): Promise<Buffer> {
  return sealUnder(await subjectKey(ctx, subjectId), subjectId, place, plain)
}

/** The same for whoever has the subject's key at hand. */
export const sealUnder = (
  key: KeyObject,
  subjectId: string,
  place: SubjectPlace,
  plain: Buffer | string,
): Buffer => seal(key, plain, ['subject', subjectId, ...place])

/** Throws `subjects.key-destroyed` when the person was erased, `platform.sealed-mismatch` when the value was moved or changed. */
export async function openFor(
  ctx: Context,
  subjectId: string,
  place: SubjectPlace,
  sealed: Buffer,
): Promise<Buffer> {
  return unseal(await subjectKey(ctx, subjectId), sealed, ['subject', subjectId, ...place])
}
