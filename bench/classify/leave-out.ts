import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { hands } from './hands.ts'
import { type Judged, lookAlikeCounts, scoresOf, specialCounts } from './measure.ts'

/**
 * `node bench/classify/leave-out.ts [hand …] [--models <directory>]`: each hand's tables judged by a model that was never shown
 * a table of that hand. Models that stand in the directory are taken from there, and new ones are kept there.
 * Two at once, about two minutes of a processor for each. Rules and dictionaries are not left out: which hands were read
 * while those were written stands in the README of each.
 */

const { values: flags, positionals } = parseArgs({
  options: { models: { type: 'string' } },
  allowPositionals: true,
})
const chosen = positionals.length > 0 ? positionals : hands
const directory = mkdtempSync(join(tmpdir(), 'leave-out-'))
const here = (name: string) => new URL(name, import.meta.url).pathname

/** Runs a script of this directory at low priority and without a word. */
async function run(script: string, ...parameters: string[]): Promise<void> {
  const child = spawn('nice', ['-n', '10', process.execPath, here(script), ...parameters], {
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const code = await new Promise((resolve) => child.once('exit', resolve))
  if (code !== 0) throw new Error(`${script} ended with ${String(code)}`)
}

interface Both {
  readonly written: readonly Judged[]
  readonly blank: readonly Judged[]
}

async function judgeWithout(hand: string): Promise<readonly [string, Both]> {
  const weights = join(flags.models ?? directory, `${hand}.json`)
  const judged = join(directory, `${hand}-judged.json`)
  if (!existsSync(weights)) await run('train.ts', '--without-hand', hand, '--to', weights)
  await run('judge-hand.ts', hand, '--weights', weights, '--to', judged)
  return [hand, JSON.parse(readFileSync(judged, 'utf8')) as Both]
}

const atOnce = 2
const judged: (readonly [string, Both])[] = []
for (let i = 0; i < chosen.length; i += atOnce)
  judged.push(...(await Promise.all(chosen.slice(i, i + atOnce).map(judgeWithout))))
const written = judged.flatMap(([, both]) => both.written)
const blank = judged.flatMap(([, both]) => both.blank)
const told = (columns: readonly Judged[]) => columns.filter(({ isTold }) => isTold === true)
const result = {
  about: 'Tables of each hand in bench/classify/hands judged by a model that was not shown that hand',
  at: new Date().toISOString(),
  load: loadavg(),
  sets: {
    'as written': scoresOf(written),
    'as written, told': scoresOf(told(written)),
    'no headers': scoresOf(blank),
    'no headers, told': scoresOf(told(blank)),
  },
  hands: Object.fromEntries(judged.map(([hand, both]) => [hand, scoresOf(both.written)])),
  special: specialCounts(written),
  lookAlikes: { 'as written': lookAlikeCounts(written), 'no headers': lookAlikeCounts(blank) },
}
console.log('Each hand judged by a model that was never shown a table of it:')
for (const table of [result.sets, result.hands, result.special, result.lookAlikes]) console.table(table)
const stored = new URL('../results/classify-left-out.json', import.meta.url)
writeFileSync(stored, `${JSON.stringify(result, null, 2)}\n`)
rmSync(directory, { recursive: true })
