import { open, readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { entriesOf, recordEvidence, sequence, signDocument, writeStoredZip } from '../evidence/public.ts'
import { notSearchable, type SystemVerification } from '../holdings/public.ts'
import { currentMap } from '../inventory/public.ts'
import { type Json, sha256 } from '../platform/bytes.ts'
import { type Context, inTransaction } from '../platform/context.ts'
import { languages } from '../platform/texts.ts'
import { bundleRequest } from './bundle-request.ts'
import { certificateOf, type SignedCertificate } from './certificate.ts'
import { certificatePage } from './certificate-page.ts'
import { legalSeat } from './legal-seat.ts'
import { keptOf, planInForce, type VerificationRecord, verificationsOf } from './queries.ts'
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
  const document = await describe(ctx, request, systems, seeds)
  // Absent fields are absent in JSON: the document that is signed is the one that will be read.
  const signed = signDocument(ctx, JSON.parse(JSON.stringify(document)) as Json) as SignedCertificate
  const content = Buffer.from(`${JSON.stringify(signed, null, 2)}\n`)
  await inTransaction(ctx, (tx) =>
    recordEvidence(tx, {
      subjectId: request.subjectId,
      requestId: request.id,
      kind: 'requests.certified',
      facts: { sha256: sha256(content).toString('hex') },
    }),
  )
  const files = certificateFiles(ctx, request.id)
  const { language } = ctx
  const bundle = { requestId: request.id, language, withDetails: false, certificate: content }
  const { files: bundled } = await bundleRequest(ctx, bundle)
  for (const one of languages) await writeWhole(files.pages[one], certificatePage(signed, one))
  await writeWhole(files.bundle, writeStoredZip(bundled))
  await writeWhole(files.file, content)
}

/** Where the certificate of a request is, or null when none was issued. */
export async function issuedCertificate(ctx: Context, requestId: string): Promise<IssuedCertificate | null> {
  const { file, pages, bundle } = certificateFiles(ctx, requestId)
  const exists = await readFile(file).then(
    () => true,
    () => false,
  )
  return exists ? { file, page: pages[ctx.language], bundle } : null
}

function certificateFiles(ctx: Context, requestId: string) {
  const path = (ending: string) => join(ctx.paths.certificates, `${requestId}${ending}`)
  return {
    file: path('.json'),
    bundle: path('.evidence.zip'),
    pages: { en: path('.en.html'), fr: path('.fr.html') },
  } as const
}

async function describe(ctx: Context, request: Request, systems: readonly SystemOutcome[], seeds: PlanSeeds) {
  const { map } = await currentMap(ctx)
  const plan = await planInForce(ctx.db, request.subjectId, request.id)
  if (!plan) throw new Error('requests: an erasure without a plan cannot be certified')
  const looks = await verificationsOf(ctx.db, request.subjectId, request.id)
  const kept = await keptOf(ctx.db, request.subjectId, request.id)
  const next = looks.filter(({ doneAt }) => doneAt === null)
  const entries = await entriesOf(ctx, { requestId: request.id })
  const { size } = await sequence(ctx)
  return certificateOf({
    issuedAt: ctx.now(),
    request,
    plan,
    controllerNames: [...new Set(Object.values(map.systems).flatMap(({ controller }) => controller ?? []))],
    timeZone: (await legalSeat(ctx)).timeZone,
    systems,
    verification: lastLook(looks, seeds),
    next: next.map(({ stage, dueAt }) => ({ stage: stage as Stage, dueAt })),
    searchTerms: { until: kept.length > 0 ? null : (next.at(-1)?.dueAt ?? null), destroyedAt: null },
    evidence: { entries: entries.map(({ id }) => id), logSize: size },
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
