import { text as readAll } from 'node:stream/consumers'
import type { Command } from 'commander'
import {
  addSystem,
  listSystems,
  removeSystem,
  type SystemReport,
  testSystem,
  type UseReport,
} from '../../src/inventory/public.ts'
import type { Context } from '../../src/platform/context.ts'
import { type Answer, type Block, bad, type ExitCode, good, quiet, type Text, warning } from '../answer.ts'
import { asDocument } from '../failure.ts'
import { t } from '../language.ts'
import { wholeNumber } from '../option-values.ts'
import { withInstallation } from '../with-installation.ts'

export function register(program: Command): void {
  const systems = program.command('systems').description(t('summary-systems'))
  systems
    .command('add <name> <url>')
    .description(t('systems-add'))
    .option('--erase-url <url>', t('systems-add-erase-url'))
    .option('--controller <name>', t('systems-add-controller'))
    .option('--load <percent>', t('systems-add-load'), wholeNumber('--load', 1, 100))
    .option('--force', t('systems-add-force'))
    .option('--replace', t('systems-add-replace'))
    .addHelpText('after', `\n${t('systems-add-examples')}`)
    .action((name: string, url: string, options: AddOptions, command: Command) =>
      withInstallation(command, (ctx) => add(ctx, { name, url, ...options })),
    )
  systems
    .command('list')
    .description(t('systems-list'))
    .action((_: unknown, command: Command) => withInstallation(command, list))
  systems
    .command('test [name]')
    .description(t('systems-test'))
    .action((name: string | undefined, _: unknown, command: Command) =>
      withInstallation(command, (ctx, { progress }) => test(ctx, name, progress.update)),
    )
  systems
    .command('remove <name>')
    .description(t('systems-remove'))
    .option('--force', t('systems-remove-force'))
    .action((name: string, options: { force?: true }, command: Command) =>
      withInstallation(command, (ctx) => remove(ctx, name, options)),
    )
}

interface AddOptions {
  readonly eraseUrl?: string
  readonly controller?: string
  readonly load?: number
  readonly force?: boolean
  readonly replace?: boolean
}

async function add(ctx: Context, input: AddOptions & { name: string; url: string }): Promise<Answer> {
  // Arguments of a running program can be read by everybody on the machine.
  const given = input.url === '-' ? (await readAll(process.stdin)).trim() : input.url
  const { id: _, ...system } = await addSystem(ctx, { ...input, url: given, baseDirectory: process.cwd() })
  const { name, url, engine } = system
  return {
    json: { system },
    blocks: [
      engine === null
        ? warning(t('systems-added-silent', { name, url }))
        : t('systems-added', { name, url, engine }),
      quiet(t('systems-added-next', { name })),
    ],
  }
}

async function list(ctx: Context): Promise<Answer> {
  const systems = (await listSystems(ctx)).map(({ id: _, ...system }) => system)
  if (systems.length === 0) return { json: { systems }, blocks: [t('systems-none')] }
  const columns = ['name', 'address', 'controller', 'load', 'scanned', 'in-map'].map((key) => ({
    header: t(`column-${key}`),
  }))
  const rows = systems.map((system) => [
    system.name,
    system.url,
    system.controller ?? '',
    t('percent', { value: system.load }),
    system.scannedAt === null ? quiet(t('never')) : system.scannedAt.toISOString().slice(0, 10),
    system.mapped ? good(t('yes')) : quiet(t('no')),
  ])
  return { json: { systems }, blocks: [{ columns, rows }] }
}

async function test(
  ctx: Context,
  name: string | undefined,
  update: (what: string, done: number, total: number) => void,
): Promise<Answer> {
  const names = name === undefined ? (await listSystems(ctx)).map((system) => system.name) : [name]
  const reports: SystemReport[] = []
  for (const [i, one] of names.entries()) {
    update(one, i, names.length)
    reports.push(await testSystem(ctx, one))
  }
  if (reports.length === 0) return { json: { systems: [] }, blocks: [t('systems-none')] }
  return {
    json: {
      systems: reports.map((report) => ({
        ...report,
        read: useDocument(report.read),
        erase: useDocument(report.erase),
      })),
    },
    blocks: [testTable(reports), ...reports.flatMap(remarks)],
    exit: exitOf(reports),
  }
}

const exitOf = (reports: readonly SystemReport[]): ExitCode =>
  reports.some(({ read, erase }) => !read.reachable || !erase.reachable)
    ? 3
    : reports.every(({ ok }) => ok)
      ? 0
      : 1

const useDocument = (use: UseReport) => (use.reachable ? use : { ...use, problem: asDocument(use.problem) })

function testTable(reports: readonly SystemReport[]): Block {
  const columns = ['name', 'engine', 'reading', 'erasing'].map((key) => ({ header: t(`column-${key}`) }))
  const rows = reports.map(({ name, read, erase }) => [
    name,
    read.reachable ? read.engine : erase.reachable ? erase.engine : '',
    useCell(read),
    useCell(erase),
  ])
  return { columns, rows }
}

function useCell(use: UseReport): Text {
  if (!use.reachable) return bad(t('unreachable'))
  const { collections, latencyMs } = use
  const reached = collections - use.refused.length
  const text = t('systems-test-use', { reached, collections, latencyMs })
  return reached < collections ? warning(text) : good(text)
}

/** What the table has no room for: why something failed, and what is missing. */
function remarks({ name, read, erase, lacking, sameShape }: SystemReport): readonly Block[] {
  const uses = [read, erase].flatMap((use) => (use.reachable ? [] : [use.problem]))
  const reasons = new Set(uses.map((problem) => asDocument(problem).message))
  return [
    ...[...reasons].map((reason) => bad(`${name}: ${reason}`)),
    ...(lacking.length > 0
      ? [bad(t('systems-test-lacking', { name, collections: lacking.join(', ') }))]
      : []),
    ...(sameShape ? [] : [bad(t('systems-test-shapes', { name }))]),
  ]
}

async function remove(ctx: Context, name: string, options: { force?: true }): Promise<Answer> {
  const removed = await removeSystem(ctx, name, options)
  const version = removed.mapVersion
  const blocks = [
    t('systems-removed', { name }),
    ...(version === null ? [] : [t('systems-removed-map', { version })]),
  ]
  return { json: { removed }, blocks }
}
