import type { RequestOutcome, SystemOutcome } from '../src/requests/public.ts'
import type { ShredState } from '../src/subjects/public.ts'
import { type Answer, type Block, bad, good, quiet, strong, type Text, warning } from './answer.ts'
import { problemSentence, say } from './people-texts.ts'

/** How a request ended, system by system. Exit 0 only when every system is verified absent or kept with ground. */
export function asOutcomeAnswer(outcome: RequestOutcome): Answer {
  const { systems, certificate } = outcome
  return {
    json: {
      request: outcome.request,
      state: outcome.state,
      systems: systems.map((system) => ({
        ...system,
        ...(system.problem && { message: problemSentence(system.problem) }),
      })),
      certificate: certificate?.file ?? null,
      page: certificate?.page ?? null,
      shredding: outcome.shredding,
    },
    blocks: [
      {
        columns: ['system', 'state', 'deleted', 'changed'].map((key, i) => ({
          header: say(`column-${key}`),
          ...(i > 1 && { align: 'right' as const }),
        })),
        rows: systems.map(stateRow),
      },
      ...systems.flatMap(remarks),
      '',
      outcome.state === 'completed'
        ? strong(say('outcome-completed', { request: outcome.request }))
        : bad(say('outcome-incomplete', { request: outcome.request })),
      ...(certificate ? [quiet(say('outcome-certificate', { file: certificate.page }))] : []),
      ...(outcome.shredding ? [quiet(shreddingSentence(outcome.shredding))] : []),
    ],
    exit: exitOf(systems),
  } // prettier-ignore
}

function shreddingSentence({ keyDeletedAt, completeAt, latestAt }: ShredState): string {
  const day = (date: Date) => date.toISOString().slice(0, 10)
  const [what, until] = completeAt ? ['outcome-shredded', completeAt] : ['outcome-shredding', latestAt]
  return say(what, { deleted: day(keyDeletedAt), until: day(until) })
}

function exitOf(systems: readonly SystemOutcome[]): 0 | 1 | 3 {
  if (systems.some(({ state }) => state === 'unreachable' || state === 'pending')) return 3
  return systems.some(({ state }) => state === 'residue') ? 1 : 0
}

const tones = {
  pending: quiet,
  'verified-absent': good,
  kept: warning,
  unreachable: bad,
  residue: bad,
} as const

const stateRow = (system: SystemOutcome): readonly Text[] => [
  system.name,
  tones[system.state](say(`state-${system.state}`)),
  system.deleted,
  system.changed,
]

function remarks({ name, kept, residue, notObeyed, problem }: SystemOutcome): readonly Block[] {
  return [
    ...kept.map((one) =>
      quiet(
        say(one.until === null ? 'outcome-kept-while' : 'outcome-kept', {
          system: name,
          collection: one.collection,
          count: one.count,
          ground: say(`ground-${one.ground}`),
          article: one.article,
          until: one.until ?? '',
        }),
      ),
    ),
    ...residue.map((one) =>
      bad(
        say(one.doubtful ? 'outcome-doubtful' : 'outcome-residue', {
          system: name,
          collection: one.collection,
          field: one.field,
          rows: one.rows,
          kinds: one.kinds.join(', '),
        }),
      ),
    ),
    ...(notObeyed.length > 0
      ? [bad(say('outcome-not-obeyed', { system: name, collections: notObeyed.join(', ') }))]
      : []),
    ...(problem ? [bad(`${name}: ${problemSentence(problem)}`)] : []),
  ]
}
