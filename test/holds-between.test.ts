import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Context } from '../src/platform/context.ts'
import { sql } from '../src/platform/sql.ts'
import {
  approveBatch,
  approvePlan,
  askedIdentifiers,
  carryOut,
  carryOutBatch,
  outcomeOf,
  planBatch,
  planRequest,
  type RequestOutcome,
  receiveBatch,
  receiveRequest,
  workDue,
} from '../src/requests/public.ts'
import { freshInstallation, type TestInstallation } from './installation.ts'
import { aDayLater, smallCase, twoPeople } from './random-schemas/small-case.ts'
import { postgresServer } from './servers.ts'
import { smallCompany } from './small-company.ts'

/** Plans and approves; the deed is done by whoever calls what comes back. */
async function approved(
  ctx: Context,
  identifier: string,
): Promise<(later?: Context) => Promise<RequestOutcome>> {
  const asked = await askedIdentifiers(ctx, identifier)
  const request = await receiveRequest(ctx, { kind: 'erasure', asked, identityProof: 'operator-attested' })
  const { plan } = await planRequest(ctx, request)
  await approvePlan(ctx, plan.id)
  return (later = ctx) => carryOut(later, request.id)
}

/** But for the household, which is Anna's and Bert's. */
const keptBy = ({ systems }: RequestOutcome) =>
  systems.flatMap(({ kept }) =>
    kept
      .filter(({ ground }) => ground !== 'shared')
      .map(({ collection, rule, fields }) => [collection, rule, ...fields].join(' '))
      .toSorted(),
  )

describe('a ground to keep that begins or ends between plan and deed', () => {
  let installation: TestInstallation
  before(async () => {
    installation = await freshInstallation()
  })
  after(() => installation.dispose())

  it('keeps an invoice written since, with the name it needs, and nothing else', async () => {
    const { ctx } = installation
    await using company = await smallCompany(ctx, await postgresServer(), 'shop1')
    const deed = await approved(ctx, 'anna@example.org')
    await company.run(
      "insert into invoice values (9, 1, 'Anna Muster', '1 rue du Puits', '2026-01-01', '2026-01-02', 5)",
    )
    const outcome = await deed()
    assert.deepEqual([outcome.state, outcome.systems[0]?.state], ['completed', 'kept'])
    assert.deepEqual(keptBy(outcome), [
      'public.invoice accounting billing_name billing_address',
      'public.person accounting first_name last_name',
    ])
    const person = await company.query('select first_name, last_name, phone from person where person_id = 1')
    assert.deepEqual(person, ['Anna|Muster|null'])
    const rest =
      'select count(*) from address where person_id = 1 union all select count(*) from purchase where person_id = 1'
    assert.deepEqual(await company.query(rest), ['0', '0'])
  })

  it('keeps nothing for an invoice that was paid since', async () => {
    const { ctx } = installation
    await using company = await smallCompany(ctx, await postgresServer(), 'shop2')
    const deed = await approved(ctx, 'carla@example.net')
    await company.run("update invoice set paid_at = '2026-01-01' where invoice_id = 3")
    const outcome = await deed()
    assert.deepEqual([outcome.state, keptBy(outcome)], ['completed', []])
    assert.deepEqual(await company.query("select 1 from person where last_name = 'Ruiz'"), [])
    assert.deepEqual(await company.query('select billing_address from invoice where invoice_id = 3'), [
      'null',
    ])
  })

  it('keeps what turned out to be unpaid since, and says so', async () => {
    const { ctx } = installation
    await using company = await smallCompany(ctx, await postgresServer(), 'shop3')
    const deed = await approved(ctx, 'bert@example.org')
    await company.run('update invoice set paid_at = null where invoice_id = 1')
    const outcome = await deed()
    assert.ok(keptBy(outcome).includes('public.person unpaid first_name last_name email'))
    assert.deepEqual(
      await company.query('select billing_name, billing_address from invoice where invoice_id = 1'),
      ['Bert Muster|null'],
    )
  })

  it('keeps nothing when the last day of the ground has passed since', async () => {
    const { ctx } = installation
    await using company = await smallCompany(ctx, await postgresServer(), 'shop4')
    const deed = await approved(ctx, 'bert@example.org')
    const outcome = await deed({ ...ctx, now: () => new Date('2034-03-02T10:00:00Z') })
    assert.deepEqual([outcome.state, keptBy(outcome)], ['completed', []])
    assert.deepEqual(await company.query("select 1 from person where first_name = 'Bert'"), [])
  })

  const held = (prefix: string, rows: string) => ({
    tables: `${twoPeople(prefix)}
      create table invoice (id integer primary key, person_id integer references person, holder text, on_hold integer not null);
      insert into invoice values ${rows};`,
    rules: 'hold: {while: on_hold = 1, ground: legal-claims, article: GDPR 17(3)(e)}',
  })
  const invoice = `
    invoice:
      rows: delete
      fields: {holder: {category: person-name}}
      links: [{to: person, on: {person_id: id}, role: owner}]
      keep: [{rule: hold, fields: [holder]}]`

  it('keeps one invoice for a legal hold on it, not the other, and not the person', async () => {
    const { ctx } = installation
    await using one = await smallCase(ctx, {
      ...held('hold', "(1, 1, 'Anna Muster', 0), (2, 1, 'Anna Muster', 0), (3, 2, 'Bert Ruiz', 0)"),
      map: `
    person: {rows: delete, fields: {email: {category: email, identifier: email}, name: {category: person-name}}}
    ${invoice.trim()}`,
    })
    const deed = await approved(ctx, 'hold.anna@example.org')
    one.run('update invoice set on_hold = 1 where id = 2')
    const outcome = await deed()
    assert.deepEqual([outcome.state, keptBy(outcome)], ['completed', ['invoice hold holder']])
    assert.deepEqual(one.query('select id from person'), ['2'])
    assert.deepEqual(one.query('select * from invoice'), ['2|null|Anna Muster|1', '3|2|Bert Ruiz|0'])
    one.run('update invoice set on_hold = 0')
    await workDue(aDayLater(ctx))
    assert.deepEqual(one.query('select id from invoice'), ['3'])
  })

  /** A table whose rows have no key: SQLite names one by its place, and by another once it was written anew. */
  const claims = (prefix: string) => ({
    tables: `${twoPeople(prefix)}
      create table claim (email text, body text, filed_at text, open integer);
      insert into claim values ('${prefix}.anna@example.org', 'the roof of Anna Muster', 'Lyon', 1), ('${prefix}.bert@example.org', 'a car', 'Lyon', 1);`,
    map: `
    person: {rows: delete, fields: {email: {category: email, identifier: email}, name: {category: person-name}}}
    claim:
      rows: delete
      fields: {email: {category: email, identifier: email}, body: {category: free-text}, filed_at: {category: none}}
      keep: [{rule: open, fields: [body]}]`,
    rules: 'open: {while: open = 1, ground: legal-claims, article: GDPR 17(3)(e)}',
  })
  const moved = (set: string) =>
    `insert into claim select null, body, ${set} from claim where email is null; delete from claim where rowid = 1`

  it('erases what was kept when its ground ends, though its row has no key and stands elsewhere by then', async () => {
    const { ctx } = installation
    await using one = await smallCase(ctx, claims('moved'))
    const outcome = await (await approved(ctx, 'moved.anna@example.org'))()
    assert.deepEqual([outcome.state, keptBy(outcome)], ['completed', ['claim open body']])
    one.run(moved('filed_at, 0'))
    await workDue(aDayLater(ctx))
    assert.deepEqual(one.query('select body from claim'), ['a car'])
    assert.deepEqual(keptBy(await outcomeOf(ctx, outcome.request)), [])
  })

  it('says that it cannot tell a kept row any more, and erases it once it can', async () => {
    const { ctx } = installation
    await using one = await smallCase(ctx, claims('lost'))
    const { request } = await (await approved(ctx, 'lost.anna@example.org'))()
    one.run(moved("'Paris', 0"))
    await workDue(aDayLater(ctx))
    const lost = await outcomeOf(ctx, request)
    assert.deepEqual(
      [lost.state, lost.systems[0]?.state, lost.systems[0]?.problem?.code, keptBy(lost)],
      ['incomplete', 'residue', 'requests.kept-lost', ['claim open body']],
    )
    assert.equal(one.query('select body from claim').length, 2, 'nothing was touched')
    const failed = await ctx.db.rows(sql`
      select facts from evidence.entry where request_id = ${request} and kind = 'requests.step-failed'`)
    assert.deepEqual(
      failed.map((entry) => (entry as { facts: { problem: string } }).facts.problem),
      ['requests.kept-lost'],
    )
    one.run("update claim set filed_at = 'Lyon' where filed_at = 'Paris'")
    await workDue({ ...ctx, now: () => new Date(Date.now() + 3 * 86_400_000) })
    const { state, systems } = await outcomeOf(ctx, request)
    assert.deepEqual([state, systems[0]?.state, systems[0]?.problem], ['completed', 'verified-absent', null])
    assert.deepEqual(one.query('select body from claim'), ['a car'])
  })

  it('tells both of two requests for one person what is kept of them, also when each was planned before the other was done', async () => {
    const { ctx } = installation
    await using one = await smallCase(ctx, {
      tables: `${twoPeople('twice', 'number text unique')}
        update person set number = 'twice-' || id;
        create table invoice (id integer primary key, person_id integer references person, holder text, address text, on_hold integer not null, claimed integer not null);
        insert into invoice values (1, 1, 'Anna Muster', '1 rue du Puits', 1, 1), (2, 2, 'Bert Ruiz', '2 rue du Puits', 0, 0);`,
      map: `
    person: {rows: delete, fields: {email: {category: email, identifier: email}, name: {category: person-name}, number: {category: customer-number, identifier: number, unique: true}}}
    invoice:
      rows: delete
      fields: {holder: {category: person-name}, address: {category: postal-address}}
      links: [{to: person, on: {person_id: id}, role: owner}]
      keep: [{rule: hold, fields: [holder]}, {rule: claim, fields: [address]}]`,
      rules: `
        hold: {while: on_hold = 1, ground: legal-claims, article: GDPR 17(3)(e)}
        claim: {while: claimed = 1, ground: legal-claims, article: GDPR 17(3)(e)}`,
    })
    const deeds = [await approved(ctx, 'twice.anna@example.org'), await approved(ctx, 'number:twice-1')]
    const requests: string[] = []
    for (const deed of deeds) requests.push((await deed()).request)
    const told = async () => {
      const outcomes = await Promise.all(requests.map((request) => outcomeOf(ctx, request)))
      return outcomes.map((one) => [one.state, one.systems[0]?.state, ...keptBy(one)])
    }
    const both = ['completed', 'kept', 'invoice claim address', 'invoice hold holder']
    assert.deepEqual(await told(), [both, both])
    one.run('update invoice set on_hold = 0')
    await workDue(aDayLater(ctx))
    const claimed = ['completed', 'kept', 'invoice claim address']
    assert.deepEqual(await told(), [claimed, claimed])
    assert.deepEqual(one.query('select holder, address from invoice where id = 1'), ['null|1 rue du Puits'])
    one.run('update invoice set claimed = 0')
    await workDue(aDayLater(aDayLater(ctx)))
    const absent = ['completed', 'verified-absent']
    assert.deepEqual(await told(), [absent, absent])
    assert.deepEqual(one.query('select id from invoice'), ['2'])
  })

  it('says at a review of what a request kept, and not of what was kept since of somebody who came back', async () => {
    const { ctx } = installation
    await using one = await smallCase(ctx, {
      ...held('back', "(1, 1, 'Anna Muster', 1)"),
      map: `
    person: {rows: delete, fields: {email: {category: email, identifier: email}, name: {category: person-name}}}
    ${invoice.trim()}`,
    })
    const first = await (await approved(ctx, 'back.anna@example.org'))()
    one.run("insert into person values (3, 'back.anna@example.org', 'Anna Muster')")
    one.run("insert into invoice values (3, 3, 'Anna Muster', 1)")
    const second = await (await approved(ctx, 'back.anna@example.org'))()
    await workDue(aDayLater(ctx))
    const kept = async ({ request }: RequestOutcome) =>
      (await outcomeOf(ctx, request)).systems[0]?.kept.map(({ count }) => count)
    assert.deepEqual([await kept(first), await kept(second)], [[1], [2]])
  })

  it('tells both of two requests that are carried out at once what is kept', async () => {
    const { ctx } = installation
    await using company = await smallCompany(ctx, await postgresServer(), 'shop5')
    const deeds = [await approved(ctx, 'bert@example.org'), await approved(ctx, 'bert@example.org')]
    await company.run("begin; update person set phone = phone where first_name = 'Bert'")
    let isOver = false
    const done = Promise.all(deeds.map((deed) => deed())).finally(() => {
      isOver = true
    })
    // A transaction sees other sessions as they were at its first look, unless it forgets that.
    const waiting = `select pg_stat_clear_snapshot() is null, count(*) from pg_stat_activity
      where datname = current_database() and wait_event_type = 'Lock'`
    while (!isOver && !(await company.query(waiting))[0]?.endsWith('|2')) await sleep(20)
    await company.run('commit')
    const [one, other] = await done
    assert.ok(one && other)
    assert.deepEqual([one.state, other.state], ['completed', 'completed'])
    assert.ok(keptBy(one).includes('public.invoice accounting billing_name billing_address'))
    assert.deepEqual(keptBy(other), keptBy(one))
  })

  it('tells somebody in a batch what a request of their own kept since the batch was planned', async () => {
    const { ctx } = installation
    await using company = await smallCompany(ctx, await postgresServer(), 'shop6')
    const deed = await approved(ctx, 'bert@example.org')
    const people = [{ line: 1, asked: await askedIdentifiers(ctx, 'bert@example.org') }]
    const { batch } = await receiveBatch(ctx, {
      people,
      count: 1,
      identityProof: 'operator-attested',
    })
    await approveBatch(ctx, (await planBatch(ctx, batch.id))?.planId ?? '')
    const alone = await deed()
    assert.equal((await carryOutBatch(ctx, batch.id))?.completed, 1)
    const [member] = await ctx.db.rows<{ requestId: string }>(
      sql`select m.request_id from requests.batch_member m where m.batch_id = ${batch.id}`,
    )
    assert.notEqual(member?.requestId, alone.request)
    assert.deepEqual(keptBy(await outcomeOf(ctx, member?.requestId ?? '')), keptBy(alone))
    assert.deepEqual(await company.query('select billing_name from invoice where invoice_id = 2'), [
      'Bert Muster',
    ])
  })

  it('holds nobody to a row without key that another request of theirs has erased', async () => {
    const { ctx } = installation
    await using one = await smallCase(ctx, claims('asked-again'))
    const requests: string[] = []
    for (let i = 0; i < 2; i += 1) {
      const outcome = await (await approved(ctx, 'asked-again.anna@example.org'))()
      assert.deepEqual(keptBy(outcome), ['claim open body'])
      requests.push(outcome.request)
    }
    one.run(moved('filed_at, 0'))
    await workDue(aDayLater(ctx))
    for (const request of requests) {
      const { state, systems } = await outcomeOf(ctx, request)
      assert.deepEqual(
        [state, systems[0]?.state, systems[0]?.problem],
        ['completed', 'verified-absent', null],
      )
    }
    assert.deepEqual(one.query('select body from claim'), ['a car'])
  })

  it('says to both of two requests that a row without key which they keep cannot be told any more', async () => {
    const { ctx } = installation
    await using one = await smallCase(ctx, claims('both-lost'))
    const requests: string[] = []
    for (let i = 0; i < 2; i += 1)
      requests.push((await (await approved(ctx, 'both-lost.anna@example.org'))()).request)
    one.run(moved("'Paris', 0"))
    await workDue(aDayLater(ctx))
    for (const request of requests)
      assert.equal((await outcomeOf(ctx, request)).systems[0]?.problem?.code, 'requests.kept-lost')
  })

  it('claims nothing as done when all that a failed attempt had found is held by the next', async () => {
    const { ctx } = installation
    await using one = await smallCase(ctx, {
      tables: `
        create table invoice (id integer primary key, email text, on_hold integer not null);
        insert into invoice values (1, 'again.anna@example.org', 0);
        create trigger refuse before delete on invoice begin select raise(abort, 'not now'); end;`,
      rules: held('', '').rules,
      map: `
        invoice:
          rows: delete
          fields: {email: {category: email, identifier: email}}
          keep: [{rule: hold, fields: [email]}]`,
    })
    const deed = await approved(ctx, 'again.anna@example.org')
    assert.equal((await deed()).state, 'incomplete')
    one.run('drop trigger refuse; update invoice set on_hold = 1')
    const outcome = await deed()
    assert.deepEqual([outcome.state, keptBy(outcome)], ['completed', ['invoice hold email']])
    assert.equal(outcome.systems[0]?.deleted, 0)
    assert.deepEqual(one.query('select id from invoice'), ['1'])
  })
})
