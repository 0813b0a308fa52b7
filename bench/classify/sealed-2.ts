import { parseArgs } from 'node:util'
import { freshColumns, lookAlikeCounts, specialCounts } from './fresh.ts'
import { judgeColumns, scoresOf } from './measure.ts'
import type { Labelled } from './schema.ts'

/**
 * `node bench/classify/sealed-2.ts [--judge]`: what the second sealed set holds, and with `--judge` what the classifier
 * makes of it. Judging is asked for by name: a set that is looked at while one improves is a set to be trained on.
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
  console.table({
    'sealed-2, as written': scoresOf(asWritten),
    'sealed-2, no headers': scoresOf(noHeaders),
    'sealed-2, no headers, told': scoresOf(noHeaders.filter(({ isTold }) => isTold)),
  })
  console.table(specialCounts(asWritten))
  console.table(specialCounts(noHeaders))
  console.table({ 'as written': lookAlikeCounts(asWritten), 'no headers': lookAlikeCounts(noHeaders) })
}
