import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { freshParts, lookAlikeCounts, specialCounts } from './fresh.ts'
import { type Judged, scoresOf } from './measure.ts'

/**
 * `node bench/classify/leave-out.ts [rounds]`: the opened set judged by models that were not shown its domain. Its domains
 * fall into four parts; each is judged by a model trained without it. A quarter of an hour of a processor.
 */

const rounds = process.argv[2] ?? '1'
const directory = mkdtempSync(join(tmpdir(), 'leave-out-'))
const here = (name: string) => new URL(name, import.meta.url).pathname

/** Runs a script of this directory at low priority; what it prints is passed on when it fails alone. */
async function run(script: string, ...parameters: string[]): Promise<void> {
  const child = spawn('nice', ['-n', '10', process.execPath, here(script), ...parameters], {
    stdio: 'inherit',
  })
  const code = await new Promise((resolve) => child.once('exit', resolve))
  if (code !== 0) throw new Error(`${script} ended with ${String(code)}`)
}

async function judgePart(part: number): Promise<readonly [Judged[], Judged[]]> {
  const [weights, judged] = [join(directory, `${part}.json`), join(directory, `${part}-judged.json`)]
  await run('train.ts', rounds, '--without', String(part), '--to', weights)
  await run('judge-part.ts', String(part), weights, judged)
  const read = JSON.parse(readFileSync(judged, 'utf8')) as { written: Judged[]; blank: Judged[] }
  return [read.written, read.blank]
}

const atOnce = 2
const judged: (readonly [Judged[], Judged[]])[] = []
for (let part = 0; part < freshParts; part += atOnce) {
  const parts = Array.from({ length: Math.min(atOnce, freshParts - part) }, (_, i) => judgePart(part + i))
  judged.push(...(await Promise.all(parts)))
}
const written = judged.flatMap(([columns]) => columns)
const blank = judged.flatMap(([, columns]) => columns)
const result = {
  about: 'Columns of each domain of bench/classify/fresh judged by a model that was not shown the domain',
  at: new Date().toISOString(),
  load: loadavg(),
  sets: { 'as written': scoresOf(written), 'no headers': scoresOf(blank) },
  parts: judged.map(([columns]) => scoresOf(columns)),
  special: specialCounts(written),
  specialNoHeaders: specialCounts(blank),
  lookAlikes: { 'as written': lookAlikeCounts(written), 'no headers': lookAlikeCounts(blank) },
}
console.log(
  'Each domain judged by a model that was not shown it; the rules and dictionaries were written with it in sight.',
)
for (const table of [result.sets, result.parts, result.special, result.lookAlikes]) console.table(table)
const stored = new URL('../results/classify-left-out.json', import.meta.url)
writeFileSync(stored, `${JSON.stringify(result, null, 2)}\n`)
rmSync(directory, { recursive: true })
