import assert from 'node:assert/strict'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, it } from 'node:test'
import { stringify } from 'csv-stringify/sync'
import { createConnection } from 'mysql2/promise'
import pg from 'pg'
import {
  acceptMap,
  addSystem,
  currentMap,
  exportMap,
  importMap,
  mapCoverage,
  scanSystems,
} from '../src/inventory/public.ts'
import type { Context } from '../src/platform/context.ts'
import { askedIdentifiers, findPerson, giveAccess } from '../src/requests/public.ts'
import { eraseNow } from './erase-now.ts'
import { freshInstallation } from './installation.ts'
import { freshMysqlDatabase, mysqlServers } from './mysql-server.ts'
import { freshDatabase, postgresServers } from './servers.ts'
import { unzip } from './unzip.ts'

/** A company that keeps its people in JSON documents: profiles of customers, teams of several, tickets. */
const people = [
  ['Ada', 'Lovelace'],
  ['Émilie', 'Martin'],
  ['Jan', 'Visser'],
  ['Carla', 'Ruiz'],
  ['Otto', 'Müller'],
  ['Zoë', 'Nowak'],
  ['Paul', 'Dupont'],
  ['Inès', 'Garcia'],
  ['Karl', 'Schmidt'],
  ['Lucia', 'Rossi'],
].map(([first = '', last = ''], i) => ({
  id: i + 1,
  first,
  last,
  email: `${first}.${last}${i}@example.org`.toLowerCase().normalize('NFD').replace(/\p{M}/gu, ''),
  phone: `+33 6 12 34 5${i} 6${i}`,
})) // prettier-ignore

/** Letters by their numbers in every second document, as PHP writes them. */
const escaped = (text: string, i: number): string =>
  i % 2 === 0
    ? text
    : text.replace(/[^\x20-\x7e]/g, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`) // prettier-ignore

const profiles = people.map(({ id, first, last, email, phone }, i) =>
  escaped(
    `{"hits": 1234567890123456789${i}, "credit":1.10, "contact": {"first_name":"${first}" , "last_name":"${last}","email":"${email}"},` +
      ` "phones":["${phone}"], "address": {"street":"${id} rue du Puits","city":"Lyon"}, "theme":"dark"}`,
    i,
  ),
)

/** Each team has three members; the last of one is the first of the next. */
const teams = [0, 2, 4, 6].map((start) =>
  JSON.stringify({
    title: `Team ${start}`,
    members: people.slice(start, start + 3).map(({ first, last, email }, i) => ({
      email,
      name: `${first} ${last}`,
      role: i === 0 ? 'lead' : 'member',
    })),
  }),
)

const tickets = people.map(({ email, first }, i) =>
  JSON.stringify({
    customer: { email },
    subject: 'delivery',
    message:
      i === 3
        ? `Please call ${people[0]?.email} about this`
        : `My name is ${first}, thank you for the parcel`,
  }),
) // prettier-ignore

const tables = {
  customer: profiles,
  team: teams,
  ticket: tickets,
} as const
type Table = keyof typeof tables

interface Company {
  readonly url: string
  /** The documents of a table by id, as they are stored. */
  documents(table: Table): Promise<ReadonlyMap<number, string | null>>
}

type Start = (ctx: Context, work: (company: Company) => Promise<void>) => Promise<void>

const inSqlite: Start = async (ctx, work) => {
  const file = join(ctx.paths.data, 'company.db')
  using database = new DatabaseSync(file)
  for (const [table, documents] of Object.entries(tables)) {
    database.exec(
      `create table ${table} (id integer primary key, data text not null check (json_valid(data)))`,
    )
    const insert = database.prepare(`insert into ${table} values (?, ?)`)
    for (const [i, text] of documents.entries()) insert.run(i + 1, text)
  }
  await work({
    url: `sqlite:${file}`,
    documents: async (table) =>
      new Map(
        database
          .prepare(`select id, data from ${table}`)
          .all()
          .map(({ id, data }) => [Number(id), data === null ? null : String(data)]),
      ),
  })
} // prettier-ignore

const inFiles: Start = async (ctx, work) => {
  const directory = join(ctx.paths.data, 'company')
  await mkdir(directory, { recursive: true })
  for (const [table, documents] of Object.entries(tables))
    await writeFile(
      join(directory, `${table}.csv`),
      stringify([['id', 'data'], ...documents.map((text, i) => [i + 1, text])]),
    ) // prettier-ignore
  await work({
    url: `files:${directory}`,
    documents: async (table) => {
      const { parse } = await import('csv-parse/sync')
      const rows: string[][] = parse(await readFile(join(directory, `${table}.csv`)))
      // By their place: without a key declared, an id may be a customer's number, and goes.
      return new Map(rows.slice(1).map(([, data = null], i) => [i + 1, data]))
    },
  })
}

const starts: [string, Start][] = [
  ['SQLite', inSqlite],
  ['CSV files', inFiles],
]
for (const server of await postgresServers())
  for (const type of ['json', 'jsonb'])
    starts.push([
      `PostgreSQL ${type} (${server.name})`,
      async (_, work) => {
        const { url, drop } = await freshDatabase(server)
        const client = new pg.Client({ connectionString: url })
        await client.connect()
        try {
          for (const [table, documents] of Object.entries(tables)) {
            await client.query(`create table ${table} (id int primary key, data ${type} not null)`)
            for (const [i, text] of documents.entries())
              await client.query(`insert into ${table} values ($1, $2)`, [i + 1, text])
          }
          await work({
            url,
            documents: async (table) => {
              const { rows } = await client.query(`select id, data::text as data from ${table}`)
              return new Map(rows.map(({ id, data }) => [Number(id), data]))
            },
          })
        } finally {
          await client.end()
          await drop()
        }
      },
    ])
for (const server of await mysqlServers())
  starts.push([
    server.name,
    async (_, work) => {
      const { url, drop } = await freshMysqlDatabase(server)
      const client = await createConnection({ uri: url, charset: 'utf8mb4', rowsAsArray: true })
      try {
        for (const [table, documents] of Object.entries(tables)) {
          await client.query(`create table ${table} (id int primary key, data json not null)`)
          for (const [i, text] of documents.entries())
            await client.execute(`insert into ${table} values (?, ?)`, [i + 1, text])
        }
        await work({
          url,
          documents: async (table) => {
            const [rows] = await client.query(`select id, concat(data) from ${table}`)
            return new Map((rows as unknown as [number, string][]).map(([id, data]) => [id, data]))
          },
        })
      } finally {
        await client.end()
        await drop()
      }
    },
  ])

const each = (title: string, work: (ctx: Context, company: Company) => Promise<void>) => {
  for (const [name, start] of starts)
    it(`${title}, in ${name}`, async () => {
      await using installation = await freshInstallation()
      const { ctx } = installation
      await start(ctx, async (company) => {
        await addSystem(ctx, { name: 'company', url: company.url, baseDirectory: '/' })
        await work(ctx, company)
      })
    })
}

const plain = (name: string) => name.replace(/^public\.|\.csv$/g, '')

describe('a company that keeps its people in JSON documents', () => {
  each('is scanned, accepted, searched, copied and erased by path', async (ctx, company) => {
    const { systems } = await scanSystems(ctx, { names: ['company'] })
    const fields = new Map(
      (systems[0]?.collections ?? []).flatMap(({ name, fields: all }) =>
        all.map((field) => [`${plain(name)} ${field.name}`, field]),
      ),
    )
    const category = (field: string) => fields.get(field)?.category
    assert.equal(category('customer data.$.contact.email'), 'email')
    assert.equal(category('customer data.$.contact.last_name'), 'person-name')
    assert.equal(category('customer data.$.address.street'), 'postal-address')
    assert.equal(category('customer data.$.phones[*]'), 'phone')
    assert.equal(category('team data.$.members[*].email'), 'email')
    assert.equal(category('ticket data.$.customer.email'), 'email')
    assert.equal(category('customer data'), 'none')
    assert.match(fields.get('customer data')?.reason ?? '', /paths/)

    await acceptMap(ctx)
    const { map } = await currentMap(ctx)
    const collections = Object.entries(map.systems['company']?.collections ?? {})
    const before = await exportMap(ctx)
    assert.match(before, /data\.\$\.contact\.email:/)
    // A ticket goes with whoever wrote it; a customer's row stays, and so does the team.
    const changed = before.replaceAll('rows: delete', 'rows: clear')
    const imported = await importMap(ctx, changed)
    assert.deepEqual(imported.findings, [])
    assert.ok(collections.length >= 3)
    const covered = (await mapCoverage(ctx)).fields.filter(({ field }) => field.includes('.$'))
    assert.ok(covered.some(({ field, erased }) => field === 'data.$.contact.email' && erased === 'null'))

    const ada = people[2]
    assert.ok(ada)
    const found = await findPerson(ctx, await askedIdentifiers(ctx, ada.email.toUpperCase()))
    const rows = Object.fromEntries(
      found.systems.flatMap((system) => system.collections.map((one) => [plain(one.name), one.rows])),
    )
    assert.deepEqual(rows, { customer: 1, team: 2, ticket: 1 })

    const file = join(ctx.paths.data, 'copy.zip')
    await giveAccess(ctx, {
      asked: await askedIdentifiers(ctx, ada.email),
      identityProof: 'operator-attested',
      language: 'en',
      file,
    })
    const files = await unzip(file)
    const json = [...files]
      .filter(([name]) => /customer[^/]*\.json$/.test(name))
      .map(([, text]) => text.toString())
    assert.match(json.join(), /"data\.\$\.contact\.email": "jan\.visser2@example\.org"/)
    const teamCsv = [...files]
      .filter(([name]) => /team[^/]*\.(?:csv|json)$/.test(name))
      .map(([, text]) => text.toString())
      .join()
    assert.match(teamCsv, /jan\.visser2@example\.org/)
    assert.doesNotMatch(teamCsv, /ada\.lovelace|otto\.muller/, 'other members are not hers to see')

    const untouched = async () => ({
      customer: [...(await company.documents('customer'))].filter(([id]) => id !== ada.id),
      team: [...(await company.documents('team'))].filter(([id]) => id > 2),
      ticket: [...(await company.documents('ticket'))].filter(([id]) => id !== ada.id),
    })
    const [neighbours, teamsBefore, own] = [
      await untouched(),
      await company.documents('team'),
      (await company.documents('customer')).get(ada.id),
    ]
    const outcome = await eraseNow(ctx, ada.email)
    assert.deepEqual(
      outcome.systems.map(({ state }) => state),
      ['verified-absent'],
    )
    assert.deepEqual(await untouched(), neighbours, 'neighbours are byte for byte what they were')
    const left = (await company.documents('customer')).get(ada.id) ?? ''
    assert.doesNotMatch(left, /Visser|jan\.|rue du Puits|34 52/i)
    assert.match(left, /12345678901234567892/)
    assert.match(own ?? '', /jan\.visser/)
    // A type of its own for documents may have dropped the last digit before we came; we drop none.
    const credit = /"credit": ?(1\.10?)\b/.exec(own ?? '')?.[1]
    assert.ok(credit)
    assert.equal(/"credit": ?([^,}]+)/.exec(left)?.[1], credit)
    const teamsAfter = await company.documents('team')
    for (const id of [1, 2]) {
      const [was, is] = [teamsBefore.get(id) ?? '', teamsAfter.get(id) ?? '']
      const members = JSON.parse(was).members as readonly { readonly email: string; readonly name: string }[]
      for (const { email, name } of members)
        for (const text of [email, name])
          assert.equal(is.includes(text), email !== ada.email, `${id} ${text}`)
    }
  })
}) // prettier-ignore
