import {
  type Cell,
  type CollectionDescription,
  holdsElements,
  openRead,
  parseUrl,
  type ReadSession,
  type SystemDescription,
} from '../connectors/public.ts'
import type { Context } from '../platform/context.ts'
import { isProblem } from '../platform/problem.ts'
import type { FieldProposal } from './classify/proposal.ts'
import type { DataMap } from './data-map.ts'
import { withPaths } from './documents/with-paths.ts'
import type { IdentifierField } from './links/match-identifiers.ts'
import type { ScanLinks } from './links/scan-links.ts'
import { openForReading, readLimits } from './open-system.ts'
import { own } from './own.ts'
import type { Proposals } from './queries.ts'

/** What a look at a system learns: its shape, and what its fields seem to be. Sampled values are not part of it. */
export interface Inspection {
  readonly description: SystemDescription
  readonly proposals: Proposals
  /** Absent where nobody looked for links: names alone decide then. */
  readonly links?: ScanLinks
}

/** An inspection with what is compared across the systems of one scan. */
export interface ComparableInspection extends Inspection {
  readonly links: ScanLinks
  readonly identifiers: readonly IdentifierField[]
}

export interface Inspect {
  /** Rows looked at per collection; 0 judges by names, types and comments alone. */
  readonly sample: number
  /** Shared by systems whose identifiers are to be compared; see `findLinks`. */
  readonly key?: string
  readonly onProgress?: (what: string, done: number, total: number) => void
}

/** Looks at a known system and stores nothing. Throws `inventory.unknown-system` and whatever the target answers. */
export async function inspectSystem(
  ctx: Context,
  name: string,
  options: Inspect,
): Promise<ComparableInspection> {
  await using session = await openForReading(ctx, name)
  return await inspect(session, name, options)
}

/** The same for a system that is only an address: it needs no installation. Throws `connectors.…`. */
export async function inspectUrl(
  url: string,
  name: string,
  baseDirectory: string,
  options: Inspect,
): Promise<ComparableInspection> {
  await using session = await openRead(await parseUrl(url, baseDirectory), readLimits)
  return await inspect(session, name, options)
}

async function inspect(
  session: ReadSession,
  name: string,
  { sample, key, onProgress = () => undefined }: Inspect,
): Promise<ComparableInspection> {
  // Its dictionaries take a while to load, and only a scan needs them.
  const { classifyWithPaths } = await import('./documents/classify-paths.ts')
  const { findLinks } = await import('./links/find-links.ts')
  const { engine, fingerprint, collections: described } = await session.describe()
  const names = described.map((collection) => collection.name)
  const found: [string, readonly FieldProposal[]][] = []
  const collections: CollectionDescription[] = []
  const samples = new Map<string, readonly (readonly Cell[] | null)[]>()
  for (const [i, collection] of described.entries()) {
    onProgress(`${name}: ${collection.name}`, i, names.length)
    const seen = withPaths(collection, await samplesOf(session, collection, sample))
    found.push([collection.name, classifyWithPaths({ engine, collections: names }, seen)])
    collections.push(seen.description)
    samples.set(collection.name, seen.samples)
  }
  const proposals = Object.fromEntries(found)
  const description = { engine, fingerprint, collections }
  const single = withoutElements({ description, samples, proposals })
  const links = await findLinks(session, { system: name, sample, key, ...single })
  onProgress(name, names.length, names.length)
  return { description, proposals, ...links }
}

/** A field of many values at once is no end of a link. */
function withoutElements({
  description,
  samples,
  proposals,
}: Inspection & { readonly samples: ReadonlyMap<string, readonly (readonly Cell[] | null)[]> }) {
  const collections = description.collections.map((collection) => ({
    ...collection,
    fields: collection.fields.filter((field) => !holdsElements(field)),
  }))
  const single = description.collections.map(({ name, fields }) => {
    const isSingle = (_: unknown, i: number) => fields[i] === undefined || !holdsElements(fields[i])
    return { name, cells: samples.get(name)?.filter(isSingle) ?? [], fields: fields.filter(isSingle) }
  })
  return {
    description: { ...description, collections },
    samples: new Map(single.map(({ name, cells }) => [name, cells])),
    proposals: Object.fromEntries(
      single.map(({ name, fields }) => {
        const names = new Set(fields.map((field) => field.name))
        return [name, (own(proposals, name) ?? []).filter(({ field }) => names.has(field))]
      }),
    ),
  }
}

/** Sampled cells field by field; null where nothing could be read, so that it is never taken for nothing personal. */
async function samplesOf(
  session: ReadSession,
  collection: CollectionDescription,
  sample: number,
): Promise<readonly (readonly Cell[] | null)[]> {
  const unread = collection.fields.map(() => null)
  if (collection.unreadable !== null) return unread
  try {
    const rows = sample === 0 ? [] : await session.sample(collection.name, sample)
    return collection.fields.map((_, i) => rows.map((row) => row.cells[i] ?? null))
  } catch (error) {
    if (isProblem(error) && unreadableCodes.has(error.code)) return unread
    throw error
  }
}

/** What concerns one collection and leaves the session good for the next. */
const unreadableCodes: ReadonlySet<string> = new Set([
  'connectors.refused',
  'connectors.timeout',
  'connectors.locked',
  'connectors.corrupt',
  'connectors.target-error',
])

/** The map that would be proposed for these systems if there were none; see `proposeMap`. */
export async function proposeFor(
  inspections: Readonly<Record<string, Inspection>>,
  options: { readonly country?: string | undefined; readonly minConfidence: number },
): Promise<DataMap> {
  const { proposeMap } = await import('./propose-map.ts')
  const systems = Object.entries(inspections).map(([name, { description, proposals, links }]) => ({
    name,
    description,
    fields: proposals,
    links,
  }))
  return proposeMap({ ...options, country: options.country, systems }).map
}
