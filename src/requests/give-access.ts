import { recordEvidence, signDocument } from '../evidence/public.ts'
import {
  findHoldings,
  type Holdings,
  type Identifier,
  type Rulings,
  searchHoldings,
} from '../holdings/public.ts'
import { currentMap } from '../inventory/public.ts'
import { type Context, inTransaction } from '../platform/context.ts'
import type { Language } from '../platform/texts.ts'
import { type AccessPackage, writeAccessPackage } from './access-package.ts'
import { setRequestState } from './queries.ts'
import { receiveRequest } from './receive-request.ts'
import type { IdentityProof, Request } from './request.ts'
import { noRulings, refuseUnknownRecords } from './rulings.ts'

export interface AccessInput {
  readonly asked: readonly Identifier[]
  readonly identityProof: IdentityProof
  /** Where the zip goes. */
  readonly file: string
  /** The person's language. */
  readonly language: Language
  /** What somebody said who looked at possible matches. */
  readonly rulings?: Rulings
  readonly onProgress?: (system: string, done: number, total: number) => void
}

export interface AccessGiven {
  readonly request: Request
  readonly holdings: Holdings
  readonly package: AccessPackage
}

/**
 * A person's copy of what is held of them (Art. 15, ACC-01, and 20, POR-02). A system that did not answer is named in
 * the package and leaves the request incomplete: a partial copy is never passed off as the whole.
 */
export async function giveAccess(ctx: Context, input: AccessInput): Promise<AccessGiven> {
  const { rulings = noRulings } = input
  await refuseUnknownRecords(
    rulings,
    [],
    async () => (await findHoldings(ctx, { asked: input.asked })).possible,
  )
  const request = await receiveRequest(ctx, {
    kind: 'access',
    asked: input.asked,
    identityProof: input.identityProof,
  })
  const { map } = await currentMap(ctx)
  await using search = await searchHoldings(ctx, {
    asked: input.asked,
    ruled: rulings,
    ...(input.onProgress && { onProgress: input.onProgress }),
  })
  const { holdings } = search
  const unreachable = holdings.unreachable.length
  // Evidence before effect: nothing leaves before it is written down that it will.
  await inTransaction(ctx, (tx) =>
    recordEvidence(tx, {
      subjectId: request.subjectId,
      requestId: request.id,
      kind: 'requests.access-prepared',
      facts: { systems: holdings.systems.length, unreachable, rows: rowsIn(holdings) },
    }),
  )
  const written = await writeAccessPackage({
    holdings,
    map,
    descriptions: Object.fromEntries(search.systems.map(({ system }) => [system.name, system.description])),
    language: input.language,
    requestId: request.id,
    createdAt: ctx.now(),
    controllerNames: [...new Set(Object.values(map.systems).flatMap(({ controller }) => controller ?? []))],
    sign: (document) => signDocument(ctx, document),
    file: input.file,
  })
  const state = unreachable === 0 ? 'completed' : 'incomplete'
  await inTransaction(ctx, async (tx) => {
    await setRequestState(tx.db, request, state, state === 'completed' ? ctx.now() : null)
    await recordEvidence(tx, {
      subjectId: request.subjectId,
      requestId: request.id,
      kind: 'requests.access-given',
      facts: { state, sha256: written.sha256, rows: written.rows, collections: written.collections },
    })
  })
  return { request: { ...request, state }, holdings, package: written }
}

const rowsIn = (holdings: Holdings): number =>
  holdings.systems.reduce(
    (all, system) => all + system.collections.reduce((sum, one) => sum + one.rows.length, 0),
    0,
  )
