import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { freshInstallation, type TestInstallation } from '../../test/installation.ts'
import { postgresServer } from '../../test/servers.ts'
import { type SmallCompany, smallCompany } from '../../test/small-company.ts'
import { currentMap, openForErasing, scanSystems } from '../inventory/public.ts'
import { isProblem } from '../platform/problem.ts'
import { changeRows, type Learnt } from './change-rows.ts'
import { erasePeopleInSystem } from './erase-people-in-system.ts'
import type { ErasedPeople, ErasePeopleInput } from './erase-together.ts'
import { openSystems } from './open-systems.ts'
import { type PlannedPerson, planPeople } from './plan-people.ts'
import { systemInWork } from './system-in-work.ts'
import type { PersonWork } from './work-on-people.ts'

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

interface Wanted {
  readonly lockedAtMostMs: number
  readonly atOnce: number
  readonly whenCut: () => Promise<void>
  readonly beforeCommit: () => Promise<void>
  /** Called whenever their work is written ahead. */
  readonly whenAhead: (times: number) => Promise<void>
}

const nothing = async () => undefined

/** Erases Anna and Bert; `meanwhile` happens when their work is written ahead for the first time, before it is done. */
async function eraseBoth(
  meanwhile: () => Promise<void>,
  {
    lockedAtMostMs,
    atOnce = 2,
    whenCut = nothing,
    beforeCommit = nothing,
    whenAhead = nothing,
  }: Partial<Wanted> = {},
) {
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
  const done: ErasedPeople[] = []
  const input: ErasePeopleInput = {
    system,
    map,
    fingerprint: planned[0]?.plan.systems[0]?.fingerprint ?? '',
    people: planned.map(({ seeds, terms, mentions }) => ({
      seeds: seeds['shop'] ?? { identifiers: [], rows: [], across: [] },
      terms,
      mentions: mentions['shop'] ?? [],
    })),
    today,
    next: () => ({ people: atOnce, lockedAtMostMs: lockedAtMostMs ?? null }),
    beforeWriting: async (work) => {
      if (ahead.length === 0) await meanwhile()
      ahead.push(work)
      await whenAhead(ahead.length)
    },
    beforeCommit,
  }
  for await (const one of erasePeopleInSystem(ctx, input)) {
    done.push(one)
    if (!('results' in one)) await whenCut()
  }
  return { done, people: done.flatMap((one) => ('results' in one ? one.results : [])), ahead }
}

/** Once they were left as they were, with no row locked any more; then they are erased. */
async function wereCutOnce(done: readonly ErasedPeople[]): Promise<void> {
  assert.deepEqual(
    done.map((one) => 'results' in one),
    [false, true],
    'nothing was written, and then they are erased',
  )
  assert.deepEqual(await company.query("select email from person where email like 'anna%'"), [])
}

/** Four hundred who refer to Anna, too slow for one transaction. */
const friendsOfAnna = () =>
  company.run(`insert into person (person_id, email, first_name, last_name, referred_by)
      select i, 'friend.' || i || '@example.com', 'Friend', 'Number' || i, 1 from generate_series(1000, 1399) i;
    create function think() returns trigger language plpgsql as 'begin perform pg_sleep(0.002); return new; end';
    create trigger think before update on person for each row when (old.referred_by is distinct from new.referred_by)
      execute function think()`)
const friendsLeft = () =>
  company.query('select count(*) from person where referred_by = 1 and person_id >= 1000')

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

  it('are erased one after the other where they share nothing, and what stays of one is not looked at for the other', async () => {
    await company.run('delete from gift; delete from message')
    await company.run('update person set referred_by = null, household_id = null where person_id = 2')
    await company.run('update person set referred_by = 2 where person_id = 1')
    const { done, ahead } = await eraseBoth(async () => undefined, { atOnce: 1 })
    assert.deepEqual(
      done.map(({ people }) => people),
      [[0], [1]],
    )
    assert.equal(ahead.length, 1, 'found and planned once')
  })

  it('go one after the other where one lets go of what the other loses, and in that order', async () => {
    await company.run('delete from gift; delete from message')
    await company.run('update person set household_id = null where person_id = 2')
    assert.deepEqual(await company.query('select referred_by from person where person_id = 2'), ['1'])
    const { done, ahead } = await eraseBoth(async () => undefined, { atOnce: 1 })
    assert.deepEqual(
      done.map(({ people }) => people),
      [[1], [0]],
    )
    assert.equal(ahead.length, 1, 'found and planned once')
    assert.deepEqual(await company.query('select person_id, referred_by from person order by 1'), [
      '2|null',
      '3|null',
    ])
  })

  it('go together where one loses what the other refers to', async () => {
    await company.run('alter table person add column friend_id int references person')
    await company.run('update person set household_id = 2, friend_id = 1 where person_id = 2')
    await scanSystems(installation.ctx, { names: ['shop'] }, () => undefined)
    const { done } = await eraseBoth(async () => undefined, { atOnce: 1 })
    assert.deepEqual(
      done.map(({ people }) => people),
      [[0, 1]],
    )
  })

  it('take nothing out of the address of somebody whom it calls as one of them is called', async () => {
    await company.run("update person set email = 'anna.muster.17@example.net' where person_id = 3")
    await eraseBoth(async () => undefined)
    assert.deepEqual(await company.query('select email from person where person_id = 3'), [
      'anna.muster.17@example.net',
    ])
    assert.deepEqual(await company.query('select note from purchase where purchase_id = 3'), [
      'leave at [erased]',
    ])
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

  it('are left as they were, all of them, where somebody else holds one of their rows for longer than rows may be locked', async () => {
    const people = () => company.query('select email from person order by person_id')
    const before = await people()
    await company.run('begin; update person set email = email where person_id = 2')
    const cut: (readonly string[])[] = []
    const { done } = await eraseBoth(async () => undefined, {
      lockedAtMostMs: 1_000,
      async whenCut() {
        cut.push(await people())
        await company.run('rollback')
      },
    })
    assert.deepEqual(cut, [before])
    assert.equal(done.length, 2, 'and are erased when the row is free')
    assert.deepEqual(await company.query("select email from person where email like 'anna%'"), [])
  })

  it('are left as they were where a statement takes longer than rows may be locked', async () => {
    await company.run(`create function think() returns trigger language plpgsql as
      'begin perform pg_sleep(3600); return old; end'`)
    await company.run('create trigger think before delete on person for each row execute function think()')
    const cut: (readonly string[])[] = []
    await eraseBoth(async () => undefined, {
      lockedAtMostMs: 1_000,
      async whenCut() {
        cut.push(await company.query("select email from person where email like 'anna%'"))
        await company.run('drop function think cascade')
      },
    })
    assert.deepEqual(cut, [['anna@example.org']])
    assert.deepEqual(await company.query("select email from person where email like 'anna%'"), [])
  })

  it('keep no row locked while our own part takes longer than rows may be locked', {
    timeout: 30_000,
  }, async () => {
    let tries = 0
    const { done } = await eraseBoth(nothing, {
      lockedAtMostMs: 1_000,
      async beforeCommit() {
        tries += 1
        // Waits for the row for as long as somebody holds it, as whoever works in the shop does.
        if (tries === 1) await company.run("update person set email = email where email like 'anna%'")
      },
    })
    assert.equal(tries, 2)
    await wereCutOnce(done)
  })

  it('keep no row locked while our own process stands still', { timeout: 30_000 }, async () => {
    let tries = 0
    const { done } = await eraseBoth(nothing, {
      lockedAtMostMs: 500,
      async beforeCommit() {
        tries += 1
        // Nothing runs in this process meanwhile, the clock that would end the transaction neither.
        if (tries === 1) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1_000)
      },
    })
    assert.equal(tries, 2)
    await wereCutOnce(done)
  })

  it('keep no row locked for longer where rows move all the time, so that people are found anew under lock', {
    timeout: 30_000,
  }, async () => {
    const { done, ahead } = await eraseBoth(nothing, {
      lockedAtMostMs: 1_000,
      async whenAhead(times) {
        // Three times before anything is locked; the fourth waits for the row as long as somebody holds it.
        if (times <= 4) await company.run("update purchase set note = note || '.' where purchase_id = 1")
      },
    })
    assert.equal(ahead.length, 5)
    await wereCutOnce(done)
  })

  it('are found anew where one of many who refer to them, and let go before them, moved meanwhile', {
    timeout: 60_000,
  }, async () => {
    await friendsOfAnna()
    let moved: readonly string[] = []
    const { done, ahead } = await eraseBoth(nothing, {
      lockedAtMostMs: 500,
      async beforeCommit() {
        if (moved.length > 0) return
        moved = ['1399']
        // Of the last lot, while the first is about to be committed: it points to Carla now, and that is hers.
        await company.run('update person set referred_by = 3 where person_id = 1399')
      },
    })
    assert.deepEqual(moved, ['1399'])
    assert.equal(ahead.length, 2, 'what was planned is planned anew')
    assert.ok('results' in (done.at(-1) ?? {}))
    assert.deepEqual(await friendsLeft(), ['0'])
    assert.deepEqual(
      await company.query('select referred_by from person where person_id >= 1398 order by person_id'),
      ['null', '3'],
    )
  })

  it('are found anew before all who refer to them have let go, where something of their own moved meanwhile', {
    timeout: 60_000,
  }, async () => {
    await friendsOfAnna()
    let moving: Promise<unknown> | undefined
    const left: (readonly string[])[] = []
    await eraseBoth(nothing, {
      lockedAtMostMs: 500,
      // Waits for the lot that is about to be committed, and no longer.
      async beforeCommit() {
        moving ??= company.run("update invoice set issued_on = '2025-01-01' where invoice_id = 1")
      },
      async whenAhead(times) {
        if (times === 2) left.push(await friendsLeft())
      },
    })
    await moving
    assert.ok(Number(left[0]?.[0]) > 0, `${left[0]} still referred to her`)
    assert.deepEqual(await friendsLeft(), ['0'])
    assert.deepEqual(
      await company.query('select billing_name from invoice where invoice_id = 1'),
      ['Bert Muster'],
      'what is to be kept by now is kept',
    )
  })

  it('are erased where a worker died when some who refer to them had let go', {
    timeout: 60_000,
  }, async () => {
    await friendsOfAnna()
    let lots = 0
    const dies = eraseBoth(nothing, {
      lockedAtMostMs: 500,
      async beforeCommit() {
        lots += 1
        if (lots === 2) throw new Error('dies here')
      },
    })
    await assert.rejects(dies, /dies here/)
    const [left] = await friendsLeft()
    assert.ok(Number(left) > 0 && Number(left) < 400, `${left} still refer to her`)
    const { people } = await eraseBoth(nothing)
    assert.deepEqual(await friendsLeft(), ['0'])
    const told = people.flatMap(({ done }) => done.collections.flatMap(({ change }) => change))
    const untied = told.filter(({ action, count }) => action === 'unlink' && count >= 100)
    assert.deepEqual(
      untied.map(({ count }) => count),
      [Number(left)],
      'what was left is told',
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

describe('rows of which a target refuses a value', () => {
  it('teach what it takes of rows that are alike, and nothing of others', async () => {
    await company.run(`create table payment (payment_id int primary key, method text not null, iban text, holder text,
      constraint needs_iban check (method <> 'sepa' or iban is not null))`)
    await company.run(`insert into payment
      select i, case when i % 2 = 0 then 'sepa' else 'card' end, 'iban ' || i, 'holder ' || i from generate_series(1, 40) i`)
    await using session = await openForErasing(installation.ctx, 'shop')
    const { collections } = await session.describe({ counts: false })
    const payment = collections.find(({ name }) => name === 'public.payment')
    assert.ok(payment)
    const learnt: Learnt = new Map()
    const cellOf = (key: string, field: string) =>
      field === 'method' ? (Number(JSON.parse(key)[0]) % 2 === 0 ? 'sepa' : 'card') : undefined
    const clear = async (from: number) => {
      let asked = 0
      const counting = {
        ...session,
        change: (...args: Parameters<typeof session.change>) => {
          asked += 1
          return session.change(...args)
        },
      }
      const set = new Map([['iban', { action: 'null' as const, candidates: [null, 'erased'] }]])
      const rows = Array.from({ length: 20 }, (_, i) => ({ key: `["${from + i}"]`, set }))
      const { changed } = await changeRows(counting, 'shop', payment, rows, { learnt, cellOf })
      assert.equal(changed, 20)
      return asked
    }
    assert.ok((await clear(1)) > 1, 'the target refuses what nobody could know')
    assert.equal(await clear(21), 1, 'and is not told it again')
    await session.commit()
    assert.deepEqual(
      await company.query('select distinct method, iban from payment where payment_id > 20 order by 1'),
      ['card|null', 'sepa|erased'],
    )
  })
})
