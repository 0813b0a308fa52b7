import assert from 'node:assert/strict'
import { test } from 'node:test'
import { coverage } from './coverage.ts'
import type { DataMap } from './data-map.ts'
import { aCollection, aField, aSystem } from './description.fixture.ts'

const map: DataMap = {
  version: 1,
  rules: {
    invoices: { ground: 'legal-obligation', article: 'HGB 257', years: 8 },
    unpaid: { ground: 'legal-claims', article: 'GDPR 17(3)(e)', while: 'paid_at is null' },
  },
  systems: {
    shop: {
      collections: {
        customer: {
          rows: 'clear',
          fields: {
            email: { category: 'email', identifier: 'email' },
            name: { category: 'person-name' },
            allergies: { category: 'health', export: false, why: 'shown on request' },
            password: { category: 'secret' },
            gone: { category: 'phone' },
          },
        },
        invoice: {
          rows: 'clear',
          fields: { address: { category: 'postal-address' }, total: { category: 'financial' } },
          links: [{ to: 'customer', on: { customer_id: 'id' }, role: 'owner' }],
          keep: [
            { rule: 'invoices', from: 'dated', fields: ['address', 'total'], also: { customer: ['name'] } },
            { rule: 'unpaid', fields: ['address'], also: { customer: ['name', 'email'] } },
          ],
        },
        basket: {
          rows: 'delete',
          fields: {},
          links: [{ to: 'customer', on: { customer_id: 'id' }, role: 'owner' }],
        },
        gift: {
          rows: 'delete',
          fields: { card: { category: 'free-text' }, wish: { category: 'free-text' } },
          links: [{ to: 'customer', on: { receiver_id: 'id' }, role: 'party', clears: ['card'] }],
        },
        log: { rows: 'delete', fields: { ip: { category: 'ip-address' } } },
        archive: { rows: 'keep', fields: { mail: { category: 'email', identifier: 'email' } } },
        report: { rows: 'clear', fields: { mail: { category: 'email', identifier: 'email' } } },
      },
    },
    desk: {
      collections: {
        ticket: { rows: 'clear', fields: { sender: { category: 'email', identifier: 'email' } } },
      },
    },
  },
}

const id = aField('id', { kind: 'integer', nullable: false })
const shop = aSystem(
  aCollection(
    'customer',
    [
      id,
      ...['email', 'name', 'allergies', 'password', 'nickname'].map((name) =>
        aField(name, { nullable: name !== 'name' }),
      ),
    ],
    { key: ['id'] },
  ),
  aCollection('invoice', [id, aField('customer_id'), aField('dated'), aField('address'), aField('total')]),
  aCollection('basket', [id, aField('customer_id'), aField('voucher')]),
  aCollection('gift', [id, aField('receiver_id'), aField('card'), aField('wish')]),
  aCollection('log', [aField('ip')]),
  aCollection('archive', [aField('mail')]),
  aCollection('report', [aField('mail')], { kind: 'view', writable: false }),
  aCollection('album', [aField('title')]),
)

const all = coverage(map, { shop, press: aSystem(aCollection('contact', [aField('mail')])) })

const line = (name: string): string => {
  const found = all.find(({ system, collection, field }) => `${system}/${collection}.${field}` === name)
  assert.ok(found, name)
  const { category, special, exported, erased, kept, via } = found
  const rules = kept.map(({ rule }) => rule)
  return [category, special ? 'special' : '', exported ? 'exported' : 'withheld', erased, via, ...rules]
    .filter(Boolean)
    .join(' ')
}

test('a mapped field tells its category, its copy, its erasure and how it is reached', () => {
  assert.equal(line('shop/customer.name'), 'person-name exported replace identifier invoices unpaid')
  assert.equal(line('shop/customer.email'), 'email exported null identifier unpaid')
  assert.equal(line('shop/customer.allergies'), 'health special withheld null identifier')
  assert.equal(line('shop/customer.password'), 'secret withheld null identifier')
  assert.equal(line('shop/invoice.address'), 'postal-address exported null link invoices unpaid')
  assert.equal(line('shop/invoice.total'), 'financial exported keep link invoices')
})

test('a rule is shown with its article', () => {
  const address = all.find(({ collection, field }) => collection === 'invoice' && field === 'address')
  assert.deepEqual(address?.kept, [
    { rule: 'invoices', article: 'HGB 257' },
    { rule: 'unpaid', article: 'GDPR 17(3)(e)' },
  ])
})

test('a field nobody mapped is shown: it goes with its row or never', () => {
  assert.equal(line('shop/basket.voucher'), 'exported delete-row link')
  assert.equal(line('shop/customer.nickname'), 'exported never identifier')
  assert.equal(line('shop/album.title'), 'withheld never unreached')
  assert.equal(line('press/contact.mail'), 'withheld never unreached')
})

test('in somebody else’s row only what the map gives a party is theirs', () => {
  assert.equal(line('shop/gift.card'), 'free-text exported null link')
  assert.equal(line('shop/gift.wish'), 'free-text withheld never unreached')
})

test('what nobody is reached by, what cannot be written and what is gone is never erased', () => {
  assert.equal(line('shop/log.ip'), 'ip-address withheld never unreached')
  assert.equal(line('shop/report.mail'), 'email exported never identifier')
  assert.equal(line('shop/customer.gone'), 'phone withheld never unreached')
  assert.equal(line('shop/archive.mail'), 'email exported keep identifier')
})

test('a system that was never scanned is shown as the map has it', () => {
  assert.equal(line('desk/ticket.sender'), 'email exported null identifier')
})

test('columns stand in the order of their table, each once', () => {
  const customer = all.filter(({ collection }) => collection === 'customer').map(({ field }) => field)
  assert.deepEqual(customer, ['id', 'email', 'name', 'allergies', 'password', 'nickname', 'gone'])
})

test('a column may be called like something every object has', () => {
  const odd = coverage(
    { version: 1, rules: {}, systems: { a: { collections: {} } } },
    { a: aSystem(aCollection('constructor', [aField('toString')])) },
  )
  assert.deepEqual(
    odd.map(({ category, erased }) => [category, erased]),
    [[null, 'never']],
  )
})
