import { open, readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { entriesOf, recordEvidence, sequence, signDocument, writeStoredZip } from '../evidence/public.ts'
import { notSearchable, type SystemVerification } from '../holdings/public.ts'
import { currentMap } from '../inventory/public.ts'
import { type Json, sha256 } from '../platform/bytes.ts'
import { type Context, inTransaction } from '../platform/context.ts'
import { languages } from '../platform/texts.ts'
import { bundleRequest } from './bundle-request.ts'
import {
  type Certificate,
  type CertificateInput,
  certificateOf,
  type SignedCertificate,
} from './certificate.ts'
import { certificatePage } from './certificate-page.ts'
import { legalSeat } from './legal-seat.ts'
import {
  certificateOfBatch,
  keptOf,
  planInForce,
  type VerificationRecord,
  verificationsOf,
} from './queries.ts'
import type { PlanSeeds, Request, Stage, SystemOutcome } from './request.ts'

/** Files below the certificates' directory; none of them holds personal data. */
export interface IssuedCertificate {
  /** The signed JSON. */
  readonly file: string
  /** The same to read, in the operator's language. */
  readonly page: string
  /** Entries, proofs and the certificate, to be checked offline by anyone. */
  readonly bundle: string
}

/** Writes what was done and how it was checked, signs it, and puts its hash into the evidence log. Replaces an older one. */
export async function issueCertificate(
  ctx: Context,
  request: Request,
  systems: readonly SystemOutcome[],
  seeds: PlanSeeds,
): Promise<void> {
  const content = certificateBytes(ctx, await describe(ctx, request, systems, seeds))
  await inTransaction(ctx, (tx) => recordEvidence(tx, certifiedEntry(request, content)))
  await writeCertificate(ctx, request.id, content)
}

/** The signed document, as it is handed out. */
export function certificateBytes(ctx: Context, document: Certificate): Buffer {
  // Absent fields are absent in JSON: the document that is signed is the one that will be read.
  const signed = signDocument(ctx, JSON.parse(JSON.stringify(document)) as Json)
  return Buffer.from(`${JSON.stringify(signed, null, 2)}\n`)
}

export const certifiedEntry = (request: Pick<Request, 'subjectId' | 'id'>, content: Buffer) => ({
  subjectId: request.subjectId,
  requestId: request.id,
  kind: 'requests.certified',
  facts: { sha256: sha256(content).toString('hex') },
})

async function writeCertificate(ctx: Context, requestId: string, content: Buffer): Promise<void> {
  const signed = JSON.parse(content.toString()) as SignedCertificate
  const files = certificateFiles(ctx, requestId)
  const bundle = { requestId, language: ctx.language, withDetails: false, certificate: content }
  const { files: bundled } = await bundleRequest(ctx, bundle)
  for (const one of languages) await writeWhole(files.pages[one], certificatePage(signed, one))
  await writeWhole(files.bundle, writeStoredZip(bundled))
  // Last: where it stands, all of them do.
  await writeWhole(files.file, content)
}

/**
 * Where the certificate of a request is, or null when none was issued. One of a batch is kept in the database until
 * somebody asks: then its files are written.
 */
export async function issuedCertificate(ctx: Context, requestId: string): Promise<IssuedCertificate | null> {
  const { file, pages, bundle } = certificateFiles(ctx, requestId)
  const exists = await readFile(file).then(
    () => true,
    () => false,
  )
  const kept = exists ? undefined : await certificateOfBatch(ctx.db, requestId)
  if (kept) {
    await sequence(ctx)
    await writeCertificate(ctx, requestId, kept.document)
  }
  return exists || kept ? { file, page: pages[ctx.language], bundle } : null
}

function certificateFiles(ctx: Context, requestId: string) {
  const path = (ending: string) => join(ctx.paths.certificates, `${requestId}${ending}`)
  return {
    file: path('.json'),
    bundle: path('.evidence.zip'),
    pages: { en: path('.en.html'), fr: path('.fr.html') },
  } as const
}

async function describe(
  ctx: Context,
  request: Request,
  systems: readonly SystemOutcome[],
  seeds: PlanSeeds,
): Promise<Certificate> {
  const plan = await planInForce(ctx.db, request.subjectId, request.id)
  if (!plan) throw new Error('requests: an erasure without a plan cannot be certified')
  const looks = await verificationsOf(ctx.db, request.subjectId, request.id)
  const kept = await keptOf(ctx.db, request.subjectId, request.id)
  const entries = await entriesOf(ctx, { requestId: request.id })
  const { size } = await sequence(ctx)
  return describeErasure(await issuerOf(ctx), {
    request,
    plan,
    systems,
    seeds,
    looks,
    isKeeping: kept.length > 0,
    evidence: { entries: entries.map(({ id }) => id), logSize: size },
  })
}

/** What is the same in every certificate of the day. */
export interface Issuer {
  readonly issuedAt: Date
  readonly controllerNames: readonly string[]
  readonly timeZone: string
}

export async function issuerOf(ctx: Context): Promise<Issuer> {
  const { map } = await currentMap(ctx)
  return {
    issuedAt: ctx.now(),
    controllerNames: [...new Set(Object.values(map.systems).flatMap(({ controller }) => controller ?? []))],
    timeZone: (await legalSeat(ctx)).timeZone,
  }
}

export interface ErasureToCertify {
  readonly request: Request
  readonly plan: CertificateInput['plan']
  readonly systems: readonly SystemOutcome[]
  readonly seeds: PlanSeeds
  readonly looks: readonly VerificationRecord[]
  readonly isKeeping: boolean
  readonly evidence: CertificateInput['evidence']
}

export function describeErasure(
  issuer: Issuer,
  { looks, isKeeping, seeds, ...erasure }: ErasureToCertify,
): Certificate {
  const next = looks.filter(({ doneAt }) => doneAt === null)
  return certificateOf({
    ...issuer,
    ...erasure,
    verification: lastLook(looks, seeds),
    next: next.map(({ stage, dueAt }) => ({ stage: stage as Stage, dueAt })),
    searchTerms: { until: isKeeping ? null : (next.at(-1)?.dueAt ?? null), destroyedAt: null },
  })
}

function lastLook(looks: readonly VerificationRecord[], { wanted, ambiguous }: PlanSeeds) {
  const done = looks.flatMap((one) => (one.doneAt === null ? [] : [{ ...one, doneAt: one.doneAt }]))
  const last = done.toSorted((a, b) => Number(a.doneAt) - Number(b.doneAt)).at(-1)
  if (!last) return null
  const systems = last.report as readonly SystemVerification[]
  return {
    at: last.doneAt,
    kinds: wanted.map(({ kind }) => kind),
    tooShort: notSearchable(wanted),
    together: ambiguous.names.length + ambiguous.beside.length,
    systems,
  }
}

async function writeWhole(path: string, content: Buffer | string): Promise<void> {
  const draft = `${path}.${process.pid}.new`
  const file = await open(draft, 'w', 0o600)
  try {
    await file.writeFile(content)
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(draft, path)
}
