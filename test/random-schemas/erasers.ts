import { randomUUID } from 'node:crypto'
import {
  type EraseInput,
  type EraseResult,
  eraseInSystem,
  type Identifier,
  openSystems,
  type Plan,
  type PlannedErasure,
  type PlannedPerson,
  planErasure,
  planPeople,
  type Seeds,
  type SystemVerification,
  verifyAbsence,
} from '../../src/holdings/public.ts'
import { currentMap } from '../../src/inventory/public.ts'
import type { Context } from '../../src/platform/context.ts'
import { isProblem } from '../../src/platform/problem.ts'
import { sql } from '../../src/platform/sql.ts'
import {
  approveBatch,
  approvePlan,
  askedIdentifiers,
  batchOutcome,
  carryOut,
  carryOutBatch,
  outcomeOf as outcomeOfRequest,
  planBatch,
  planRequest,
  receiveBatch,
  receiveRequest,
  workDue,
} from '../../src/requests/public.ts' // prettier-ignore

/** The one system of every world. */
export const system = 'world'

/** What was planned for a collection, as the product tells it. */
export interface Told {
  readonly name: string
  readonly delete: number
  readonly change: readonly { readonly field: string; readonly count: number }[]
  readonly keep: readonly {
    readonly count: number
    readonly rule: string
    readonly until: string | null
    readonly fields: readonly string[]
  }[]
}

/** How an erasure ended, as the product tells it. */
export interface Outcome {
  readonly request: string
  readonly system: string
  readonly residue: readonly { readonly collection: string; readonly field: string }[]
  readonly problem: { readonly code: string; readonly params: object } | null
  /** What was done, where it was done. */
  readonly done: readonly Told[] | null
}

/** A way to have somebody erased. */
export interface Eraser {
  /** Nothing of an earlier world may come due in this one. */
  begin(ctx: Context): Promise<void>
  /** `meanwhile` happens when the plan is made and approved, and nothing is carried out. */
  erase(
    ctx: Context,
    typed: string,
    meanwhile?: () => Promise<void>,
  ): Promise<{ readonly told: readonly Told[]; readonly outcome: Outcome }>
  /** What was kept is looked at again. */
  review(ctx: Context): Promise<void>
}

/** The product's own verbs, from receipt to certificate. */
export const byRequest: Eraser = {
  async begin({ db }) {
    await db.run(sql`delete from requests.verification`)
    await db.run(sql`delete from requests.kept`)
    await db.run(sql`delete from requests.step`)
    await db.run(sql`delete from requests.plan`)
    await db.run(sql`delete from requests.request`)
  },
  async erase(ctx, typed, meanwhile) {
    const asked = await askedIdentifiers(ctx, typed)
    const request = await receiveRequest(ctx, { kind: 'erasure', asked, identityProof: 'operator-attested' })
    const { plan } = await planRequest(ctx, request)
    await approvePlan(ctx, plan.id)
    await meanwhile?.()
    const { state, systems } = await carryOut(ctx, request.id)
    const [one] = systems
    if (!one) throw new Error('nothing is said of the system')
    const { residue, problem, collections } = one
    return {
      told: plan.summary.systems[0]?.collections ?? [],
      outcome: { request: state, system: one.state, residue, problem, done: problem ? null : collections },
    }
  },
  review: async (ctx) => void (await workDue(ctx)),
}

/** The same in a batch, beside somebody of whom nothing is held: found, planned and erased as people are together. */
export const byBatch: Eraser = {
  async begin(ctx) {
    await ctx.db.run(sql`delete from requests.batch_member`)
    await ctx.db.run(sql`delete from requests.batch_lock`)
    await ctx.db.run(sql`delete from requests.batch`)
    await ctx.db.run(sql`delete from requests.certificate`)
    await byRequest.begin(ctx)
  },
  async erase(ctx, typed, meanwhile) {
    const people = []
    for (const [line, one] of [typed, `number:nobody-${randomUUID()}`].entries())
      people.push({ line, asked: await askedIdentifiers(ctx, one) })
    const { batch } = await receiveBatch(ctx, {
      people,
      count: people.length,
      identityProof: 'operator-attested',
    })
    const planned = await planBatch(ctx, batch.id)
    // Its summary puts together what is kept of all people on one rule, until the last of it ends.
    const requestId = (await batchOutcome(ctx, batch.id)).members[0]?.requestId ?? ''
    const [own] = await ctx.db.rows<{ summary: Plan }>(
      sql`select p.summary from requests.plan p where p.request_id = ${requestId} order by p.number desc limit 1`,
    )
    await approveBatch(ctx, planned?.planId ?? '')
    await meanwhile?.()
    await carryOutBatch(ctx, batch.id)
    const { members } = await batchOutcome(ctx, batch.id)
    const { state, systems } = await outcomeOfRequest(ctx, requestId)
    const [one] = systems
    if (!one) throw new Error(`nothing is said of the system: ${members[0]?.problem?.code}`)
    const { residue, problem, collections } = one
    return {
      told: own?.summary.systems[0]?.collections ?? [],
      outcome: { request: state, system: one.state, residue, problem, done: problem ? null : collections },
    }
  },
  review: byRequest.review,
}

/** What an erasure has kept, as its request remembers it. */
interface Remembered {
  readonly kept: EraseResult['kept']
  readonly terms: EraseInput['terms']
  readonly identifiers: readonly Identifier[]
  readonly staying: Seeds['staying']
}

const placesOf = ({ kept }: Remembered): Seeds['rows'] =>
  kept.map(({ collection, row: { key, digest, rule } }) => ({ collection, key, still: { digest, rule } }))

/** The engine alone, without requests, evidence and certificates: some five times as fast. */
export function byEngine(): Eraser {
  let remembered: Remembered[] = []
  return {
    begin: async () => {
      remembered = []
    },
    async erase(ctx, typed, meanwhile) {
      const asked = await askedIdentifiers(ctx, typed)
      const isMeant = ({ identifiers }: Remembered) =>
        identifiers.some(({ kind, value }) => asked.some((one) => one.kind === kind && one.value === value))
      const known = { [system]: remembered.filter(isMeant).flatMap(placesOf) }
      const alone = await planErasure(ctx, { asked, known }, dayOf(ctx))
      const { plan, holdings, terms, ambiguous, mentions, seeds } = alone
      await comparePlans(ctx, { asked, known }, alone)
      const [planned] = plan.systems
      if (!planned) throw new Error('nothing is planned')
      const { fingerprint } = planned
      await meanwhile?.()
      const result = await eraseFrom(ctx, seeds[system] ?? noSeeds, {
        terms,
        mentions: mentions[system],
        fingerprint,
      })
      const { staying } = seeds[system] ?? noSeeds
      remembered.push({ kept: result.kept, terms, identifiers: holdings.identifiers, staying })
      const [look] = await verifyAbsence(ctx, {
        systems: [system],
        wanted: [...holdings.identifiers, ...terms.filter(({ beside }) => !beside)],
        ambiguous,
        undecided: holdings.possible,
        others: [],
        kept: result.kept.map(({ collection, row, lasting }) => ({ system, collection, lasting, ...row })),
      })
      if (!look) throw new Error('nobody looked')
      return { told: planned.collections, outcome: outcomeOf(look, result) }
    },
    async review(ctx) {
      for (const one of remembered)
        await eraseFrom(
          ctx,
          { ...noSeeds, rows: placesOf(one), ...(one.staying && { staying: one.staying }) },
          { terms: one.terms, mentions: [], fingerprint: null },
        )
    },
  }
}

/** A plan for one is the plan for a list of one. */
async function comparePlans(
  ctx: Context,
  sought: Parameters<typeof planPeople>[1][number],
  alone: PlannedErasure,
): Promise<void> {
  await using systems = await openSystems(ctx)
  const [[listed] = []] = await Array.fromAsync(planPeople(systems, [sought], dayOf(ctx)))
  if (!listed || isProblem(listed)) throw new Error(`refused in a list: ${listed?.code}`)
  const { holdings, ...rest } = alone
  const write = (one: PlannedPerson) =>
    Object.entries(one).map(([name, value]) => `${name} ${writeSorted(value)}`)
  const [one, other] = [write({ ...rest, possible: holdings.possible }).toSorted(), write(listed).toSorted()]
  const differing = one.flatMap((line, i) =>
    line === other[i] ? [] : [`alone ${line}, in a list ${other[i]}`],
  )
  if (differing.length > 0) throw new Error(differing.join('\n'))
}

/** Lists as sets: rows and what they say come in the order of statements. */
export function writeSorted(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(writeSorted).toSorted().join()}]`
  if (value === null || typeof value !== 'object') return JSON.stringify(value) ?? ''
  return `{${Object.entries(value)
    .map(([name, one]) => `${name}: ${writeSorted(one)}`)
    .toSorted()
    .join()}}`
}

const noSeeds: Seeds = { identifiers: [], rows: [], across: [] }
const dayOf = (ctx: Context): string => ctx.now().toISOString().slice(0, 10)

async function eraseFrom(
  ctx: Context,
  seeds: Seeds,
  input: Pick<EraseInput, 'terms' | 'mentions' | 'fingerprint'>,
): Promise<EraseResult> {
  const { map } = await currentMap(ctx)
  const nothing = async () => undefined
  const hooks = { beforeWriting: nothing, beforeCommit: nothing }
  return eraseInSystem(ctx, { ...input, ...hooks, system, map, seeds, today: dayOf(ctx) })
}

function outcomeOf(look: SystemVerification, { done, notObeyed }: EraseResult): Outcome {
  const state = notObeyed.length > 0 ? 'residue' : look.state
  return {
    request: state === 'kept' || state === 'verified-absent' ? 'completed' : 'incomplete',
    system: state,
    residue: look.report?.residue ?? [],
    problem: notObeyed.length > 0 ? { code: 'not obeyed', params: notObeyed } : null,
    done: done.collections,
  }
}
