import type { KeyObject } from 'node:crypto'
import { uuidv7 } from '../platform/bytes.ts'
import { type Context, inTransaction } from '../platform/context.ts'
import { claimEach, insertIdentifiers, insertSubjects } from './chunk-queries.ts'
import { ensureSubject } from './ensure-subject.ts'
import { asIndexed } from './find-subjects.ts'
import { type Identifier, identifierPlace, isUnique, refuseUnnormalised } from './identifier.ts'
import { normVersion } from './normalise.ts'
import { type Indexed, lookUp } from './queries.ts'
import { sealUnder } from './seal-for.ts'
import { createSubjectKeys, deleteSubjectKeys } from './subject-key.ts'

interface Newcomer {
  readonly place: number
  readonly subjectId: string
  readonly ids: readonly Identifier[]
  readonly indexed: readonly Indexed[]
}

/** Somebody else was first with one of the identifiers. */
class Claimed extends Error {}

/**
 * `ensureSubject` for each of many, each with at least one unique identifier; in their order. Whom nobody knew yet are made
 * together, in one transaction (a batch chunk); the others one by one. Throws as `ensureSubject`.
 */
export async function ensureSubjects(
  ctx: Context,
  people: readonly (readonly Identifier[])[],
): Promise<readonly string[]> {
  for (const ids of people) refuseUnnormalised(ids)
  const indexed = people.map((ids) => distinct(ids).map((id) => ({ id, ...asIndexed(ctx, id) })))
  const known = new Set((await lookUp(ctx.db, indexed.flat())).map(labelOf))
  const claimed = new Set<string>()
  const newcomers = indexed.flatMap((own, place): readonly Newcomer[] => {
    const labels = own.filter(({ shared }) => !shared).map(labelOf)
    const isNew = labels.length > 0 && labels.every((one) => !known.has(one) && !claimed.has(one))
    for (const label of labels) claimed.add(label)
    if (!isNew) return []
    return [{ place, subjectId: uuidv7(ctx.now()), ids: own.map(({ id }) => id), indexed: own }]
  })
  const made = new Map<number, string>()
  if (await makeTogether(ctx, newcomers))
    for (const { place, subjectId } of newcomers) made.set(place, subjectId)
  const all: string[] = []
  for (const [place, ids] of people.entries()) all.push(made.get(place) ?? (await ensureSubject(ctx, ids)))
  return all
}

const distinct = (ids: readonly Identifier[]): readonly Identifier[] => [
  ...new Map(ids.map((id) => [`${id.kind} ${id.value}`, id])).values(),
]

const labelOf = ({ kind, bidx }: Indexed): string => `${kind} ${bidx.toString('base64')}`

/** False, with nothing changed, when one of them is claimed by somebody else meanwhile. */
async function makeTogether(ctx: Context, newcomers: readonly Newcomer[]): Promise<boolean> {
  if (newcomers.length === 0) return true
  const subjectIds = newcomers.map(({ subjectId }) => subjectId)
  // The keys first: a key without a subject is harmless, a subject without a key is a loss.
  const keys = await createSubjectKeys(ctx, subjectIds)
  const rows = newcomers.flatMap(({ subjectId, ids }, i) => {
    const key = keys[i]
    if (!key) throw new Error('subjects: a key was made for nobody')
    return ids.map((id) => sealed(ctx, key, subjectId, id))
  })
  try {
    await inTransaction(ctx, async (tx) => {
      const claims = newcomers.flatMap(({ subjectId, indexed }) =>
        indexed.map((one) => ({ ...one, subjectId })),
      )
      if ((await claimEach(tx.db, claims)) < claims.length) throw new Claimed()
      await insertSubjects(tx.db, subjectIds, tx.now())
      await insertIdentifiers(tx.db, rows, normVersion, tx.now())
    })
    return true
  } catch (error) {
    // After any other error the subjects may be there all the same: their keys stay.
    if (!(error instanceof Claimed)) throw error
    await deleteSubjectKeys(ctx, subjectIds)
    return false
  }
}

function sealed(ctx: Context, key: KeyObject, subjectId: string, identifier: Identifier) {
  const id = uuidv7(ctx.now())
  return {
    subjectId,
    id,
    kind: identifier.kind,
    shared: !isUnique(identifier),
    sealed: sealUnder(key, subjectId, identifierPlace(id), identifier.value),
  }
}
