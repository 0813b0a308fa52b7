import { readPathField, type SystemDescription, writePath } from '../connectors/public.ts'
import { type Category, newestMap, openForReading } from '../inventory/public.ts'
import type { Context } from '../platform/context.ts'
import type { ReadProgress, RecordPlace, UnreachableSystem } from './holdings.ts'
import { type KeptFields, keptCells } from './kept-cells.ts'
import { asUnreachable } from './open-systems.ts'
import { samePlace } from './possible-match.ts'
import { type IsRenamed, openDoubts } from './second-reader/open-doubts.ts'
import type { ResidueReport, ResidueSearch } from './second-reader/residue.ts'
import { searchResidueOfMany } from './second-reader/search-residue-of-many.ts'
import { isSearchable, type Wanted } from './second-reader/wanted.ts'

/** How a system stands after an erasure (design §1.1). Nothing else may be called done. */
export type SystemState = 'verified-absent' | 'kept' | 'unreachable' | 'residue'

export interface SystemVerification {
  readonly name: string
  readonly state: SystemState
  readonly report: ResidueReport | null
  readonly unreachable: UnreachableSystem | null
}

export interface KeptPlace extends KeptFields {
  readonly system: string
}

export interface VerifyInput {
  readonly systems: readonly string[]
  readonly wanted: readonly Wanted[]
  /** Names that others bear too, and the shared identifiers beside which they are looked for. */
  readonly ambiguous: { readonly names: readonly Wanted[]; readonly beside: readonly Wanted[] }
  /** Possible matches that nobody ruled on, and those that are another's. */
  readonly undecided: readonly RecordPlace[]
  readonly others: readonly RecordPlace[]
  readonly kept: readonly KeptPlace[]
}

/** The independent check: each system is read again, in a session of its own, by a reader that does not know the plan. */
export async function verifyAbsence(
  ctx: Context,
  input: VerifyInput & { readonly onProgress?: ReadProgress },
): Promise<readonly SystemVerification[]> {
  const verifications: SystemVerification[] = []
  for (const name of input.systems) {
    const [one] = await verifySystem(ctx, name, [input], input.onProgress)
    if (one) verifications.push(one)
  }
  return verifications
}

/** One system for all of these people, whom it concerns: one session, and each collection read once. */
export async function verifySystem(
  ctx: Context,
  name: string,
  inputs: readonly VerifyInput[],
  onProgress?: ReadProgress,
): Promise<readonly SystemVerification[]> {
  try {
    await using session = await openForReading(ctx, name)
    const description = await session.describe()
    const doubtful = inputs.map(({ ambiguous, undecided }) => ({
      ambiguous,
      undecided: undecided.filter(({ system }) => system === name),
    }))
    const doubts = doubtful.some(({ undecided }) => undecided.length > 0)
      ? await openDoubts(session, description, doubtful, await renamedIn(ctx, name))
      : []
    const searchIn = searchesIn(name, description)
    const reports = await searchResidueOfMany(
      session,
      description,
      inputs.map((input, i) => searchIn(input, doubts[i] ?? [])),
      (collection, done, total) => onProgress?.(name, collection, done, total),
    )
    return reports.map((report, i) => {
      const isKept = inputs[i]?.kept.some(({ system }) => system === name) ?? false
      return { name, state: stateOf(report, isKept), report, unreachable: null }
    })
  } catch (error) {
    const unreachable = asUnreachable(name, error)
    return inputs.map(() => ({ name, state: 'unreachable', report: null, unreachable }))
  }
}

/** Rows without key, and those whose key the map calls personal: writing to them may call them something else. */
async function renamedIn(ctx: Context, system: string): Promise<IsRenamed> {
  const mapped = (await newestMap(ctx))?.map.systems[system]?.collections
  return ({ name, key }) =>
    key.length === 0 ||
    key.some((field) => {
      const map = mapped?.[name]?.fields[field]
      return map !== undefined && (map.erase !== undefined || !namesNobody.has(map.category))
    })
}

const namesNobody: ReadonlySet<Category> = new Set(['none', 'generic-id'])

/** What is looked for in a system, for one person after the other. */
function searchesIn(
  name: string,
  description: SystemDescription,
): (input: VerifyInput, undecided: ResidueSearch['undecided']) => ResidueSearch {
  const computed = computedIn(description)
  return (input, undecided) => {
    const kept = input.kept.filter(({ system }) => system === name)
    return {
      wanted: input.wanted,
      ambiguous: input.ambiguous,
      ...(kept.length > 0 && { keptPaths: keptPathsOf(description, kept) }),
      isKept: keptCells(
        kept.map((one) => ({ ...one, fields: [...one.fields, ...(computed.get(one.collection) ?? [])] })),
        undecided,
      ),
      isAnothers: (collection, key) =>
        input.others.some((other) => samePlace(other, { system: name, collection, key })),
      undecided,
    }
  }
}

/** A field the target computes says what its row's kept fields say, and cannot be written. */
const computedIn = ({ collections }: SystemDescription): ReadonlyMap<string, readonly string[]> =>
  new Map(
    collections.map(({ name, fields }) => [
      name,
      fields.filter((field) => field.generated).map((field) => field.name),
    ]),
  )

/** What stays of documents, by the row and the column it stands in. */
function keptPathsOf(
  { collections }: SystemDescription,
  kept: readonly KeptPlace[],
): NonNullable<ResidueSearch['keptPaths']> {
  const columns = new Map(collections.map(({ name, fields }) => [name, fields]))
  const paths = new Map<string, string[]>()
  for (const { collection, key, fields, lasting } of kept)
    for (const field of lasting ? fields : []) {
      const found = readPathField(field, columns.get(collection) ?? [])
      const label = JSON.stringify([collection, key, found?.field])
      if (found) paths.set(label, [...(paths.get(label) ?? []), writePath(found.path)])
    }
  return (collection, key, column) => paths.get(JSON.stringify([collection, key, column])) ?? []
}

function stateOf(report: ResidueReport, isKept: boolean): SystemState {
  if (report.residue.length > 0) return 'residue'
  // A collection nobody could read may hold anything: that is not absence.
  if (report.notSearched.some(({ why }) => why === 'unreadable')) return 'unreachable'
  return isKept ? 'kept' : 'verified-absent'
}

/** Identifiers too short to be told from chance in a text: the report says that they were not looked for. */
export const notSearchable = (wanted: readonly Wanted[]): number =>
  wanted.filter((one) => !isSearchable(one)).length
