import { readdirSync, writeFileSync } from 'node:fs'
import { loadavg } from 'node:os'
import { parseArgs } from 'node:util'
import { readTables } from './hands.ts'
import { type Judged, judgeTables, lookAlikeCounts, scoresOf, specialCounts } from './measure.ts'

/**
 * `node bench/classify/sealed.ts [--judge]`: what the sealed hands hold, and with `--judge` what the classifier makes of them,
 * kept in `bench/results/classify-sealed.json`. Judging is asked for by name: a set that is looked at while one improves is a
 * set to be trained on. Sums only: which columns were missed stays sealed.
 */

const { values: flags } = parseArgs({ options: { judge: { type: 'boolean', default: false } } })

const folder = new URL('./sealed/', import.meta.url)
const sealed = readdirSync(folder, { withFileTypes: true })
  .filter((one) => one.isDirectory())
  .map(({ name }) => ({ name, tables: readTables(new URL(`${name}/schemas.json`, folder)) }))

for (const { name, tables } of sealed) {
  const columns = tables.flat()
  console.log(`${name}: ${tables.length} tables, ${columns.length} columns`)
  for (const key of ['truth', 'language'] as const)
    console.table(
      Object.fromEntries([...Map.groupBy(columns, (one) => one[key])].map(([one, all]) => [one, all.length])),
    )
}

const sums = (judged: readonly Judged[]) => ({
  all: scoresOf(judged),
  told: scoresOf(judged.filter(({ isTold }) => isTold === true)),
})

if (flags.judge) {
  const judged = []
  for (const { name, tables } of sealed) {
    const written = await judgeTables(tables)
    const blank = await judgeTables(tables.map((table) => table.map((one) => ({ ...one, column: '' }))))
    judged.push({ name, written, blank })
  }
  const written = judged.flatMap((one) => one.written)
  const blank = judged.flatMap((one) => one.blank)
  const [asWritten, noHeaders] = [sums(written), sums(blank)]
  const result = {
    about: 'Tables of authors who had not seen the classifier and that teach nothing; sums only',
    at: new Date().toISOString(),
    load: loadavg(),
    sets: {
      'as written': asWritten.all,
      'as written, told': asWritten.told,
      'no headers': noHeaders.all,
      'no headers, told': noHeaders.told,
    },
    hands: Object.fromEntries(judged.map((one) => [one.name, scoresOf(one.written)])),
    special: specialCounts(written),
    lookAlikes: { 'as written': lookAlikeCounts(written), 'no headers': lookAlikeCounts(blank) },
  }
  for (const table of [result.sets, result.hands, result.special, result.lookAlikes]) console.table(table)
  writeFileSync(
    new URL('../results/classify-sealed.json', import.meta.url),
    `${JSON.stringify(result, null, 2)}\n`,
  )
}
