import { randomUUID } from 'node:crypto'
import type { ReadSession, SystemDescription } from '../../connectors/public.ts'
import type { FieldProposal } from '../classify/proposal.ts'
import { inferLinks } from './infer-links.ts'
import { constraintsOf } from './link-keys.ts'
import { type IdentifierField, matchIdentifiers } from './match-identifiers.ts'
import { readSketches, type Samples } from './read-sketches.ts'
import type { ScanLinks } from './scan-links.ts'

export interface FindLinks {
  readonly system: string
  readonly description: SystemDescription
  readonly samples: Samples
  /** Rows asked for per sample; 0 reads nothing more and lets names decide. */
  readonly sample: number
  readonly proposals: Readonly<Record<string, readonly FieldProposal[]>>
  /** Secret of the scan: systems whose identifiers are to be compared share it. */
  readonly key?: string | undefined
}

export interface FoundLinks {
  readonly links: ScanLinks
  /** To be compared with other systems' in the same scan; never stored. */
  readonly identifiers: readonly IdentifierField[]
}

/** Links of a system that no foreign key declares, from its shape, its samples and narrow reads of its keys. */
export async function findLinks(session: ReadSession, find: FindLinks): Promise<FoundLinks> {
  const { system, description, samples, sample, proposals, key = randomUUID() } = find
  const { collections } = description
  if (sample === 0)
    return {
      links: { within: inferLinks({ collections, sketches: new Map() }), matches: [] },
      identifiers: [],
    }
  const identifying = Object.entries(proposals).map(
    ([name, fields]) => [name, fields.filter(({ identifier }) => identifier !== null)] as const,
  )
  const also = new Map(identifying.map(([name, fields]) => [name, fields.map(({ field }) => field)]))
  const sketches = await readSketches(session, { collections, samples, sample, key, also })
  const constraints = new Map(collections.map((one) => [one.name, constraintsOf(one)]))
  const identifiers = identifying.flatMap(([collection, fields]) =>
    fields.flatMap(({ field, identifier, unique }): readonly IdentifierField[] => {
      const sketch = sketches.get(collection)?.get(field)
      if (identifier === null || sketch === undefined || sketch.filled === 0) return []
      const declared =
        constraints.get(collection)?.some((one) => one.length === 1 && one[0] === field) ?? false
      return [
        { system, collection, field, identifier, unique: declared || unique === true, declared, sketch },
      ]
    }),
  )
  const matches = matchIdentifiers(identifiers, [])
  return { links: { within: inferLinks({ collections, sketches }), matches }, identifiers }
}
