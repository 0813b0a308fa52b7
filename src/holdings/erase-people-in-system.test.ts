import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { freshInstallation, type TestInstallation } from '../../test/installation.ts'
import { postgresServer } from '../../test/servers.ts'
import { type SmallCompany, smallCompany } from '../../test/small-company.ts'
import { currentMap, scanSystems } from '../inventory/public.ts'
import { isProblem } from '../platform/problem.ts'
import { erasePeopleInSystem, type PersonWork } from './erase-people-in-system.ts'
import { openSystems } from './open-systems.ts'
import { type PlannedPerson, planPeople } from './plan-people.ts'
import { systemInWork } from './system-in-work.ts'

const today = '2026-08-31'

let installation: TestInstallation
let company: SmallCompany

beforeEach(async () => {
  installation = await freshInstallation()
  company = await smallCompany(installation.ctx, await postgresServer())
  await company.run(
    'create table pet (pet_id int primary key, person_id int not null references person on delete cascade)',
  )
  await scanSystems(installation.ctx, { names: ['shop'] }, () => undefined)
})
afterEach(async () => {
  await company[Symbol.asyncDispose]()
  await installation.dispose()
})

/** Erases Anna and Bert; `meanwhile` happens when their work is written ahead for the first time, before it is done. */
async function eraseBoth(meanwhile: () => Promise<void>) {
  const { ctx } = installation
  const { map } = await currentMap(ctx)
  await using systems = await openSystems(ctx)
  const sought = ['anna@example.org', 'bert@example.org'].map((value) => ({
    asked: [{ kind: 'email', value } as const],
  }))
  const planned = (await Array.fromAsync(planPeople(systems, sought, today)))
    .flat()
    .filter((one): one is PlannedPerson => !isProblem(one))
  assert.equal(planned.length, 2)
  await using system = systemInWork(ctx, 'shop')
  const ahead: (readonly PersonWork[])[] = []
  const { people } = await erasePeopleInSystem(ctx, {
    system,
    map,
    fingerprint: planned[0]?.plan.systems[0]?.fingerprint ?? '',
    people: planned.map(({ seeds, terms, mentions }) => ({
      seeds: seeds['shop'] ?? { identifiers: [], rows: [], across: [] },
      terms,
      mentions: mentions['shop'] ?? [],
    })),
    today,
    beforeWriting: async (work) => {
      if (ahead.length === 0) await meanwhile()
      ahead.push(work)
    },
    beforeCommit: async () => undefined,
  })
  return { people, ahead }
}

describe('people erased together, found and planned before anything is locked', () => {
  it('are erased by what was planned where nothing has moved', async () => {
    const { people, ahead } = await eraseBoth(async () => undefined)
    assert.equal(ahead.length, 1)
    assert.deepEqual(
      people.map(({ notObeyed }) => notObeyed),
      [[], []],
    )
    assert.deepEqual(
      people.map(({ done }) => done),
      ahead[0]?.map(({ plan }) => plan),
    )
    assert.deepEqual(await company.query('select household_id from household'), ['2'])
  })

  it('leave others what became theirs meanwhile', async () => {
    const { ahead } = await eraseBoth(() =>
      company.run('update person set household_id = 1 where person_id = 3'),
    )
    assert.equal(ahead.length, 2, 'what was planned is planned anew, and said before it is done')
    assert.deepEqual(await company.query('select household_id from person where person_id = 3'), ['1'])
    assert.deepEqual(await company.query('select household_id from household order by 1'), ['1', '2'])
  })

  it('take nothing along that began to refer to them meanwhile', async () => {
    await eraseBoth(() => company.run('insert into pet values (1, 1)'))
    assert.deepEqual(await company.query('select pet_id, person_id from pet'), ['1|1'])
    assert.deepEqual(await company.query("select email from person where email like 'anna%'"), [])
  })

  it('are erased as they are now, and not as they were', async () => {
    const { people } = await eraseBoth(() =>
      company.run("update invoice set issued_on = '2025-01-01' where invoice_id = 1"),
    )
    assert.deepEqual(
      people[1]?.kept.filter(({ collection }) => collection === 'public.invoice').length,
      2,
      'an invoice that is to be kept now is kept',
    )
    assert.deepEqual(
      await company.query('select billing_name from invoice where invoice_id < 3 order by invoice_id'),
      ['Bert Muster', 'Bert Muster'],
    )
  })

  it('are told where the target does not do what it says', async () => {
    await company.run(`create function hold_fast() returns trigger language plpgsql as
      'begin new.billing_name := old.billing_name; return new; end'`)
    await company.run(
      'create trigger hold_fast before update on invoice for each row execute function hold_fast()',
    )
    const { people } = await eraseBoth(async () => undefined)
    assert.deepEqual(
      people.map(({ notObeyed }) => notObeyed),
      [[], ['public.invoice']],
    )
  })
})
