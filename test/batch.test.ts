import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { createApiKey } from '../src/access/public.ts'
import { entriesOf, readStoredZip, sequence, verifyBundle, verifyLog } from '../src/evidence/public.ts'
import { importMap, scanSystems } from '../src/inventory/public.ts'
import type { Context } from '../src/platform/context.ts'
import { sql } from '../src/platform/sql.ts'
import {
  approveBatch,
  askedIdentifiers,
  type Batch,
  batchOutcome,
  carryOutBatch,
  evidenceOfRequest,
  latestBatches,
  outcomeOf,
  planBatch,
  planRequest,
  receiveBatch,
  receiveRequest,
  workDue,
} from '../src/requests/public.ts'
import { settleMembers } from '../src/requests/settle-members.ts'
import { commandLine } from './command-line.ts'
import { eraseNow } from './erase-now.ts'
import { freshInstallation, type TestInstallation } from './installation.ts'
import { refusal } from './refusal.ts'
import { postgresServer } from './servers.ts'
import { contentsOf, type SmallCompany, smallCompany, smallMap } from './small-company.ts'

let installation: TestInstallation
let company: SmallCompany
let ctx: Context

beforeEach(async () => {
  installation = await freshInstallation()
  ctx = installation.ctx
  company = await smallCompany(ctx, await postgresServer())
})
afterEach(async () => {
  await company[Symbol.asyncDispose]()
  await installation.dispose()
})

async function receive(...identifiers: readonly string[]) {
  const people = []
  for (const [i, one] of identifiers.entries())
    people.push({ line: i + 1, asked: await askedIdentifiers(ctx, one) })
  return receiveBatch(ctx, { people, count: people.length, identityProof: 'operator-attested' })
}

async function planned(...identifiers: readonly string[]): Promise<Batch> {
  const { batch } = await receive(...identifiers)
  const plan = await planBatch(ctx, batch.id)
  assert.equal(plan?.state, 'planned')
  return plan
}

async function carriedOut(batch: Batch) {
  await approveBatch(ctx, batch.planId ?? '')
  return carryOutBatch(ctx, batch.id)
}

const everybody = ['anna@example.org', 'bert@example.org', 'carla@example.net'] as const

describe('a batch of erasures', () => {
  it('says which collection it reads while it plans, and how many are still to come', async () => {
    const { batch } = await receive('anna@example.org', 'bert@example.org')
    const seen: [string, number, number][] = []
    await planBatch(ctx, batch.id, {
      onRead: (system, collection, done, total) => seen.push([`${system} ${collection}`, done, total]),
    })
    const names = new Set(seen.map(([name]) => name))
    assert.ok(names.has('shop public.person'), [...names].join())
    assert.deepEqual(
      seen.map(([, done, total]) => [done, total]),
      seen.map((_, i) => [i, 2 * names.size]),
      'each of them once for who bears the names, and once for texts',
    )
  })

  it('looks for a portion of people at a time, and gives each the result of their own look', async () => {
    const batch = await planned(...everybody)
    await approveBatch(ctx, batch.planId ?? '')
    const dies = () => assert.fail('before anybody was looked for')
    await assert.rejects(carryOutBatch(ctx, batch.id, { onVerify: dies }))
    await company.run(`insert into message values (9, null, 'carla@example.net called again')`)
    const done = async () => {
      const { completed, incomplete, approved } = (await batchOutcome(ctx, batch.id)).progress
      return [completed, incomplete, approved]
    }
    assert.deepEqual(await done(), [0, 0, 3])
    assert.equal(await settleMembers(ctx, batch, 2), true)
    assert.deepEqual(await done(), [2, 0, 1])
    assert.equal(await settleMembers(ctx, batch, 2), true)
    assert.deepEqual(await done(), [2, 1, 0])
    assert.equal(await settleMembers(ctx, batch, 2), false)
  })

  it('says how many were looked up before it reads whole systems', async () => {
    const { batch } = await receive(...everybody)
    const seen: (number | string)[] = []
    await planBatch(ctx, batch.id, {
      onFound: (people) => seen.push(people),
      onRead: () => seen.push('read'),
      onProgress: (people) => seen.push(people),
    })
    assert.deepEqual([...new Set(seen)], [3, 'read'])
    assert.deepEqual([seen[0], seen.at(-1)], [3, 3])
  })

  it('leaves what erasing one after the other leaves', async () => {
    await using other = await freshInstallation()
    await using same = await smallCompany(other.ctx, await postgresServer())
    for (const one of everybody) await eraseNow(other.ctx, one)
    const progress = await carriedOut(await planned(...everybody))
    assert.deepEqual([progress?.completed, progress?.incomplete], [3, 0])
    assert.deepEqual(await contentsOf(company), await contentsOf(same))
  })

  it('changes nothing before it is approved, and then whom it names alone', async () => {
    const before = await contentsOf(company)
    const batch = await planned('anna@example.org', 'bert@example.org')
    assert.deepEqual(await contentsOf(company), before)
    assert.equal(batch.summary?.people, 2)
    assert.equal((await refusal(carryOutBatch(ctx, batch.id))).code, 'requests.not-yet-carried-out')
    await carriedOut(batch)
    assert.deepEqual(await company.query('select person_id, first_name from person order by 1'), [
      '2|Bert',
      '3|Carla',
    ])
    const message = await company.query('select body from message where message_id = 2')
    assert.deepEqual(message, [], 'a text of one that names another goes with its owner')
  })

  it('gives each person evidence and a certificate of their own, which a stranger can check', async () => {
    await carriedOut(await planned('anna@example.org', 'carla@example.net'))
    const { members } = await batchOutcome(ctx, (await lastBatch()).id)
    for (const { requestId, state } of members) {
      assert.equal(state, 'completed')
      const { certificate } = await outcomeOf(ctx, requestId)
      assert.ok(certificate)
      assert.equal(JSON.parse(await readFile(certificate.file, 'utf8')).document.request.id, requestId)
      const { zip } = await evidenceOfRequest(ctx, requestId, { language: 'en', withDetails: false })
      assert.equal((await verifyBundle(readStoredZip(zip))).ok, true)
      const kinds = (await entriesOf(ctx, { requestId })).map(({ kind }) => kind)
      assert.deepEqual(kinds, [
        'requests.received',
        'requests.planned',
        'requests.approved',
        'requests.found',
        'requests.step-done',
        'requests.verified',
        'requests.completed',
        'subjects.erased',
        'requests.certified',
      ])
    }
    await sequence(ctx)
    assert.equal((await verifyLog(ctx)).ok, true)
  })

  it('says once in the evidence what it found, though it had to look again', async () => {
    const batch = await planned('anna@example.org', 'carla@example.net')
    const found = async () =>
      (
        await Promise.all(
          (await batchOutcome(ctx, batch.id)).members.map(({ requestId }) => entriesOf(ctx, { requestId })),
        )
      ).map((entries) => entries.filter(({ kind }) => kind === 'requests.found').length)
    await company.run("begin; update person set phone = '+33 6 98 76 54 99' where person_id = 3")
    const carrying = carriedOut(batch)
    while ((await found()).some((count) => count === 0)) await sleep(20)
    await company.run('commit')
    assert.equal((await carrying)?.completed, 2)
    assert.deepEqual(await found(), [1, 1])
  })

  it('keeps what a ground keeps, and erases it by itself when the ground ends', async () => {
    await carriedOut(await planned('bert@example.org', 'anna@example.org'))
    const names = () => company.query('select billing_name from invoice order by invoice_id')
    assert.equal((await names())[1], 'Bert Muster')
    const later = { ...ctx, now: () => new Date('2036-01-01T10:00:00Z') }
    await workDue(later)
    assert.notEqual((await names())[1], 'Bert Muster')
  })

  it('does the others when the target refuses what one of them needs', async () => {
    await company.run(`create function refuse() returns trigger language plpgsql as
      'begin if old.email like ''carla%'' then raise check_violation; end if; return coalesce(new, old); end'`)
    await company.run(
      'create trigger refuse before update or delete on person for each row execute function refuse()',
    )
    const progress = await carriedOut(await planned(...everybody))
    assert.deepEqual([progress?.completed, progress?.incomplete], [2, 1])
    const { members } = await batchOutcome(ctx, (await lastBatch()).id)
    assert.deepEqual(
      members.filter(({ state }) => state === 'incomplete').map(({ line }) => line),
      [3],
    )
  })

  it('plans nobody twice who is named twice, and says who cannot be told from others', async () => {
    const received = await receive('anna@example.org', 'ANNA@example.org', '+33612345678')
    assert.deepEqual(
      { people: received.people, repeated: received.repeated, refused: received.refused },
      {
        people: 1,
        repeated: 1,
        refused: [{ line: 3, code: 'holdings.shared-identifier', params: { people: 2 } }],
      },
    )
  })

  it('takes in once who is named again far down', async () => {
    const names = Array.from({ length: 500 }, (_, i) => `nobody.${i}@example.org`)
    const received = await receive(...names, 'nobody.7@example.org', 'anna@example.org')
    assert.deepEqual([received.people, received.repeated, received.refused], [501, 1, []])
  })

  it('erases in one go who is named on two lines by different identifiers, and knows for both what stays', async () => {
    await company.run("insert into person_history values ('bert.two@example.org', 'Bert', '2020-01-01')")
    await company.run(`alter table person_history add column number text`)
    await company.run(`alter table person add column number text`)
    await company.run("update person set number = 'N-77123' where person_id = 2")
    await company.run("update person_history set number = 'N-77123' where first_name = 'Bert'")
    await scanSystems(ctx, { names: ['shop'] }, () => undefined)
    const numbered = 'number: {category: customer-number, identifier: number}'
    await importMap(
      ctx,
      smallMap('shop')
        .replace('phone: {category: phone, identifier: phone, unique: false}', `$&\n          ${numbered}`)
        .replace(
          /(public\.person_history:[\s\S]*?first_name: \{category: person-name\})/,
          `$1\n          ${numbered}`,
        ),
    )
    const others = Array.from({ length: 30 }, (_, i) => `nobody.${i}@example.org`)
    const batch = await planned('bert@example.org', ...others, 'bert.two@example.org')
    assert.equal((await carriedOut(batch))?.incomplete, 0)
    const { members } = await batchOutcome(ctx, batch.id)
    for (const line of [1, 32]) {
      const { systems } = await outcomeOf(ctx, members.find((one) => one.line === line)?.requestId ?? '')
      assert.equal(systems[0]?.state, 'kept', `line ${line}`)
    }
  })

  it('takes in somebody of whom nothing is held, and says so', async () => {
    const batch = await planned('nobody@example.org', 'carla@example.net')
    assert.equal(batch.summary?.nothingHeld, 1)
    assert.equal((await carriedOut(batch))?.completed, 2)
  })

  it('is refused when the map or the structure of a system changed since', async () => {
    const batch = await planned('anna@example.org', 'carla@example.net')
    await company.run('alter table person add column nickname text')
    assert.equal((await refusal(approveBatch(ctx, batch.planId ?? ''))).code, 'requests.plan-stale')
  })

  it('carries out the plans it was approved with, whatever somebody plans for one of its people since', async () => {
    const batch = await planned('anna@example.org', 'carla@example.net')
    const approved = (await batchOutcome(ctx, batch.id)).members.map(({ requestId }) => requestId)
    const plansOf = (requestId: string) =>
      ctx.db.rows<{ number: number; isApproved: boolean }>(
        sql`select p.number, p.approved_at is not null as is_approved from requests.plan p
            where p.request_id = ${requestId} order by p.number`,
      )
    const asked = await askedIdentifiers(ctx, 'anna@example.org')
    const later = { ...ctx, now: () => new Date(Date.now() + 1_000) }
    const request = await receiveRequest(later, {
      kind: 'erasure',
      asked,
      identityProof: 'operator-attested',
    })
    await planRequest(later, request)
    assert.equal((await carriedOut(batch))?.completed, 2)
    assert.ok(approved.includes(request.id))
    assert.deepEqual(await plansOf(request.id), [
      { number: 1, isApproved: true },
      { number: 2, isApproved: false },
    ])
    const { certificate } = await outcomeOf(ctx, request.id)
    const [first] = await ctx.db.rows<{ id: string }>(
      sql`select p.id from requests.plan p where p.request_id = ${request.id} and p.number = 1`,
    )
    assert.equal(JSON.parse(await readFile(certificate?.file ?? '', 'utf8')).document.request.plan, first?.id)
  })

  it('is not taken apart by another that names the same people once it was approved', async () => {
    const batch = await planned('anna@example.org', 'carla@example.net')
    await approveBatch(ctx, batch.planId ?? '')
    const again = await receive('anna@example.org', 'bert@example.org')
    assert.deepEqual(
      again.refused.map(({ line, code }) => `${line} ${code}`),
      ['1 requests.already-under-way'],
    )
    assert.equal((await carryOutBatch(ctx, batch.id))?.completed, 2)
  })

  it('goes on where it was cut off', async () => {
    const batch = await planned(...everybody)
    await approveBatch(ctx, batch.planId ?? '')
    const stop = new AbortController()
    const cut = await carryOutBatch(ctx, batch.id, { signal: stop.signal, onStep: () => stop.abort() })
    assert.equal(cut, undefined)
    assert.equal((await batchOutcome(ctx, batch.id)).batch.state, 'approved')
    assert.equal((await carryOutBatch(ctx, batch.id))?.completed, 3)
    assert.equal((await batchOutcome(ctx, batch.id)).batch.state, 'finished')
  })

  it('is done once although workers are killed in the middle of it', { timeout: 120_000 }, async () => {
    const batch = await planned(...everybody)
    await approveBatch(ctx, batch.planId ?? '')
    for (const pause of [450, 600, 750]) {
      const child = commandLine(installation).start(['work'])
      const ended = once(child, 'exit')
      await Promise.race([sleep(pause), ended])
      child.kill('SIGKILL')
      await ended
    }
    // The lease of the last one killed has to run out.
    for (let i = 0; i < 60 && (await carryOutBatch(ctx, batch.id)) === undefined; i += 1) await sleep(500)
    const { members, progress } = await batchOutcome(ctx, batch.id)
    assert.equal(progress.completed, 3)
    for (const { requestId } of members) {
      const kinds = (await entriesOf(ctx, { requestId })).map(({ kind }) => kind)
      for (const kind of ['requests.approved', 'requests.step-done', 'requests.completed'])
        assert.equal(kinds.filter((one) => one === kind).length, 1, kind)
      assert.ok((await outcomeOf(ctx, requestId)).certificate)
    }
    assert.deepEqual(await company.query('select count(*) from visit'), ['0'])
  })
})

describe('a batch of more than a hundred people', () => {
  const many = (count: number) => Array.from({ length: count }, (_, i) => `nobody.${i}@example.org`)
  const as = (id: string): Context => ({ ...ctx, actor: { kind: 'api-key', id } })
  const key = async (now = ctx.now) =>
    createApiKey({ ...ctx, now }, { name: 'a colleague', scopes: ['requests:approve'] })

  it('needs somebody else to approve it than whoever handed it in', async () => {
    const before = await key(() => new Date(Date.now() - 3_600_000))
    const batch = await planned(...many(101))
    const planId = batch.planId ?? ''
    assert.equal((await refusal(approveBatch(ctx, planId))).code, 'requests.four-eyes')
    const after = await key()
    const younger = await refusal(approveBatch(as(after.id), planId))
    assert.equal(younger.code, 'requests.four-eyes', 'a key made for the purpose is the same eyes')
    assert.equal((await approveBatch(as(before.id), planId)).state, 'approved')
    assert.equal((await carryOutBatch(ctx, batch.id))?.completed, 101)
  })

  it('needs nobody else up to a hundred', async () => {
    const batch = await planned(...many(100))
    assert.equal((await approveBatch(ctx, batch.planId ?? '')).state, 'approved')
  })
})

const lastBatch = async (): Promise<Batch> => {
  const [last] = await latestBatches(ctx)
  assert.ok(last)
  return last
}
