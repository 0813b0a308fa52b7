import type { Command } from 'commander'
import type { Context } from '../../src/platform/context.ts'
import { Problem, wrongUsage } from '../../src/platform/problem.ts'
import {
  approvePlan,
  batchOfPlan,
  carryOut,
  type IdentityProof,
  type PlannedRequest,
  planRequest,
  possibleRecords,
  readRulings,
  receiveRequest,
} from '../../src/requests/public.ts'
import { type Answer, bad, quiet, strong, warning } from '../answer.ts'
import { approveAndCarryOut, eraseFile } from '../erase-batch.ts'
import { t } from '../language.ts'
import { several } from '../option-values.ts'
import { asOutcomeAnswer } from '../outcome-answer.ts'
import { problemSentence, say } from '../people-texts.ts'
import { planBlocks } from '../plan-blocks.ts'
import { possibleBlocks } from '../possible-records.ts'
import { typedIdentifier } from '../typed-identifier.ts'
import { type Terminal, withInstallation } from '../with-installation.ts'
import { identityProofOption } from './access.ts'

interface Options {
  readonly approve?: string
  readonly file?: string
  readonly yes?: boolean
  readonly identityProof: IdentityProof
  readonly same: readonly string[]
  readonly other: readonly string[]
}

export function register(program: Command): void {
  program
    .command('erase [identifier]')
    .description(t('summary-erase'))
    .option('--file <csv>', say('erase-file'))
    .option('--approve <plan>', say('erase-approve'))
    .option('--yes', say('erase-yes'))
    .option('--same <record>', say('ruling-same'), several, [])
    .option('--other <record>', say('ruling-other'), several, [])
    .addOption(identityProofOption())
    .addHelpText('after', `\n${say('identifier-help')}`)
    .action((identifier: string | undefined, options: Options, command: Command) =>
      withInstallation(command, (ctx, terminal) => erase(ctx, terminal, identifier, options)),
    )
}

async function erase(
  ctx: Context,
  terminal: Terminal,
  identifier: string | undefined,
  options: Options,
): Promise<Answer> {
  const rulings = readRulings(options.same, options.other)
  const isRuled = rulings.same.length + rulings.other.length > 0
  if (options.file !== undefined) {
    if (identifier !== undefined || options.approve !== undefined || isRuled)
      throw new Problem('people.file-alone', wrongUsage(), {})
    return eraseFile(ctx, terminal, options.file, options)
  }
  if (options.approve !== undefined) {
    if (isRuled) throw new Problem('people.ruling-too-late', wrongUsage(), {})
    const batch = await batchOfPlan(ctx, options.approve)
    if (batch) return approveAndCarryOut(ctx, terminal, options.approve)
    const asked = identifier === undefined ? undefined : await typedIdentifier(ctx, identifier)
    const request = await approvePlan(ctx, options.approve, asked)
    return await act(ctx, terminal, request.id)
  }
  if (identifier === undefined) throw new Problem('people.erase-whom', wrongUsage(), {})
  const asked = await typedIdentifier(ctx, identifier)
  const request = await receiveRequest(ctx, { kind: 'erasure', asked, identityProof: options.identityProof })
  const planned = await planRequest(ctx, request, { rulings, onProgress: terminal.progress.update })
  if (!options.yes) return asPlanAnswer(planned)
  await approvePlan(ctx, planned.plan.id)
  return await act(ctx, terminal, request.id)
}

async function act(ctx: Context, { progress }: Terminal, requestId: string): Promise<Answer> {
  const outcome = await carryOut(ctx, requestId, {
    // The server may have taken the work up by itself: then this waits for it.
    patienceMs: 300_000,
    onStep: progress.update,
    onVerify: (system, collection, done, total) => progress.update(`${system} ${collection}`, done, total),
  })
  return asOutcomeAnswer(outcome)
}

/** The plan, and how to carry it out. Nothing was changed yet. */
function asPlanAnswer({ plan, request, planned }: PlannedRequest): Answer {
  const { systems, unreachable } = planned.plan
  const silent = unreachable.map((one) => ({ ...one, message: problemSentence(one) }))
  const nothing = systems.every(({ collections }) => collections.length === 0)
  return {
    json: {
      id: plan.id,
      request: request.id,
      dueOn: request.dueOn,
      systems,
      unreachable: silent,
      possible: possibleRecords(planned.holdings),
    },
    blocks: [
      ...(nothing ? [say('plan-nothing')] : []),
      ...systems.filter(({ collections }) => collections.length > 0).flatMap(planBlocks),
      ...silent.map(({ name, message }) => bad(`${name}: ${message}`)),
      ...planned.holdings.notFollowed.map(({ code, params, rows, system, collection }) =>
        warning(
          say(`not-followed-${code}`, {
            ...params,
            rows,
            place: system === '*' ? '' : `${system}/${collection}`,
          }),
        ),
      ),
      ...possibleBlocks(possibleRecords(planned.holdings)),
      quiet(say('plan-due', { request: request.id, due: request.dueOn })),
      strong(say('plan-next', { plan: plan.id })),
    ],
    exit: silent.length > 0 ? 3 : 0,
  }
}
