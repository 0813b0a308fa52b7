import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { CollectionDescription } from '../connectors/public.ts'
import { classifyCollection } from './classify/classify-collection.ts'
import type { DataMap } from './data-map.ts'
import { aCollection, aField, aSystem } from './description.fixture.ts'
import { type Drift, driftFromMap, driftSince, staleBy } from './drift.ts'
import type { Inspection } from './inspect-system.ts'

const fields = [aField('id', { kind: 'integer', nullable: false }), aField('email'), aField('note')]
const customer = aCollection('customer', fields, { key: ['id'], uniques: [['email']] })
const order = aCollection('order', [
  aField('id', { kind: 'integer' }),
  aField('customer_id', { kind: 'integer' }),
])

function seen(...collections: readonly CollectionDescription[]): Inspection {
  const names = collections.map(({ name }) => name)
  const proposals = collections.map((description) => {
    const samples = description.fields.map(() => [])
    return [
      description.name,
      classifyCollection({ engine: 'SQLite 3', description, samples, collections: names }),
    ]
  })
  return { description: aSystem(...collections), proposals: Object.fromEntries(proposals) }
}

const short = ({ change, what, collection, field, before, after, personal, special }: Drift): string =>
  [
    change,
    what,
    field === null ? collection : `${collection}.${field}`,
    ...(change === 'changed' ? [`${before} → ${after}`] : []),
    ...(special ? ['special'] : personal ? ['personal'] : []),
  ].join(' ')

const since = (before: Inspection, after: Inspection) => driftSince('shop', before, after).map(short)

describe('drift since the last scan', () => {
  it('is nothing when nothing changed, whatever the order and the number of rows', () => {
    const grown = { ...order, rows: 1_000, comment: 'orders' }
    assert.deepEqual(since(seen(customer, order), seen(grown, customer)), [])
  })

  it('tells collections and fields that are new or gone, and whether they are personal', () => {
    const allergy = aCollection('allergy', [aField('customer_id', { kind: 'integer' }), aField('diagnosis')])
    const moved = { ...customer, fields: [...fields.slice(0, 2), aField('date_of_birth', { kind: 'date' })] }
    assert.deepEqual(since(seen(customer, order), seen(moved, allergy)), [
      'new field customer.date_of_birth personal',
      'gone field customer.note personal',
      'new collection allergy special',
      'gone collection order',
    ])
  })

  it('tells what changed about a field, a key, a unique and a reference', () => {
    const to = {
      name: 'fk',
      fields: ['customer_id'],
      to: 'customer',
      toFields: ['id'],
      deferrable: false,
    } as const
    const before = { ...order, foreignKeys: [{ ...to, onDelete: 'restrict' as const }] }
    const after = { ...order, key: ['id'], foreignKeys: [{ ...to, onDelete: 'cascade' as const }] }
    const wide = [...fields.slice(0, 2), aField('note', { type: 'character varying(40)', nullable: false })]
    assert.deepEqual(since(seen(customer, before), seen({ ...customer, fields: wide, uniques: [] }, after)), [
      'changed type customer.note text → character varying(40) personal',
      'changed nullable customer.note yes → no personal',
      'changed unique customer email → null',
      'changed key order null → id',
      'changed foreign-key order customer_id → customer (id), restrict → customer_id → customer (id), cascade',
    ])
    assert.deepEqual(
      since(seen(customer), seen({ ...customer, fields: [], unreadable: 'permission denied' })),
      ['changed readable customer yes → no'],
    )
  })

  it('does not take a file’s guessed types for its shape', () => {
    const file = { ...customer, kind: 'file' as const }
    const later = { ...file, fields: fields.map((field) => ({ ...field, type: 'integer', nullable: false })) }
    assert.deepEqual(since(seen(file), seen(later)), [])
  })
})

describe('drift from the map', () => {
  const map: DataMap = {
    version: 1,
    rules: {},
    systems: {
      shop: {
        collections: {
          customer: {
            rows: 'clear',
            fields: {
              email: { category: 'email' },
              phone: { category: 'phone' },
              id: { category: 'generic-id' },
            },
          },
          old: { rows: 'delete', fields: { faith: { category: 'religion' } } },
        },
      },
      crm: { collections: { person: { rows: 'delete', fields: {} } } },
    },
  }

  it('tells personal fields the map does not name, and names that stand for nothing, of this system alone', () => {
    assert.deepEqual(driftFromMap('shop', map, seen(customer, order)).map(short), [
      'new field customer.note personal',
      'gone field customer.phone personal',
      'gone collection old special',
    ])
  })

  it('leaves alone what nobody calls personal, and views', () => {
    const product = aCollection('product', [aField('sku'), aField('price')])
    const view = { ...customer, name: 'all_customers', kind: 'view' as const }
    const left = driftFromMap('shop', map, seen(customer, product, view)).filter(
      ({ change }) => change === 'new',
    )
    assert.deepEqual(left.map(short), ['new field customer.note personal'])
  })
})

describe('a plan', () => {
  it('is stale by the systems whose shape is another now, and by no other', () => {
    const made = { shop: 'a', desk: 'b', letters: null, crm: 'c' }
    assert.deepEqual(staleBy(made, { shop: 'a', desk: 'z', letters: 'x' }), ['desk'])
    assert.deepEqual(staleBy(made, {}), [])
  })
})
