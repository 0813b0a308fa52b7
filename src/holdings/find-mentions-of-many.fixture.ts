import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import pg from 'pg'
import { freshDatabase, postgresServer } from '../../test/servers.ts'
import { openRead, parseUrl, type ReadSession } from '../connectors/public.ts'
import type { CollectionMap, DataMap } from '../inventory/public.ts'
import { findInSystem } from './find-in-system.ts'
import { type FoundMentions, findMentions } from './find-mentions.ts'
import type { Identifier, SystemHoldings } from './holdings.ts'
import { mappedSystem } from './mapped-system.ts'
import { mergePersons, personIn } from './person.ts'
import type { OpenSystem, SoughtPerson } from './sought-person.ts'

type Cell = string | number | null

/** Rows by table, in the order of `tables`. */
export type World = Partial<Record<keyof typeof tables, readonly (readonly Cell[])[]>>

/** A company in small, with all that findings hang on: namesakes, households, parties, documents, rows without a key. */
const tables = {
  person:
    'id integer primary key, email text unique, first_name text, last_name text, phone text, code text unique, iban text, profile text',
  requester: 'id integer primary key, full_name text, phone text, email text unique, badge text',
  note: 'id integer primary key, person_id integer, body text, total text',
  gift: 'id integer primary key, giver_id integer, receiver_id integer, receiver_note text',
  account:
    'id integer primary key, first_owner integer, second_owner integer, phone text, holder text, remark text',
  log: 'email text, name text, line text',
  ledger: 'email text, memo text, at text',
  team: 'id integer primary key, title text, data text',
} as const

const views = ['create view log_lines as select email, name, line from log']

const collections = (prefix: string): Readonly<Record<string, CollectionMap>> => {
  const toPerson = (field: string) => ({ to: `${prefix}person`, on: { [field]: 'id' } })
  return {
    [`${prefix}person`]: {
      rows: 'delete',
      fields: {
        email: { category: 'email', identifier: 'email', unique: true },
        first_name: { category: 'person-name' },
        last_name: { category: 'person-name' },
        phone: { category: 'phone', identifier: 'phone', unique: false },
        code: { category: 'customer-number', identifier: 'number', unique: true },
        iban: { category: 'bank-account', identifier: 'bank-account', unique: false },
        'profile.$.nick': { category: 'person-name' },
        'profile.$.about': { category: 'free-text' },
        'profile.$.backup': { category: 'email', identifier: 'email', unique: true },
      },
    },
    [`${prefix}requester`]: {
      rows: 'delete',
      fields: {
        full_name: { category: 'person-name' },
        phone: { category: 'phone', identifier: 'phone', unique: false },
        email: { category: 'email', identifier: 'email', unique: true },
        badge: { category: 'customer-number', identifier: 'number', unique: false },
      },
    },
    [`${prefix}note`]: {
      rows: 'delete',
      links: [{ ...toPerson('person_id'), role: 'owner' }],
      fields: { body: { category: 'free-text' }, total: { category: 'financial' } },
    },
    [`${prefix}gift`]: {
      rows: 'delete',
      links: [
        { ...toPerson('giver_id'), role: 'owner' },
        { ...toPerson('receiver_id'), role: 'party', clears: ['receiver_note'] },
      ],
      fields: { receiver_note: { category: 'free-text' } },
    },
    [`${prefix}account`]: {
      rows: 'delete',
      links: [
        { ...toPerson('first_owner'), role: 'owner' },
        { ...toPerson('second_owner'), role: 'owner' },
      ],
      fields: {
        phone: { category: 'phone', identifier: 'phone', unique: false },
        holder: { category: 'person-name' },
        remark: { category: 'free-text' },
      },
    },
    [`${prefix}log`]: {
      rows: 'delete',
      fields: {
        email: { category: 'email', identifier: 'email', unique: true },
        name: { category: 'person-name' },
        line: { category: 'communication' },
      },
    },
    [`${prefix}log_lines`]: {
      rows: 'keep',
      fields: {
        email: { category: 'email', identifier: 'email', unique: true },
        name: { category: 'person-name' },
        line: { category: 'communication' },
      },
    },
    [`${prefix}ledger`]: {
      rows: 'clear',
      fields: {
        email: { category: 'email', identifier: 'email', unique: true },
        memo: { category: 'free-text' },
      },
      keep: [{ rule: 'accounting', from: 'at', fields: ['memo'] }],
    },
    [`${prefix}team`]: {
      rows: 'keep',
      fields: {
        title: { category: 'free-text' },
        'data.$.members[*].email': { category: 'email', identifier: 'email', unique: false },
        'data.$.members[*].name': { category: 'person-name' },
        'data.$.members[*].about': { category: 'free-text' },
        'data.$.story': { category: 'free-text' },
      },
    },
  }
}

export interface Company extends AsyncDisposable {
  /** Empties both systems and fills them anew. */
  fill(shop: World, desk: World): Promise<void>
  /** Opens both for reading, for as long as the work takes. */
  reading<T>(work: (open: readonly OpenSystem[]) => Promise<T>): Promise<T>
}

const names = Object.keys(tables) as readonly (keyof typeof tables)[]

/** A shop on either engine and a help desk on SQLite, of the same shape. */
export async function openCompany(shopOn: 'postgres' | 'sqlite'): Promise<Company> {
  await using stack = new AsyncDisposableStack()
  const directory = await mkdtemp(join(tmpdir(), 'dossier-many-'))
  stack.defer(() => rm(directory, { recursive: true, force: true }))
  const shop = stack.use(
    shopOn === 'postgres' ? await onPostgres() : onSqlite(join(directory, 'shop.sqlite')),
  )
  const desk = stack.use(onSqlite(join(directory, 'desk.sqlite')))
  const map: DataMap = {
    version: 1,
    country: 'FR',
    systems: {
      shop: { collections: collections(shopOn === 'postgres' ? 'public.' : '') },
      desk: { collections: collections('') },
    },
    rules: { accounting: { ground: 'legal-obligation', article: 'GDPR 17(3)(b)', years: 10 } },
  }
  for (const system of [shop, desk])
    for (const statement of [...names.map((name) => `create table ${name} (${tables[name]})`), ...views])
      await system.run(statement)
  const resources = stack.move()
  return {
    async fill(inShop, inDesk) {
      for (const [system, world] of [
        [shop, inShop],
        [desk, inDesk],
      ] as const)
        await system.run(
          ['begin', ...names.flatMap((name) => refill(name, world[name] ?? [])), 'commit'].join(';\n'),
        )
    },
    async reading(work) {
      await using sessions = new AsyncDisposableStack()
      const open: OpenSystem[] = []
      for (const [name, { url }] of Object.entries({ shop, desk })) {
        const limits = { statementTimeoutMs: 20_000, lockTimeoutMs: 300 }
        const session: ReadSession = sessions.use(await openRead(await parseUrl(url, '/'), limits))
        open.push({ session, system: mappedSystem(map, name, await session.describe()) })
      }
      return await work(open)
    },
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  }
}

interface Database extends AsyncDisposable {
  readonly url: string
  run(statements: string): Promise<void>
}

async function onPostgres(): Promise<Database> {
  const database = await freshDatabase(await postgresServer())
  const client = new pg.Client({ connectionString: database.url })
  client.on('error', () => undefined)
  await client.connect()
  return {
    url: database.url,
    run: async (statements) => void (await client.query(statements)),
    async [Symbol.asyncDispose]() {
      await client.end()
      await database.drop()
    },
  }
}

function onSqlite(path: string): Database {
  const database = new DatabaseSync(path)
  return {
    url: `sqlite:${path}`,
    run: async (statements) => database.exec(statements),
    [Symbol.asyncDispose]: async () => database.close(),
  }
}

const literal = (cell: Cell): string =>
  cell === null ? 'null' : typeof cell === 'number' ? String(cell) : `'${cell.replaceAll("'", "''")}'`

const refill = (name: string, rows: readonly (readonly Cell[])[]): readonly string[] => [
  `delete from ${name}`,
  ...rows.map((row) => `insert into ${name} values (${row.map(literal).join(', ')})`),
]

/** Finds a person by one identifier in every system, as a search does before it looks for mentions. */
export async function seek(open: readonly OpenSystem[], asked: Identifier): Promise<SoughtPerson> {
  let person = mergePersons([{ unique: [asked], shared: [], names: [] }])
  for (;;) {
    const found: SystemHoldings[] = []
    for (const { system, session } of open) {
      const seeds = { identifiers: person.unique, rows: [], across: [] }
      found.push((await findInSystem(session, system, seeds, [])).holdings)
    }
    const next = mergePersons([
      person,
      ...open.map(({ system }, i) => personIn(system, found[i]?.collections ?? [])),
    ])
    if (next.unique.length === person.unique.length) return { person: next, found, ruledOut: [] }
    person = next
  }
}

/** The same in an order of its own: mentions and possible matches come as their rows do. */
export function inOrder(mentions: FoundMentions): unknown {
  const sorted = <T>(list: readonly T[]) =>
    list.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))
  return {
    ...mentions,
    possible: sorted(mentions.possible),
    systems: mentions.systems.map((system) => ({
      ...system,
      collections: system.collections.map((one) => ({ ...one, mentions: sorted(one.mentions) })),
    })),
  }
}

/** What each of the people is told alone. */
export const oneByOne = async (open: readonly OpenSystem[], people: readonly SoughtPerson[]) => {
  const all = []
  for (const { person, found, ruledOut } of people) {
    const searched = open.map((one, i) => ({ ...one, found: found[i] ?? { name: '', collections: [] } }))
    all.push(await findMentions(searched, person, ruledOut))
  }
  return all
}
