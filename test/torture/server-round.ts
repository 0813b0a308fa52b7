import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { createApiKey } from '../../src/access/public.ts'
import { entriesOf, sequence } from '../../src/evidence/public.ts'
import { sql } from '../../src/platform/sql.ts'
import { call, type Reply } from '../http-client.ts'
import type { Arena } from './arena.ts'
import { personAt } from './company.ts'
import type { Erasure } from './erasure.ts'
import { type Complaint, Finding, within } from './finding.ts'
import type { RoundLog } from './round.ts'
import { type DoomedServer, startDoomed } from './server.ts'

/** A call with its key, and what was heard of it: nothing, where the server died before it answered. */
interface Post {
  readonly path: string
  readonly body: unknown
  readonly key: string
  heard: Reply | undefined
}

export const serverFaults = [
  'server killed while it takes requests in',
  'server killed while it takes approvals and erases',
] as const

const repeatsWithinMs = 60_000
const people = 3

/** About what the calls take, and what the work behind them takes: when to kill. */
const callsMs = 700
const workMs = 2_500

/**
 * A server takes in erasures and approvals, each POST under a key of its own, and is killed in the middle. The next one is
 * asked the same again: what was acknowledged is answered as before, what was not is done now, nothing is done twice.
 */
export async function serverRound(
  arena: Arena,
  random: () => number,
  first: number,
  log: RoundLog,
): Promise<{ readonly erasures: readonly Erasure[]; readonly complaints: readonly Complaint[] }> {
  const { ctx, company } = arena
  const persons = Array.from({ length: people }, (_, i) => personAt(2 * (first + i) + 1))
  await company.peopleBeyond(persons.at(-1)?.id ?? 0)
  const before = await company.rows()
  const { token } = await createApiKey(ctx, {
    name: 'torture',
    scopes: ['requests:write', 'requests:approve'],
  })
  const complaints: Complaint[] = []
  const repeat = async (posts: readonly Post[], killAfterMs: number, fault: string): Promise<void> => {
    log.begun.push(fault)
    if (await postAndKill(arena, token, posts, killAfterMs)) log.struck.push(fault)
    await using server = await startDoomed(arena.env)
    for (const post of posts) complaints.push(...(await askAgain(server, token, post)))
  }

  const plans = persons.map(({ email }) => post('/api/erasures', { identifier: email }))
  await repeat(plans, random() * callsMs, serverFaults[0])
  const planned = plans.map(({ heard }) => JSON.parse(heard?.text ?? '{}') as { id: string; request: string })
  const approvals = planned.map(({ id }) => post(`/api/plans/${id}/approval`, undefined))
  await repeat(approvals, random() * (callsMs + workMs), serverFaults[1])

  await sequence(ctx)
  for (const { request } of planned) {
    await arena.expireLeases(request)
    const entries = await entriesOf(ctx, { requestId: request })
    const received = entries.filter(({ kind }) => kind === 'requests.received').length
    if (received !== 1)
      complaints.push({
        kind: received === 0 ? 'lost' : 'wrong-evidence',
        text: `${received} requests received`,
      })
  }
  const erasures = planned.map(({ request }, i): Erasure => {
    const person = personAt(persons[i]?.id ?? 0)
    return { person, next: personAt(person.id + 1), request, before, wasDeceived: false }
  })
  return { erasures, complaints }
}

const post = (path: string, body: unknown): Post => ({ path, body, key: randomUUID(), heard: undefined })

const send = (server: DoomedServer, token: string, { path, body, key }: Post): Promise<Reply> =>
  call(server.url, path, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'idempotency-key': key },
    ...(body !== undefined && { body }),
  })

/** Says whether the server died while calls, or the work they gave rise to, were under way. */
async function postAndKill(
  arena: Arena,
  token: string,
  posts: readonly Post[],
  afterMs: number,
): Promise<boolean> {
  const server = await startDoomed(arena.env)
  const calls = posts.map(async (one) => {
    one.heard = await send(server, token, one).catch(() => undefined)
  })
  await sleep(afterMs)
  const [open] = await arena.ctx.db.rows<{ count: number }>(
    sql`select count(*) as count from requests.step s where s.state <> 'done'`,
  )
  const isBusy = posts.some(({ heard }) => heard === undefined) || Number(open?.count) > 0
  await server.kill()
  await Promise.all(calls)
  // A minute later the keys of whoever died are free.
  await arena.ctx.db.run(
    sql`update platform.idempotency i set leased_until = ${new Date(0)} where i.status is null`,
  )
  return isBusy
}

/** The same call until it is answered; what was acknowledged before must be answered to the letter. */
async function askAgain(server: DoomedServer, token: string, one: Post): Promise<readonly Complaint[]> {
  const acknowledged = one.heard
  const answer = await within(repeatsWithinMs, 'a repeated POST', untilAnswered(server, token, one))
  one.heard = answer
  if (answer.status >= 300) throw new Finding('stuck', `a repeated POST ends as ${answer.status}`)
  if (!acknowledged) return []
  const isSame = acknowledged.status === answer.status && acknowledged.text === answer.text
  return isSame
    ? []
    : [{ kind: 'wrong-evidence', text: 'a repeated POST is answered otherwise than the first' }]
}

async function untilAnswered(server: DoomedServer, token: string, one: Post): Promise<Reply> {
  for (;;) {
    const reply = await send(server, token, one)
    if (reply.status !== 409 || !reply.text.includes('http.idempotency-running')) return reply
    await sleep(100)
  }
}
