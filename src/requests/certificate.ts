import { z } from 'zod'
import type { SystemVerification, Wanted } from '../holdings/public.ts'
import type { Request, Stage, StoredPlan, SystemOutcome } from './request.ts'
import { identityProofs, stages } from './request.ts'
import { signedDocumentSchema } from './signed-document-schema.ts'

const count = z.int().min(0)
const instant = z.iso.datetime()
const day = z.iso.date()
const systemState = z.enum(['verified-absent', 'kept', 'unreachable', 'residue'])

const kept = z.strictObject({
  rows: count,
  fields: z.array(z.string()),
  rule: z.string(),
  ground: z.string(),
  article: z.string(),
  until: z.nullable(day).meta({ description: 'The last day; null while the ground lasts.' }),
})

const collection = z.strictObject({
  name: z.string(),
  deleted: count.meta({ description: 'Rows.' }),
  changed: z.array(
    z.strictObject({
      field: z.string(),
      action: z.enum(['null', 'replace', 'redact', 'unlink']),
      rows: count,
    }),
  ),
  kept: z.array(kept),
})

const system = z.strictObject({
  name: z.string(),
  state: systemState,
  problem: z.nullable(z.string()).meta({ description: 'The code of what kept the system out of reach.' }),
  collections: z.array(collection),
  residue: z.array(
    z.strictObject({
      collection: z.string(),
      field: z.string(),
      kinds: z.array(z.string()),
      rows: count,
      doubtful: z.boolean().meta({ description: 'It may be another person’s: somebody has to look at it.' }),
    }),
  ),
})

const verification = z.strictObject({
  at: instant,
  kinds: z.array(z.string()).meta({ description: 'Kinds of search terms, never the terms.' }),
  tooShort: count.meta({
    description: 'Identifiers too short to be told from chance, and not searched for.',
  }),
  together: count.meta({
    description: 'Names and identifiers that other people bear too: searched for only in company of another.',
  }),
  systems: z.array(
    z.strictObject({
      name: z.string(),
      searched: z
        .nullable(z.strictObject({ collections: count, fields: count, rows: count }))
        .meta({ description: 'Rows of databases are estimates. Null where the system could not be read.' }),
      keptTraces: count.meta({ description: 'Traces found in what is kept with a ground.' }),
      notSearched: z.array(
        z.strictObject({
          collection: z.string(),
          field: z.nullable(z.string()),
          why: z.enum(['view', 'binary', 'unreadable']),
        }),
      ),
    }),
  ),
})

const limits = [
  'target-backups',
  'copies-sent',
  'other-systems',
  'unmapped-forms',
  'binary',
  'short-terms',
  'shared-terms',
] as const

const certificate = z
  .strictObject({
    format: z.literal('dossier-erasure-certificate'),
    version: z.literal(1),
    issuedAt: instant,
    state: systemState.meta({
      description: 'The worst of the systems’ states. Only the first two are a completed erasure.',
    }),
    controllers: z.array(z.string()),
    timeZone: z.string().meta({ description: 'The controller’s, in which its due dates are counted.' }),
    request: z.strictObject({
      id: z.string(),
      kind: z.literal('erasure'),
      subject: z
        .string()
        .meta({ description: 'A pseudonym: it means nothing outside the controller’s Dossier.' }),
      plan: z.string(),
      receivedAt: instant,
      dueOn: day,
      extendedDueOn: day,
      calendar: z.string(),
      identityProof: z.enum(identityProofs),
      approvedAt: z.nullable(instant),
      approvedBy: z.nullable(z.string()),
      completedAt: z.nullable(instant),
    }),
    map: z.strictObject({ number: count, sha256: z.string() }),
    systems: z.array(system),
    verification: z.nullable(verification),
    next: z.array(z.strictObject({ stage: z.enum(stages), dueAt: instant })),
    searchTerms: z.strictObject({ until: z.nullable(instant), destroyedAt: z.nullable(instant) }).meta({
      description: 'How long the sealed identifiers stay; until null: as long as something is kept.',
    }),
    keyHorizonDays: count.meta({
      description: 'Days until the key that wrapped the subject’s is destroyed as well.',
    }),
    evidence: z.strictObject({
      entries: z.array(z.string()),
      logSize: count.meta({ description: 'Entries in the log when the certificate was issued.' }),
    }),
    limits: z.array(z.enum(limits)),
  })
  .meta({ title: 'What was done to carry out an erasure, and how it was checked' })

/** A certificate as it is handed out. Version 1. */
export const signedCertificateSchema = signedDocumentSchema(certificate).meta({
  $id: 'urn:dossier:erasure-certificate:1',
  title: 'Signed Dossier certificate of erasure',
})

export type Certificate = z.infer<typeof certificate>
export type SignedCertificate = z.infer<typeof signedCertificateSchema>

/** All that a certificate tells of: counts, names of fields and dates, no personal data. */
export interface CertificateInput {
  readonly issuedAt: Date
  readonly request: Request
  readonly plan: Pick<StoredPlan, 'id' | 'mapNumber' | 'mapSha256'>
  readonly controllerNames: readonly string[]
  /** IANA name. */
  readonly timeZone: string
  /** At least one: an erasure that touched no system proves nothing. */
  readonly systems: readonly SystemOutcome[]
  /** The second reader's latest look; null before the first. */
  readonly verification: {
    readonly at: Date
    readonly kinds: readonly Wanted['kind'][]
    readonly tooShort: number
    readonly together: number
    readonly systems: readonly SystemVerification[]
  } | null
  readonly next: readonly { readonly stage: Stage; readonly dueAt: Date }[]
  readonly searchTerms: { readonly until: Date | null; readonly destroyedAt: Date | null }
  readonly evidence: { readonly entries: readonly string[]; readonly logSize: number }
}

/** Shred horizon: seven days until the epoch key rotates, seven held, and a key service's own wait (security.md §6). */
const keyHorizonDays = 21

/** From best to worst: a whole is no better than its worst part (design §1.1). */
const badness: readonly Certificate['state'][] = ['verified-absent', 'kept', 'unreachable', 'residue']

/** The certificate of an erasure, to be signed. Pure. Throws an Error for an erasure without systems. */
export function certificateOf(input: CertificateInput): Certificate {
  const { request, plan, verification } = input
  const state = badness.findLast((one) => input.systems.some((system) => system.state === one))
  if (state === undefined) throw new Error('an erasure without systems cannot be certified')
  return {
    format: 'dossier-erasure-certificate',
    version: 1,
    issuedAt: input.issuedAt.toISOString(),
    state,
    controllers: [...input.controllerNames],
    timeZone: input.timeZone,
    request: {
      id: request.id,
      kind: 'erasure',
      subject: request.subjectId,
      plan: plan.id,
      receivedAt: request.receivedAt.toISOString(),
      dueOn: request.dueOn,
      extendedDueOn: request.extendedDueOn,
      calendar: request.calendar,
      identityProof: request.identityProof,
      approvedAt: request.approvedAt?.toISOString() ?? null,
      approvedBy: request.approvedBy,
      completedAt: request.completedAt?.toISOString() ?? null,
    },
    map: { number: plan.mapNumber, sha256: plan.mapSha256 },
    systems: input.systems.map(certifiedSystem),
    verification: verification && {
      at: verification.at.toISOString(),
      kinds: [...new Set(verification.kinds)],
      tooShort: verification.tooShort,
      together: verification.together,
      systems: verification.systems.map(certifiedSearch),
    },
    next: input.next.map(({ stage, dueAt }) => ({ stage, dueAt: dueAt.toISOString() })),
    searchTerms: {
      until: input.searchTerms.until?.toISOString() ?? null,
      destroyedAt: input.searchTerms.destroyedAt?.toISOString() ?? null,
    },
    keyHorizonDays,
    evidence: { entries: [...input.evidence.entries], logSize: input.evidence.logSize },
    limits: limitsOf(verification),
  }
}

function certifiedSystem({
  name,
  state,
  problem,
  collections,
  kept,
  residue,
}: SystemOutcome): Certificate['systems'][number] {
  if (state === 'pending') throw new Error('an erasure that was not carried out cannot be certified')
  const names = new Set(
    [...collections, ...kept.map(({ collection }) => ({ name: collection }))].map((one) => one.name),
  )
  return {
    name,
    state,
    // Only the code: a target's own words may name hosts, and this document leaves the house.
    problem: problem?.code ?? null,
    collections: [...names].map((collection) => {
      const done = collections.find((one) => one.name === collection)
      return {
        name: collection,
        deleted: done?.delete ?? 0,
        changed: (done?.change ?? []).map(({ field, action, count }) => ({ field, action, rows: count })),
        kept: kept
          .filter((one) => one.collection === collection)
          .map(({ count, fields, rule, ground, article, until }) => ({
            rows: count,
            fields: [...fields],
            rule,
            ground,
            article,
            until,
          })),
      }
    }),
    residue: residue.map(({ collection, field, kinds, rows, doubtful }) => ({
      collection,
      field,
      kinds: [...kinds],
      rows,
      doubtful,
    })),
  }
}

const certifiedSearch = ({ name, report }: SystemVerification) => ({
  name,
  searched: report && { ...report.searched },
  keptTraces: report?.keptTraces ?? 0,
  notSearched: (report?.notSearched ?? []).map(({ collection, field, why }) => ({ collection, field, why })),
})

/** What no search can know is said every time; the rest where it applies. */
function limitsOf(verification: CertificateInput['verification']): Certificate['limits'] {
  const hasBinary = verification?.systems.some(({ report }) =>
    report?.notSearched.some(({ why }) => why === 'binary'),
  )
  return limits.filter(
    (limit) =>
      (limit !== 'binary' || hasBinary === true) &&
      (limit !== 'short-terms' || (verification?.tooShort ?? 0) > 0) &&
      (limit !== 'shared-terms' || (verification?.together ?? 0) > 0),
  )
}
