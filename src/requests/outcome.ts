import type { SystemPlan, SystemVerification } from '../holdings/public.ts'
import type { KeptRecord, VerificationRecord } from './queries.ts'
import type { Step, SystemOutcome } from './request.ts'

/**
 * How each system stands, from its step and the latest look at it. A step that was not done is never absence, whatever
 * a search says; a target that wrote less than it was told holds residue, even where no identifier is left to find.
 */
export function outcomes(
  steps: readonly Step[],
  kept: readonly KeptRecord[],
  verification: VerificationRecord | undefined,
): readonly SystemOutcome[] {
  const looked = (verification?.report ?? []) as readonly SystemVerification[]
  return steps.map((step) => {
    const look = looked.find(({ name }) => name === step.system)
    const plan: SystemPlan | null = step.done
    const changes = plan?.collections.flatMap((one) => one.change.map(({ count }) => count)) ?? []
    return {
      name: step.system,
      state: stateOf(step, look),
      deleted: sum(plan?.collections.map((one) => one.delete) ?? []),
      changed: sum(changes),
      collections: plan?.collections ?? [],
      kept: kept
        .filter(({ system }) => system === step.system)
        .map(({ collection, rows, rule, ground, article, until, fields }) => ({
          collection,
          count: rows,
          rule,
          ground: ground as SystemOutcome['kept'][number]['ground'],
          article,
          until,
          fields,
        })),
      residue: look?.report?.residue ?? [],
      notObeyed: step.notObeyed,
      problem: step.problem ?? look?.unreachable ?? null,
    }
  })
}

function stateOf(step: Step, look: SystemVerification | undefined): SystemOutcome['state'] {
  if (step.state !== 'done' && step.done === null && step.problem === null && look === undefined)
    return 'pending'
  if (step.problem?.code === 'requests.kept-lost') return 'residue'
  if (step.state !== 'done') return look?.state === 'residue' && !isReach(step) ? 'residue' : 'unreachable'
  if (step.notObeyed.length > 0) return 'residue'
  return look?.state ?? 'unreachable'
}

/** The target could not be reached or refused a right, as opposed to refusing a value. */
const isReach = ({ problem }: Step): boolean =>
  problem?.code.startsWith('connectors.') === true && problem.code !== 'connectors.constraint'

const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0)

export const isComplete = (systems: readonly Pick<SystemOutcome, 'state'>[]): boolean =>
  systems.every(({ state }) => state === 'verified-absent' || state === 'kept')
