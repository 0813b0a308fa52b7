import { createHash } from 'node:crypto'
import { glob, mkdir, readFile, writeFile } from 'node:fs/promises'
import { cpus, loadavg } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'

const root = join(import.meta.dirname, '../..')
const path = join(root, 'bench/results/random-schemas.json')

const stretch = z.object({
  target: z.string(),
  by: z.string(),
  from: z.int(),
  to: z.int(),
  worlds: z.int(),
  /** Seeds. */
  wrong: z.array(z.int()),
  /** Of the share that would be wrong, with 95 % confidence; null where one was. */
  bound: z.string().nullable(),
  seconds: z.int(),
  at: z.string(),
  machine: z.object({ cpu: z.string(), cores: z.int(), node: z.string(), load: z.array(z.number()) }),
  sources: z.string(),
})
type Stretch = z.infer<typeof stretch>

/** What was tried on one state of the product and of its oracle; another state is another claim. */
export async function hashOfSources(): Promise<string> {
  const hash = createHash('sha256')
  const files = await Array.fromAsync(
    glob(['src/**/*.{ts,json}', 'test/random-schemas/**/*.ts'], { cwd: root }),
  )
  for (const file of files.toSorted())
    if (!file.endsWith('.test.ts')) hash.update(`${file}\n`).update(await readFile(join(root, file)))
  return hash.digest('hex').slice(0, 16)
}

export type Tried = Pick<Stretch, 'target' | 'by' | 'from' | 'to' | 'wrong' | 'seconds' | 'sources'>

/** Puts a run beside those kept; one that goes on where the last of its kind ended, on the same sources, lengthens it. */
export async function keepResult(tried: Tried): Promise<Stretch> {
  const kept = z.array(stretch).parse(JSON.parse(await readFile(path, 'utf8').catch(() => '[]')))
  const isAlike = (one: Stretch) => one.target === tried.target && one.by === tried.by
  const before = kept.find(
    (one) => isAlike(one) && one.sources === tried.sources && one.to + 1 === tried.from,
  )
  const from = before?.from ?? tried.from
  const worlds = tried.to - from + 1
  const wrong = [...(before?.wrong ?? []), ...tried.wrong]
  const result: Stretch = {
    target: tried.target,
    by: tried.by,
    from,
    to: tried.to,
    worlds,
    wrong,
    bound: boundOf(worlds, wrong.length),
    seconds: (before?.seconds ?? 0) + tried.seconds,
    at: new Date().toISOString(),
    machine: {
      cpu: cpus()[0]?.model ?? 'unknown',
      cores: cpus().length,
      node: process.version,
      load: loadavg().map((load) => Math.round(load * 100) / 100),
    },
    sources: tried.sources,
  }
  await mkdir(join(path, '..'), { recursive: true })
  const others = kept.filter((one) => !isAlike(one))
  await writeFile(path, `${JSON.stringify([...others, result], null, 2)}\n`)
  return result
}

/** The rule of three: where none of n is wrong, fewer than 3/n are, with 95 % confidence. */
const boundOf = (worlds: number, wrong: number): string | null =>
  wrong > 0 ? null : `${(300 / worlds).toPrecision(2)} %`
