import { join, resolve } from 'node:path'
import type { Command } from 'commander'
import { sampleStory } from '../../sample/public.ts'
import { parseUrl } from '../../src/connectors/public.ts'
import { addSystem, listSystems } from '../../src/inventory/public.ts'
import type { Context } from '../../src/platform/context.ts'
import { type Answer, type Block, good, quiet, strong, verbatim } from '../answer.ts'
import { t } from '../language.ts'
import { wholeNumber } from '../option-values.ts'
import { problem } from '../problems.ts'
import { makeSampleCompany, type SampleCompany } from '../sample-company.ts'
import { type Terminal, withInstallation } from '../with-installation.ts'

export function register(program: Command): void {
  program
    .command('sample')
    .description(t('summary-sample'))
    .option('--customers <number>', t('sample-customers'), wholeNumber('--customers', 20, 4_000_000), 2_000)
    .option('--seed <text>', t('sample-seed'), 'dossier')
    .option('--directory <path>', t('sample-directory'))
    .option('--shop-url <url>', t('sample-shop-url'))
    .option('--add', t('sample-add'))
    .option('--force', t('sample-force'))
    .action((options: SampleOptions, command: Command) =>
      withInstallation(command, (ctx, terminal) => sample(ctx, terminal, options)),
    )
}

interface SampleOptions {
  readonly customers: number
  readonly seed: string
  readonly directory?: string
  readonly shopUrl?: string
  readonly add?: true
  readonly force?: true
}

async function sample(ctx: Context, terminal: Terminal, options: SampleOptions): Promise<Answer> {
  const { customers, seed, shopUrl, add = false, force = false } = options
  const directory = resolve(options.directory ?? join(ctx.paths.data, 'sample'))
  if (add) await refuseStrangers(ctx, directory, shopUrl, force)
  const today = ctx.now().toISOString().slice(0, 10)
  const company = await makeSampleCompany(
    terminal.installation,
    { customers, seed, today, directory, force, ...(shopUrl !== undefined && { shopUrl }) },
    (done, total, what) => terminal.progress.update(t(`sample-progress-${what}`), done, total),
  )
  if (add) await addAll(ctx, company)
  return answer(company, add)
}

/** A system of one of our names that leads elsewhere is somebody's own: it never becomes the sample's. */
async function refuseStrangers(
  ctx: Context,
  directory: string,
  shopUrl: string | undefined,
  force: boolean,
): Promise<void> {
  const ours = {
    shop: shopUrl === undefined ? inCluster : (await parseUrl(shopUrl, directory)).shown,
    support: (await parseUrl('sqlite:support.sqlite', directory)).shown,
    newsletter: (await parseUrl('files:newsletter', directory)).shown,
  }
  for (const { name, url } of await listSystems(ctx)) {
    if (!isSampleName(name)) continue
    const isOurs = typeof ours[name] === 'string' ? ours[name] === url : ours[name].test(url)
    if (!force || !isOurs) throw problem('cli.sample-name-taken', { system: name })
  }
}

/** The embedded cluster may listen on another port each time. */
const inCluster = /^postgres:\/\/127\.0\.0\.1:\d+\/sample_shop$/

const systemNames = ['shop', 'support', 'newsletter'] as const

const isSampleName = (name: string): name is (typeof systemNames)[number] =>
  (systemNames as readonly string[]).includes(name)

async function addAll(ctx: Context, { urls, summary }: SampleCompany): Promise<void> {
  for (const name of systemNames)
    await addSystem(ctx, {
      name,
      url: urls[name],
      controller: summary.company.name,
      baseDirectory: '/',
      replace: true,
    })
}

function answer({ directory, summary, urls }: SampleCompany, added: boolean): Answer {
  const { company, customers, seed, rows } = summary
  const commands = systemNames.map(
    (name) =>
      `npx dossier systems add ${name} '${urls[name]}' --controller '${company.name.replaceAll("'", "'\\''")}'`,
  )
  const [first] = sampleStory
  const next: readonly Block[] = added
    ? [good(t('sample-added', { systems: systemNames.join(', ') }))]
    : [t('sample-commands'), '', ...commands.map(verbatim), '']
  return {
    json: { sample: { directory, ...summary }, added, ...(!added && { systems: urls, commands }) },
    blocks: [
      strong(t('sample-made', { company: company.name, customers, seed })),
      t('sample-where', { directory }),
      '',
      rowsTable(rows),
      '',
      ...next,
      quiet(t('sample-next', { country: company.country })),
      ...(first ? [quiet(t('sample-find', { email: first.email }))] : []),
    ],
  }
}

function rowsTable(rows: SampleCompany['summary']['rows']): Block {
  return {
    columns: [
      { header: t('column-system') },
      { header: t('column-table') },
      { header: t('column-rows'), align: 'right' },
    ],
    rows: systemNames.flatMap((system) =>
      Object.entries(rows[system]).map(([table, count]) => [system, table, count]),
    ),
  }
}
