import type { Command } from 'commander'
import {
  exportMap,
  type Inspection,
  inspectSystem,
  inspectUrl,
  isOutOfReach,
  listSystems,
  type MapSource,
  mapInvalid,
  proposeFor,
  readMapSource,
} from '../../src/inventory/public.ts'
import type { Context } from '../../src/platform/context.ts'
import { findGaps, keysOf, withoutAccepted } from '../../src/register/public.ts'
import type { Answer } from '../answer.ts'
import { type CheckFormat, type Checkup, checkAnswer, checkFormats } from '../check-answer.ts'
import { findingLine } from '../finding-line.ts'
import { t } from '../language.ts'
import { readTextFile } from '../operators-file.ts'
import { choice, share, wholeNumber } from '../option-values.ts'
import { problem } from '../problems.ts'
import type { Progress } from '../progress.ts'
import { readBaseline } from '../read-baseline.ts'
import { withInstallation } from '../with-installation.ts'
import { withoutInstallation } from '../without-installation.ts'

interface CheckOptions {
  readonly systems?: readonly string[]
  readonly url?: readonly (readonly [name: string, url: string])[]
  readonly map?: string
  readonly format: CheckFormat
  readonly minConfidence: number
  readonly sample: number
  readonly baseline?: string
}

export function register(program: Command): void {
  program
    .command('check')
    .description(t('summary-check'))
    .option('--systems <names>', t('check-systems'), (text) => text.split(',').map((name) => name.trim()))
    .option('--url <name=address>', t('check-url'), namedUrl)
    .option('--map <file>', t('check-map'))
    .option('--format <format>', t('check-format'), choice('--format', checkFormats), 'text')
    .option('--min-confidence <share>', t('check-min-confidence'), share('--min-confidence'), 0.8)
    .option('--sample <rows>', t('check-sample'), wholeNumber('--sample', 0, 10_000), 200)
    .option('--baseline <file>', t('check-baseline'))
    .action((options: CheckOptions, command: Command) => {
      const { map, url } = options
      // A pipeline has a map in its repository and a database from its migrations: that is all it takes.
      return map !== undefined && url !== undefined
        ? withoutInstallation(command, (progress) => check(options, progress))
        : withInstallation(command, (ctx, { progress }) => check(options, progress, ctx))
    })
}

function namedUrl(text: string, before: CheckOptions['url']): CheckOptions['url'] {
  const [, name, url] = /^([^\s/=:]+)=(.+)$/s.exec(text) ?? []
  if (name === undefined || url === undefined) throw problem('cli.check-bad-url')
  return [...(before ?? []), [name, url]]
}

async function check(options: CheckOptions, progress: Progress, ctx?: Context): Promise<Answer> {
  const accepted = options.baseline === undefined ? new Set<string>() : await readBaseline(options.baseline)
  const file = options.map ?? null
  const source = readMapSource(file === null && ctx ? await exportMap(ctx) : await readTextFile(file ?? ''))
  const { map } = source
  const lacking = refuseInvalid(source, file ?? t('check-exported'))
  if (map === null) throw mapInvalid(lacking)
  const names = await systemsToCheck(options, ctx)
  const looked = await look(names, options, progress, ctx)
  const systems = Object.fromEntries(looked.inspected)
  const proposal = await proposeFor(systems, { country: map.country, minConfidence: options.minConfidence })
  const all = findGaps({ map, source, systems, proposal })
  const gaps = withoutAccepted(all, accepted)
  const checkup: Checkup = {
    map,
    file,
    systems,
    gaps,
    accepted: all.flatMap(keysOf).length - gaps.flatMap(keysOf).length,
    unreachable: looked.unreachable,
    notChecked: Object.keys(map.systems).filter((name) => !names.includes(name)),
  }
  return checkAnswer(checkup, options.format)
}

/** A purpose without its basis is a gap to be told with the others; whatever else is wrong makes the map unusable. */
function refuseInvalid({ problems }: MapSource, file: string) {
  const errors = problems.filter(
    ({ severity, code, params }) =>
      severity === 'error' && !(code === 'inventory.map-missing-key' && params.key === 'basis'),
  )
  if (errors.length === 0) return errors
  for (const finding of errors) process.stderr.write(`${findingLine(file, finding)}\n`)
  throw mapInvalid(errors)
}

async function systemsToCheck({ url, systems }: CheckOptions, ctx?: Context): Promise<readonly string[]> {
  const given = url?.map(([name]) => name)
  const known = given ?? (ctx ? (await listSystems(ctx)).map(({ name }) => name) : [])
  const unknown = systems?.find((name) => !known.includes(name))
  if (unknown !== undefined)
    throw problem('cli.check-unknown-system', { system: unknown, known: known.join(', ') })
  return systems ?? known
}

interface Looked {
  readonly inspected: readonly (readonly [string, Inspection])[]
  readonly unreachable: Checkup['unreachable']
}

/** A system that does not answer is told, and the others go on. */
async function look(
  names: readonly string[],
  { url = [], sample }: CheckOptions,
  progress: Progress,
  ctx?: Context,
): Promise<Looked> {
  const inspected: [string, Inspection][] = []
  const unreachable: Looked['unreachable'][number][] = []
  for (const name of names) {
    const address = url.find(([given]) => given === name)?.[1]
    const options = { sample, onProgress: progress.update }
    try {
      if (address !== undefined)
        inspected.push([name, await inspectUrl(address, name, process.cwd(), options)])
      else if (ctx) inspected.push([name, await inspectSystem(ctx, name, options)])
    } catch (error) {
      if (!isOutOfReach(error)) throw error
      unreachable.push({ name, code: error.code, params: error.params })
    }
  }
  return { inspected, unreachable }
}
