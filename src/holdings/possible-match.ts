import { type RowKey, readKey, writeKey } from '../connectors/public.ts'
import type { RecordPlace } from './holdings.ts'
import { areUnique, type MappedCollection } from './mapped-system.ts'
import { problem } from './problems.ts'

/** What somebody who looked at possible matches said of them. */
export interface Rulings {
  readonly same: readonly RecordPlace[]
  readonly other: readonly RecordPlace[]
}

export const samePlace = (a: RecordPlace, b: RecordPlace): boolean =>
  a.system === b.system && a.collection === b.collection && a.key === b.key

/** A record's name as people type it: `support/requester/17`; parts of a key by commas, each encoded as in a URL. */
export function recordName(system: string, collection: MappedCollection, key: RowKey): string | null {
  const { description, name } = collection
  const parts = areUnique(description, description.key) ? readKey(key, description.key.length) : null
  if (parts === null) return null
  return [system, encodeURIComponent(name), parts.map(encodeURIComponent).join(',')].join('/')
}

/** The record that a name names. Throws `holdings.no-record-name` where the text has not that form. */
export function readRecordName(text: string): RecordPlace {
  const [system, collection, key, ...more] = text.split('/')
  if (!system || !collection || key === undefined || more.length > 0)
    throw problem('holdings.no-record-name', {})
  try {
    const parts = key.split(',').map(decodeURIComponent)
    return { system, collection: decodeURIComponent(collection), key: writeKey(parts) }
  } catch (error) {
    throw problem('holdings.no-record-name', {}, error)
  }
}
