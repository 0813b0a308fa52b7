import {
  createdAfter,
  type Identifier,
  type KeptFields,
  keptCells,
  type SweepHit,
  type SweptCollection,
} from '../holdings/public.ts'
import type { Context } from '../platform/context.ts'
import { isProblem } from '../platform/problem.ts'
import { tombstonesOf } from '../subjects/public.ts'
import { keptOf, stepsOf } from './queries.ts'
import type { Request } from './request.ts'
import { openPlaces } from './sealed.ts'
import { requestsNumbered } from './sweep-queries.ts'

/**
 * `returned`: back after the erasure. `fresh`: the row was made after it, so the person came again by themselves.
 * `pending`: the erasure in this system is not done yet.
 */
export type PlaceState = 'returned' | 'fresh' | 'pending'

/** Where somebody erased stands again: names and counts, no values. */
export interface FoundPlace {
  readonly system: string
  readonly collection: string
  readonly field: string
  readonly kind: Identifier['kind']
  readonly rows: number
  readonly state: PlaceState
  /** The field that says when the row was made; null where none does, which is taken for a return. */
  readonly decidedBy: string | null
}

export interface Gathered {
  readonly request: Request
  readonly erasedAt: Date
  /** Personal data: for the new plan, which seals them. */
  readonly identifiers: Map<string, Identifier>
  readonly places: Map<string, FoundPlace>
}

export interface Gathering {
  /** Sorts hits to the requests whose tombstones they match. Returns how many rows are neither kept nor strangers'. */
  take(collection: SweptCollection, hits: readonly SweepHit[]): Promise<number>
  readonly found: ReadonlyMap<string, Gathered>
  /** Rows met that stay with a ground. */
  readonly keptRows: () => number
  /** Rows met that match a tombstone of no request we know. */
  readonly unclaimedRows: () => number
}

/** About a kilobyte for each person found, and nothing for all others. */
export function gathering(ctx: Context, timeZone: string): Gathering {
  const found = new Map<string, Gathered>()
  let current: { readonly collection: SweptCollection; readonly known: Map<string, Known> } | undefined
  let kept = 0
  let unclaimed = 0
  return {
    found,
    keptRows: () => kept,
    unclaimedRows: () => unclaimed,
    async take(collection, hits) {
      if (current?.collection !== collection) current = { collection, known: new Map() }
      const { known } = current
      const identifiers = new Map(hits.map(({ identifier }) => [labelOf(identifier), identifier]))
      const erased = Map.groupBy(await tombstonesOf(ctx, [...identifiers.values()]), (one) =>
        labelOf(one.identifier),
      )
      await learn(ctx, collection, known, [...erased.values()].flat())
      let open = 0
      for (const hit of hits) {
        const all = erased.get(labelOf(hit.identifier)) ?? []
        const stones = all.flatMap(({ requestId, erasedAt }) => {
          const one = known.get(requestId)
          return one ? [{ ...one, erasedAt: latest(erasedAt, one.request.completedAt) }] : []
        })
        const last = stones.toSorted((a, b) => Number(b.erasedAt) - Number(a.erasedAt))[0]
        if (!last) {
          if (all.length === 0) continue
          unclaimed += 1
          open += 1
        } else if (stones.some(({ isKept }) => isKept(hit))) kept += 1
        else {
          open += 1
          note(found, collection, hit, last, timeZone)
        }
      }
      return open
    },
  }
}

/** What has to be known of a request to judge a row of one collection. */
interface Known {
  readonly request: Request
  /** The erasure in this system has not been done. */
  readonly isPending: boolean
  readonly isKept: (hit: SweepHit) => boolean
}

const labelOf = ({ kind, value }: Identifier): string => `${kind} ${value}`

const latest = (a: Date, b: Date | null): Date => (b !== null && b > a ? b : a)

async function learn(
  ctx: Context,
  collection: SweptCollection,
  known: Map<string, Known>,
  erased: readonly { readonly requestId: string }[],
): Promise<void> {
  const unknown = [...new Set(erased.map(({ requestId }) => requestId))].filter((id) => !known.has(id))
  if (unknown.length === 0) return
  for (const request of await requestsNumbered(ctx.db, unknown)) {
    const steps = await stepsOf(ctx.db, request.subjectId, request.id)
    const isDone = steps.find(({ system }) => system === collection.system)?.state === 'done'
    // Without any step nobody will go on with it: a restore lost them.
    const isUnderWay = request.state === 'incomplete' && steps.length > 0 && !isDone
    known.set(request.id, {
      request,
      isPending: request.state === 'approved' || isUnderWay,
      isKept: await keptTest(ctx, collection, request),
    })
  }
}

/** Whether a cell is one that stays with a ground. */
async function keptTest(
  ctx: Context,
  collection: SweptCollection,
  request: Request,
): Promise<(hit: SweepHit) => boolean> {
  const kept: KeptFields[] = []
  for (const one of await keptOf(ctx.db, request.subjectId, request.id)) {
    if (one.system !== collection.system || one.collection !== collection.name) continue
    const { rows, lasting } = await openPlaces(ctx, one).catch((error: unknown) => {
      if (isProblem(error, 'subjects.key-destroyed')) return { lasting: false, rows: [] }
      throw error
    })
    const fields = [...one.fields, ...collection.computed]
    for (const row of rows) kept.push({ ...row, collection: collection.name, fields, lasting })
  }
  const isKept = keptCells(kept)
  return ({ key, field, cell }) => isKept(collection.name, key, field, cell)
}

function note(
  found: Map<string, Gathered>,
  collection: SweptCollection,
  hit: SweepHit,
  { request, erasedAt, isPending }: Known & { readonly erasedAt: Date },
  timeZone: string,
): void {
  const gathered = found.get(request.id) ?? {
    request,
    erasedAt,
    identifiers: new Map<string, Identifier>(),
    places: new Map<string, FoundPlace>(),
  }
  found.set(request.id, gathered)
  gathered.identifiers.set(labelOf(hit.identifier), hit.identifier)
  const created = createdAfter(collection.creation, hit.created, erasedAt, timeZone)
  const place = {
    system: collection.system,
    collection: collection.name,
    field: hit.field,
    kind: hit.identifier.kind,
    state: isPending ? 'pending' : created.isLater ? 'fresh' : 'returned',
    decidedBy: created.field,
  } as const
  const label = JSON.stringify(place)
  gathered.places.set(label, { ...place, rows: (gathered.places.get(label)?.rows ?? 0) + 1 })
}
