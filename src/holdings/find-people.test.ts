import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { freshInstallation, type TestInstallation } from '../../test/installation.ts'
import { postgresServer } from '../../test/servers.ts'
import { type SmallCompany, smallCompany } from '../../test/small-company.ts'
import type { RowQuery } from '../connectors/public.ts'
import { isProblem } from '../platform/problem.ts'
import { findPeople, type PersonFound, type PersonSought } from './find-people.ts'
import { openSystems } from './open-systems.ts'

let installation: TestInstallation
let company: SmallCompany

before(async () => {
  installation = await freshInstallation()
  company = await smallCompany(installation.ctx, await postgresServer())
})
after(async () => {
  await company[Symbol.asyncDispose]()
  await installation.dispose()
})

const byEmail = (value: string): PersonSought => ({ asked: [{ kind: 'email', value }] })
const [anna, bert, carla] = ['anna@example.org', 'bert@example.org', 'carla@example.net'].map(byEmail)
const some = (...people: readonly (PersonSought | undefined)[]) => people.filter((one) => one !== undefined)
const byPhone: PersonSought = { asked: [{ kind: 'phone', value: '+33612345678' }] }

async function found(sought: readonly (PersonSought | undefined)[]) {
  await using systems = await openSystems(installation.ctx)
  return await findPeople(
    systems,
    sought.filter((one) => one !== undefined),
  )
}

async function search(sought: readonly (PersonSought | undefined)[]) {
  const { people } = await found(sought)
  return people.map((one) => (isProblem(one) ? one.code : rowsOf(one)))
}

const rowsOf = ({ found }: PersonFound): readonly string[] =>
  found
    .flatMap(({ collections }) =>
      collections.flatMap(({ name, rows }) => rows.map(({ key, role }) => `${name} ${key} ${role}`)),
    )
    .toSorted()

describe('a search for several people', () => {
  it('finds of each what a search for them alone finds, and tells what two of them share', async () => {
    const alone = [await search([anna]), await search([bert]), await search([carla])].flat()
    const { people, systems } = await found([anna, bert, carla])
    const together = people.map((one) => (isProblem(one) ? one.code : rowsOf(one)))
    assert.deepEqual(together, alone)
    assert.ok(together.every((rows) => rows.length > 4))
    const households = systems.flatMap(({ found: { collections } }) =>
      collections.filter(({ name }) => name.endsWith('household')).flatMap(({ rows }) => rows),
    )
    assert.deepEqual(
      households.map(({ role }) => role),
      ['owner', 'owner'],
      'a household goes when all who live there do',
    )
  })

  it('finds somebody who is named twice, twice', async () => {
    const [once, again] = await search([carla, carla])
    assert.deepEqual(once, again)
  })

  it('refuses whoever cannot be told from others, and finds the rest', async () => {
    const [shared, own] = await search([byPhone, carla])
    assert.equal(shared, 'holdings.shared-identifier')
    assert.deepEqual(own, (await search([carla]))[0])
  })

  it('finds nothing of a stranger', async () => {
    assert.deepEqual((await search([byEmail('nobody@example.org'), carla]))[0], [])
  })

  it('finds the same where it begins at the end of an earlier one, and nothing that only the earlier one led to', async () => {
    await using systems = await openSystems(installation.ctx)
    const find = async (leads: readonly PersonFound['seeds'][]) => {
      const asked: string[] = []
      const noting = systems.open.map(({ system, session }) => ({
        system,
        session: {
          ...session,
          find(query: RowQuery) {
            asked.push(query.collection)
            return session.find(query)
          },
        },
      }))
      const found = await findPeople({ ...systems, open: noting }, some(anna, bert), [], leads)
      const rows = found.systems.flatMap(({ found: { collections } }) =>
        collections.flatMap(({ name, rows }) => rows.map(({ key }) => `${name} ${key}`)),
      )
      const seeds = found.people.flatMap((one) => (isProblem(one) ? [] : [one.seeds]))
      return { rows: rows.toSorted(), seeds, asked: asked.length }
    }
    const first = await find([])
    const again = await find(first.seeds)
    assert.deepEqual(again.rows, first.rows)
    assert.ok(again.asked <= first.asked)
    const [toCarla] = (await findPeople(systems, some(carla))).people
    assert.ok(toCarla && !isProblem(toCarla))
    assert.deepEqual((await find([...first.seeds, toCarla.seeds])).rows, first.rows, 'Carla is not meant')
  })

  it('keeps what names one of them apart from what names another', async () => {
    await using systems = await openSystems(installation.ctx)
    const { people } = await findPeople(
      systems,
      [anna, bert].filter((one) => one !== undefined),
    )
    const emails = people.map((one) =>
      isProblem(one) ? [] : one.person.unique.map(({ value }) => value).toSorted(),
    )
    assert.deepEqual(emails, [['anna@example.org'], ['bert@example.org']])
  })
})
