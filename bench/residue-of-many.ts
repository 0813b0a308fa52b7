import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { cpus, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { openRead, parseUrl, type ReadSession, type SystemDescription } from '../src/connectors/public.ts'
import { peopleIndex } from '../src/holdings/second-reader/people-index.ts'
import type { ResidueSearch } from '../src/holdings/second-reader/residue.ts'
import { searchResidue } from '../src/holdings/second-reader/search-residue.ts'
import { searchResidueOfMany } from '../src/holdings/second-reader/search-residue-of-many.ts'
import type { Wanted } from '../src/holdings/second-reader/wanted.ts'

/**
 * How many plain cells a second the second reader looks at for ten thousand people at once, beside the reader of one person
 * over the same rows, and how much memory their index takes; in seconds of CPU of one process, so that others at work on the
 * machine do not count. Goals: 100,000 cells/s, 1 KB a person.
 */
const [people, rows, pairs] = [Number(process.argv[2] ?? 10_000), Number(process.argv[3] ?? 50_000), 3]
const goals = { cellsPerSecond: 100_000, bytesPerPerson: 1_024 }
const columns = ['first', 'last', 'email', 'phone', 'city', 'note'] as const

/** Two hundred first names and two thousand last ones, of which the commonest are far commoner than the others. */
const syllables = [
  'ba',
  'do',
  'ri',
  'mu',
  'ka',
  'le',
  'so',
  'ni',
  've',
  'ta',
  'ster',
  'nard',
  'lin',
  'rez',
  'mann',
]
const word = (i: number): string =>
  [i % 15, Math.floor(i / 15) % 15, Math.floor(i / 225) % 15].map((at) => syllables[at]).join('')
const skewed = (i: number, of: number): number => Math.floor(of * ((i * 0.618_034) % 1) ** 2)
const firstOf = (i: number): string => word(skewed(i, 200))
const lastOf = (i: number): string => `${word(skewed(i * 0.754_877, 2_000))}${i % 20 === 0 ? 'ü' : 's'}`
const nameOf = (i: number): string => `${firstOf(i)} ${lastOf(i)}`
const phoneOf = (i: number): string => `06 ${String((i * 7_919_317) % 100_000_000).padStart(8, '0')}`
const emailOf = (i: number): string => `${firstOf(i)}.${lastOf(i)}.${i}@example${i % 97}.org`

/** Those who stay come behind those who are erased; one row in a thousand still tells of one of these. */
const bearerOf = (row: number): number => (row % 1_000 === 0 ? row % people : people + row)
const borne = new Set(Array.from({ length: rows }, (_, row) => nameOf(people + row)))

/** A name that somebody who stays bears too is looked for only beside the phone, as a plan has it. */
function searchFor(i: number): ResidueSearch {
  const name: Wanted = { kind: 'name', value: nameOf(i) }
  const phone: Wanted = { kind: 'phone', value: phoneOf(i) }
  const isShared = borne.has(name.value)
  return {
    wanted: [
      { kind: 'email', value: emailOf(i) },
      { kind: 'number', value: `C-${100_000 + i}` },
      phone,
      ...(isShared ? [] : [name]),
    ],
    ambiguous: isShared ? { names: [name], beside: [phone] } : nobody,
    isKept: never,
    isAnothers: never,
    undecided: [],
  }
}
const nobody = { names: [], beside: [] }
const never = () => false

function makeRows(file: string): void {
  using database = new DatabaseSync(file)
  database.exec(`create table customer (id integer primary key, ${columns.join(' text, ')} text); begin`)
  const insert = database.prepare(`insert into customer (${columns}) values (${columns.map(() => '?')})`)
  for (let row = 0; row < rows; row += 1) {
    const i = bearerOf(row)
    const note = `order ${row} left at the door of number ${row % 97}, they will call back on 2024-05-${10 + (row % 20)}`
    insert.run(firstOf(i), lastOf(i), emailOf(i), phoneOf(i), `${word(row % 300)}ville`, note)
  }
  database.exec('commit')
}

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void
function heap(): number {
  collectGarbage()
  return process.memoryUsage().heapUsed
}

async function cpuSeconds(work: () => Promise<unknown>): Promise<number> {
  const started = process.cpuUsage()
  await work()
  const { user, system } = process.cpuUsage(started)
  return (user + system) / 1e6
}

async function candidates(session: ReadSession, { collections }: SystemDescription): Promise<number> {
  const index = peopleIndex(searches)
  let found = 0
  for (const { name } of collections)
    for await (const row of session.stream(name, columns)) found += index.candidates(name, row).size
  return found
}

const directory = await mkdtemp(join(tmpdir(), 'dossier-bench-many-'))
await using stack = new AsyncDisposableStack()
stack.defer(() => rm(directory, { recursive: true, force: true }))
const file = join(directory, 'target.sqlite')
makeRows(file)
const searches = Array.from({ length: people }, (_, i) => searchFor(i))
const before = heap()
const index = peopleIndex(searches)
// What it makes at its first use belongs to it.
const first = index.candidates('customer', { key: '1', cells: [firstOf(0), lastOf(0), emailOf(0)] })
const bytesPerPerson = Math.round((heap() - before) / people)
if (first.size === 0) throw new Error('the index does not know the first of its people')

const session = stack.use(
  await openRead(await parseUrl(`sqlite:${file}`, '/'), { statementTimeoutMs: 30_000, lockTimeoutMs: 5_000 }),
)
const description = await session.describe()
const runs: { many: number; single: number; bare: number }[] = []
let traces = 0
for (let pair = 0; pair < pairs; pair += 1) {
  const single = await cpuSeconds(() => searchResidue(session, description, searchFor(1)))
  const bare = await cpuSeconds(async () => {
    for await (const _ of session.stream('customer', columns));
  })
  const many = await cpuSeconds(async () => {
    const reports = await searchResidueOfMany(session, description, searches)
    traces = reports.flatMap(({ residue }) => residue).reduce((sum, one) => sum + one.rows, 0)
  })
  runs.push({ many, single, bare })
}
const median = (list: readonly number[]): number => list.toSorted((a, b) => a - b)[list.length >> 1] ?? 0
const round = (value: number): number => Math.round(100 * value) / 100
const many = median(runs.map((one) => one.many))
const result = {
  at: new Date().toISOString(),
  machine: { cpus: cpus().length, model: cpus()[0]?.model, node: process.version, load: loadavg() },
  people,
  cells: rows * columns.length,
  /** Seconds of CPU, medians: ten thousand people in one pass, one person by needles, and the rows alone. */
  manySeconds: round(many),
  singleSeconds: round(median(runs.map((one) => one.single))),
  rowsAloneSeconds: round(median(runs.map((one) => one.bare))),
  cellsPerSecond: Math.round((rows * columns.length) / many),
  /** So many people searched for one by one take as long as all of them in one pass. */
  worthFrom: Math.ceil(median(runs.map((one) => one.many / one.single))),
  candidatesPerRow: round((await candidates(session, description)) / rows),
  tracesFound: traces,
  bytesPerPerson,
  goals,
}
await mkdir(join(import.meta.dirname, 'results'), { recursive: true })
await writeFile(
  join(import.meta.dirname, 'results', 'residue-of-many.json'),
  `${JSON.stringify(result, null, 2)}\n`,
)
console.log(result)
process.exitCode =
  result.cellsPerSecond >= goals.cellsPerSecond && bytesPerPerson <= goals.bytesPerPerson ? 0 : 1
