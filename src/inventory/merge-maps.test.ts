import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { CollectionMap, DataMap } from './data-map.ts'
import { mergeMaps } from './merge-maps.ts'

const mapOf = (collections: Record<string, CollectionMap>, more: Partial<DataMap> = {}): DataMap => ({
  version: 1,
  systems: { shop: { collections } },
  rules: {},
  ...more,
})

const customer: CollectionMap = {
  rows: 'clear',
  fields: { email: { category: 'email', identifier: 'email' } },
}

describe('a new proposal beside a confirmed map', () => {
  it('adds systems, collections and fields that are new', () => {
    const proposed: DataMap = {
      version: 1,
      rules: { accounting: { ground: 'legal-obligation', article: 'C. com. L123-22', years: 10 } },
      systems: {
        shop: {
          controller: 'Example SARL',
          collections: {
            customer: {
              ...customer,
              fields: { ...customer.fields, phone: { category: 'phone', identifier: 'phone' } },
            },
            invoice: { rows: 'clear', fields: { total: { category: 'financial' } } },
          },
        },
        desk: { collections: { ticket: { rows: 'delete', fields: { body: { category: 'free-text' } } } } },
      },
    }
    const merged = mergeMaps(mapOf({ customer }), proposed)
    assert.deepEqual(merged.added, { systems: 1, collections: 2, fields: 3 })
    assert.deepEqual(Object.keys(merged.map.systems), ['shop', 'desk'])
    assert.deepEqual(Object.keys(merged.map.systems.shop?.collections.customer?.fields ?? {}), [
      'email',
      'phone',
    ])
    assert.equal(merged.map.systems.shop?.controller, 'Example SARL')
    assert.deepEqual(Object.keys(merged.map.rules), ['accounting'])
    assert.deepEqual(merged.notes, [])
  })

  it('never changes what a person confirmed, and says where it would differ', () => {
    const confirmed = mapOf(
      { customer: { rows: 'keep', fields: { email: { category: 'none' } } } },
      { rules: { accounting: { ground: 'legal-obligation', article: 'mine', years: 4 } }, country: 'FR' },
    )
    const proposed = mapOf(
      {
        customer: {
          ...customer,
          links: [{ to: 'household', on: { household_id: 'id' }, role: 'owner' }],
          keep: [{ rule: 'accounting', fields: ['email'] }],
        },
      },
      { rules: { accounting: { ground: 'legal-obligation', article: 'C. com. L123-22', years: 10 } } },
    )
    const { map, notes, added } = mergeMaps(confirmed, proposed)
    assert.deepEqual(map, confirmed)
    assert.deepEqual(added, { systems: 0, collections: 0, fields: 0 })
    assert.deepEqual(
      notes.map(({ code }) => code),
      ['merge-rows', 'merge-link', 'merge-keep', 'merge-rule'],
    )
  })

  it('is quiet about a link whose role a person changed', () => {
    const link = { to: 'employee', on: { support_rep_id: 'employee_id' } }
    const confirmed = mapOf({ customer: { ...customer, links: [{ ...link, role: 'none', why: 'staff' }] } })
    const proposed = mapOf({ customer: { ...customer, links: [{ ...link, role: 'owner' }] } })
    assert.deepEqual(mergeMaps(confirmed, proposed), {
      map: confirmed,
      notes: [],
      added: { systems: 0, collections: 0, fields: 0 },
    })
  })

  it('takes collections and fields that are called like parts of an object', () => {
    const odd = JSON.parse('{"__proto__":{"category":"email"},"constructor":{"category":"phone"}}')
    const proposed = mapOf(JSON.parse('{"__proto__":{"rows":"delete","fields":{}}}'))
    const withFields = mapOf({ customer: { rows: 'clear', fields: odd } })
    const merged = mergeMaps(mergeMaps(mapOf({ customer }), proposed).map, withFields).map
    const collections = merged.systems.shop?.collections ?? {}
    assert.deepEqual(Object.keys(collections), ['customer', '__proto__'])
    assert.deepEqual(Object.keys(collections.customer?.fields ?? {}), ['email', '__proto__', 'constructor'])
  })
})
