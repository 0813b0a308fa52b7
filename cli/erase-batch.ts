import { setTimeout as sleep } from 'node:timers/promises'
import { openDoor } from '../src/access/public.ts'
import type { Context } from '../src/platform/context.ts'
import {
  approveBatch,
  type Batch,
  type BatchOutcome,
  batchOutcome,
  carryOutBatch,
  fourEyesAbove,
  type IdentityProof,
  planBatch,
  type RefusedMember,
  readPeopleFile,
  receiveBatch,
  type SystemLocks,
} from '../src/requests/public.ts'
import { type Answer, type Block, bad, good, quiet, strong, warning } from './answer.ts'
import { problemSentence, say } from './people-texts.ts'
import { planBlocks } from './plan-blocks.ts'
import type { Terminal } from './with-installation.ts'

/** How long to wait between looks at a batch that the server has in hand. */
const lookEveryMs = 500

/** Plans the erasure of everybody in a file; with `yes` carries it out too. */
export async function eraseFile(
  ctx: Context,
  terminal: Terminal,
  file: string,
  options: { readonly identityProof: IdentityProof; readonly yes?: boolean },
): Promise<Answer> {
  const { progress } = terminal
  const { people, count } = await readPeopleFile(ctx, file)
  const received = await receiveBatch(ctx, {
    people,
    count,
    identityProof: options.identityProof,
    onProgress: (done, total) => progress.update(say('batch-receiving'), done, total),
  })
  const { id } = received.batch
  // The server may have taken it up by itself: then this waits for it.
  const planned = await untilDone(ctx, id, 'planned', () =>
    planBatch(ctx, id, {
      onProgress: (done) => progress.update(say('batch-planning'), done, received.people),
      onFound: (done) => progress.update(say('batch-finding'), done, received.people),
      onRead: (system, collection, done, all) => progress.update(`${system} ${collection}`, done, all),
    }),
  )
  if (!options.yes) return asBatchPlan(planned, received)
  return approveAndCarryOut(ctx, terminal, planned.planId ?? '')
}

/** Approves a batch's plan, in the name of the API key in DOSSIER_API_KEY if there is one, and carries it out. */
export async function approveAndCarryOut(
  ctx: Context,
  { progress }: Terminal,
  planId: string,
): Promise<Answer> {
  const batch = await approveBatch(await asApprover(ctx), planId)
  const total = batch.summary?.people ?? 0
  await untilDone(ctx, batch.id, 'finished', () =>
    carryOutBatch(ctx, batch.id, {
      onStep: (system, done) => progress.update(system, done, total),
      onVerify: (system, collection, done, all) => progress.update(`${system} ${collection}`, done, all),
    }),
  )
  return asBatchAnswer(await batchOutcome(ctx, batch.id))
}

/** Four eyes at one terminal: the second person brings a key of their own. */
async function asApprover(ctx: Context): Promise<Context> {
  const key = process.env.DOSSIER_API_KEY
  if (key === undefined || key === '') return ctx
  const caller = { authorization: `Bearer ${key}`, address: '127.0.0.1' }
  return { ...ctx, actor: await openDoor(ctx).admit(caller, 'requests:approve') }
}

async function untilDone(
  ctx: Context,
  id: string,
  state: Batch['state'],
  work: () => Promise<unknown>,
): Promise<Batch> {
  for (;;) {
    await work()
    const { batch } = await batchOutcome(ctx, id)
    if (batch.state === state) return batch
    await sleep(lookEveryMs)
  }
}

function asBatchPlan(
  batch: Batch,
  received: {
    readonly people: number
    readonly repeated: number
    readonly refused: readonly RefusedMember[]
  },
): Answer {
  const { summary, planId } = batch
  const refused = [...received.refused, ...(summary?.refused ?? [])].toSorted((a, b) => a.line - b.line)
  const silent = (summary?.unreachable ?? []).map((one) => ({ ...one, message: problemSentence(one) }))
  const { people = 0, nothingHeld = 0, keeping = 0, doubtful = 0, systems = [] } = summary ?? {}
  const needsAnother = received.people > fourEyesAbove
  return {
    json: {
      batch: batch.id,
      plan: planId,
      people,
      repeated: received.repeated,
      nothingHeld,
      keeping,
      doubtful,
      refused: refused.map((one) => ({ ...one, message: problemSentence(one) })),
      systems,
      unreachable: silent,
      needsAnother,
    },
    blocks: [
      strong(say('batch-people', { people })),
      ...(received.repeated > 0 ? [quiet(say('batch-repeated', { lines: received.repeated }))] : []),
      ...(nothingHeld > 0 ? [quiet(say('batch-nothing-held', { people: nothingHeld }))] : []),
      ...(keeping > 0 ? [warning(say('batch-keeping', { people: keeping }))] : []),
      ...(doubtful > 0 ? [warning(say('batch-doubtful', { people: doubtful }))] : []),
      '',
      ...systems.filter(({ collections }) => collections.length > 0).flatMap(planBlocks),
      ...silent.map(({ name, message }) => bad(`${name}: ${message}`)),
      ...refusedBlocks(refused),
      quiet(say('batch-unchanged', { batch: batch.id })),
      strong(say(needsAnother ? 'batch-next-another' : 'plan-next', { plan: planId ?? '' })),
    ],
    exit: silent.length > 0 ? 3 : refused.length > 0 ? 1 : 0,
  }
}

const shownLines = 20

const refusedBlocks = (refused: readonly RefusedMember[]): readonly Block[] => [
  ...refused
    .slice(0, shownLines)
    .map((one) => bad(say('batch-line', { line: one.line, message: problemSentence(one) }))),
  ...(refused.length > shownLines
    ? [bad(say('batch-more-lines', { count: refused.length - shownLines }))]
    : []),
]

const lockLine = ({ tooLong, ...held }: SystemLocks): Block =>
  tooLong > 0 ? warning(say('batch-locks-too-long', { ...held, tooLong })) : quiet(say('batch-locks', held))

/** How a batch stands; exit 0 only when everybody in it is complete. */
export function asBatchAnswer({ batch, progress, locks, members }: BatchOutcome): Answer {
  const { people, completed, incomplete, refused } = progress
  const open = people - completed - incomplete - refused
  const left = members.filter(({ state }) => state === 'incomplete')
  return {
    json: { batch: batch.id, plan: batch.planId, state: batch.state, ...progress, locks, members },
    blocks: [
      strong(say('batch-state', { batch: batch.id, state: say(`batch-state-${batch.state}`) })),
      {
        columns: [{ header: say('column-state') }, { header: say('batch-column-people'), align: 'right' }],
        rows: [
          [good(say('batch-completed')), completed],
          [bad(say('batch-incomplete')), incomplete],
          [bad(say('batch-refused')), refused],
          [quiet(say('batch-open')), open],
        ],
      },
      ...locks.map(lockLine),
      ...left
        .slice(0, shownLines)
        .map(({ line, requestId }) => bad(say('batch-incomplete-line', { line, request: requestId }))),
      ...refusedBlocks(members.flatMap(({ line, problem }) => (problem ? [{ line, ...problem }] : []))),
      ...(batch.state === 'planned' && batch.planId !== null
        ? [strong(say(people > fourEyesAbove ? 'batch-next-another' : 'plan-next', { plan: batch.planId }))]
        : []),
      ...(completed > 0 ? [quiet(say('batch-certificates'))] : []),
    ],
    exit: incomplete + refused > 0 ? 1 : open > 0 ? 3 : 0,
  }
}
