import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { cpus, loadavg, totalmem } from 'node:os'
import { parseArgs } from 'node:util'
import { classifyColumns } from '../../src/inventory/classify-columns.ts'
import { foreignColumns } from './foreign.ts'
import { hands, tablesOfHand } from './hands.ts'
import {
  calibration,
  confusions,
  type Judged,
  judgeColumns,
  judgeTables,
  type Scores,
  scoresOf,
} from './measure.ts'
import { byHand, fill, type Labelled, seenSchemas, unseenSchemas } from './schema.ts'
import { measureSpeed, type Speed } from './speed.ts'
import { strangerTables } from './strangers.ts'

/**
 * `npm run bench:classify [-- <directory>] [--no-speed]`: how good the classifier is on columns it was shown and was not, and
 * how fast. The directory, or DOSSIER_BENCH_DATA, holds tables of others. Without its speed nothing is stored.
 */

const { values: flags, positionals } = parseArgs({
  options: { 'no-speed': { type: 'boolean', default: false } },
  allowPositionals: true,
})

const most = 25
const unseen = unseenSchemas().flatMap((schema) => fill(schema, 'unseen', 'measured'))
const seen = seenSchemas().flatMap((schema) => fill(schema, 'seen', 'measured'))

const onUnseen = await judgeColumns(unseen)
const taught = hands.flatMap(tablesOfHand)
// Words and headers that did not teach; but the classifier's dictionaries have one author with them.
const strangers = await Promise.all(strangerTables('kept', 260, 2).map(judgeColumns))
const sets = {
  'seen, as written': scoresOf(await judgeColumns(seen)),
  'seen, no headers': scoresOf(await judgeColumns(withoutHeaders(seen))),
  'unseen, as written': scoresOf(onUnseen),
  'unseen, no headers': scoresOf(await judgeColumns(withoutHeaders(unseen))),
  'by hand, as written': scoresOf(await judgeColumns(byHand())),
  'by hand, no headers': scoresOf(await judgeColumns(withoutHeaders(byHand()))),
  'strangers, kept sixth': scoresOf(strangers.flat()),
  'hands, as written': scoresOf(await judgeTables(taught)),
  'hands, no headers': scoresOf(await judgeTables(taught.map(withoutHeaders))),
}
console.log(
  'The model was trained on `seen` and `hands`; `unseen`, `by hand` and the kept sixth did not teach, but are by the hands',
)
console.log('that wrote the dictionaries. What another author writes is told by the hands left out alone:')
const leftOut = readLeftOut()
if (leftOut !== null) console.table({ ...leftOut.hands, ...leftOut.sets })
else console.log('(not measured here: node bench/classify/leave-out.ts)')
console.table(sets)

// The values of some special columns are dates, flags or sums: without a header nobody could tell.
const told = unseen.filter(({ isTold }) => isTold)
const toldSpecial = scoresOf(await judgeColumns(withoutHeaders(told))).specialRecall
console.log(`Special categories without headers, of the columns whose values can tell: ${toldSpecial}`)

const foreign = foreignColumns(positionals[0] ?? process.env.DOSSIER_BENCH_DATA ?? '')
const onForeign = await judgeColumns(foreign)
const foreignSets =
  foreign.length === 0
    ? null
    : {
        'foreign, as written': scoresOf(onForeign),
        'foreign, no headers': scoresOf(await judgeColumns(withoutHeaders(foreign))),
      }
if (foreignSets === null)
  console.log('Foreign tables: absent (name their directory, or set DOSSIER_BENCH_DATA).')
else {
  console.log('Tables that others made and filled:')
  console.table(foreignSets)
  console.table(confusions(onForeign))
}

const by = (key: 'language' | 'domain' | 'style') =>
  Object.fromEntries(
    [...Map.groupBy(onUnseen, (column) => column[key])].map(([name, columns]) => {
      const {
        columns: count,
        weightedF1,
        personalRecall,
        specialRecall,
        specialPrecision,
      } = scoresOf(columns)
      return [name, { columns: count, weightedF1, personalRecall, specialRecall, specialPrecision }]
    }),
  )
const parts = { style: by('style'), language: by('language'), domain: by('domain') }
for (const part of Object.values(parts)) console.table(part)

printConfusion(onUnseen)
const steps = calibration(onUnseen).filter(({ answers }) => answers > 0)
console.log('Confidence, and how often it was right (unseen):')
console.table(steps)

const silent = await silentNones()
console.log(`Columns that could not be read and were called harmless with confidence: ${silent}`)

if (flags['no-speed']) console.log('Speed was not measured, and nothing was stored.')
else store(await speeds())

function withoutHeaders(columns: readonly Labelled[]): readonly Labelled[] {
  return columns.map((column) => ({ ...column, column: '' }))
}

interface LeftOut {
  readonly sets: Readonly<Record<string, Scores>>
  readonly hands: Readonly<Record<string, Scores>>
}

/** What `leave-out.ts` found last. */
function readLeftOut(): LeftOut | null {
  const file = new URL('../results/classify-left-out.json', import.meta.url)
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as LeftOut) : null
}

/** By rows of a column; printed, as it takes the longest. */
async function speeds(): Promise<Readonly<Record<string, Speed>>> {
  const speed: Record<string, Speed> = {}
  for (const rows of [200, 1_000, 5_000])
    speed[`${rows} rows`] = await measureSpeed((round) => speedTables(round, rows))
  console.log('Cells a second, classifier and sixteen expressions by turns on the same cells:')
  console.table(speed)
  return speed
}

function store(speed: Readonly<Record<string, Speed>>): void {
  const result = {
    at: new Date().toISOString(),
    machine: {
      cpus: cpus().length,
      model: cpus()[0]?.model,
      memory: totalmem(),
      node: process.version,
      load: loadavg(),
    },
    taught: ['seen', ...hands],
    leftOut,
    sets,
    toldSpecialRecall: toldSpecial,
    foreign: foreignSets,
    parts,
    confusions: confusions(onUnseen).slice(0, most),
    calibration: steps,
    silentNones: silent,
    speed,
  }
  const directory = new URL('../results/', import.meta.url)
  mkdirSync(directory, { recursive: true })
  writeFileSync(new URL('classify.json', directory), `${JSON.stringify(result, null, 2)}\n`)
}

/** Every ninth of the seen schemas, other ones in every round, so many rows long. */
function speedTables(round: number, rows: number): readonly (readonly Labelled[])[] {
  const parts = 9
  return seenSchemas()
    .filter((_, i) => i % parts === round % parts)
    .map((schema) => fill(schema, 'seen', `speed-${round}`, rows))
}

/** One line per truth with what it was taken for: a table of forty-three by forty-three would not fit any screen. */
function printConfusion(judged: readonly Judged[]): void {
  console.log('What columns hold (unseen), how many were found, and what the others were taken for:')
  const rows = [...Map.groupBy(judged, ({ truth }) => truth)].map(([truth, columns]) => {
    const wrong = confusions(columns).map(([pair, times]) => `${pair.split(' → ')[1]} ×${times}`)
    const right = columns.filter(({ found }) => found === truth).length
    return { truth, columns: columns.length, right, 'taken for': wrong.join(', ') }
  })
  console.table(rows.toSorted((a, b) => b.columns - a.columns))
}

/** The unseen columns with nothing to read in them, in every way of having nothing. */
async function silentNones(): Promise<number> {
  const nothing = [null, [], [null, null, null], ['', ' ', '-'], undefined]
  const input = unseen.map(({ table, column, type }, i) => ({
    table,
    column: i % 2 === 0 ? column : '',
    type,
    values: nothing[i % nothing.length],
  }))
  const answers = await classifyColumns('en', input)
  return answers.filter(({ category, confidence }) => category === 'none' && confidence > 0.5).length
}
