import type { Command } from 'commander'
import {
  type AcceptMap,
  acceptMap,
  type DataMap,
  drawMap,
  exportMap,
  type ImportMap,
  importMap,
  type MapNote,
  mapCoverage,
  mapInvalid,
  type Retention,
  readMapSource,
  type SystemMap,
  showMap,
} from '../../src/inventory/public.ts'
import type { Context } from '../../src/platform/context.ts'
import { say } from '../../src/platform/texts.ts'
import { type Answer, type Block, bad, good, quiet, strong, type Text, warning } from '../answer.ts'
import { asDocument } from '../failure.ts'
import { findingLine } from '../finding-line.ts'
import { language, t } from '../language.ts'
import { readTextFile, writeOperatorsFile } from '../operators-file.ts'
import { countryCode, share } from '../option-values.ts'
import { withInstallation } from '../with-installation.ts'
import { withoutInstallation } from '../without-installation.ts'

export function register(program: Command): void {
  const map = program.command('map').description(t('summary-map'))
  map
    .command('show')
    .description(t('map-show'))
    .action((_: unknown, command: Command) => withInstallation(command, show))
  map
    .command('accept')
    .description(t('map-accept'))
    .option('--min-confidence <share>', t('map-accept-min-confidence'), share('--min-confidence'))
    .option('--country <code>', t('map-accept-country'), countryCode('--country'))
    .option('--drop-gone', t('map-accept-drop-gone'))
    .action((options: AcceptMap, command: Command) =>
      withInstallation(command, (ctx) => accept(ctx, options)),
    )
  map
    .command('export <file>')
    .description(t('map-export'))
    .option('--force', t('map-export-force'))
    .action((file: string, options: { force?: true }, command: Command) =>
      withInstallation(command, (ctx) => exportTo(ctx, file, options.force === true)),
    )
  map
    .command('import <file>')
    .description(t('map-import'))
    .option('--system <name>', t('map-import-system'))
    .action((file: string, options: ImportMap, command: Command) =>
      withInstallation(command, (ctx) => importFrom(ctx, file, options)),
    )
  map
    .command('draw')
    .description(t('map-draw'))
    .requiredOption('--out <file>', t('map-draw-out'))
    .option('--map <file>', t('map-draw-file'))
    .option('--force', t('map-export-force'))
    .action((options: DrawOptions, command: Command) =>
      options.map === undefined
        ? withInstallation(command, async (ctx) => draw((await showMap(ctx)).map, options))
        : withoutInstallation(command, async () => draw(await mapIn(options.map ?? ''), options)),
    )
  map
    .command('coverage')
    .description(t('map-coverage'))
    .action((_: unknown, command: Command) => withInstallation(command, coverage))
}

async function show(ctx: Context): Promise<Answer> {
  const { number, ...shown } = await showMap(ctx)
  const { at, origin, map } = shown
  const day = at.toISOString().slice(0, 10)
  return {
    json: { version: number, ...shown },
    blocks: [
      t('map-version', { number, day, origin: t(`origin-${origin}`) }),
      ...Object.entries(map.systems).flatMap(([name, system]) => systemBlocks(name, system)),
      ...rulesTable(map.rules),
      ...purposesTable(map.purposes ?? {}),
    ],
  }
}

function systemBlocks(name: string, { controller, collections }: SystemMap): readonly Block[] {
  const columns = ['collection', 'rows', 'fields', 'links', 'keep'].map((key, i) => ({
    header: t(`column-${key}`),
    wrap: i > 1,
  }))
  const rows = Object.entries(collections).map(
    ([collection, { rows: treatment, fields, links = [], keep = [] }]) => [
      collection,
      t(`rows-${treatment}`),
      Object.keys(fields).join(', '),
      quiet(links.map(({ to, role }) => `${to} (${t(`role-${role}`)})`).join(', ')),
      keep.map(({ rule }) => rule).join(', '),
    ],
  )
  return ['', strong(controller === undefined ? name : `${name} · ${controller}`), { columns, rows }]
}

function rulesTable(rules: DataMap['rules']): readonly Block[] {
  const columns = ['rule', 'until', 'ground', 'article'].map((key) => ({
    header: t(`column-${key}`),
    wrap: key === 'article',
  }))
  const rows = Object.entries(rules).map(([name, { years, ground, article, while: condition }]) => [
    name,
    [years === undefined ? '' : t('rule-years', { years }), condition ?? ''].filter(Boolean).join(' · '),
    ground,
    quiet(article),
  ])
  return rows.length === 0 ? [] : ['', { columns, rows }]
}

function purposesTable(purposes: NonNullable<DataMap['purposes']>): readonly Block[] {
  const columns = ['purpose', 'basis', 'retention', 'description'].map((key) => ({
    header: t(`column-${key}`),
    wrap: key === 'description' || key === 'retention',
  }))
  const rows = Object.entries(purposes).map(([name, { basis, art9, art10, retention, description = '' }]) => [
    name,
    [basis, art9 && `GDPR 9(2)(${art9})`, art10].filter(Boolean).join(' · '),
    retention ? retentionText(retention) : warning(t('retention-open')),
    quiet(description),
  ])
  return rows.length === 0 ? [] : ['', { columns, rows }]
}

function retentionText({ years, months, days, from = '', until = '' }: Retention): string {
  const [unit, count] = years ? ['years', years] : months ? ['months', months] : ['days', days ?? 0]
  return until === '' ? t(`retention-${unit}`, { count, from }) : t('retention-until', { until })
}

async function accept(ctx: Context, options: AcceptMap): Promise<Answer> {
  const accepted = await acceptMap(ctx, options)
  const { version, changed, counts, added, notes } = accepted
  return {
    json: { ...accepted, notes: notes.map((note) => ({ ...note, message: noteText(note) })) },
    blocks: [
      good(t(changed ? 'map-accepted' : 'map-unchanged', { version, ...counts })),
      ...(changed ? [t('map-added', added)] : []),
      ...notesTable(notes),
      quiet(t('map-accepted-next')),
    ],
  }
}

const noteText = (note: MapNote): string => say(language, `inventory.${note.code}`, note.params)

function notesTable(notes: readonly MapNote[]): readonly Block[] {
  if (notes.length === 0) return []
  const columns = [{ header: t('column-where') }, { header: t('column-note'), wrap: true }]
  const rows = notes.map((note) => [
    [note.system, note.collection, note.field].filter((part) => part !== undefined).join(' · '),
    noteText(note),
  ])
  return ['', warning(t('map-notes')), { columns, rows }]
}

async function exportTo(ctx: Context, file: string, overwrite: boolean): Promise<Answer> {
  const path = await writeOperatorsFile(file, await exportMap(ctx), overwrite)
  return { json: { file: path }, blocks: [t('map-exported', { file: path })] }
}

async function importFrom(ctx: Context, file: string, options: ImportMap): Promise<Answer> {
  const result = await importMap(ctx, await readTextFile(file), options)
  const { findings, ...outcome } = result
  const problems = findings.map((finding) => ({
    ...finding,
    message: say(language, finding.code, finding.params),
  }))
  // `file:line:column`: terminals and editors can jump there.
  const listed = findings.map((one) =>
    one.severity === 'error' ? bad(findingLine(file, one)) : warning(findingLine(file, one)),
  )
  if (!result.imported) {
    const invalid = asDocument(mapInvalid(findings))
    return {
      json: { ...outcome, error: invalid, problems },
      blocks: [...listed, bad(invalid.message)],
      exit: 2,
    }
  }
  const { version, changed, counts } = result
  return {
    json: { ...outcome, problems },
    blocks: [...listed, good(t(changed ? 'map-imported' : 'map-unchanged', { version, ...counts }))],
  }
}

interface DrawOptions {
  readonly out: string
  readonly map?: string
  readonly force?: true
}

async function draw(map: DataMap, { out, force }: DrawOptions): Promise<Answer> {
  const file = await writeOperatorsFile(out, drawMap(map, language), force === true)
  return { json: { file }, blocks: [t('map-drawn', { file })] }
}

async function mapIn(file: string): Promise<DataMap> {
  const { map, problems } = readMapSource(await readTextFile(file))
  const errors = problems.filter(({ severity }) => severity === 'error')
  if (map !== null && errors.length === 0) return map
  for (const finding of errors) process.stderr.write(`${findingLine(file, finding)}\n`)
  throw mapInvalid(errors)
}

async function coverage(ctx: Context): Promise<Answer> {
  const covered = await mapCoverage(ctx)
  const columns = ['system', 'collection', 'field', 'category', 'copied', 'erased', 'kept'].map((key) => ({
    header: t(`column-${key}`),
    wrap: key === 'kept',
  }))
  const rows = covered.fields.map((field): readonly Text[] => [
    field.system,
    field.collection,
    field.field,
    field.category === null ? quiet(t('unmapped')) : field.special ? warning(field.category) : field.category,
    field.exported ? good(t('yes')) : quiet(t('no')),
    field.via === 'unreached' && field.category !== null ? bad(t('unreached')) : t(`erased-${field.erased}`),
    quiet(field.kept.map(({ rule, article }) => `${rule} (${article})`).join(', ')),
  ])
  const unscanned = covered.unscanned.map((name) => warning(t('coverage-unscanned', { name })))
  return { json: covered, blocks: [{ columns, rows }, ...unscanned] }
}
