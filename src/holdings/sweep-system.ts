import {
  type Cell,
  type ChangeMark,
  holdsElements,
  parseDocument,
  type ReadSession,
  type RowKey,
  readElements,
} from '../connectors/public.ts'
import { type DataMap, openBehindShutDoors } from '../inventory/public.ts'
import type { Context } from '../platform/context.ts'
import type { TombstoneFilter } from '../subjects/public.ts'
import { creationFields } from './creation-time.ts'
import { valuesOf } from './elements.ts'
import type { Identifier, UnreachableSystem } from './holdings.ts'
import {
  type IdentifierField,
  type MappedCollection,
  type MappedSystem,
  mappedSystem,
} from './mapped-system.ts'
import { asUnreachable } from './open-systems.ts'
import { sweepNormaliser } from './sweep-normaliser.ts'

/** A cell that may name somebody erased: personal data, held in memory until the request it belongs to is known. */
export interface SweepHit {
  readonly key: RowKey
  readonly field: string
  readonly identifier: Identifier
  /** As it stands; personal data, in memory only. */
  readonly cell: string
  /** What the row's creation fields hold, in the order of `SweptCollection.creation`. */
  readonly created: readonly Cell[]
}

/** A collection about to be read. */
export interface SweptCollection {
  readonly system: string
  readonly name: string
  /** What is compared: fields with their kinds. Another list means another reading. */
  readonly identifiers: readonly IdentifierField[]
  readonly creation: readonly string[]
  /** Fields the target computes: they say what the row's other fields say. */
  readonly computed: readonly string[]
  readonly mark: ChangeMark | null
}

export interface SweepSystemInput {
  readonly system: string
  readonly map: DataMap
  readonly tombstones: TombstoneFilter
  /** False: left out, because it was read before. */
  readonly isToRead: (collection: SweptCollection) => boolean
  /** Hits as they are met, some hundreds at a time. */
  readonly onHits: (collection: SweptCollection, hits: readonly SweepHit[]) => Promise<void>
  /** After the last row, once every hit was taken. */
  readonly onRead: (collection: SweptCollection, rows: number) => Promise<void>
  readonly onProgress?: (collection: string, done: number, total: number) => void
  readonly signal?: AbortSignal
}

const hitsAtOnce = 500
const rowsBetweenLooks = 10_000

/**
 * Streams the identifier fields of a system's mapped collections past the tombstones. Nothing of a row is kept unless it
 * may be an erased person's. Returns why the system could not be read to its end, or null.
 */
export async function sweepSystem(ctx: Context, input: SweepSystemInput): Promise<UnreachableSystem | null> {
  try {
    await using session = await openBehindShutDoors(ctx, input.system)
    const system = mappedSystem(input.map, input.system, await session.describe())
    const wanted = system.collections.filter(({ identifiers }) => identifiers.length > 0)
    let blind: Blind | null = null
    for (const [i, collection] of wanted.entries()) {
      input.onProgress?.(collection.name, i, wanted.length)
      input.signal?.throwIfAborted()
      const { name, description } = collection
      if (description.unreadable !== null)
        blind ??= { code: 'connectors.refused', params: { what: `select on ${name}` } }
      else blind = (await sweepCollection(session, system, collection, input)) ?? blind
    }
    // What nobody could read may hold anybody.
    return blind && { name: input.system, ...blind }
  } catch (error) {
    return asUnreachable(input.system, error)
  }
}

type Blind = Pick<UnreachableSystem, 'code' | 'params'>

/** Returns why not all of it could be compared, or null. */
async function sweepCollection(
  session: ReadSession,
  system: MappedSystem,
  collection: MappedCollection,
  input: SweepSystemInput,
): Promise<Blind | null> {
  // Before the first row: what changes while it is read makes another mark, and is read again.
  const mark = (await session.changeMark?.(collection.name)) ?? null
  const swept: SweptCollection = {
    system: system.name,
    name: collection.name,
    identifiers: collection.identifiers,
    creation: creationFields(collection.fields),
    computed: collection.description.fields.flatMap((field) => (field.generated ? [field.name] : [])),
    mark,
  }
  if (!input.isToRead(swept)) return null
  const readers = collection.identifiers
    .filter(({ kind }) => input.tombstones.kinds.has(kind))
    .map(({ field, kind }) => {
      const description = collection.description.fields[collection.fields.indexOf(field)]
      return {
        field,
        kind,
        description,
        column: description?.within?.field ?? null,
        isList: description !== undefined && holdsElements(description),
        normalise: sweepNormaliser(kind, system.country),
        isErased: input.tombstones.test(kind),
      }
    })
  let rows = 0
  let unread: string | null = null
  let hits: SweepHit[] = []
  const fields = [...readers.map(({ field }) => field), ...swept.creation]
  if (readers.length > 0)
    for await (const row of session.stream(collection.name, fields)) {
      rows += 1
      if (rows % rowsBetweenLooks === 0) input.signal?.throwIfAborted()
      for (const [i, reader] of readers.entries()) {
        const cell = row.cells[i] ?? null
        if (cell !== null && reader.column !== null && isUnreadDocument(cell, reader.isList))
          unread ??= reader.column
        const cells = reader.isList ? valuesOf(reader.description, cell) : [cell]
        for (const one of cells) {
          const value = one === null ? null : reader.normalise(one)
          if (value === null || !reader.isErased(value)) continue
          const { field, kind } = reader
          const created = row.cells.slice(readers.length)
          hits.push({ key: row.key, field, identifier: { kind, value }, cell: cell ?? '', created })
        }
      }
      if (hits.length >= hitsAtOnce) {
        await input.onHits(swept, hits)
        hits = []
      }
    }
  if (hits.length > 0) await input.onHits(swept, hits)
  // Not noted as read: the documents may be repaired, and are looked at again the next time.
  if (unread !== null)
    return { code: 'connectors.no-document', params: { collection: collection.name, field: unread } }
  await input.onRead(swept, rows)
  return null
}

/** Whether a path shows the whole of a document, as it does where that is no JSON. */
const isUnreadDocument = (cell: string, isList: boolean): boolean =>
  /^\s*[[{]/.test(cell) && (isList ? readElements(cell) : parseDocument(cell)) === null
