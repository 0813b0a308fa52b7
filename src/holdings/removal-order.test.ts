import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import type { CollectionDescription, FieldDescription, SystemDescription } from '../connectors/public.ts'
import { cyclicFields, removalOrder } from './removal-order.ts'

const field = (name: string, nullable: boolean): FieldDescription => ({
  name,
  type: 'integer',
  kind: 'integer',
  nullable,
  maxLength: null,
  generated: false,
  default: null,
  comment: null,
  values: null,
}) // prettier-ignore

type Reference = { readonly to: string; readonly nullable: boolean }

const collection = (name: string, references: readonly Reference[]): CollectionDescription => ({
  name,
  kind: 'table',
  comment: null,
  rows: 0,
  key: ['id'],
  uniques: [],
  checks: [],
  writable: true,
  unreadable: null,
  fields: [field('id', false), ...references.map(({ to, nullable }) => field(`${to}_id`, nullable))],
  foreignKeys: references.map(({ to }) => ({
    name: `${name}_${to}`,
    fields: [`${to}_id`],
    to,
    toFields: ['id'],
    onDelete: 'restrict',
    deferrable: false,
  })),
}) // prettier-ignore

const system = (...collections: readonly CollectionDescription[]): SystemDescription => ({
  engine: 'test',
  fingerprint: '',
  collections,
})

describe('the order of removal', () => {
  it('removes what refers to another before the other', () => {
    const shop = system(
      collection('customer', []),
      collection('invoice', [{ to: 'customer', nullable: false }]),
      collection('line', [{ to: 'invoice', nullable: false }]),
    )
    assert.deepEqual(removalOrder(shop, ['customer', 'invoice', 'line']), ['line', 'invoice', 'customer'])
  })

  it('empties the reference that can be emptied where two collections refer to each other', () => {
    const shop = system(
      collection('customer', [{ to: 'address', nullable: true }]),
      collection('address', [{ to: 'customer', nullable: false }]),
    )
    const order = removalOrder(shop, ['customer', 'address'])
    assert.deepEqual(order, ['address', 'customer'])
    assert.deepEqual([...cyclicFields(shop, order)], [['customer', ['address_id']]])
  })

  it('never leaves a hard reference behind its target, in any schema whose cycles can be cut', () => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f']
    // A hard reference only to an earlier name: hard references alone make no cycle.
    const references = fc.array(fc.record({ from: fc.nat(5), to: fc.nat(5), nullable: fc.boolean() }), {
      maxLength: 12,
    })
    fc.assert(
      fc.property(references, fc.shuffledSubarray(names, { minLength: 6 }), (edges, asked) => {
        const shop = system(
          ...names.map((name, i) =>
            collection(
              name,
              edges.flatMap((edge) =>
                edge.from !== i || edge.to === i
                  ? []
                  : [{ to: names[edge.to] ?? 'a', nullable: edge.nullable || edge.to > i }],
              ),
            ),
          ),
        ) // prettier-ignore
        const order = removalOrder(shop, asked)
        assert.deepEqual(order.toSorted(), names)
        const emptied = cyclicFields(shop, order)
        for (const one of shop.collections)
          for (const key of one.foreignKeys)
            if (order.indexOf(key.to) < order.indexOf(one.name))
              assert.ok(
                key.fields.every((name) => emptied.get(one.name)?.includes(name)),
                `${one.name} → ${key.to}`,
              )
      }),
    )
  })
})
