import { Temporal } from 'temporal-polyfill'
import { type Entry, replayLog, restoreState } from '../evidence/public.ts'
import type { Context } from '../platform/context.ts'
import {
  destroyReturnedKeys,
  endReturnedEpochs,
  mendLedger,
  replayToSubject,
  unrememberedErasures,
} from '../subjects/public.ts'
import {
  insertLostRequest,
  replayAccess,
  replayApproval,
  replayForgetting,
  replayKeyDestroyed,
  replayState,
} from './replay-queries.ts'
import { type IdentityProof, identityProofs } from './request.ts'

/** What a restored installation got back. */
export interface GivenBack {
  /** Entries of the evidence log. */
  readonly replayed: number
  readonly tombstones: number
  /** Keys destroyed once more: a restored database of keys had them again. */
  readonly keys: number
  /** Erasures that the log tells of and no tombstone remembers: whoever they were will not be known again. */
  readonly unremembered: readonly string[]
}

/**
 * Gives a restored database back what it must know to keep the erased erased: tombstones and erased subjects from the
 * ledger, entries from the log's files, and of each lost request what its entries tell. Its plan, and what was kept for it, stay lost: a
 * sweep makes them anew for whoever came back. Can be repeated, and goes on where it was killed.
 */
export async function giveBack(ctx: Context): Promise<GivenBack> {
  const { broughtBack } = await mendLedger(ctx)
  const { state } = await restoreState(ctx)
  const { from, to } = state === 'behind' ? await replayLog(ctx, replayAll) : { from: 0, to: 0 }
  await endReturnedEpochs(ctx)
  return {
    replayed: to - from,
    tombstones: broughtBack,
    keys: await destroyReturnedKeys(ctx),
    unremembered: await unrememberedErasures(ctx),
  }
}

async function replayAll(tx: Context, entries: readonly Entry[]): Promise<void> {
  for (const entry of entries) {
    await replayToSubject(tx, entry)
    await replayToRequest(tx, entry)
  }
}

async function replayToRequest(tx: Context, entry: Entry): Promise<void> {
  const { subjectId, requestId: id, kind, at, facts, actor } = entry
  if (subjectId === null) return
  if (kind === 'subjects.key-destroyed') await replayKeyDestroyed(tx.db, subjectId)
  if (id === null) return
  const request = { subjectId, id }
  if (kind === 'requests.received') await insertLostRequest(tx.db, { ...request, ...asReceived(entry) })
  if (kind === 'requests.approved') await replayApproval(tx.db, request, at, `${actor.kind}:${actor.id}`)
  const isHalf = kind === 'requests.access-prepared' && facts['unreachable'] !== 0
  // Found again and left to a person: the request stayed as it was.
  const isOpened = kind === 'requests.returned' && facts['verdict'] !== 'contested'
  if (kind === 'requests.incomplete' || isHalf || isOpened)
    await replayState(tx.db, request, 'incomplete', null)
  if (kind === 'requests.completed') await replayState(tx.db, request, 'completed', at)
  if (kind === 'requests.access-given') await replayAccess(tx.db, request, at)
  if (kind === 'requests.search-terms-ended') await replayForgetting(tx.db, request, at)
}

function asReceived({ at, facts }: Entry) {
  const dueOn = String(facts['dueOn'])
  return {
    kind: facts['kind'] === 'access' ? 'access' : 'erasure',
    receivedAt: at,
    dueOn,
    // The log has the month alone; the two that may be added are counted without moving on to a working day.
    extendedDueOn: Temporal.PlainDate.from(dueOn).add({ months: 2 }).toString(),
    calendar: String(facts['calendar']),
    identityProof: asProof(facts['identityProof']),
  } as const
}

function asProof(fact: unknown): IdentityProof {
  const proof = identityProofs.find((one) => one === fact)
  if (!proof) throw new Error('requests: an entry tells of an unknown proof of identity')
  return proof
}
