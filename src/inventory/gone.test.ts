import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { SystemDescription } from '../connectors/public.ts'
import type { DataMap } from './data-map.ts'
import { aCollection, aField, aSystem } from './description.fixture.ts'
import { whatIsGone, withoutGone } from './gone.ts'
import { withoutSystem } from './without-system.ts'

const map: DataMap = {
  version: 1,
  systems: {
    shop: {
      collections: {
        customer: { rows: 'clear', fields: { email: { category: 'email' }, fax: { category: 'phone' } } },
        invoice: {
          rows: 'clear',
          fields: { total: { category: 'financial' } },
          links: [{ to: 'customer', on: { customer_id: 'id' }, role: 'owner' }],
          keep: [
            {
              rule: 'accounting',
              from: 'dated',
              fields: ['total', 'note'],
              also: { customer: ['email', 'fax'] },
            },
            { rule: 'unpaid', fields: ['total'] },
          ],
        },
        visit: {
          rows: 'delete',
          fields: {},
          links: [{ to: 'customer', on: { who: 'visitor_id' }, role: 'owner' }],
        },
        letter: { rows: 'delete', fields: { body: { category: 'free-text' } } },
      },
    },
    desk: {
      collections: {
        ticket: {
          rows: 'delete',
          fields: { body: { category: 'free-text' } },
          links: [
            { to: 'shop/customer', on: { customer: 'id' }, role: 'owner' },
            { to: 'shop/letter', on: { letter: 'id' }, role: 'owner' },
          ],
        },
      },
    },
  },
  rules: {},
}

/** `customer` with its fields hidden: a right was taken away. */
const hidden = aSystem(aCollection('customer', [], { unreadable: 'permission denied' }))

const seen = (collections: Readonly<Record<string, readonly string[]>>): SystemDescription =>
  aSystem(
    ...Object.entries(collections).map(([name, fields]) =>
      aCollection(
        name,
        fields.map((field) => aField(field)),
      ),
    ),
  )

/** No letter, no fax, no date on invoices, no visitor_id on customers. */
const shop = seen({ customer: ['id', 'email'], invoice: ['total', 'customer_id', 'note'], visit: ['who'] })

describe('a map that names what is gone', () => {
  it('is nothing of a collection that only cannot be read: dropping what is gone keeps it whole', () => {
    const one: DataMap = {
      ...map,
      systems: {
        shop: { collections: { customer: { rows: 'clear', fields: { email: { category: 'email' } } } } },
      },
    }
    assert.deepEqual(whatIsGone(one, { shop: hidden }), [])
    assert.deepEqual(withoutGone(one, { shop: hidden }), one)
  })

  it('is told of every collection and field that a scan no longer saw', () => {
    const notes = whatIsGone(map, { shop, desk: seen({ ticket: ['body', 'customer', 'letter'] }) })
    assert.deepEqual(
      notes
        .map(({ code, system, collection, field }) => `${code} ${system}/${collection}/${field ?? ''}`)
        .sort(),
      [
        'gone-collection shop/letter/',
        'gone-field shop/customer/fax',
        'gone-field shop/customer/visitor_id',
        'gone-field shop/invoice/dated',
      ],
    )
  })

  it('is told of a system that was never scanned, and nothing else about it', () => {
    const notes = whatIsGone(map, { shop })
    assert.deepEqual(
      notes.filter(({ system }) => system === 'desk').map(({ code }) => code),
      ['gone-unscanned'],
    )
  })

  it('loses it, with the links and keep rules that leaned on it, when that is asked for', () => {
    const descriptions = { shop, desk: seen({ ticket: ['body', 'customer', 'letter'] }) }
    const left = withoutGone(map, descriptions)
    const { customer, invoice, visit } = left.systems.shop?.collections ?? {}
    assert.deepEqual(Object.keys(left.systems.shop?.collections ?? {}), ['customer', 'invoice', 'visit'])
    assert.deepEqual(Object.keys(customer?.fields ?? {}), ['email'])
    assert.deepEqual(invoice?.keep, [{ rule: 'unpaid', fields: ['total'] }])
    assert.equal(invoice?.links?.length, 1)
    assert.equal(visit?.links, undefined)
    assert.deepEqual(
      left.systems.desk?.collections.ticket?.links?.map(({ to }) => to),
      ['shop/customer'],
    )
    assert.deepEqual(whatIsGone(left, descriptions), [])
  })

  it('is left alone where nothing is gone', () => {
    const whole = seen({
      customer: ['id', 'email', 'fax', 'visitor_id'],
      invoice: ['total', 'customer_id', 'note', 'dated'],
      visit: ['who'],
      letter: ['id', 'body'],
    })
    assert.deepEqual(
      whatIsGone(map, { shop: whole, desk: seen({ ticket: ['body', 'customer', 'letter'] }) }),
      [],
    )
    assert.deepEqual(withoutGone(map, { shop: whole }), map)
  })

  it('forgets a system together with the links that led into it', () => {
    const left = withoutSystem(map, 'shop')
    assert.deepEqual(Object.keys(left.systems), ['desk'])
    assert.deepEqual(left.systems.desk?.collections.ticket, {
      rows: 'delete',
      fields: { body: { category: 'free-text' } },
    })
  })
})
