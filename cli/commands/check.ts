import type { Command } from 'commander'
import {
  exportMap,
  type Inspection,
  inspectSystem,
  inspectUrl,
  listSystems,
  type MapSource,
  mapInvalid,
  readMapSource,
} from '../../src/inventory/public.ts'
import type { Context } from '../../src/platform/context.ts'
import { checkMap } from '../../src/register/public.ts'
import type { Answer } from '../answer.ts'
import { type CheckFormat, checkAnswer, checkFormats } from '../check-answer.ts'
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
  const checkup = await checkMap({
    map,
    source,
    names,
    inspect: inspector(options, progress, ctx),
    minConfidence: options.minConfidence,
    accepted,
  })
  return checkAnswer({ ...checkup, file }, options.format)
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

/** A system by its address where one is given, else one that this installation knows. */
function inspector({ url = [], sample }: CheckOptions, progress: Progress, ctx?: Context) {
  const options = { sample, onProgress: progress.update }
  return (name: string): Promise<Inspection> => {
    const address = url.find(([given]) => given === name)?.[1]
    if (address !== undefined) return inspectUrl(address, name, process.cwd(), options)
    if (!ctx) throw new Error('cli: a system without an address and without an installation')
    return inspectSystem(ctx, name, options)
  }
}
