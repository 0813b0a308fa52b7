import assert from 'node:assert/strict'
import type { CollectionDescription } from '../connectors/public.ts'
import { chinook } from './chinook.fixture.ts'
import { classifyCollection } from './classify/classify-collection.ts'
import type { CollectionMap, DataMap } from './data-map.ts'
import { aSystem } from './description.fixture.ts'
import { readMapFile } from './map-file/read-map-file.ts'
import { writeMapFile } from './map-file/write-map-file.ts'
import { type ProposedMap, proposeMap } from './propose-map.ts'
import { aTable } from './table.fixture.ts'

export interface Options {
  readonly country?: string
  readonly minConfidence?: number
}

/** What a scan of empty tables, or of sampled ones, leads to. The map must hold against the very systems it was made of. */
export function propose(
  tables: readonly CollectionDescription[],
  { country, minConfidence = 0.8 }: Options = {},
): ProposedMap {
  const collections = tables.map(({ name }) => name)
  const sampled = new Map(
    [...chinook('snake'), ...chinook('camel')].map(({ description, samples }) => [description.name, samples]),
  )
  const fields = Object.fromEntries(
    tables.map((description) => {
      const samples = sampled.get(description.name) ?? []
      const known = samples.length === description.fields.length ? samples : description.fields.map(() => [])
      return [
        description.name,
        classifyCollection({ engine: 'PostgreSQL 18.4', description, samples: known, collections }),
      ]
    }),
  )
  const description = aSystem(...tables)
  const proposed = proposeMap({ systems: [{ name: 'shop', description, fields }], country, minConfidence })
  const { problems } = readMapFile(writeMapFile(proposed.map), { shop: description })
  assert.deepEqual(
    problems.filter(({ severity }) => severity === 'error'),
    [],
  )
  return proposed
}

export const collection = ({ map }: { readonly map: DataMap }, name: string): CollectionMap =>
  map.systems.shop?.collections[name] ?? assert.fail(`${name} is not mapped`)
export const mapped = ({ map }: ProposedMap): readonly string[] =>
  Object.keys(map.systems.shop?.collections ?? {})
export const codes = ({ notes }: ProposedMap, name: string): readonly string[] =>
  notes.filter((note) => note.collection === name).map(({ code }) => code)

export const customer = aTable('customer', [
  'customer_id integer!',
  'first_name text',
  'last_name text!',
  'email text!',
  'phone text',
])
export const staff = aTable('employee', ['employee_id integer!', 'name text!', 'email text'])
