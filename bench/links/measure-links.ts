import { randomUUID } from 'node:crypto'
import type { CollectionDescription } from '../../src/connectors/connector.ts'
import { openRead, parseUrl } from '../../src/connectors/public.ts'
import { inferLinks } from '../../src/inventory/links/infer-links.ts'
import type { LinkProposal } from '../../src/inventory/links/link-proposal.ts'
import { readSketches, type Samples } from '../../src/inventory/links/read-sketches.ts'

/** A way between two collections, as the schema's author knows it. */
export interface TrueWay {
  readonly from: string
  readonly fields: readonly string[]
  readonly to: string
  readonly toFields: readonly string[]
}

/** A link as it was proposed. */
export interface ProposedWay extends TrueWay {
  readonly confidence: number
  readonly reason?: LinkProposal['reason']
}

export interface Measured {
  readonly found: readonly ProposedWay[]
  /** True links that were not proposed. */
  readonly missed: readonly TrueWay[]
  /** Proposals that lead where no link is. */
  readonly wrong: readonly ProposedWay[]
  /** Proposals that follow from true links: a line's order number names its invoice's order too. Not counted. */
  readonly implied: readonly ProposedWay[]
}

const limits = { statementTimeoutMs: 30_000, lockTimeoutMs: 5_000 }
const sample = 200

/** Links of a SQLite file as a scan finds them, its foreign keys taken away. */
export async function proposedFor(file: string): Promise<readonly LinkProposal[]> {
  const target = await parseUrl(`sqlite:${file}`, '/')
  await using session = await openRead(target, limits)
  const { collections: described } = await session.describe()
  const collections = described.map((one): CollectionDescription => ({ ...one, foreignKeys: [] }))
  const samples: Samples = new Map(
    await Promise.all(
      collections.map(async ({ name, fields }) => {
        const rows = await session.sample(name, sample)
        return [name, fields.map((_, i) => rows.map((row) => row.cells[i] ?? null))] as const
      }),
    ),
  )
  const key = randomUUID()
  const sketches = await readSketches(session, { collections, samples, sample, key, also: new Map() })
  return inferLinks({ collections, sketches })
}

/** What of the proposals is true at a threshold. */
export function measure(
  truth: readonly TrueWay[],
  proposals: readonly ProposedWay[],
  threshold: number,
): Measured {
  const accepted = proposals.filter(({ confidence }) => confidence >= threshold)
  const known = new Set(truth.map(wayId))
  const implied = impliedBy(truth)
  const other = accepted.filter((one) => !known.has(wayId(one)))
  const ids = new Set(accepted.map(wayId))
  return {
    found: accepted.filter((one) => known.has(wayId(one))),
    missed: truth.filter((one) => !ids.has(wayId(one))),
    wrong: other.filter((one) => !implied.has(wayId(one))),
    implied: other.filter((one) => implied.has(wayId(one))),
  }
}

const wayId = ({ from, fields, to, toFields }: TrueWay): string => {
  const pairs = fields.map((field, i) => `${field}>${toFields[i] ?? ''}`).toSorted()
  return [from, to, ...pairs].join('|').toLowerCase()
}

export const wayText = ({ from, fields, to, toFields }: TrueWay): string =>
  `${from}(${fields.join(', ')}) → ${to}(${toFields.join(', ')})`

/** Ways that two true links make together, field by field: child to parent to its parent. */
function impliedBy(truth: readonly TrueWay[]): ReadonlySet<string> {
  const single = truth.flatMap(({ from, fields, to, toFields }) =>
    fields.map((field, i): TrueWay => ({ from, fields: [field], to, toFields: [toFields[i] ?? ''] })),
  )
  const all = new Map(single.map((way) => [wayId(way), way]))
  // A Map hands out what is added while it is walked.
  for (const way of all.values())
    for (const next of single) {
      if (next.from !== way.to || next.fields[0] !== way.toFields[0]) continue
      const joined = { ...way, to: next.to, toFields: next.toFields }
      if (joined.from !== joined.to) all.set(wayId(joined), joined)
    }
  return new Set(all.keys())
}
