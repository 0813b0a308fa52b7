import type { Command } from 'commander'
import type { Context } from '../../src/platform/context.ts'
import {
  type FoundAgain,
  type SweepReport,
  type SweptSystem,
  sweepSystems,
} from '../../src/requests/public.ts'
import { type Answer, type Block, bad, good, quiet, strong, type Text, warning } from '../answer.ts'
import { t } from '../language.ts'
import { problemSentence, say } from '../people-texts.ts'
import { type Terminal, withInstallation } from '../with-installation.ts'

interface Options {
  readonly erase?: boolean
  readonly release?: boolean
}

export function register(program: Command): void {
  program
    .command('sweep [name]')
    .description(t('summary-sweep'))
    .option('--erase', say('sweep-erase'))
    .option('--release', say('sweep-release'))
    .action((name: string | undefined, options: Options, command: Command) =>
      withInstallation(command, (ctx, terminal) => sweep(ctx, terminal, name, options)),
    )
}

async function sweep(
  ctx: Context,
  { progress }: Terminal,
  name: string | undefined,
  { erase = false, release = false }: Options,
): Promise<Answer> {
  const report = await sweepSystems(ctx, {
    ...(name !== undefined && { systems: [name] }),
    erase,
    release,
    restored: 'replay',
    onProgress: progress.update,
  })
  return {
    json: {
      ...report,
      systems: report.systems.map((one) => ({
        ...one,
        ...(one.problem && { message: problemSentence(one.problem) }),
      })),
    },
    blocks: [
      ...(report.resumed ? [quiet(say('sweep-resumed'))] : []),
      systemsTable(report.systems),
      ...report.systems.flatMap(({ name: system, problem }) =>
        problem ? [bad(`${system}: ${problemSentence(problem)}`)] : [],
      ),
      ...report.found.flatMap(foundBlocks),
      '',
      ...conclusion(report, erase),
    ],
    exit: exitOf(report),
  }
}

/** Whoever came again by themselves did not come back. */
function exitOf({ systems, found, unclaimed, restored }: SweepReport): 0 | 1 | 3 {
  if (systems.some(({ state }) => state === 'unreachable')) return 3
  if (unclaimed > 0 || (restored?.unremembered.length ?? 0) > 0) return 1
  return found.some(({ verdict }) => verdict === 'returned' || verdict === 'contested') ? 1 : 0
}

function systemsTable(systems: readonly SweptSystem[]): Block {
  const rows = systems.map(({ name, state, restored, collections }): readonly Text[] => {
    const read = collections.filter((one) => one.state === 'read')
    return [
      name,
      state === 'unreachable'
        ? bad(say('sweep-state-unreachable'))
        : restored
          ? warning(say('sweep-state-restored'))
          : good(say('sweep-state-swept')),
      read.length,
      collections.length - read.length,
      read.reduce((all, one) => all + one.rows, 0),
    ]
  })
  return {
    columns: [
      { header: say('column-system') },
      { header: say('column-state') },
      { header: say('column-read'), align: 'right' },
      { header: say('column-unchanged'), align: 'right' },
      { header: say('column-rows'), align: 'right' },
    ],
    rows,
  }
}

const tones = { returned: bad, contested: bad, fresh: quiet, pending: warning } as const

function foundBlocks({
  request,
  verdict,
  erasedAt,
  places,
  plan,
  state,
  problem,
}: FoundAgain): readonly Block[] {
  const erased = erasedAt.toISOString().slice(0, 10)
  return [
    '',
    tones[verdict](say(`sweep-${verdict}`, { request, erased })),
    ...places.map(({ system, collection, field, rows, state: place, decidedBy }) =>
      quiet(
        say(decidedBy === null ? `sweep-place-${place}` : `sweep-place-${place}-by`, {
          place: `${system}/${collection}.${field}`,
          rows,
          field: decidedBy ?? '',
        }),
      ),
    ),
    ...(state === 'completed' && plan !== null ? [good(say('sweep-erased-again', { request }))] : []),
    ...(verdict === 'returned' && state !== 'completed' && plan !== null
      ? [strong(say('plan-next', { plan }))]
      : []),
    ...(problem ? [bad(problemSentence(problem))] : []),
  ]
}

function givenBack({
  replayed,
  tombstones,
  keys,
  unremembered,
}: NonNullable<SweepReport['restored']>): readonly Block[] {
  return [
    ...(replayed + tombstones + keys > 0
      ? [warning(say('sweep-replayed', { replayed, tombstones, keys }))]
      : []),
    ...(unremembered.length > 0
      ? [bad(say('sweep-unremembered', { requests: unremembered.join(', ') }))]
      : []),
  ]
}

function conclusion(
  { found, systems, tombstones, kept, unclaimed, restored }: SweepReport,
  erase: boolean,
): readonly Block[] {
  const back = found.filter(({ verdict }) => verdict === 'returned' || verdict === 'contested').length
  const isBlind = systems.some(({ state }) => state === 'unreachable')
  return [
    ...(kept > 0 ? [quiet(say('sweep-kept', { kept }))] : []),
    ...(restored ? givenBack(restored) : []),
    ...(unclaimed > 0 ? [bad(say('sweep-unclaimed', { rows: unclaimed }))] : []),
    back > 0
      ? bad(say('sweep-somebody', { back, tombstones }))
      : isBlind
        ? bad(say('sweep-blind', { tombstones }))
        : strong(say('sweep-nobody', { tombstones })),
    ...(back > 0 && !erase ? [strong(say('sweep-next'))] : []),
    ...(restored ? [restored.released ? good(say('sweep-doors-open')) : bad(say('sweep-doors-shut'))] : []),
  ]
}
