import { entriesOf, sequence } from '../../src/evidence/public.ts'
import {
  approvePlan,
  askedIdentifiers,
  outcomeOf,
  planRequest,
  receiveRequest,
  workDue,
} from '../../src/requests/public.ts'
import type { Arena } from './arena.ts'
import { isOf, type Person } from './company.ts'
import type { Erasure } from './erasure.ts'
import type { Complaint } from './finding.ts'

/** In the shop visits, purchases and her own message go; her row and her invoices stay, one of them with her name. */
const rowsThatGo = { shop: 3 + 2 + 1, desk: 1 + 1 } as const
const systems = ['shop', 'desk'] as const

const stuck = (text: string): Complaint => ({ kind: 'stuck', text })
const wrong = (text: string): Complaint => ({ kind: 'wrong-evidence', text })

/**
 * Lets the work come to its end as the server would, then complains of all that is not as it has to be. Erasures that
 * were under way together began from the same rows.
 */
export async function erasedRightly(
  arena: Arena,
  erasures: readonly Erasure[],
): Promise<readonly Complaint[]> {
  const complaints: Complaint[] = []
  for (const erasure of erasures) {
    const state = await finish(arena, erasure)
    if (state === 'completed') complaints.push(...(await evidenceComplaints(arena, erasure)))
    else complaints.push(stuck(`it ended as ${state}: ${await problemsOf(arena, erasure)}`))
  }
  return [...complaints, ...(await rowsComplaints(arena, erasures))]
}

/** Whether somebody claims, in the middle of it all, that what is there is gone. Rows may have another shape just then. */
export async function falseClaim(arena: Arena, erasure: Erasure): Promise<readonly Complaint[]> {
  const { state, certificate } = await outcomeOf(arena.ctx, erasure.request)
  if (state !== 'completed' && certificate === null) return []
  return (await rowsComplaints(arena, [erasure]))
    .filter(({ kind }) => kind === 'resurrected')
    .map(({ kind, text }) => ({ kind, text: `called complete, and ${text}` }))
}

/** Steps that failed are due again later; a worker's patience is the server's. */
async function finish(arena: Arena, erasure: Erasure): Promise<string> {
  const { ctx } = arena
  for (let tries = 1; ; tries += 1) {
    await arena.leasesOver(erasure.request)
    const ahead = tries * 8 * 3_600_000
    await workDue({ ...ctx, now: () => new Date(Date.now() + ahead) })
    const { state } = await outcomeOf(ctx, erasure.request)
    if (state === 'completed' || tries === 4) return state
    if (state === 'incomplete' && erasure.wasDeceived) await askAgain(arena, erasure)
  }
}

/** What was called residue is planned anew, as whoever reads of it would do. */
async function askAgain({ ctx }: Arena, { person }: Erasure): Promise<void> {
  const asked = await askedIdentifiers(ctx, person.email)
  const request = await receiveRequest(ctx, { kind: 'erasure', asked, identityProof: 'operator-attested' })
  const { plan } = await planRequest(ctx, request)
  await approvePlan(ctx, plan.id)
}

async function problemsOf({ ctx }: Arena, { request }: Erasure): Promise<string> {
  const outcome = await outcomeOf(ctx, request)
  return outcome.systems
    .map(({ name, state, problem }) => `${name} ${state} ${problem?.code ?? ''}`)
    .join(', ')
}

async function rowsComplaints(
  { company }: Arena,
  erasures: readonly Erasure[],
): Promise<readonly Complaint[]> {
  const before = erasures[0]?.before ?? []
  const after = await company.rows()
  const left = new Set(after)
  const isMeant = (row: string) =>
    erasures.some(({ person, next }) => isOf(person, row) || isRowOf(next, row) || isOwn(person, next, row))
  const lost = before.filter((row) => !left.has(row) && !isMeant(row))
  const complaints = erasures.flatMap((erasure) => personComplaints(after, erasure))
  const gone = before.length - after.length
  const wanted = erasures.length * (rowsThatGo.shop + rowsThatGo.desk)
  if (lost.length > 0)
    complaints.push({ kind: 'lost', text: `${lost.length} rows of others were lost or changed` })
  if (gone !== wanted)
    complaints.push({
      kind: gone > wanted ? 'lost' : 'resurrected',
      text: `${gone} rows went, not ${wanted}`,
    })
  return complaints
}

const isRowOf = (person: Person, row: string): boolean => row.startsWith('person ') && isOf(person, row)

function personComplaints(after: readonly string[], { person, next }: Erasure): Complaint[] {
  const traces = after.filter((row) => isOf(person, row))
  const kept = traces.filter((row) => row.startsWith('invoice ') && row.includes('2024-'))
  const complaints: Complaint[] = []
  if (traces.length > kept.length)
    complaints.push({
      kind: 'resurrected',
      text: `${traces.length - kept.length} rows still name the person`,
    })
  if (kept.length !== 1) complaints.push({ kind: 'lost', text: `${kept.length} invoices are kept` })
  if (!after.some((row) => isRowOf(next, row)))
    complaints.push({ kind: 'lost', text: 'the row of who was referred by the person is gone' })
  return complaints
}

/** What the person wrote names the next one alone, and goes all the same. */
const isOwn = ({ id }: Person, next: Person, row: string): boolean =>
  row === `message (${id},${id},"ask ${next.name} (${next.email})")` ||
  row === `ticket ${id} | ${id} | sits beside ${next.name}`

/** What happened, once each: several looks and several write-aheads are allowed, a second "done" is not. */
async function evidenceComplaints({ ctx }: Arena, erasure: Erasure): Promise<readonly Complaint[]> {
  await sequence(ctx)
  const entries = await entriesOf(ctx, { requestId: erasure.request })
  const of = (kind: string, system?: string) =>
    entries.filter(
      (entry) => entry.kind === kind && (system === undefined || entry.facts['system'] === system),
    )
  const complaints: Complaint[] = []
  const once = (count: number, what: string) => {
    if (count !== 1) complaints.push(wrong(`${count} entries ${what}`))
  }
  // Who was deceived was asked to approve again, and did some of it again.
  if (!erasure.wasDeceived) once(of('requests.approved').length, 'requests.approved')
  once(of('requests.completed').length, 'requests.completed')
  for (const system of systems) {
    const done = of('requests.step-done', system)
    if (!erasure.wasDeceived) {
      once(done.length, `requests.step-done of ${system}`)
      const deleted = Number(done[0]?.facts['delete'])
      if (deleted !== rowsThatGo[system])
        complaints.push(wrong(`it says that ${deleted} rows of ${system} went`))
    }
    const ahead = of('requests.found', system).map(({ facts }) => facts['summary'])
    if (!done.every(({ facts }) => ahead.includes(facts['summary'])))
      complaints.push(wrong(`what was done in ${system} was not written ahead`))
  }
  if ((await outcomeOf(ctx, erasure.request)).certificate === null)
    complaints.push(wrong('it is complete, and nothing certifies it'))
  return complaints
}

/** At the end of all: nobody who was erased is there again, nothing that was complete is open again, the log holds. */
export async function allStaysErased(
  arena: Arena,
  erasures: readonly Pick<Erasure, 'person' | 'request'>[],
): Promise<readonly Complaint[]> {
  const complaints: Complaint[] = []
  const traces = new Map<string, number>()
  for (const row of await arena.company.rows())
    for (const [, id = ''] of row.matchAll(/(?:person\.|Given|Family|\+3361)0*(\d+)/g))
      traces.set(id, (traces.get(id) ?? 0) + (row.startsWith('invoice ') && row.includes('2024-') ? 0 : 1))
  for (const { person, request } of erasures) {
    if ((traces.get(String(person.id)) ?? 0) > 0)
      complaints.push({ kind: 'resurrected', text: `person ${person.id} is there again` })
    const { state } = await outcomeOf(arena.ctx, request)
    if (state !== 'completed') complaints.push(stuck(`it was complete and is ${state}`))
  }
  if (!(await arena.logHolds())) complaints.push(wrong('the evidence log does not hold'))
  return complaints
}
