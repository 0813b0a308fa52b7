import { z } from 'zod'
import { instant } from '../platform/route.ts'
import { languages } from '../platform/texts.ts'
import { identityProofs } from './request.ts'

/** What the API takes and gives. Identifiers stand in bodies only; answers hold counts, names of fields and states. */

const identifier = z
  .string()
  .min(1)
  .max(500)
  .meta({ description: 'An e-mail address, phone, customer number …; `number:C-1001` says the kind.' })

export const findBody = z.strictObject({ identifier })
const records = z.array(z.string().min(1).max(2_000)).max(1_000).default([])
export const newErasureBody = z.strictObject({
  identifier,
  identityProof: z.enum(identityProofs).default('operator-attested'),
  same: records.meta({ description: 'Possible matches that are the same person’s, by their record.' }),
  other: records.meta({ description: 'Possible matches that are another person’s.' }),
})
export const newAccessBody = z.strictObject({
  identifier,
  identityProof: z.enum(identityProofs).default('operator-attested'),
  language: z.enum(['en', 'fr']).default('en'),
})
export const planParams = z.strictObject({ plan: z.uuid() })
export const requestParams = z.strictObject({ request: z.uuid() })
export const evidenceQuery = z.strictObject({
  language: z.enum(languages).optional().meta({ description: 'Of its pages.' }),
})

const count = z.int().nonnegative()
const listOf = <Item extends z.ZodType>(item: Item) => z.array(item).readonly()
const params = z.record(z.string(), z.union([z.string(), z.number()])).readonly()

const unreachable = z.object({ name: z.string(), code: z.string(), params, message: z.string() })

const notFollowed = z.object({
  system: z.string(),
  collection: z.string(),
  code: z.string(),
  params,
  rows: count,
})

const possible = z
  .object({
    system: z.string(),
    collection: z.string(),
    record: z.nullable(z.string()).meta({ description: 'Its name for a ruling; null without a key.' }),
    signs: listOf(z.string()),
  })
  .meta({
    description:
      'A record that bears the person’s name and a shared identifier, or nothing to tell it from theirs. Until somebody rules on it, an erasure ends with residue.',
  })

export const foundPerson = z
  .object({
    systems: listOf(
      z.object({
        name: z.string(),
        rows: count,
        collections: listOf(
          z.object({
            name: z.string(),
            rows: count,
            shared: count,
            party: count,
            mentions: count,
            fields: listOf(z.string()),
            via: listOf(z.string()),
          }),
        ),
      }),
    ),
    unreachable: listOf(unreachable),
    possible: listOf(possible),
    notFollowed: listOf(notFollowed),
  })
  .meta({ id: 'FoundPerson' })

const kept = z.object({
  count,
  rule: z.string(),
  ground: z.string(),
  article: z.string(),
  until: z.nullable(z.iso.date()),
  fields: listOf(z.string()),
})

const collectionPlan = z.object({
  name: z.string(),
  delete: count,
  change: listOf(
    z.object({ field: z.string(), action: z.enum(['null', 'replace', 'redact', 'unlink']), count }),
  ),
  keep: listOf(kept),
})

export const erasurePlan = z
  .object({
    id: z.uuid(),
    request: z.uuid(),
    dueOn: z.iso.date(),
    systems: listOf(
      z.object({ name: z.string(), fingerprint: z.string(), collections: listOf(collectionPlan) }),
    ),
    unreachable: listOf(unreachable),
    possible: listOf(possible),
  })
  .meta({ id: 'ErasurePlan' })

const systemOutcome = z.object({
  name: z.string(),
  state: z.enum(['pending', 'verified-absent', 'kept', 'unreachable', 'residue']),
  deleted: count,
  changed: count,
  collections: listOf(collectionPlan),
  kept: listOf(kept.extend({ collection: z.string() })),
  residue: listOf(
    z.object({
      collection: z.string(),
      field: z.string(),
      kinds: listOf(z.string()),
      rows: count,
      doubtful: z.boolean().meta({ description: 'It may be another’s: somebody has to look at it.' }),
    }),
  ),
  notObeyed: listOf(z.string()).meta({
    description: 'Collections in which the target wrote less than it was told.',
  }),
  problem: z.nullable(z.object({ code: z.string(), params, message: z.string() })),
})

export const requestOutcome = z
  .object({
    request: z.uuid(),
    state: z.enum(['received', 'planned', 'approved', 'completed', 'incomplete']),
    systems: listOf(systemOutcome),
    certificate: z
      .nullable(z.string())
      .meta({ description: 'Where to read it, once the request is complete.' }),
    shredding: z
      .nullable(z.object({ keyDeletedAt: instant, completeAt: z.nullable(instant), latestAt: instant }))
      .meta({
        description:
          'When the person’s key was deleted, and when the key that had wrapped it was destroyed, or will be at the latest: from then on no old copy opens.',
      }),
  })
  .meta({ id: 'RequestOutcome' })

export const requestList = z
  .object({
    requests: listOf(
      z.object({
        id: z.uuid(),
        kind: z.enum(['access', 'erasure']),
        state: z.string(),
        receivedAt: instant,
        dueOn: z.iso.date(),
        extendedDueOn: z.iso.date(),
        completedAt: z.nullable(instant),
      }),
    ),
  })
  .meta({ id: 'RequestList' })

export const newBatchBody = z.strictObject({
  identifiers: z.array(z.string().min(1).max(500)).min(1).max(10_000).meta({
    description:
      'One for each person; those of more people go into several batches, or through the command line.',
  }),
  identityProof: z.enum(identityProofs).default('operator-attested'),
})
export const batchParams = z.strictObject({ batch: z.uuid() })
export const batchQuery = z.strictObject({
  after: z.coerce.number().int().min(-1).max(2_000_000_000).default(-1).meta({
    description: 'The last line of the page before: members come a thousand at a time.',
  }),
})

const noted = z.object({ code: z.string(), params, message: z.string() })

export const batchOutcomeSchema = z
  .object({
    id: z.uuid(),
    state: z.enum(['receiving', 'received', 'planning', 'planned', 'approved', 'finished']),
    plan: z.nullable(z.uuid()).meta({ description: 'What is to be approved, once the state is planned.' }),
    receivedAt: instant,
    plannedAt: z.nullable(instant),
    approvedAt: z.nullable(instant),
    finishedAt: z.nullable(instant),
    needsAnother: z.boolean().meta({
      description: 'Above a hundred people somebody else than whoever handed them in must approve.',
    }),
    progress: z.object({
      people: count,
      planned: count,
      refused: count,
      approved: count,
      completed: count,
      incomplete: count,
    }),
    locks: listOf(
      z.object({
        system: z.string(),
        transactions: count,
        longestMs: count,
        tooLong: count.meta({ description: 'Transactions that kept rows locked for more than 250 ms.' }),
      }),
    ).meta({ description: 'How long its transactions kept others from rows of each system, measured.' }),
    summary: z.nullable(
      z.object({
        people: count,
        nothingHeld: count,
        keeping: count,
        doubtful: count,
        systems: listOf(
          z.object({ name: z.string(), fingerprint: z.string(), collections: listOf(collectionPlan) }),
        ),
        unreachable: listOf(unreachable),
      }),
    ),
    notTakenIn: listOf(noted.extend({ line: count })).meta({
      description: 'Whom nobody could take in when the batch was handed in; only in the answer to that.',
    }),
    members: listOf(
      z.object({
        line: count,
        request: z.uuid(),
        state: z.enum(['received', 'planned', 'approved', 'completed', 'incomplete']),
        problem: z.nullable(noted),
      }),
    ).meta({ description: 'By the place of their identifier in what was handed in, from 1.' }),
  })
  .meta({ id: 'Batch' })

export const newSweepBody = z.strictObject({
  systems: z.array(z.string().min(1).max(63)).max(1_000).default([]).meta({
    description: 'Names of systems; none: all that are mapped.',
  }),
  erase: z.boolean().default(false).meta({ description: 'Erase whoever returned, under their old request.' }),
})
export const sweepParams = z.strictObject({ sweep: z.uuid() })

const sweptSystem = z.object({
  name: z.string(),
  state: z.enum(['swept', 'unreachable']),
  restored: z.boolean(),
  collections: listOf(
    z.object({ name: z.string(), state: z.enum(['read', 'unchanged', 'read-before']), rows: count }),
  ),
  problem: z.nullable(unreachable),
})

const foundAgain = z.object({
  request: z.uuid(),
  verdict: z.enum(['returned', 'fresh', 'contested', 'pending']),
  erasedAt: z.iso.datetime(),
  places: listOf(
    z.object({
      system: z.string(),
      collection: z.string(),
      field: z.string(),
      kind: z.string(),
      rows: count,
      state: z.enum(['returned', 'fresh', 'pending']),
      decidedBy: z.nullable(z.string()),
    }),
  ),
  plan: z.nullable(z.uuid()),
  state: z.string(),
  systems: listOf(z.object({ name: z.string(), state: z.string() })),
  problem: z.nullable(z.object({ code: z.string(), params, message: z.string() })),
})

export const sweepOutcome = z
  .object({
    id: z.uuid(),
    startedAt: instant,
    finishedAt: z.nullable(instant),
    systems: listOf(sweptSystem),
    found: listOf(foundAgain),
    tombstones: count,
    kept: count,
    unclaimed: count,
  })
  .meta({ id: 'Sweep', description: 'Empty lists until it is finished.' })
