import type { Identifier, KeptRow } from '../holdings/public.ts'
import type { Context } from '../platform/context.ts'
import { openFor, sealFor } from '../subjects/public.ts'
import type { KeptRecord } from './queries.ts'
import type { PlanSeeds, Request, StoredPlan } from './request.ts'

/** What requests keep of a person: sealed under the person's key, bound to the record it stands in. */

const seal = (
  ctx: Context,
  subjectId: string,
  place: readonly [string, ...string[]],
  value: unknown,
): Promise<Buffer> => sealFor(ctx, subjectId, place, JSON.stringify(value))

async function unseal<T>(
  ctx: Context,
  subjectId: string,
  place: readonly [string, ...string[]],
  sealed: Buffer,
): Promise<T> {
  return JSON.parse((await openFor(ctx, subjectId, place, sealed)).toString('utf8')) as T
}

export const sealAsked = (
  ctx: Context,
  subjectId: string,
  requestId: string,
  asked: readonly Identifier[],
): Promise<Buffer> => seal(ctx, subjectId, ['requests.request.asked', requestId], asked)

export const openAsked = (
  ctx: Context,
  request: Pick<Request, 'subjectId' | 'id' | 'asked'>,
): Promise<readonly Identifier[]> =>
  unseal(ctx, request.subjectId, ['requests.request.asked', request.id], request.asked)

export const sealSeeds = (
  ctx: Context,
  subjectId: string,
  planId: string,
  seeds: PlanSeeds,
): Promise<Buffer> => seal(ctx, subjectId, ['requests.plan.seeds', planId], seeds)

export const openSeeds = (
  ctx: Context,
  plan: Pick<StoredPlan, 'subjectId' | 'id' | 'seeds'>,
): Promise<PlanSeeds> => unseal(ctx, plan.subjectId, ['requests.plan.seeds', plan.id], plan.seeds)

export interface KeptPlaces {
  readonly lasting: boolean
  readonly rows: readonly Pick<KeptRow, 'key' | 'digest' | 'cells' | 'elsewhere'>[]
}

export const sealPlaces = (
  ctx: Context,
  subjectId: string,
  id: string,
  places: KeptPlaces,
): Promise<Buffer> => seal(ctx, subjectId, ['requests.kept.places', id], places)

export const openPlaces = (ctx: Context, kept: KeptRecord): Promise<KeptPlaces> =>
  unseal(ctx, kept.subjectId, ['requests.kept.places', kept.id], kept.places)
