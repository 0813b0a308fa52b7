import { uuidv7 } from '../platform/bytes.ts'
import { type Context, inTransaction } from '../platform/context.ts'
import { asIndexed, findSubjects, type Reach } from './find-subjects.ts'
import { type Identifier, identifierPlace, isUnique, refuseUnnormalised } from './identifier.ts'
import { normVersion } from './normalise.ts'
import { problem } from './problems.ts'
import {
  claim,
  type Indexed,
  insertIdentifier,
  insertSubject,
  lockSubject,
  lookUp,
  unclaim,
} from './queries.ts'
import { sealFor } from './seal-for.ts'
import { createSubjectKey, deleteSubjectKey } from './subject-key.ts'

const mostAttempts = 5

/**
 * The subject behind these identifiers, made when there is none; identifiers it did not have yet are added. With
 * `uniqueOnly: false` a shared identifier leads to its subject too. Throws `subjects.ambiguous` when they lead to
 * several, `subjects.no-unique-identifier` when none of them leads anywhere.
 */
export async function ensureSubject(
  ctx: Context,
  ids: readonly Identifier[],
  reach: Reach = {},
): Promise<string> {
  refuseUnnormalised(ids)
  const known = [...new Map(ids.map((id) => [`${id.kind} ${id.value}`, id])).values()]
  const wanted = known.map((id) => wantedFrom(ctx, id, reach))
  if (wanted.every(({ indexed }) => indexed.shared)) throw problem('subjects.no-unique-identifier')
  for (let attempt = 0; attempt < mostAttempts; attempt += 1) {
    const [found, ...others] = await findSubjects(ctx, known, reach)
    if (others.length > 0) throw problem('subjects.ambiguous', { count: others.length + 1 })
    const subjectId = found ?? (await newSubject(ctx))
    const added = await inTransaction(ctx, (tx) => addIdentifiers(tx, subjectId, wanted, found === undefined))
    if (added) return subjectId
    // Somebody else was first with one of the identifiers: the key nobody needs goes, and we look again.
    if (found === undefined) await deleteSubjectKey(ctx, subjectId)
  }
  throw new Error('subjects: identifiers keep being claimed by others')
}

interface Wanted {
  readonly id: Identifier
  readonly indexed: Indexed
}

/** A shared identifier that is to lead to its subject is claimed like a unique one, but stays what it is. */
const wantedFrom = (ctx: Context, id: Identifier, reach: Reach): Wanted => {
  const indexed = asIndexed(ctx, id)
  return { id, indexed: { ...indexed, shared: indexed.shared && reach.uniqueOnly !== false } }
}

/** The key first: a key without a subject is harmless, a subject without a key is a loss. */
async function newSubject(ctx: Context): Promise<string> {
  const subjectId = uuidv7(ctx.now())
  await createSubjectKey(ctx, subjectId)
  return subjectId
}

/** False, with nothing changed, when an identifier meanwhile leads to somebody else or the subject was erased. */
async function addIdentifiers(
  tx: Context,
  subjectId: string,
  wanted: readonly Wanted[],
  isNew: boolean,
): Promise<boolean> {
  if (!isNew) {
    const subject = await lockSubject(tx.db, subjectId)
    if (!subject || subject.erasedAt) return false
  }
  const missing = isNew ? wanted : await missingOf(tx, subjectId, wanted)
  if (missing.length === 0) return true
  const indexed = missing.map((one) => one.indexed)
  if ((await claim(tx.db, subjectId, indexed)) < indexed.length) {
    await unclaim(tx.db, subjectId, indexed)
    return false
  }
  if (isNew) await insertSubject(tx.db, subjectId, tx.now())
  for (const { id } of missing) await storeIdentifier(tx, subjectId, id)
  return true
}

async function missingOf(
  tx: Context,
  subjectId: string,
  wanted: readonly Wanted[],
): Promise<readonly Wanted[]> {
  const rows = await lookUp(
    tx.db,
    wanted.map(({ indexed }) => indexed),
  )
  const own = rows.filter((row) => row.subjectId === subjectId)
  return wanted.filter(
    ({ indexed }) => !own.some((row) => row.kind === indexed.kind && row.bidx.equals(indexed.bidx)),
  )
}

async function storeIdentifier(tx: Context, subjectId: string, identifier: Identifier): Promise<void> {
  const id = uuidv7(tx.now())
  const sealed = await sealFor(tx, subjectId, identifierPlace(id), identifier.value)
  const row = {
    id,
    kind: identifier.kind,
    shared: !isUnique(identifier),
    sealed,
    normVersion,
    createdAt: tx.now(),
  }
  await insertIdentifier(tx.db, subjectId, row)
}
