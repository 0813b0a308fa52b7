import { writeFileSync } from 'node:fs'
import { loadavg } from 'node:os'
import { parseArgs } from 'node:util'
import { freshColumns, lookAlikeCounts, specialCounts } from './fresh.ts'
import { judgeColumns, scoresOf } from './measure.ts'
import type { Labelled } from './schema.ts'

/**
 * `node bench/classify/sealed-2.ts [--judge]`: what the second sealed set holds, and with `--judge` what the classifier
 * makes of it, kept in `bench/results/classify-sealed-2.json`. Judging is asked for by name: a set that is looked at while
 * one improves is a set to be trained on.
 */

const { values: flags } = parseArgs({ options: { judge: { type: 'boolean', default: false } } })

const columns = freshColumns('sealed-2')
const countBy = (key: (column: Labelled) => string) =>
  Object.fromEntries([...Map.groupBy(columns, key)].map(([name, group]) => [name, group.length]).toSorted())

console.log(`${new Set(columns.map(({ table }) => table)).size} tables, ${columns.length} columns`)
console.table(countBy(({ truth }) => truth))
console.table(countBy(({ language }) => language))
console.table(countBy(({ domain }) => domain))

// Sums only, as of the first sealed set: which columns were missed stays sealed.
if (flags.judge) {
  const asWritten = await judgeColumns(columns)
  const noHeaders = await judgeColumns(columns.map((column) => ({ ...column, column: '' })))
  const result = {
    about: 'Columns by an author who had not seen the classifier, judged by it; sums only',
    at: new Date().toISOString(),
    load: loadavg(),
    sets: {
      'as written': scoresOf(asWritten),
      'as written, told': scoresOf(asWritten.filter(({ isTold }) => isTold)),
      'no headers': scoresOf(noHeaders),
      'no headers, told': scoresOf(noHeaders.filter(({ isTold }) => isTold)),
    },
    special: specialCounts(asWritten),
    specialNoHeaders: specialCounts(noHeaders),
    lookAlikes: { 'as written': lookAlikeCounts(asWritten), 'no headers': lookAlikeCounts(noHeaders) },
  }
  for (const table of [result.sets, result.special, result.specialNoHeaders, result.lookAlikes])
    console.table(table)
  const file = new URL('../results/classify-sealed-2.json', import.meta.url)
  writeFileSync(file, `${JSON.stringify(result, null, 2)}\n`)
}
