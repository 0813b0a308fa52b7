import type { Command } from 'commander'
import {
  type ScannedCollection,
  type ScannedField,
  type ScanResult,
  scanSystems,
} from '../../src/inventory/public.ts'
import type { Context } from '../../src/platform/context.ts'
import { say } from '../../src/platform/texts.ts'
import { stalePlans } from '../../src/requests/public.ts'
import { type Answer, type Block, bad, quiet, strong, type Text, warning } from '../answer.ts'
import { driftBlocks } from '../drift-blocks.ts'
import { language, t } from '../language.ts'
import { wholeNumber } from '../option-values.ts'
import { type Terminal, withInstallation } from '../with-installation.ts'

export function register(program: Command): void {
  program
    .command('scan [name]')
    .description(t('summary-scan'))
    .option('--sample <rows>', t('scan-sample'), wholeNumber('--sample', 1, 10_000))
    .action((name: string | undefined, options: { sample?: number }, command: Command) =>
      withInstallation(command, (ctx, terminal) => scan(ctx, terminal, name, options)),
    )
}

async function scan(
  ctx: Context,
  { progress }: Terminal,
  name: string | undefined,
  options: { readonly sample?: number },
): Promise<Answer> {
  const input = { ...options, ...(name !== undefined && { names: [name] }) }
  const result = await scanSystems(ctx, input, progress.update)
  const stale = await stalePlans(ctx, result.fingerprints)
  return {
    json: asScanDocument(result, stale),
    blocks: blocksOf(result, stale),
    exit: result.unreachable.length > 0 ? 3 : 0,
  }
}

type StalePlans = Awaited<ReturnType<typeof stalePlans>>

/** The contract of `scan --json`, with the sentence of each problem. */
const asScanDocument = ({ fingerprints: _, ...result }: ScanResult, stale: StalePlans) => ({
  ...result,
  stalePlans: stale,
  unreachable: result.unreachable.map((one) => ({ ...one, message: say(language, one.code, one.params) })),
})

function blocksOf({ systems, unreachable, drift }: ScanResult, stale: StalePlans): readonly Block[] {
  if (systems.length === 0 && unreachable.length === 0) return [t('systems-none')]
  return [
    ...systems.flatMap(({ name, engine, collections }) => [
      strong(t('scan-system', { name, engine, collections: collections.length })),
      ...collections.flatMap(collectionBlocks),
      plainCollections(collections),
      '',
    ]),
    ...unreachable.map(({ name, code, params }) => bad(`${name}: ${say(language, code, params)}`)),
    ...driftBlocks(drift),
    ...(stale.length > 0
      ? [
          bad(
            t('stale-plans', {
              count: stale.length,
              requests: stale.map(({ requestId }) => requestId).join(', '),
            }),
          ),
        ]
      : []),
    quiet(t('scan-next')),
  ]
}

function linkText({ to, fields, source, confidence, reason }: ScannedCollection['links'][number]): string {
  const shown = { to, fields: Object.keys(fields).join(', ') }
  return source === 'foreign-key'
    ? t('scan-link', shown)
    : t('scan-link-proposed', { ...shown, percent: Math.round(confidence * 100), reason: reason ?? '' })
}

/** Why, and for texts also whom and what they speak of. */
function remarkOn({ reason, mentions = {} }: ScannedField): string {
  const counts = Object.entries(mentions).map(([category, times]) => `${category} ×${times}`)
  return counts.length === 0 ? reason : `${reason}; ${t('scan-mentions', { counts: counts.join(', ') })}`
}

/** Only fields that hold something of a person: a table of two hundred columns is not read, a table of nine is. */
function collectionBlocks(collection: ScannedCollection): readonly Block[] {
  const { name, rows, fields, links, unreached, unreadable } = collection
  if (unreadable !== null) return ['', strong(name), warning(t('scan-unreadable', { reason: unreadable }))]
  const personal = fields.filter(({ category }) => category !== 'none')
  if (personal.length === 0) return []
  const columns = [
    { header: t('column-field') },
    { header: t('column-category') },
    { header: t('column-identifier') },
    { header: '%', align: 'right' },
    { header: t('column-reason'), wrap: true },
  ] as const
  const cells = personal.map((field): readonly Text[] => [
    field.name,
    field.special ? warning(t('scan-special', { category: field.category })) : field.category,
    field.identifier ?? '',
    Math.round(field.confidence * 100),
    quiet(remarkOn(field)),
  ])
  return [
    '',
    strong(t('scan-collection', { name, rows: new Intl.NumberFormat(language).format(rows) })),
    { columns, rows: cells },
    ...links.map((link) => quiet(linkText(link))),
    ...(unreached ? [warning(t('scan-unreached'))] : []),
  ]
}

function plainCollections(collections: readonly ScannedCollection[]): Block {
  const plain = collections.filter(
    ({ fields, unreadable }) => unreadable === null && fields.every(({ category }) => category === 'none'),
  )
  return quiet(
    plain.length === 0 ? '' : t('scan-nothing-in', { collections: plain.map(({ name }) => name).join(', ') }),
  )
}
