import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, before, describe, it } from 'node:test'
import fc from 'fast-check'
import pg from 'pg'
import { freshDatabase, postgresServer } from '../../../test/servers.ts'
import {
  openRead,
  parseUrl,
  type ReadSession,
  type RowKey,
  type SystemDescription,
} from '../../connectors/public.ts'
import type { ResidueReport, ResidueSearch } from './residue.ts'
import { searchResidue } from './search-residue.ts'
import { searchResidueOfMany, worthAPass } from './search-residue-of-many.ts'
import {
  allLetters,
  columns,
  plainLetters,
  type Town,
  type TownPerson,
  townOf,
} from './small-towns.fixture.ts'

/** Where a town stands while it is read. */
interface Ground {
  readonly url: string
  readonly runs: number
  fill(town: Town): Promise<void>
  end(): Promise<void>
}

async function inSqlite(): Promise<Ground> {
  const directory = await mkdtemp(join(tmpdir(), 'dossier-towns-'))
  const file = join(directory, 'town.sqlite')
  const own = new DatabaseSync(file)
  return {
    url: `sqlite:${file}`,
    runs: 20,
    async fill(town) {
      own.exec('begin')
      for (const { name, hasKey, rows } of town.tables) {
        own.exec(`drop table if exists ${name};
          create table ${name} (${hasKey ? 'id integer primary key, ' : ''}${columns.join(' text, ')} text)`)
        const insert = own.prepare(`insert into ${name} (rowid, ${columns}) values (?, ?, ?, ?, ?)`)
        for (const [i, row] of rows.entries()) insert.run(i, ...row)
      }
      own.exec('commit')
    },
    async end() {
      own.close()
      await rm(directory, { recursive: true })
    },
  }
}

async function inPostgres(): Promise<Ground> {
  const { url, drop } = await freshDatabase(await postgresServer())
  const own = new pg.Client({ connectionString: url })
  await own.connect()
  return {
    url,
    runs: 8,
    async fill(town) {
      for (const { name, hasKey, rows } of town.tables) {
        await own.query(`drop table if exists ${name}`)
        await own.query(
          `create table ${name} (id integer${hasKey ? ' primary key' : ''}, ${columns.join(' text, ')} text)`,
        )
        const list = rows.map((cells, i) =>
          Object.fromEntries([['id', i], ...cells.map((cell, c) => [columns[c], cell])]),
        )
        await own.query(`insert into ${name} select * from json_populate_recordset(null::${name}, $1)`, [
          JSON.stringify(list),
        ])
      }
    },
    async end() {
      await own.end()
      await drop()
    },
  }
}

type Place = Pick<TownPerson['undecided'][number], 'table' | 'row'>
type PlaceOf = (place: Place) => { readonly collection: string; readonly key: RowKey }

/** What the rows of a town are called where it stands: those of tables without key by their places. */
async function placesIn(session: ReadSession, { collections }: SystemDescription): Promise<PlaceOf> {
  const keys = new Map<string, RowKey[]>()
  for (const { name } of collections)
    for await (const { key } of session.stream(name, [])) keys.set(name, [...(keys.get(name) ?? []), key])
  return ({ table, row }) => {
    const collection = collections.find(({ name }) => name.split('.').at(-1) === table)?.name ?? ''
    return { collection, key: keys.get(collection)?.[row] ?? '["no such row"]' }
  }
}

/** Made anew for each reader: what may stay by its number is counted down as it is found. */
function searchOf(person: TownPerson, placeOf: PlaceOf): ResidueSearch {
  const kept = new Set(person.kept.map((one) => JSON.stringify([placeOf(one), one.column])))
  const left = new Map(
    person.allowed.map(({ table, column, rows }) => [
      `${placeOf({ table, row: 0 }).collection} ${column}`,
      rows,
    ]),
  )
  const isAt = (one: Place, collection: string, key: RowKey) => {
    const place = placeOf(one)
    return place.collection === collection && place.key === key
  }
  return {
    wanted: person.wanted,
    ambiguous: person.ambiguous,
    isKept(collection, key, field) {
      if (kept.has(JSON.stringify([{ collection, key }, field]))) return true
      const rows = left.get(`${collection} ${field}`) ?? 0
      left.set(`${collection} ${field}`, rows - 1)
      return rows > 0
    },
    keptPaths: (collection, key) =>
      person.keptPaths.flatMap((one) => (isAt(one, collection, key) ? [one.path] : [])),
    isAnothers: (collection, key) => person.others.some((one) => isAt(one, collection, key)),
    undecided: person.undecided.map(placeOf),
  }
}

/** So many that a pass over all rows is worth it, whoever else is looked for. */
const strangers = Array.from(
  { length: worthAPass },
  (_, i): ResidueSearch => ({
    wanted: [{ kind: 'email', value: `stranger${i}@example.net` }],
    ambiguous: { names: [], beside: [] },
    isKept: () => false,
    isAnothers: () => false,
    undecided: [],
  }),
)

interface Said {
  readonly alone: readonly ResidueReport[]
  readonly together: readonly ResidueReport[]
  /** What one person's reader says if it gets every row with a letter beyond ASCII, besides those its target brings. */
  readonly atMost: readonly ResidueReport[]
}

async function readTown(ground: Ground, town: Town): Promise<Said> {
  await ground.fill(town)
  await using session = await openRead(await parseUrl(ground.url, '/'), {
    statementTimeoutMs: 20_000,
    lockTimeoutMs: 1_000,
  })
  const description = await session.describe()
  const placeOf = await placesIn(session, description)
  const searches = () => town.people.map((person) => searchOf(person, placeOf))
  const oneByOne = async (from: ReadSession) => {
    const reports: ResidueReport[] = []
    for (const search of searches()) reports.push(await searchResidue(from, description, search))
    return reports
  }
  return {
    alone: await oneByOne(session),
    together: (await searchResidueOfMany(session, description, [...searches(), ...strangers])).slice(
      0,
      town.people.length,
    ),
    atMost: await oneByOne({ ...session, search: (wanted) => generousSearch(session, wanted) }),
  }
}

async function* generousSearch(session: ReadSession, wanted: Parameters<ReadSession['search']>[0]) {
  const brought = new Set<RowKey>()
  for await (const { key } of session.search(wanted)) brought.add(key)
  for await (const row of session.stream(wanted.collection, wanted.fields))
    if (brought.has(row.key) || row.cells.some((cell) => /[^\0-\x7f]/.test(cell ?? ''))) yield row
}

/** No trace that `less` tells of is missing from `more`. */
function assertWithin(less: ResidueReport, more: ResidueReport): void {
  assert.ok(less.keptTraces <= more.keptTraces)
  for (const { collection, field, doubtful, kinds, rows } of less.residue) {
    const other = more.residue.find(
      (one) => one.collection === collection && one.field === field && one.doubtful === doubtful,
    )
    assert.ok(other && other.rows >= rows && kinds.every((kind) => other.kinds.includes(kind)), field)
  }
}

/** Which traces an allowance spares depends on the order in which rows come, and a row that comes besides changes that. */
const withoutAllowance = townOf(allLetters).map((town) => ({
  ...town,
  people: town.people.map((person) => ({ ...person, allowed: [] })),
}))

describe('the second reader of many people', () => {
  const grounds: Ground[] = []
  before(async () => {
    grounds.push(await inSqlite(), await inPostgres())
  })
  after(async () => {
    for (const ground of grounds) await ground.end()
  })

  const inEveryTown = async (towns: fc.Arbitrary<Town>, check: (said: Said) => void) => {
    for (const ground of grounds) {
      const property = fc.asyncProperty(towns, async (town) => check(await readTown(ground, town)))
      await fc.assert(property, { numRuns: ground.runs })
    }
  }

  it('says of each person what it says of them alone', () =>
    inEveryTown(townOf(plainLetters), ({ alone, together }) => assert.deepEqual(together, alone)))

  it('says no less where texts have letters beyond ASCII, and more only where the target brought too little', () =>
    inEveryTown(withoutAllowance, ({ alone, together, atMost }) => {
      for (const [i, report] of together.entries()) {
        assertWithin(alone[i] ?? report, report)
        assertWithin(report, atMost[i] ?? report)
      }
      assert.deepEqual(
        together.map(({ searched, notSearched }) => ({ searched, notSearched })),
        alone.map(({ searched, notSearched }) => ({ searched, notSearched })),
      )
    }))
})
