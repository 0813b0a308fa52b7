import assert from 'node:assert/strict'
import { mkdtemp, rename, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, before, describe, it } from 'node:test'
import { openSystems, type VerifyInput, verifyAbsence, verifyAbsenceOfMany } from '../src/holdings/public.ts'
import { addSystem, importMap, openForReading, removeSystem, scanSystems } from '../src/inventory/public.ts'
import type { Context } from '../src/platform/context.ts'
import { isProblem } from '../src/platform/problem.ts'
import { sql } from '../src/platform/sql.ts'
import { outcomeOf, workDue } from '../src/requests/public.ts'
import { eraseNow } from './erase-now.ts'
import { freshInstallation, type TestInstallation } from './installation.ts'
import { postgresServer } from './servers.ts'
import { type SmallCompany, smallCompany, smallMap } from './small-company.ts'

const deskMap = `  desk:
    collections:
      requester:
        rows: delete
        fields:
          email: {category: email, identifier: email, unique: true}
rules:`

let installation: TestInstallation
let company: SmallCompany
let directory: string
let ctx: Context

before(async () => {
  installation = await freshInstallation()
  ctx = installation.ctx
  company = await smallCompany(ctx, await postgresServer())
  directory = await mkdtemp(join(tmpdir(), 'dossier-desk-'))
  inDesk('create table requester (id integer primary key, email text, note text)')
  await addSystem(ctx, { name: 'desk', url: `sqlite:${file()}`, baseDirectory: '/' })
  await scanSystems(ctx, { names: ['desk'] }, () => undefined)
  await importMap(ctx, smallMap('shop').replace('rules:', deskMap))
})
after(async () => {
  await company[Symbol.asyncDispose]()
  await installation.dispose()
  await rm(directory, { recursive: true, force: true })
})

const file = () => join(directory, 'desk.sqlite')

function inDesk(statement: string): void {
  using database = new DatabaseSync(file())
  database.exec(statement)
}

const inputFor = (email: string, systems: readonly string[]): VerifyInput => ({
  systems,
  wanted: [{ kind: 'email', value: email }],
  ambiguous: { names: [], beside: [] },
  undecided: [],
  others: [],
  kept: [],
})

describe('a search while all the places in one system are taken', () => {
  it('goes through the others, and says of that one that it was out of reach', async () => {
    await using taken = new AsyncDisposableStack()
    for (let place = 0; place < 4; place++) taken.use(await openForReading(ctx, 'desk'))
    {
      await using systems = await openSystems(ctx, { waitMs: 50 })
      assert.deepEqual(
        systems.open.map(({ system }) => system.name),
        ['shop'],
      )
      assert.deepEqual(
        systems.unreachable.map(({ name, code }) => [name, code]),
        [['desk', 'connectors.unreachable']],
      )
    }
    await taken.disposeAsync()
    await using systems = await openSystems(ctx, { waitMs: 50 })
    assert.deepEqual([systems.open.length, systems.unreachable], [2, []])
  })
})

describe('a look at many people at once', () => {
  it('says of each what a look at them alone says, system by system, and what it could not reach', async () => {
    const gone = join(directory, 'gone.sqlite')
    new DatabaseSync(gone).close()
    await addSystem(ctx, { name: 'gone', url: `sqlite:${gone}`, baseDirectory: '/' })
    await rm(gone)
    inDesk("insert into requester values (1, 'anna@example.org', 'and carla@example.net')")
    const inputs: readonly VerifyInput[] = [
      inputFor('anna@example.org', ['desk', 'shop']),
      {
        ...inputFor('carla@example.net', ['shop', 'desk']),
        kept: [{ system: 'desk', collection: 'requester', key: '["1"]', fields: ['note'], lasting: true }],
      },
      inputFor('nobody@example.net', ['desk', 'gone']),
      inputFor('anna@example.org', []),
      { ...inputFor('x', ['shop']), wanted: [] },
      ...Array.from({ length: 10 }, (_, i) => inputFor(`stranger${i}@example.net`, ['shop', 'desk'])),
    ]
    const together = await verifyAbsenceOfMany(ctx, inputs)
    for (const [i, input] of inputs.entries()) assert.deepEqual(together[i], await verifyAbsence(ctx, input))
    assert.deepEqual(
      together.slice(0, 5).map((one) => one.map(({ name, state }) => `${name} ${state}`)),
      [
        ['desk residue', 'shop residue'],
        ['shop residue', 'desk kept'],
        ['desk verified-absent', 'gone unreachable'],
        [],
        ['shop verified-absent'],
      ],
    )
    inDesk('delete from requester')
  })

  it('draws for each person what is due, and waits for a system that cannot be reached', async () => {
    const anna = await eraseNow(ctx, 'anna@example.org')
    const carla = await eraseNow(ctx, 'carla@example.net')
    const after = (hours: number) => ({ ...ctx, now: () => new Date(Date.now() + hours * 3_600_000) })
    const states = async () =>
      Promise.all([anna, carla].map(async ({ request }) => (await outcomeOf(ctx, request)).state))
    assert.deepEqual(await states(), ['completed', 'completed'])

    await rename(file(), `${file()}.away`)
    assert.equal((await workDue(after(2))).verified, 2)
    assert.deepEqual(await states(), ['completed', 'completed'], 'a system that is down undoes no proof')
    const open = sql`select count(*)::int as looks from requests.verification v where v.stage = '+1h' and v.done_at is null`
    assert.deepEqual(await ctx.db.row(open), { looks: 2 }, 'both appointments stand')
    assert.equal((await workDue(after(2))).verified, 0, 'an hour later')

    await rename(`${file()}.away`, file())
    inDesk("insert into requester values (2, 'Carla@example.net', null)")
    assert.equal((await workDue(after(4))).verified, 2)
    assert.deepEqual(await ctx.db.row(open), { looks: 0 })
    assert.deepEqual(await states(), ['completed', 'incomplete'])
  })

  it('takes two looks at one person that are both due', async () => {
    inDesk('delete from requester')
    assert.equal((await workDue({ ...ctx, now: () => new Date(Date.now() + 31 * 86_400_000) })).verified, 4)
    const open = sql`select count(*)::int as looks from requests.verification v where v.done_at is null`
    assert.deepEqual(await ctx.db.row(open), { looks: 0 })
  })

  it('keeps nobody waiting for a person whose system was taken out', async () => {
    await company.restore()
    const old = join(directory, 'old.sqlite')
    new DatabaseSync(old).exec('create table requester (id integer primary key, email text)')
    await addSystem(ctx, { name: 'old', url: `sqlite:${old}`, baseDirectory: '/' })
    await scanSystems(ctx, { names: ['old'] }, () => undefined)
    const map = smallMap('shop').replace('rules:', deskMap)
    await importMap(ctx, map.replace('rules:', deskMap.replace('desk:', 'old:')))
    await company.run(
      "insert into person (person_id, email, first_name, last_name) values (9, 'dora@example.org', 'Dora', 'Klein')",
    )
    const dora = await eraseNow(ctx, 'dora@example.org')
    await removeSystem(ctx, 'old', { force: true })
    const bert = await eraseNow(ctx, 'bert@example.org')
    const later = { ...ctx, now: () => new Date(Date.now() + 40 * 86_400_000) }
    await assert.rejects(workDue(later), (error) => isProblem(error, 'inventory.unknown-system'))
    const open = sql`select distinct v.request_id as request from requests.verification v where v.done_at is null`
    assert.deepEqual(await ctx.db.rows(open), [{ request: dora.request }])
    assert.equal((await outcomeOf(ctx, bert.request)).state, 'completed')
  })

  it('lets what was kept of one go at its end though what was sealed for another does not open', async () => {
    await company.restore()
    await importMap(ctx, smallMap('shop'))
    await company.run(
      "insert into person (person_id, email, first_name, last_name) values (9, 'emil@example.org', 'Emil', 'Klein')",
    )
    await company.run(
      "insert into invoice values (9, 9, 'Emil Klein', 'Bern', '2024-03-01', '2024-03-02', 10)",
    )
    const emil = await eraseNow(ctx, 'emil@example.org')
    await company.run(
      "insert into person (person_id, email, first_name, last_name) values (10, 'gustl@example.org', 'Gustl', 'Gross')",
    )
    await company.run(
      "insert into invoice values (10, 10, 'Gustl Gross', 'Bern', '2024-03-01', '2024-03-02', 10)",
    )
    await eraseNow(ctx, 'gustl@example.org')
    await ctx.db.run(sql`update requests.plan set seeds = '\\x00' where request_id = ${emil.request}`)
    const names = () =>
      company.query('select billing_name from invoice where invoice_id in (9, 10) order by 1')
    assert.deepEqual(await names(), ['Emil Klein', 'Gustl Gross'])
    const later = { ...ctx, now: () => new Date('2036-01-01T10:00:00Z') }
    await assert.rejects(workDue(later), (error) => isProblem(error, 'platform.sealed-mismatch'))
    assert.ok((await names()).includes('Emil Klein'), 'what cannot be decided stays, and is due again')
    assert.ok(!(await names()).includes('Gustl Gross'))
  })
})
