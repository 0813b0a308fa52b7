import { recordEvidence, recordEvidenceOfMany } from '../evidence/public.ts'
import type { Identifier } from '../holdings/public.ts'
import { uuidv7 } from '../platform/bytes.ts'
import { type Context, inTransaction } from '../platform/context.ts'
import { isProblem } from '../platform/problem.ts'
import { ensureSubjects, tombstonesOf } from '../subjects/public.ts'
import type { Batch, BatchMember, RefusedMember } from './batch.ts'
import { findBatch, insertBatch, setBatchState } from './batch-queries.ts'
import { insertMembers, insertRequests, membersAmong, openErasuresOf } from './chunk-queries.ts'
import { dueDate } from './due-date.ts'
import { legalSeat } from './legal-seat.ts'
import { problem } from './problems.ts'
import { receivedFacts, receiveRequest } from './receive-request.ts'
import type { IdentityProof, Request } from './request.ts'
import { sealAsked } from './sealed.ts'

/** Somebody to be erased, and the line on which they stood. */
export interface AskedPerson {
  readonly line: number
  readonly asked: readonly Identifier[]
}

export interface NewBatch {
  readonly people: Iterable<AskedPerson> | AsyncIterable<AskedPerson>
  /** How many they are. */
  readonly count: number
  readonly identityProof: IdentityProof
  readonly onProgress?: (done: number, total: number) => void
}

export interface ReceivedBatch {
  readonly batch: Batch
  readonly people: number
  /** Lines that named somebody another line had named. */
  readonly repeated: number
  /** Who could not be taken in, and why; everybody else was. */
  readonly refused: readonly RefusedMember[]
}

const chunkSize = 500

/**
 * Takes in the erasures of many people and starts the clock of each (DSR-01, DSR-02). Whoever has an open erasure comes
 * into the batch with it. Nothing is looked for yet. Throws `requests.batch-empty`.
 */
export async function receiveBatch(ctx: Context, input: NewBatch): Promise<ReceivedBatch> {
  if (input.count === 0) throw problem('requests.batch-empty')
  const id = uuidv7(ctx.now())
  const receivedBy = `${ctx.actor.kind}:${ctx.actor.id}`
  await insertBatch(ctx.db, { id, identityProof: input.identityProof, receivedBy, receivedAt: ctx.now() })
  const refused: RefusedMember[] = []
  let [read, people] = [0, 0]
  for await (const chunk of inChunks(input.people)) {
    const named = await takeIn(ctx, chunk, input.identityProof, refused)
    // Whoever is named again stays where they were named first.
    const entered = new Set((await membersAmong(ctx.db, id, named)).map(({ requestId }) => requestId))
    const news = named.filter(({ requestId }) => !entered.has(requestId)).toReversed()
    const members = [...new Map(news.map((one) => [one.requestId, one])).values()].toReversed()
    const taken = new Set((await insertMembers(ctx.db, id, members)).map(({ requestId }) => requestId))
    for (const { requestId, line } of members)
      if (!taken.has(requestId))
        refused.push({ line, code: 'requests.already-under-way', params: { request: requestId } })
    people += taken.size
    read += chunk.length
    input.onProgress?.(read, input.count)
  }
  const repeated = read - refused.length - people
  await inTransaction(ctx, async (tx) => {
    await setBatchState(tx.db, id, 'received', tx.now())
    await recordEvidence(tx, {
      kind: 'requests.batch-received',
      facts: { batch: id, people, repeated, refused: refused.length, identityProof: input.identityProof },
    })
  })
  const batch = await findBatch(ctx.db, id)
  if (!batch) throw new Error('requests: a batch is gone that was just received')
  return { batch, people, repeated, refused }
}

/** Some at a time: a file of a million is never in memory as a whole. */
async function* inChunks(people: NewBatch['people']): AsyncIterable<readonly AskedPerson[]> {
  let chunk: AskedPerson[] = []
  for await (const person of people) {
    chunk.push(person)
    if (chunk.length < chunkSize) continue
    yield chunk
    chunk = []
  }
  if (chunk.length > 0) yield chunk
}

/** Requests for a chunk: made together for people of whom nobody knew, one by one where there is a past to heed. */
async function takeIn(
  ctx: Context,
  people: readonly AskedPerson[],
  identityProof: IdentityProof,
  refused: RefusedMember[],
): Promise<readonly BatchMember[]> {
  const erased = new Set(
    (
      await tombstonesOf(
        ctx,
        people.flatMap(({ asked }) => asked),
      )
    ).map(({ identifier }) => labelOf(identifier)),
  )
  const isPlain = ({ asked }: AskedPerson) =>
    asked.some(({ kind }) => kind !== 'phone') && !asked.some((one) => erased.has(labelOf(one)))
  const members = await receiveTogether(ctx, people.filter(isPlain), identityProof)
  const others: BatchMember[] = []
  for (const { line, asked } of people.filter((one) => !isPlain(one)))
    try {
      const { subjectId, id, state } = await receiveRequest(ctx, { kind: 'erasure', asked, identityProof })
      // What was carried out in part is resumed by itself, or by its own number.
      if (state === 'incomplete') throw problem('requests.already-under-way', { request: id })
      others.push({ line, subjectId, requestId: id })
    } catch (error) {
      if (!isProblem(error)) throw error
      refused.push({ line, code: error.code, params: error.params })
    }
  return [...members, ...others].toSorted((a, b) => a.line - b.line)
}

const labelOf = ({ kind, value }: Identifier): string => `${kind} ${value}`

async function receiveTogether(
  ctx: Context,
  people: readonly AskedPerson[],
  identityProof: IdentityProof,
): Promise<readonly BatchMember[]> {
  if (people.length === 0) return []
  const subjectIds = await ensureSubjects(
    ctx,
    people.map(({ asked }) => asked),
  )
  const open = new Map((await openErasuresOf(ctx.db, subjectIds)).map((one) => [one.subjectId, one.id]))
  const now = ctx.now()
  const due = dueDate(now, await legalSeat(ctx))
  const requests = new Map<string, Request>()
  for (const [i, { asked }] of people.entries()) {
    const subjectId = subjectIds[i]
    if (subjectId === undefined || open.has(subjectId) || requests.has(subjectId)) continue
    const id = uuidv7(now)
    requests.set(subjectId, {
      subjectId,
      id,
      kind: 'erasure',
      state: 'received',
      receivedAt: now,
      dueOn: due.due,
      extendedDueOn: due.extended,
      calendar: due.calendar,
      identityProof,
      asked: await sealAsked(ctx, subjectId, id, asked),
      approvedAt: null,
      approvedBy: null,
      completedAt: null,
    })
  }
  const fresh = [...requests.values()]
  if (fresh.length > 0)
    await inTransaction(ctx, async (tx) => {
      await insertRequests(tx.db, fresh, now)
      await recordEvidenceOfMany(
        tx,
        fresh.map((request) => ({
          subjectId: request.subjectId,
          requestId: request.id,
          kind: 'requests.received',
          facts: receivedFacts(request, due.rule),
        })),
      )
    })
  return people.flatMap(({ line }, i): readonly BatchMember[] => {
    const subjectId = subjectIds[i] ?? ''
    const requestId = requests.get(subjectId)?.id ?? open.get(subjectId)
    return requestId === undefined ? [] : [{ line, subjectId, requestId }]
  })
}
