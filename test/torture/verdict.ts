import { entriesOf, sequence } from '../../src/evidence/public.ts'
import { outcomeOf, workDue } from '../../src/requests/public.ts'
import type { Arena, Erasure } from './arena.ts'
import { isOf, type Person } from './company.ts'

/** Visits, purchases and her own message go; her row and her invoices stay, one of them with her name. */
const rowsThatGo = 3 + 2 + 1

/** Lets the work come to its end as the server would, then complains of all that is not as it has to be. */
export async function erasedRightly(arena: Arena, erasure: Erasure): Promise<readonly string[]> {
  const state = await finish(arena, erasure.request)
  if (state !== 'completed') return [`it ended as ${state}`]
  return [...(await rowsComplaints(arena, erasure)), ...(await evidenceComplaints(arena, erasure.request))]
}

/** Steps that failed are due again later; a worker's patience is the server's. */
async function finish({ ctx }: Arena, request: string): Promise<string> {
  for (let tries = 1; ; tries += 1) {
    const ahead = tries * 8 * 3_600_000
    await workDue({ ...ctx, now: () => new Date(Date.now() + ahead) })
    const { state } = await outcomeOf(ctx, request)
    if (state === 'completed' || tries === 4) return state
  }
}

async function rowsComplaints(
  { company }: Arena,
  { person, next, before }: Erasure,
): Promise<readonly string[]> {
  const after = await company.rows()
  const left = new Set(after)
  const isPerson = (row: string) => row.startsWith('person ') && isOf(next, row)
  const isMeant = (row: string) => isOf(person, row) || isPerson(row) || row === ownMessage(person, next)
  const lost = before.filter((row) => !isMeant(row) && !left.has(row))
  const traces = after.filter((row) => isOf(person, row))
  const invoices = traces.filter((row) => row.startsWith('invoice ') && row.includes('2024-'))
  return [
    ...(lost.length > 0 ? [`${lost.length} rows of others were lost or changed`] : []),
    ...(traces.length !== 1 || invoices.length !== 1 ? [`${traces.length} rows still name the person`] : []),
    ...(before.length - after.length === rowsThatGo ? [] : [`${before.length - after.length} rows went`]),
    ...(after.some(isPerson) ? [] : ['the row of who was referred by the person is gone']),
  ]
}

/** What the person wrote names the next one alone, and goes all the same. */
const ownMessage = ({ id }: Person, next: Person): string =>
  `message (${id},${id},"ask ${next.name} (${next.email})")`

/** What happened, once each: several looks and several write-aheads are allowed, a second "done" is not. */
async function evidenceComplaints({ ctx }: Arena, requestId: string): Promise<readonly string[]> {
  await sequence(ctx)
  const entries = await entriesOf(ctx, { requestId })
  const of = (kind: string) => entries.filter((entry) => entry.kind === kind)
  const [done] = of('requests.step-done')
  return [
    ...['requests.approved', 'requests.step-done', 'requests.completed']
      .filter((kind) => of(kind).length !== 1)
      .map((kind) => `${of(kind).length} entries ${kind}`),
    ...(of('requests.found').some(({ facts }) => facts['summary'] === done?.facts['summary'])
      ? []
      : ['what was done was not written ahead']),
    ...(Number(done?.facts['delete']) === rowsThatGo ? [] : [`it says it deleted ${done?.facts['delete']}`]),
  ]
}
