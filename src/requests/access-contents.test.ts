import assert from 'node:assert/strict'
import { test } from 'node:test'
import { contentsOf, type PackagedCollection } from './access-contents.ts'
import { descriptions, holdings, map } from './access-person.fixture.ts'

const contents = contentsOf(holdings, map, descriptions)

function collection(name: string): PackagedCollection {
  const found = contents.collections.find((one) => one.name === name)
  assert.ok(found, name)
  return found
}

/** The rows as the person will see them; what they do not see has no key. */
const seen = (name: string) => {
  const { fields, rows } = collection(name)
  return rows.map(({ cells }) =>
    Object.fromEntries(cells.flatMap((cell, i) => (cell === undefined ? [] : [[fields[i]?.name, cell]]))),
  )
}

test('a person gets every field of their own rows, also those the map does not know yet', () => {
  const [order] = seen('public.order')
  assert.equal(Object.keys(order ?? {}).length, 7)
  const loyalty = collection('public.order').fields.find(({ name }) => name === 'loyalty')
  assert.deepEqual(loyalty, {
    name: 'loyalty',
    kind: 'decimal',
    type: 'decimal',
    category: null,
    identifier: null,
  })
})

test('of somebody else’s row a person sees what is about them, and nothing else', () => {
  const [own, others] = seen('public.gift')
  assert.deepEqual(others, { receiver_name: 'Łucja', receiver_note: 'With love' })
  assert.deepEqual(
    own,
    { id: '1', giver_note: 'For you' },
    'nor do they see what is about somebody else in their own',
  )
})

test('passwords and fields the map withholds stay out, and the copy says which and why', () => {
  const [customer] = seen('public.customer')
  assert.ok(customer && !('password_hash' in customer) && !('risk_note' in customer))
  assert.deepEqual(
    contents.leftOut.map(({ field, reason, rows, why }) => [field, reason, rows, why]),
    [
      ['password_hash', 'secret', 1, null],
      ['risk_note', 'not-exported', 1, 'Would defeat a fraud inquiry (GDPR 23).'],
      ['receiver_name', 'of-another', 1, null],
      ['receiver_note', 'of-another', 1, null],
    ],
  )
})

test('texts in other people’s rows are counted and never copied', () => {
  assert.deepEqual(contents.mentions, [
    { system: '../help desk', collection: 'Tickets', field: 'subject', rows: 1 },
  ])
  assert.ok(!JSON.stringify(contents).includes('Neighbour of'))
})

test('a system that holds nothing and one that did not answer are told apart', () => {
  assert.deepEqual(contents.nothingFound, ['newsletter'])
  assert.deepEqual(contents.unreachable, [{ system: 'accounting', code: 'connectors.unreachable' }])
  assert.ok(contents.uncertain)
})

test('the time a thing is kept is told where its rule stands and where it reaches', () => {
  assert.deepEqual(
    collection('public.order').keep.map(({ rule, years, neededBy }) => [rule, years, neededBy]),
    [
      ['invoices', 10, null],
      ['unpaid', null, null],
    ],
  )
  assert.deepEqual(
    collection('public.customer').keep.map(({ rule, fields, neededBy }) => [rule, fields, neededBy]),
    [['invoices', ['full_name'], 'public.order']],
  )
})

test('a person is told the purposes of a collection and those a single field has of its own', () => {
  const shop = map.systems.shop
  const order = shop?.collections['public.order']
  assert.ok(shop && order)
  const fields = {
    ...order.fields,
    comment: { category: 'free-text' as const, purposes: ['customer-care', 'orders'] },
  }
  const collections = { ...shop.collections, 'public.order': { ...order, fields } }
  const told = contentsOf(
    holdings,
    { ...map, systems: { ...map.systems, shop: { ...shop, collections } } },
    descriptions,
  )
  const names = told.collections.find((one) => one.name === 'public.order')?.purposes.map(({ name }) => name)
  assert.deepEqual(names, ['orders', 'accounting', 'customer-care'])
})

test('a row of which a person may see nothing is no row of theirs', () => {
  const party = {
    key: '["1"]',
    role: 'party' as const,
    clears: [],
    via: { by: 'known' as const },
    cells: ['x', 'y', 'z', 'w'],
  }
  const only = {
    name: 'public.gift',
    fields: ['id', 'giver_note', 'receiver_name', 'receiver_note'],
    rows: [party],
    mentions: [],
  }
  const none = contentsOf(
    { ...holdings, systems: [{ name: 'shop', collections: [only] }] },
    map,
    descriptions,
  )
  assert.deepEqual([none.collections, none.leftOut, none.nothingFound], [[], [], ['shop']])
})

test('names that every object inherits are names like any other', () => {
  const row = {
    key: '["1"]',
    role: 'owner' as const,
    clears: [],
    via: { by: 'known' as const },
    cells: ['x'],
  }
  const odd = { name: 'toString', fields: ['constructor'], rows: [row], mentions: [] }
  const { collections } = contentsOf(
    { ...holdings, systems: [{ name: 'valueOf', collections: [odd] }] },
    map,
    descriptions,
  )
  assert.deepEqual(collections[0]?.fields, [
    { name: 'constructor', kind: 'other', type: '', category: null, identifier: null },
  ])
})
