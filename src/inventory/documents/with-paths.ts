import type { Cell, CollectionDescription, FieldDescription } from '../../connectors/public.ts'
import { type SeenDocuments, seenDocuments } from './seen-documents.ts'

/** A collection whose fields are its columns, each followed by the paths in its documents. */
export interface SeenCollection {
  readonly description: CollectionDescription
  /** Sampled cells field by field, in that order; null where nothing could be read. */
  readonly samples: readonly (readonly Cell[] | null)[]
  /** By column. */
  readonly documents: ReadonlyMap<string, SeenDocuments>
}

/** Looks for JSON documents in sampled cells (`samples` in the order of the columns). */
export function withPaths(
  collection: CollectionDescription,
  samples: readonly (readonly Cell[] | null)[],
): SeenCollection {
  const taken = new Set(collection.fields.map(({ name }) => name))
  const documents = new Map<string, SeenDocuments>()
  const fields: (readonly [FieldDescription, readonly Cell[] | null])[] = []
  for (const [i, column] of collection.fields.entries()) {
    fields.push([column, samples[i] ?? null])
    const seen = seenDocuments(column, samples[i] ?? null, taken)
    if (seen === null) continue
    documents.set(column.name, seen)
    for (const { field, cells } of seen.fields) fields.push([field, cells])
  }
  if (documents.size === 0) return { description: collection, samples, documents }
  return {
    description: { ...collection, fields: fields.map(([field]) => field) },
    samples: fields.map(([, cells]) => cells),
    documents,
  }
}
