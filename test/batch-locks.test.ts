import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { entriesOf, entriesOfKind } from '../src/evidence/public.ts'
import type { Context } from '../src/platform/context.ts'
import { batchOutcome, carryOutBatch } from '../src/requests/public.ts'
import { approvedBatch } from './approved-batch.ts'
import { commandLine } from './command-line.ts'
import { freshInstallation, type TestInstallation } from './installation.ts'
import { postgresServer } from './servers.ts'
import { type SmallCompany, smallCompany } from './small-company.ts'

/** Of entries: before the first. */
const beginning = '00000000-0000-0000-0000-000000000000'

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

async function erased(...identifiers: readonly string[]): Promise<string> {
  const id = await approvedBatch(ctx, ...identifiers)
  assert.equal((await carryOutBatch(ctx, id))?.completed, identifiers.length)
  return id
}

/** Makes the rows of people of this name slow to change and to delete. */
const slowFor = (name: string, seconds: number) =>
  company.run(`create function wait_long() returns trigger language plpgsql as
    'begin if old.email like ''${name}%'' then perform pg_sleep(${seconds}); end if; return coalesce(new, old); end';
    create trigger wait_long before update or delete on person for each row execute function wait_long()`)

describe('how long a batch keeps others from rows', () => {
  it('is measured and said for each system, and bound into the evidence', async () => {
    const id = await erased('anna@example.org', 'carla@example.net')
    const { locks } = await batchOutcome(ctx, id)
    const [shop] = locks
    assert.deepEqual(
      locks.map(({ system }) => system),
      ['shop'],
    )
    assert.ok(shop && shop.transactions > 0 && shop.longestMs > 0)
    const finished = (await entriesOfKind(ctx, 'requests.batch-finished', beginning, 10)).at(-1)
    assert.equal(finished?.facts.longestLockMs, shop.longestMs)
    const said = await commandLine(installation).run('batches', id)
    assert.ok(said.stdout.includes(`rows were locked for ${shop.longestMs} ms at most`), said.stdout)
  })

  it('is said to be too long where one person alone takes longer', async () => {
    await slowFor('carla', 0.6)
    const id = await erased('anna@example.org', 'carla@example.net')
    const [shop] = (await batchOutcome(ctx, id)).locks
    assert.ok(shop && shop.longestMs >= 600 && shop.tooLong >= 1, JSON.stringify(shop))
    const said = await commandLine(installation, { DOSSIER_LANGUAGE: 'fr' }).run('batches', id)
    assert.match(said.stdout, /transactions sur \d+ ont duré plus de 250 ms/)
  })

  it('is counted for what was undone too, and for whoever was done alone because the target refused', async () => {
    await company.run(`create function refuse() returns trigger language plpgsql as
      'begin if old.email like ''carla%'' then raise check_violation; end if;
       return coalesce(new, old); end';
      create trigger refuse before update or delete on person for each row execute function refuse()`)
    const id = await approvedBatch(ctx, 'carla@example.net')
    assert.equal((await carryOutBatch(ctx, id))?.incomplete, 1)
    const [shop] = (await batchOutcome(ctx, id)).locks
    // Once with all of the chunk, and once alone.
    assert.ok(shop && shop.transactions >= 2, JSON.stringify(shop))
  })

  it('is short also where hundreds of others refer to one who goes: they let go before, some at a time', async () => {
    await company.run(`insert into person (person_id, email, first_name, last_name, referred_by)
        select i, 'friend.' || i || '@example.com', 'Friend', 'Number' || i, 1 from generate_series(1000, 1399) i;
      create table written (person_id int, transaction xid8);
      create function note() returns trigger language plpgsql as
        'begin perform pg_sleep(0.002); insert into written values (old.person_id, pg_current_xact_id()); return new; end';
      create trigger note before update on person for each row execute function note()`)
    const before = await company.query('select count(*) from person where referred_by = 1')
    const id = await erased('anna@example.org')
    assert.deepEqual(await company.query('select count(*) from person where referred_by = 1'), ['0'])
    const [most] = await company.query(
      'select max(n) from (select count(*) n from written where person_id >= 1000 group by transaction)',
    )
    assert.ok(Number(most) < 300, `${most} in one transaction`)
    const [member] = (await batchOutcome(ctx, id)).members
    const entries = await entriesOf(ctx, { requestId: member?.requestId ?? '' })
    const facts = (kind: string) => entries.find((one) => one.kind === kind)?.facts
    assert.deepEqual(facts('requests.step-done')?.summary, facts('requests.found')?.summary)
    assert.ok(Number(facts('requests.step-done')?.change) >= Number(before[0]), 'all of them are told')
  })

  it('is short also where one of many stands in the texts of all the others, who is erased last', async () => {
    const many = Array.from({ length: 12 }, (_, i) => 100 + i)
    for (const i of many)
      await company.run(`insert into person (person_id, email, first_name, last_name) values
          (${i}, 'customer.${i}@example.com', 'Customer', 'Number${i}');
        insert into message values (${i}, ${i}, 'Anna Muster (anna@example.org) was very kind')`)
    // All thirteen at once take longer than rows may be locked, and five of them do not.
    await slowFor('', 0.025)
    const before = await company.query('select count(*) from person')
    const id = await erased('anna@example.org', ...many.map((i) => `customer.${i}@example.com`))
    assert.deepEqual([before, await company.query('select count(*) from person')], [['15'], ['2']])
    assert.deepEqual(await company.query("select body from message where body like '%Anna%'"), [])
    const { members } = await batchOutcome(ctx, id)
    const [anna, ...others] = await Promise.all(
      members.map(async ({ requestId }) => {
        const done = (await entriesOf(ctx, { requestId })).find(({ kind }) => kind === 'requests.step-done')
        return done?.id ?? ''
      }),
    )
    assert.ok(
      others.every((one) => one !== '' && anna && one < anna),
      'entries are numbered as they come',
    )
  })
})
