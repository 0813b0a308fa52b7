import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, afterEach, before, beforeEach, describe, it } from 'node:test'
import { addSystem, importMap, scanSystems } from '../src/inventory/public.ts'
import type { Context } from '../src/platform/context.ts'
import { isProblem } from '../src/platform/problem.ts'
import {
  approvePlan,
  askedIdentifiers,
  carryOut,
  findPerson,
  giveAccess,
  planRequest,
  type RequestOutcome,
  readRulings,
  receiveRequest,
  verifyAgain,
} from '../src/requests/public.ts'
import { freshInstallation, type TestInstallation } from './installation.ts'
import { postgresServer } from './servers.ts'
import { type SmallCompany, smallCompany, smallMap } from './small-company.ts'

/** A help desk that knows people by what they said on the phone. */
const desk = `
create table requester (id integer primary key, full_name text, email text unique, phone text);
create table ticket (id integer primary key, requester_id integer not null references requester, body text);
insert into requester values
  (1, 'Anna Muster', null, '0612345678'),
  (2, 'Bert Muster', null, '06 12 34 56 78'),
  (3, 'Carla Ruiz', null, null),
  (4, 'Carla Ruiz', 'another.carla@example.org', null),
  (5, 'Dora Klein', null, '0470 08 66 93');
insert into ticket values (1, 1, 'My knee hurts. Anna Muster'), (2, 2, 'Where is my parcel?'), (3, 3, 'Hello'), (4, 4, 'Hello');
`
const deskMap = `  desk:
    collections:
      requester:
        rows: delete
        fields:
          full_name: {category: person-name}
          email: {category: email, identifier: email, unique: true}
          phone: {category: phone, identifier: phone, unique: false}
      ticket:
        rows: delete
        links: [{to: requester, on: {requester_id: id}, role: owner}]
        fields:
          body: {category: free-text}
rules:`

let installation: TestInstallation
let company: SmallCompany
let directory: string
let ctx: Context

before(async () => {
  installation = await freshInstallation()
})
after(() => installation.dispose())
beforeEach(async () => {
  await installation.dispose()
  installation = await freshInstallation()
  ctx = installation.ctx
  company = await smallCompany(ctx, await postgresServer())
  directory = await mkdtemp(join(tmpdir(), 'dossier-desk-'))
  const file = join(directory, 'desk.sqlite')
  const database = new DatabaseSync(file)
  database.exec(desk)
  database.close()
  await addSystem(ctx, { name: 'desk', url: `sqlite:${file}`, baseDirectory: '/' })
  await scanSystems(ctx, { names: ['desk'] }, () => undefined)
  await importMap(ctx, smallMap('shop').replace('rules:', deskMap))
})
afterEach(async () => {
  await company[Symbol.asyncDispose]()
  await rm(directory, { recursive: true, force: true })
})

const inDesk = (statement: string): readonly string[] => {
  const database = new DatabaseSync(join(directory, 'desk.sqlite'))
  const rows = database.prepare(statement).all()
  database.close()
  return rows.map((row) => Object.values(row).map(String).join('|'))
}

async function erase(
  identifier: string,
  same: readonly string[] = [],
  other: readonly string[] = [],
): Promise<RequestOutcome> {
  const asked = await askedIdentifiers(ctx, identifier)
  const request = await receiveRequest(ctx, { kind: 'erasure', asked, identityProof: 'operator-attested' })
  const { plan } = await planRequest(ctx, request, { rulings: readRulings(same, other) })
  await approvePlan(ctx, plan.id)
  return carryOut(ctx, request.id)
}

const stateOf = (outcome: RequestOutcome, name: string) =>
  outcome.systems.find((system) => system.name === name)?.state

describe('a record that may be the person’s', () => {
  it('is named when it bears her full name and a phone that others share', async () => {
    const { possible } = await findPerson(ctx, await askedIdentifiers(ctx, 'anna@example.org'))
    assert.deepEqual(possible, [
      { system: 'desk', collection: 'requester', record: 'desk/requester/1', signs: ['name', 'phone'] },
    ])
  })

  it('is named when it bears the phone as it is dialled in a country nobody told us', async () => {
    await company.run(`insert into person (person_id, email, first_name, last_name, phone) values
      (4, 'dora@example.be', 'Dora', 'Klein', '+32 470 08 66 93'), (5, 'emil@example.be', 'Emil', 'Klein', '+32 470 08 66 93')`)
    const { possible } = await findPerson(ctx, await askedIdentifiers(ctx, 'dora@example.be'))
    assert.deepEqual(
      possible.map(({ record, signs }) => `${record} ${signs}`),
      ['desk/requester/5 name,phone'],
    )
  })

  it('is named when it bears her full name and nothing that tells it from hers', async () => {
    const { possible } = await findPerson(ctx, await askedIdentifiers(ctx, 'carla@example.net'))
    assert.deepEqual(
      possible.map(({ record, signs }) => `${record} ${signs}`),
      ['desk/requester/3 name'],
      'and the Carla Ruiz of another address is somebody else',
    )
  })

  it('is named when its address is hers with something behind a plus sign', async () => {
    await company.run(`insert into person (person_id, email, first_name, last_name) values
      (6, 'carla+kids@example.net', 'C.', 'R.'), (7, 'scarla+kids@example.net', 'S.', 'R.')`)
    const { possible } = await findPerson(ctx, await askedIdentifiers(ctx, 'carla@example.net'))
    const places = possible.map(({ record, signs }) => `${record} ${signs}`)
    assert.deepEqual(places, ['shop/public.person/6 alias', 'desk/requester/3 name'])
    const outcome = await erase('carla@example.net', [], ['desk/requester/3'])
    assert.deepEqual([stateOf(outcome, 'shop'), stateOf(outcome, 'desk')], ['residue', 'verified-absent'])
    const people = await company.query('select email from person where person_id > 5 order by 1')
    assert.deepEqual(people, ['carla+kids@example.net', 'scarla+kids@example.net'], 'nobody else was touched')
    const ruled = await erase('carla@example.net', [], ['shop/public.person/6'])
    assert.equal(ruled.state, 'completed')
  })

  it('is named when its address holds her name, which is left there and ruled on', async () => {
    await company.run(`insert into person (person_id, email, first_name, last_name) values
      (4, 'erna@example.be', 'Erna', 'Blum'), (5, 'erna.blum.17@example.be', 'E.', 'B.')`)
    const { possible } = await findPerson(ctx, await askedIdentifiers(ctx, 'erna@example.be'))
    assert.deepEqual(
      possible.map(({ record, signs }) => `${record} ${signs}`),
      ['shop/public.person/5 name'],
    )
    const outcome = await erase('erna@example.be')
    const { residue = [] } = outcome.systems.find(({ name }) => name === 'shop') ?? {}
    assert.deepEqual(
      [outcome.state, ...residue.map((one) => `${one.collection}.${one.field} ${one.doubtful}`)],
      ['incomplete', 'public.person.email true'],
    )
    const ruled = await erase('erna@example.be', [], ['shop/public.person/5'])
    assert.equal(ruled.state, 'completed')
    const left = await company.query('select email from person where person_id in (4, 5)')
    assert.deepEqual(left, ['erna.blum.17@example.be'])
  })

  it('never ends as absent: it is left alone, and the erasure stays open', async () => {
    const outcome = await erase('anna@example.org')
    assert.equal(outcome.state, 'incomplete')
    assert.equal(stateOf(outcome, 'desk'), 'residue')
    assert.equal(outcome.certificate, null)
    const residue = outcome.systems.find(({ name }) => name === 'desk')?.residue ?? []
    assert.deepEqual(
      residue.map(({ collection, field, doubtful }) => `${collection}.${field} ${doubtful}`).toSorted(),
      ['requester.full_name true', 'requester.phone true'],
    )
    assert.equal(inDesk('select * from ticket').length, 4)
    assert.equal((await verifyAgain(ctx, outcome.request)).state, 'incomplete')
  })

  it('never ends as absent when a name is all it bears', async () => {
    const outcome = await erase('carla@example.net')
    assert.equal(stateOf(outcome, 'desk'), 'residue')
    assert.equal(outcome.state, 'incomplete')
  })

  it('goes with all that hangs on it once somebody said it is hers', async () => {
    const outcome = await erase('anna@example.org', ['desk/requester/1'])
    assert.equal(outcome.state, 'completed')
    assert.equal(stateOf(outcome, 'desk'), 'verified-absent')
    assert.deepEqual(inDesk('select id from requester order by 1'), ['2', '3', '4', '5'])
    assert.deepEqual(inDesk('select id from ticket order by 1'), ['2', '3', '4'])
  })

  it('can be ruled on after everything else of hers is gone', async () => {
    const first = await erase('anna@example.org')
    assert.equal(first.state, 'incomplete')
    const second = await erase('anna@example.org', ['desk/requester/1'])
    assert.equal(second.request, first.request, 'it is the same request')
    assert.equal(second.state, 'completed')
    assert.deepEqual(inDesk('select id from ticket order by 1'), ['2', '3', '4'])
  })

  it('stays, and the erasure is complete, once somebody said it is another’s', async () => {
    await erase('anna@example.org')
    const outcome = await erase('anna@example.org', [], ['desk/requester/1'])
    assert.equal(outcome.state, 'completed')
    assert.equal(inDesk('select * from requester').length, 5)
    assert.equal(inDesk("select * from ticket where body like '%Anna Muster%'").length, 1, 'nor is its text')
    assert.equal((await verifyAgain(ctx, outcome.request)).state, 'completed', 'the ruling is remembered')
    assert.ok(outcome.certificate)
  })

  it('is residue no more when it was mended by hand', async () => {
    const outcome = await erase('carla@example.net')
    const database = new DatabaseSync(join(directory, 'desk.sqlite'))
    database.exec("update requester set full_name = 'Karla R.' where id = 3")
    database.close()
    assert.equal((await verifyAgain(ctx, outcome.request)).state, 'completed')
  })

  it('stands in no copy until somebody said it is hers', async () => {
    const copy = async (same: readonly string[]) => {
      const given = await giveAccess(ctx, {
        asked: await askedIdentifiers(ctx, 'anna@example.org'),
        identityProof: 'operator-attested',
        language: 'en',
        file: join(directory, `copy-${same.length}.zip`),
        rulings: readRulings(same, []),
      })
      const held = given.holdings.systems.find(({ name }) => name === 'desk')
      return held?.collections.reduce((all, { rows }) => all + rows.length, 0)
    }
    assert.equal(await copy([]), 0)
    assert.equal(await copy(['desk/requester/1']), 2)
  })

  it('is the only record that can be ruled on', async () => {
    const rule = (record: string) => erase('anna@example.org', [record])
    await assert.rejects(rule('desk/requester/2'), (error) => isProblem(error, 'requests.no-possible-match'))
    await assert.rejects(rule('desk/requester/77'), (error) => isProblem(error, 'requests.no-possible-match'))
    await assert.rejects(rule('desk'), (error) => isProblem(error, 'holdings.no-record-name'))
    await assert.rejects(rule('desk/requester/%'), (error) => isProblem(error, 'holdings.no-record-name'))
    assert.equal(inDesk('select * from requester').length, 5)
  })
})
