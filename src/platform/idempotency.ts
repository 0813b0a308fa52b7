import { z } from 'zod'
import { canonicalJson, hmac, type Json, uuidv7 } from './bytes.ts'
import type { Context } from './context.ts'
import { traceOf } from './error-trace.ts'
import { problem } from './http-problems.ts'
import { job } from './job.ts'
import { seal, unseal } from './sealing.ts'
import { sql } from './sql.ts'

/** A call as it may be repeated by a client that heard no answer. */
export interface Call {
  /** Whoever calls; keys of two callers never meet. */
  readonly caller: string
  readonly key: string
  readonly method: string
  readonly url: string
  readonly body: unknown
}

export interface Answer {
  readonly status: number
  readonly type: string
  readonly body: string
}

/** Long enough for a client that retries over a holiday. */
const keptDays = 30

/** An act whose process died is begun again after this long; a living one renews its lease. */
const leaseMs = 60_000

/**
 * Runs `act` once per key: a repeated call gets the first answer again. Where it throws nothing is kept, and the call can
 * be tried again. After a crash in the middle it is run again, so an act must bear that. Throws `http.idempotency-key`, `-other` (same key, other call) and `-running`.
 */
export async function onlyOnce(
  ctx: Context,
  call: Call,
  act: () => Promise<Answer>,
): Promise<{ readonly answer: Answer; readonly replayed: boolean }> {
  if (!/^[\x21-\x7e]{1,255}$/.test(call.key)) throw problem('http.idempotency-key')
  const record = identify(ctx, call)
  if (!(await claim(ctx, record))) return { answer: await recall(ctx, record), replayed: true }
  const renewing = setInterval(() => void renew(ctx, record).catch(() => undefined), leaseMs / 3)
  try {
    const answer = await act()
    // The act is done: an answer that cannot be kept is still the true answer.
    await keep(ctx, record, answer).catch((error: unknown) => ctx.log.warn(traceOf(error), 'answer not kept'))
    return { answer, replayed: false }
  } catch (error) {
    await release(ctx, record).catch(() => undefined)
    throw error
  } finally {
    clearInterval(renewing)
  }
}

/** Forgets answers whose time is over, every night. */
export const forgetAnswers = job({
  name: 'platform.forget-answers',
  payload: z.object({}),
  cron: '23 2 * * *',
  async handler(ctx) {
    await ctx.db.run(sql`delete from platform.idempotency i where i.expires_at <= ${ctx.now()}`)
  },
})

interface Claimed {
  readonly caller: string
  readonly keyHash: Buffer
  readonly callHash: Buffer
  readonly attempt: string
}

/** Hashes under a key: a body short enough to be guessed must not be readable from its hash. */
function identify(ctx: Context, call: Call): Claimed {
  const secret = ctx.keyring.derived('index', 'idempotency')
  const body = canonicalJson((call.body ?? null) as Json)
  return {
    caller: call.caller,
    keyHash: hmac(secret, `key\n${call.key}`),
    callHash: hmac(secret, `call\n${call.method}\n${call.url}\n${body}`),
    attempt: uuidv7(ctx.now()),
  }
}

async function claim(ctx: Context, record: Claimed): Promise<boolean> {
  const now = ctx.now()
  const leasedUntil = new Date(now.getTime() + leaseMs)
  const expiresAt = new Date(now.getTime() + keptDays * 86_400_000)
  const written = await ctx.db.run(
    sql`insert into platform.idempotency as i (caller, key_hash, call_hash, attempt, leased_until, expires_at)
        values (${record.caller}, ${record.keyHash}, ${record.callHash}, ${record.attempt}, ${leasedUntil}, ${expiresAt})
        on conflict (caller, key_hash) do update
          set call_hash = excluded.call_hash, attempt = excluded.attempt, leased_until = excluded.leased_until,
              expires_at = excluded.expires_at, status = null, sealed_answer = null
          where i.expires_at <= ${now}
             or (i.status is null and i.leased_until <= ${now} and i.call_hash = excluded.call_hash)`,
  )
  return written === 1
}

async function recall(ctx: Context, record: Claimed): Promise<Answer> {
  const row = await ctx.db.row<{ callHash: Buffer; status: number | null; sealedAnswer: Buffer | null }>(
    sql`select i.call_hash, i.status, i.sealed_answer from platform.idempotency i
        where i.caller = ${record.caller} and i.key_hash = ${record.keyHash}`,
  )
  if (row && !row.callHash.equals(record.callHash)) throw problem('http.idempotency-other')
  if (row?.status == null || !row.sealedAnswer) throw problem('http.idempotency-running')
  const opened = unseal(sealingKey(ctx), row.sealedAnswer, place(record)).toString()
  return { status: row.status, ...(JSON.parse(opened) as { type: string; body: string }) }
}

async function keep(ctx: Context, record: Claimed, { status, type, body }: Answer): Promise<void> {
  const sealed = seal(sealingKey(ctx), JSON.stringify({ type, body }), place(record))
  await ctx.db.run(
    sql`update platform.idempotency i set status = ${status}, sealed_answer = ${sealed} where ${isOurs(record)}`,
  )
}

const renew = (ctx: Context, record: Claimed): Promise<number> =>
  ctx.db.run(
    sql`update platform.idempotency i set leased_until = ${new Date(ctx.now().getTime() + leaseMs)}
        where ${isOurs(record)}`,
  )

const release = (ctx: Context, record: Claimed): Promise<number> =>
  ctx.db.run(sql`delete from platform.idempotency i where ${isOurs(record)}`)

/** Whoever lost the lease no longer writes. */
const isOurs = (record: Claimed) =>
  sql`i.caller = ${record.caller} and i.key_hash = ${record.keyHash} and i.attempt = ${record.attempt}`

const sealingKey = (ctx: Context) => ctx.keyring.derived('index', 'idempotency answers')

const place = (record: Claimed) =>
  ['platform.idempotency', record.caller, record.keyHash.toString('hex')] as const
