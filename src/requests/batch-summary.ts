import type { CollectionPlan, Kept, Plan, SystemPlan, UnreachableSystem } from '../holdings/public.ts'
import type { Context } from '../platform/context.ts'
import { fetchSubjectKeys } from '../subjects/public.ts'
import type { Batch, BatchSummary } from './batch.ts'
import { plannedMembers, refusedMembers } from './batch-queries.ts'
import { openSeeds } from './sealed.ts'

const pageSize = 500
const mostRefused = 1_000

/** Sums up the plans of a batch's people, page by page: however many they are, memory stays flat. */
export async function batchSummary(ctx: Context, batch: Batch): Promise<BatchSummary> {
  const total = sumPlans()
  const counts = { people: 0, nothingHeld: 0, keeping: 0, doubtful: 0 }
  for (let after = -1; ; ) {
    const page = await plannedMembers(ctx.db, batch, after, pageSize)
    if (page.length === 0) break
    after = page.at(-1)?.line ?? after
    await fetchSubjectKeys(
      ctx,
      page.map(({ subjectId }) => subjectId),
    )
    for (const member of page) {
      const { systems } = member.summary
      total.add(member.summary)
      counts.people += 1
      if (systems.every(({ collections }) => collections.length === 0)) counts.nothingHeld += 1
      if (systems.some(({ collections }) => collections.some(({ keep }) => keep.length > 0)))
        counts.keeping += 1
      if ((await openSeeds(ctx, member)).undecided.length > 0) counts.doubtful += 1
    }
  }
  return { ...total.sum(), ...counts, refused: await refusedMembers(ctx.db, batch.id, mostRefused) }
}

/** Adds plans up, collection by collection. What is kept on one rule stands together, until the last of it ends. */
export function sumPlans(): { add(plan: Plan): void; sum(): Plan } {
  const systems = new Map<string, SystemPlan & { readonly sums: Map<string, Sums> }>()
  const unreachable = new Map<string, UnreachableSystem>()
  return {
    add(plan) {
      for (const one of plan.unreachable) unreachable.set(one.name, one)
      for (const { name, fingerprint, collections } of plan.systems) {
        const known = systems.get(name) ?? {
          name,
          fingerprint,
          collections: [],
          sums: new Map<string, Sums>(),
        }
        systems.set(name, known)
        for (const one of collections) addTo(known.sums, one)
      }
    },
    sum: () => ({
      systems: [...systems.values()].map(({ name, fingerprint, sums }) => ({
        name,
        fingerprint,
        collections: [...sums].map(([collection, one]) => ({
          name: collection,
          delete: one.delete,
          change: [...one.change.values()],
          keep: [...one.keep.values()],
        })),
      })),
      unreachable: [...unreachable.values()],
    }),
  }
}

interface Sums {
  delete: number
  readonly change: Map<string, CollectionPlan['change'][number]>
  readonly keep: Map<string, Kept>
}

function addTo(sums: Map<string, Sums>, { name, delete: gone, change, keep }: CollectionPlan): void {
  const sum = sums.get(name) ?? { delete: 0, change: new Map(), keep: new Map() }
  sums.set(name, sum)
  sum.delete += gone
  for (const one of change) {
    const label = `${one.field} ${one.action}`
    sum.change.set(label, { ...one, count: one.count + (sum.change.get(label)?.count ?? 0) })
  }
  for (const one of keep) {
    const label = JSON.stringify([one.rule, one.fields])
    const known = sum.keep.get(label)
    sum.keep.set(
      label,
      known ? { ...one, count: one.count + known.count, until: later(one.until, known.until) } : one,
    )
  }
}

/** Null is open-ended. */
const later = (a: string | null, b: string | null): string | null =>
  a === null || b === null ? null : a > b ? a : b
