import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { entriesOf, sequence, verifyLog } from '../src/evidence/public.ts'
import type { Context } from '../src/platform/context.ts'
import { isProblem } from '../src/platform/problem.ts'
import {
  approvePlan,
  askedIdentifiers,
  carryOut,
  findPerson,
  outcomeOf,
  planRequest,
  type RequestOutcome,
  receiveRequest,
  verifyAgain,
  workDue,
} from '../src/requests/public.ts' // prettier-ignore
import { eraseNow } from './erase-now.ts'
import { freshInstallation, type TestInstallation } from './installation.ts'
import { postgresServers, type TestServer } from './servers.ts'
import { type SmallCompany, smallCompany } from './small-company.ts'

const states = ({ systems }: RequestOutcome) => systems.map(({ name, state }) => `${name}: ${state}`)

for (const server of await postgresServers())
  describe(`erasing one person on ${server.name}`, () => erasing(server))

function erasing(server: TestServer): void {
  let installation: TestInstallation
  let company: SmallCompany
  let ctx: Context
  before(async () => {
    installation = await freshInstallation()
    ctx = installation.ctx
  })
  after(async () => {
    await installation.dispose()
  })
  const eachFresh = (title: string, work: () => Promise<void>) =>
    it(title, async () => {
      installation = await freshInstallation()
      ctx = installation.ctx
      company = await smallCompany(ctx, server)
      try {
        await work()
      } finally {
        await company[Symbol.asyncDispose]()
        await installation.dispose()
      }
    })

  eachFresh('finds exactly her rows, and says what it did not follow', async () => {
    const found = await findPerson(ctx, await askedIdentifiers(ctx, 'ANNA@example.org'))
    const counts = Object.fromEntries(
      found.systems.flatMap((system) => system.collections.map((one) => [one.name, one.rows])),
    )
    assert.deepEqual(counts, {
      'public.person': 1,
      'public.household': 1,
      'public.address': 2,
      'public.purchase': 1,
      'public.purchase_item': 2,
      'public.gift': 2,
      'public.visit': 2,
      'public.message': 1,
      'public.person_history': 1,
    }) // prettier-ignore
  })

  eachFresh('erases her everywhere and leaves everybody else as they were', async () => {
    const others = async () => [
      ...(await company.query('select * from person where person_id = 3')),
      ...(await company.query('select * from address where person_id <> 1 order by 1')),
      ...(await company.query('select * from purchase_item where purchase_id <> 1 order by 1, 2')),
      ...(await company.query('select * from invoice order by 1')),
      ...(await company.query('select * from household order by 1')),
      ...(await company.query('select * from product order by 1')),
      ...(await company.query("select email, page from visit where lower(email) <> 'anna@example.org'")),
    ]
    const untouched = await others()
    const outcome = await eraseNow(ctx, 'anna@example.org')
    assert.equal(outcome.state, 'completed')
    assert.deepEqual(states(outcome), ['shop: kept'], 'the household stays with Bert')
    assert.deepEqual(await others(), untouched)
    assert.deepEqual(await company.query('select person_id from person order by 1'), ['2', '3'])
    assert.deepEqual(
      await company.query('select referred_by, household_id from person where person_id = 2'),
      ['null|1'],
      'who was referred by her is not any more',
    )
    assert.deepEqual(
      await company.query('select * from gift order by 1'),
      ['1|2|null|null', '3|3|null|null'],
      'a gift to her forgets her, a gift of hers is gone',
    )
    assert.deepEqual(await company.query('select body from message order by 1'), [
      'Please ask [erased] ([erased], 06.12.34.56.78)',
      'nothing here',
    ])
    assert.deepEqual(await company.query('select note from purchase where purchase_id = 3'), [
      'leave at [erased]',
    ])
    assert.deepEqual(await company.query('select count(*) from person_history'), ['0'])
    assert.ok(outcome.certificate)
  })

  eachFresh('keeps what the law requires, only that, and until when', async () => {
    const outcome = await eraseNow(ctx, 'bert@example.org')
    assert.equal(outcome.state, 'completed')
    const kept = outcome.systems[0]?.kept.filter(({ rule }) => rule === 'accounting') ?? []
    assert.deepEqual(kept.map(({ collection, until }) => `${collection} ${until}`).toSorted(), [
      'public.invoice 2034-03-01',
      'public.person 2034-03-01',
    ])
    assert.deepEqual(
      await company.query(
        'select billing_name, billing_address from invoice where person_id = 2 order by invoice_id',
      ),
      ['erased|null', 'Bert Muster|1 rue du Puits'],
    )
    const [person] = await company.query(
      'select first_name, last_name, phone, household_id, main_address_id from person where person_id = 2',
    )
    assert.equal(person, 'Bert|Muster|null|null|null')
    assert.deepEqual(await company.query('select count(*) from address where person_id = 2'), ['0'])
    const [email] = await company.query('select email from person where person_id = 2')
    assert.match(email ?? '', /^erased-[0-9a-f]+@erased\.invalid$/)
  })

  eachFresh('lets what was kept go by itself when its ground ends', async () => {
    await eraseNow(ctx, 'carla@example.net')
    assert.deepEqual(
      await company.query('select first_name, email from person where person_id = 3'),
      ['Carla|carla@example.net'],
      'an unpaid invoice keeps what a claim needs',
    )
    const inDays = (days: number) => ({ ...ctx, now: () => new Date(Date.now() + days * 86_400_000) })
    assert.equal((await workDue(inDays(400))).reviewed, 1, 'a clock that is ahead reviews it')
    await company.run("update invoice set paid_at = now(), issued_on = '2001-01-01' where person_id = 3")
    assert.equal((await workDue(inDays(1))).reviewed, 1, 'a day that lies ahead is no review')
    const [after] = await company.query(
      "select first_name || ' ' || last_name from person where person_id = 3",
    )
    assert.ok(after === undefined || after === 'erased erased')
    assert.deepEqual(await company.query('select billing_name from invoice where person_id = 3'), ['erased'])
  })

  eachFresh('takes the household along with its last member', async () => {
    await eraseNow(ctx, 'anna@example.org')
    assert.deepEqual(await company.query('select count(*) from household where household_id = 1'), ['1'])
    await eraseNow(ctx, 'bert@example.org')
    assert.deepEqual(await company.query('select count(*) from household where household_id = 1'), ['0'])
  })

  eachFresh('asks for an identifier of her own where a phone belongs to two', async () => {
    await assert.rejects(eraseNow(ctx, '+33612345678'), (error) =>
      isProblem(error, 'holdings.shared-identifier'),
    )
    const outcome = await eraseNow(ctx, '+33 6 98 76 54 32')
    assert.deepEqual(await company.query("select count(*) from visit where email = 'carla@example.net'"), [
      '0',
    ])
    assert.equal(outcome.state, 'completed')
  })

  eachFresh('refuses a plan made before the schema or the map changed, or for somebody else', async () => {
    const asked = await askedIdentifiers(ctx, 'anna@example.org')
    const request = await receiveRequest(ctx, { kind: 'erasure', asked, identityProof: 'operator-attested' })
    const { plan } = await planRequest(ctx, request)
    const other = await askedIdentifiers(ctx, 'carla@example.net')
    await assert.rejects(approvePlan(ctx, plan.id, other), (error) =>
      isProblem(error, 'requests.plan-of-another'),
    )
    await company.run('alter table person add column nickname text')
    await assert.rejects(approvePlan(ctx, plan.id), (error) => isProblem(error, 'requests.plan-stale'))
    const newer = await planRequest(ctx, request)
    await assert.rejects(approvePlan(ctx, plan.id), (error) => isProblem(error, 'requests.plan-stale'))
    await approvePlan(ctx, newer.plan.id, asked)
    await company.run('alter table person add column pet text')
    const outcome = await carryOut(ctx, request.id)
    assert.equal(outcome.state, 'incomplete')
    assert.equal(outcome.systems[0]?.problem?.code, 'holdings.schema-changed')
    assert.deepEqual(
      await company.query('select count(*) from person where person_id = 1'),
      ['1'],
      'nothing was changed',
    )
  })

  eachFresh('never believes a target that says yes and does nothing', async () => {
    await company.run(`create function ignore() returns trigger language plpgsql as 'begin return null; end'`)
    await company.run('create trigger ignore before delete on visit for each row execute function ignore()')
    const outcome = await eraseNow(ctx, 'anna@example.org')
    assert.equal(outcome.state, 'incomplete')
    assert.deepEqual(states(outcome), ['shop: residue'])
    assert.equal(outcome.certificate, null)
    assert.deepEqual(
      outcome.systems[0]?.residue.map(({ collection, field }) => `${collection}.${field}`),
      ['public.visit.email'],
    )
  })

  eachFresh('finds what it did not know of: a table outside the map', async () => {
    await company.run("create table export_of_last_year as select 'x' as a, 'see ANNA@EXAMPLE.ORG' as b")
    const outcome = await eraseNow(ctx, 'anna@example.org')
    assert.deepEqual(states(outcome), ['shop: residue'])
    await company.run('drop table export_of_last_year')
    const again = await verifyAgain(ctx, outcome.request)
    assert.deepEqual(states(again), ['shop: kept'])
    assert.equal(again.state, 'completed', 'once it is gone the request is complete')
    assert.ok(again.certificate)
  })

  eachFresh('finds the copy that a materialised view keeps, until it is refreshed', async () => {
    await company.run('create materialized view contacts as select email from person')
    const outcome = await eraseNow(ctx, 'anna@example.org')
    assert.deepEqual(
      outcome.systems[0]?.residue.map(({ collection }) => collection),
      ['public.contacts'],
    )
    await company.run('refresh materialized view contacts')
    assert.equal((await verifyAgain(ctx, outcome.request)).state, 'completed')
  })

  eachFresh('notices when somebody who was erased is back', async () => {
    const outcome = await eraseNow(ctx, 'anna@example.org')
    await company.run("insert into visit values ('anna@example.org', '/again', now())")
    const again = await verifyAgain(ctx, outcome.request)
    assert.deepEqual(states(again), ['shop: residue'])
    assert.equal(again.state, 'incomplete')
    assert.equal(again.certificate, null)
  })

  eachFresh('looks again by appointment, and opens the request when she is back by then', async () => {
    const outcome = await eraseNow(ctx, 'anna@example.org')
    const after = (hours: number) => ({ ...ctx, now: () => new Date(Date.now() + hours * 3_600_000) })
    assert.equal((await workDue(after(2))).verified, 1)
    assert.equal((await outcomeOf(ctx, outcome.request)).state, 'completed')
    await company.run("insert into visit values ('anna@example.org', '/restored', null)")
    assert.equal((await workDue(after(25))).verified, 1)
    const back = await outcomeOf(ctx, outcome.request)
    assert.equal(back.state, 'incomplete')
    assert.equal(back.certificate, null)
    const entries = await entriesOf(ctx, { requestId: outcome.request })
    assert.ok(
      entries.some(({ kind }) => kind === 'requests.incomplete'),
      'and it is evidence',
    )
  })

  eachFresh('erases her again under the old request when she is back', async () => {
    const outcome = await eraseNow(ctx, 'anna@example.org')
    await company.run("insert into visit values ('anna@example.org', '/restored', null)")
    await verifyAgain(ctx, outcome.request)
    const again = await eraseNow(ctx, 'anna@example.org')
    assert.equal(again.request, outcome.request)
    assert.equal(again.state, 'completed')
    assert.deepEqual(
      await company.query("select count(*) from visit where lower(email) = 'anna@example.org'"),
      ['0'],
    )
  })

  eachFresh('writes evidence before each effect, and nothing personal in it', async () => {
    const outcome = await eraseNow(ctx, 'anna@example.org')
    await sequence(ctx)
    const entries = await entriesOf(ctx, { requestId: outcome.request })
    assert.deepEqual(
      entries.map(({ kind }) => kind),
      [
        'requests.received',
        'requests.planned',
        'requests.approved',
        'requests.found',
        'requests.step-done',
        'requests.verified',
        'subjects.erased',
        'requests.completed',
        'requests.certified',
      ],
    )
    const found = entries.find(({ kind }) => kind === 'requests.found')
    const done = entries.find(({ kind }) => kind === 'requests.step-done')
    assert.equal(found?.facts['delete'], done?.facts['delete'])
    assert.doesNotMatch(JSON.stringify(entries), /anna|muster|example\.org|12345678/i)
    assert.equal((await verifyLog(ctx)).ok, true)
  })
}
