import { existsSync, writeFileSync } from 'node:fs'
import { registerHooks } from 'node:module'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { readTables, tablesOfHand } from './hands.ts'
import type { Judged } from './measure.ts'

/**
 * `node bench/classify/judge-hand.ts <hand or file of tables> [--weights <file>] [--to <file>]`: what the classifier makes of
 * tables, as written and without headers. It prints sums only, so that a sealed set stays sealed; `--to` keeps every column.
 */

const { values: flags, positionals } = parseArgs({
  options: { weights: { type: 'string' }, to: { type: 'string' } },
  allowPositionals: true,
})
const [hand = ''] = positionals
const { weights } = flags
if (weights !== undefined)
  registerHooks({
    resolve: (specifier, context, next) =>
      specifier.endsWith('/model-weights.json')
        ? {
            url: pathToFileURL(weights).href,
            format: 'json',
            importAttributes: { type: 'json' },
            shortCircuit: true,
          }
        : next(specifier, context),
  })
const { judgeTables, lookAlikeCounts, scoresOf, specialCounts } = await import('./measure.ts')

const tables = existsSync(hand) ? readTables(hand) : tablesOfHand(hand)
const written = await judgeTables(tables)
const blank = await judgeTables(
  tables.map((columns) => columns.map((column) => ({ ...column, header: column.column, column: '' }))),
)
const told = (columns: readonly Judged[]) => columns.filter(({ isTold }) => isTold)
console.log(`${hand}: ${tables.length} tables`)
console.table({
  'as written': scoresOf(written),
  'as written, told': scoresOf(told(written)),
  'no headers': scoresOf(blank),
  'no headers, told': scoresOf(told(blank)),
})
console.table(specialCounts(written))
console.table({ 'as written': lookAlikeCounts(written), 'no headers': lookAlikeCounts(blank) })
if (flags.to !== undefined) writeFileSync(flags.to, JSON.stringify({ written, blank }))
