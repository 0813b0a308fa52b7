import { z } from 'zod'
import { readTextFile } from './operators-file.ts'
import { problem } from './problems.ts'

const baseline = z.object({ findings: z.array(z.object({ keys: z.array(z.string()) })) })

/** The keys of what an earlier `check --format json` found. Throws `cli.bad-baseline`. */
export async function readBaseline(file: string): Promise<ReadonlySet<string>> {
  const text = await readTextFile(file)
  try {
    return new Set(baseline.parse(JSON.parse(text)).findings.flatMap(({ keys }) => keys))
  } catch (cause) {
    throw problem('cli.bad-baseline', { file }, cause)
  }
}
