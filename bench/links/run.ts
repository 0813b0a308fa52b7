import { existsSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, loadavg, tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { generateRows } from './generate-rows.ts'
import { makeDatabase } from './make-database.ts'
import { type Measured, measure, proposedFor, type TrueWay, wayText } from './measure-links.ts'
import { measureSample } from './measure-sample.ts'
import { readSchema } from './schema-file.ts'

/** `npm run bench:links`: how many links are found again when foreign keys are taken away, and how many are made up. */

const here = import.meta.dirname
const threshold = 0.8
const verbose = process.argv.includes('--verbose')
const only = process.argv.find((argument) => argument.startsWith('--set='))?.slice('--set='.length)

interface Score {
  readonly schemas: number
  readonly links: number
  readonly found: number
  readonly wrong: number
  readonly recall: number
  readonly precision: number
}

const scoreOf = (all: readonly Measured[]): Score => {
  const count = (pick: (one: Measured) => readonly unknown[]) =>
    all.reduce((sum, one) => sum + pick(one).length, 0)
  const [found, missed, wrong] = [
    count((one) => one.found),
    count((one) => one.missed),
    count((one) => one.wrong),
  ]
  const share = (part: number, whole: number) =>
    whole === 0 ? 1 : Math.round((part / whole) * 1_000) / 1_000
  return {
    schemas: all.length,
    links: found + missed,
    found,
    wrong,
    recall: share(found, found + missed),
    precision: share(found, found + wrong),
  }
}

async function measureSet(set: string, directory: string): Promise<readonly Measured[]> {
  const measured: Measured[] = []
  for (const path of globSync(join(here, 'schemas', set, '*.schema')).toSorted()) {
    const name = basename(path, '.schema')
    const tables = readSchema(readFileSync(path, 'utf8'))
    const file = join(directory, `${set}-${name}.sqlite`)
    makeDatabase(file, tables, generateRows(name, tables))
    const truth = tables.flatMap((table) =>
      table.links.map(({ fields, to, toFields }): TrueWay => ({ from: table.name, fields, to, toFields })),
    )
    const one = measure(truth, await proposedFor(file), threshold)
    measured.push(one)
    tell(name, one)
  }
  return measured
}

async function measureChinook(): Promise<readonly Measured[]> {
  const file = join(here, '..', '..', '..', 'shared', 'data', 'chinook', 'chinook.sqlite')
  if (!existsSync(file)) {
    console.log('Chinook is not on this machine: left out.')
    return []
  }
  const database = new DatabaseSync(file, { readOnly: true })
  const keys = database
    .prepare(
      `select m.name as "from", k."from" as field, k."table" as "to", k."to" as "toField"
       from sqlite_master m join pragma_foreign_key_list(m.name) k where m.type = 'table'`,
    )
    .all()
  database.close()
  const truth = keys.map(
    (key): TrueWay => ({
      from: String(key.from),
      fields: [String(key.field)],
      to: String(key.to),
      toFields: [String(key.toField)],
    }),
  )
  const one = measure(truth, await proposedFor(file), threshold)
  tell('chinook', one)
  return [one]
}

/** Only what nobody declared is asked for: the shop's foreign keys stand. */
async function measureCompany(): Promise<readonly Measured[]> {
  const { truth, proposals } = await measureSample(2_000)
  const one = measure(truth, proposals, threshold)
  tell('sample company', one)
  return [one]
}

function tell(name: string, one: Measured): void {
  const { links, found, wrong } = scoreOf([one])
  console.log(`${name.padEnd(16)} ${found} of ${links} found, ${wrong} wrong`)
  if (!verbose) return
  for (const way of one.missed) console.log(`  missed  ${wayText(way)}`)
  for (const way of one.wrong)
    console.log(`  wrong   ${wayText(way)} ${way.confidence} ${JSON.stringify(way.reason)}`)
}

const directory = mkdtempSync(join(tmpdir(), 'bench-links-'))
const load = loadavg()[0] ?? 0
const started = performance.now()
try {
  const sets: Record<string, readonly Measured[]> = {}
  for (const set of ['seen', 'unseen'])
    if (only === undefined || only === set) sets[set] = await measureSet(set, directory)
  if (only === undefined || only === 'chinook') sets.chinook = await measureChinook()
  if (only === undefined || only === 'sample') sets.sample = await measureCompany()
  const scores = Object.fromEntries(Object.entries(sets).map(([set, all]) => [set, scoreOf(all)]))
  console.table(scores)
  const result = {
    at: new Date().toISOString(),
    machine: { cpu: cpus()[0]?.model, cores: cpus().length, node: process.version, load },
    seconds: Math.round((performance.now() - started) / 100) / 10,
    threshold,
    scores,
  }
  if (only === undefined) {
    mkdirSync(join(here, '..', 'results'), { recursive: true })
    writeFileSync(join(here, '..', 'results', 'links.json'), `${JSON.stringify(result, null, 2)}\n`)
  }
} finally {
  rmSync(directory, { recursive: true, force: true })
}
