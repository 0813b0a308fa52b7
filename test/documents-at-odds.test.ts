import assert from 'node:assert/strict'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, it } from 'node:test'
import {
  acceptMap,
  addSystem,
  currentMap,
  importMap,
  latestDrift,
  scanSystems,
} from '../src/inventory/public.ts'
import type { Context } from '../src/platform/context.ts'
import { askedIdentifiers, findPerson, sweepSystems } from '../src/requests/public.ts'
import { eraseNow } from './erase-now.ts'
import { freshInstallation } from './installation.ts'

interface Desk {
  readonly ctx: Context
  readonly database: DatabaseSync
  map(text: string): Promise<void>
  data(id: number): string | null
}

const profiles = `create table profile (id integer primary key, data text, constraint kept check (data is null or not json_valid(data) or json_type(data, '$.email') is not null))`

/** One table of profiles in SQLite, with documents as the test wants them. */
const withProfiles = async (
  documents: readonly (string | null)[],
  work: (desk: Desk) => Promise<void>,
  schema = profiles,
) => {
  await using installation = await freshInstallation()
  const { ctx } = installation
  const file = join(ctx.paths.data, 'desk.db')
  using database = new DatabaseSync(file)
  database.exec(schema)
  const insert = database.prepare('insert into profile (id, data) values (?, ?)')
  for (const [i, text] of documents.entries()) insert.run(i + 1, text)
  await addSystem(ctx, { name: 'desk', url: `sqlite:${file}`, baseDirectory: '/' })
  await scanSystems(ctx, { names: ['desk'] })
  await work({
    ctx,
    database,
    map: async (text) => {
      const { findings } = await importMap(ctx, text)
      assert.deepEqual(
        findings.filter(({ severity }) => severity === 'error'),
        [],
      )
    },
    data: (id) =>
      String(database.prepare('select data from profile where id = ?').get(id)?.['data'] ?? '') || null,
  })
} // prettier-ignore

const map = (fields: string, rows = 'clear') => `
version: 1
systems:
  desk:
    collections:
      profile:
        rows: ${rows}
        fields:
${fields
  .trim()
  .split('\n')
  .map((line) => `          ${line.trim()}`)
  .join('\n')}
rules: {}
`

const byPath = map(`
  data.$.email: {category: email, identifier: email, unique: true}
  data.$.name: {category: person-name}
  data.$.about: {category: free-text}
`)

const ada = '{"email":"ada@example.org", "name":"Ada Lovelace","n":1.10}'
const bob = '{"email":"bob@example.org","about":"met Ada Lovelace"}'

describe('documents that are not as the map would have them', () => {
  it('are erased as far as a CHECK allows: JSON null where it wants the member', () =>
    withProfiles([ada, bob], async ({ ctx, map: use, data }) => {
      await use(byPath)
      const { systems } = await eraseNow(ctx, 'ada@example.org')
      assert.deepEqual(
        systems.map(({ state }) => state),
        ['verified-absent'],
      )
      assert.equal(
        data(1),
        '{"email":null,  "n":1.10}'.replace(',  ', ', ').replace('null, "n"', 'null, "name":null,"n"'),
      )
      assert.equal(data(2), '{"email":"bob@example.org","about":"met [erased]"}')
    })) // prettier-ignore

  it('stop an erasure with a sentence where the person’s own cannot be read, and nothing is called done', () =>
    withProfiles(
      [ada, bob, '{"email":"ada@example.org", "name"'],
      async ({ ctx, database, map: use, data }) => {
        database.exec(
          "alter table profile add column mail text; update profile set mail = 'ada@example.org' where id = 3",
        )
        await scanSystems(ctx, { names: ['desk'] })
        await use(
          byPath.replace(
            'data.$.name',
            'mail: {category: email, identifier: email, unique: true}\n          data.$.name',
          ),
        )
        const found = await findPerson(ctx, await askedIdentifiers(ctx, 'ada@example.org'))
        assert.equal(found.systems[0]?.collections[0]?.rows, 2)
        const { systems, state } = await eraseNow(ctx, 'ada@example.org')
        assert.deepEqual(
          systems.map((one) => one.state),
          ['unreachable'],
        )
        assert.notEqual(state, 'completed')
        assert.equal(data(1), ada, 'all or nothing in one system')
      },
    )) // prettier-ignore

  it('of somebody else are left alone where they cannot be read, and the second reader says who stands there', () =>
    withProfiles(
      [ada, '{"email":"bob@example.org","about":"ada@example.org"'],
      async ({ ctx, map: use, data }) => {
        await use(byPath)
        const { systems } = await eraseNow(ctx, 'ada@example.org')
        assert.deepEqual(
          systems.map(({ state }) => state),
          ['residue'],
        )
        assert.doesNotMatch(data(1) ?? '', /ada/i)
        assert.equal(data(2), '{"email":"bob@example.org","about":"ada@example.org"')
      },
    )) // prettier-ignore

  it('hold the person in members nobody mapped: that is residue, however it is written', () =>
    withProfiles(
      [
        '{"email":"zoe+shop@example.org","name":"Zoë Nowak"}',
        bob,
        '{"email":"carla@example.org","raw":"{\\"from\\":\\"zoe\\\\u002Bshop@example.org\\"}"}',
        '{"email":"dan@example.org","who":{"first":"ZO\\u00CB","last":"Nowak"}}',
      ],
      async ({ ctx, map: use }) => {
        await use(byPath)
        const outcome = await eraseNow(ctx, 'zoe+shop@example.org')
        const [desk] = outcome.systems
        assert.equal(desk?.state, 'residue')
        const residue = JSON.stringify(desk)
        assert.match(residue, /"rows":1,"kinds":\["email"|"rows":2/)
        assert.match(residue, /"field":"data"/)
      },
    )) // prettier-ignore

  it('go whole with a column that the map clears whole', () =>
    withProfiles([ada, bob, '{"email":"ada@example.org"'], async ({ ctx, map: use, data }) => {
      await use(
        byPath.replace('data.$.name', 'data: {category: free-text, erase: clear}\n          data.$.name'),
      )
      const { systems } = await eraseNow(ctx, 'ada@example.org')
      assert.equal(data(1), null)
      assert.deepEqual(
        systems.map(({ state }) => state),
        ['residue'],
        'the broken one names her and is nobody’s row',
      )
    })) // prettier-ignore

  it('are looked at anew by every scan: a new path is drift, and personal', () =>
    withProfiles([ada.replace(',"n":1.10', ''), bob], async ({ ctx, database, map: use }) => {
      await use(byPath)
      database.exec(`update profile set data = json_insert(data, '$.phone', '+33 6 12 34 56 78')`)
      const { drift } = await scanSystems(ctx, { names: ['desk'] })
      const fresh = drift
        .filter(({ change }) => change === 'new')
        .map(({ field, since }) => `${field} ${since}`)
      assert.deepEqual(fresh.toSorted(), ['data.$.phone last-scan', 'data.$.phone map'])
      assert.ok((await latestDrift(ctx)).length > 0)
    })) // prettier-ignore

  for (const [beside, expected] of [
    ['"note":"x"', 'kept'],
    ['"unmapped":"Ada Lovelace"', 'residue'],
  ] as const)
    it(`stay in part where a rule keeps a path; with ${beside} beside it that is ${expected}`, () =>
      withProfiles(
        [`{"email":"ada@example.org","bill":{"name":"Ada Lovelace","on":"2024-03-01"},${beside}}`],
        async ({ ctx, map: use, data }) => {
          const fields = map(`
            data.$.email: {category: email, identifier: email, unique: true}
            data.$.bill.name: {category: person-name}
            data.$.bill.on: {category: none}
            data.$.note: {category: free-text}
          `)
          const keep =
            '        keep: [{rule: bills, from: data.$.bill.on, fields: [data.$.bill.name, data.$.bill.on]}]'
          const rule = 'rules:\n  bills: {years: 30, ground: legal-obligation, article: GDPR 17(3)(b)}'
          await use(fields.replace('rules: {}', `${keep}\n${rule}`))
          const { systems } = await eraseNow(ctx, 'ada@example.org')
          assert.match(data(1) ?? '', /^\{"bill":\{"name":"Ada Lovelace","on":"2024-03-01"\}/)
          assert.deepEqual(
            systems.map(({ state }) => state),
            [expected],
          )
        },
        'create table profile (id integer primary key, data text)',
      )) // prettier-ignore

  it('bring somebody back: the sweep finds them inside, and says where it could not look', () =>
    withProfiles([ada, bob], async ({ ctx, database, map: use, data }) => {
      await use(
        byPath.replace(
          'data.$.name',
          'data.$.guests[*].email: {category: email, identifier: email, unique: false}\n          data.$.name',
        ),
      )
      await eraseNow(ctx, 'ada@example.org')
      assert.equal((await sweepSystems(ctx)).systems[0]?.state, 'swept')
      database.exec(
        `update profile set data = '{"email":"bob@example.org","guests":[{"email":"x@example.org"},{"email":"Ada@example.org"}]}' where id = 2`,
      )
      const found = await sweepSystems(ctx, { erase: true })
      assert.deepEqual(
        found.found.map(({ verdict }) => verdict),
        ['returned'],
      )
      assert.equal(data(2), '{"email":"bob@example.org","guests":[{"email":"x@example.org"},{}]}')
      database.exec(`update profile set data = '{"email":"ada@example.org' where id = 2`)
      const { state, problem } = (await sweepSystems(ctx)).systems[0] ?? {}
      assert.deepEqual([state, problem?.code], ['unreachable', 'connectors.no-document'])
    })) // prettier-ignore

  it('lead to the rows they belong to by a number inside them', () =>
    withProfiles(
      Array.from({ length: 30 }, (_, i) =>
        JSON.stringify({
          order: { person_id: (i % 12) + 1, total: i },
          ship_to: { name: `Person ${i}`, street: `${i} rue du Puits` },
        }),
      ),
      async ({ ctx, database }) => {
        const people = Array.from({ length: 12 }, (_, i) => `(${i + 1}, 'person${i + 1}@example.org')`)
        database.exec(
          `alter table profile rename to parcel; create table person (id integer primary key, email text not null unique); insert into person values ${people.join()}`,
        )
        const data = (id: number) =>
          database.prepare('select data from parcel where id = ?').get(id)?.['data']
        await scanSystems(ctx, { names: ['desk'] })
        await acceptMap(ctx)
        const { map: accepted } = await currentMap(ctx)
        const links = accepted.systems['desk']?.collections['parcel']?.links
        assert.deepEqual(links, [{ to: 'person', on: { 'data.$.order.person_id': 'id' }, role: 'owner' }])
        const found = await findPerson(ctx, await askedIdentifiers(ctx, 'person3@example.org'))
        const rows = Object.fromEntries(
          found.systems.flatMap((one) => one.collections.map((two) => [two.name, two.rows])),
        )
        assert.deepEqual(rows, { person: 1, parcel: 3 })
        const { systems } = await eraseNow(ctx, 'person3@example.org')
        assert.deepEqual(
          systems.map(({ state }) => state),
          ['verified-absent'],
        )
        assert.deepEqual([data(3), data(15), data(27)], [undefined, undefined, undefined])
        assert.match(String(data(4)), /Person 3"/)
      },
      'create table profile (id integer primary key, data text)',
    )) // prettier-ignore
})
