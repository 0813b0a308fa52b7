import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { CollectionMap, DataMap, LinkMap } from './data-map.ts'
import { mappedCollection } from './mapped-collections.ts'
import { hangsOn, reachOf } from './reach.ts'

const named: CollectionMap = { rows: 'clear', fields: { email: { category: 'email', identifier: 'email' } } }
const linked = (...links: readonly LinkMap[]): CollectionMap => ({
  rows: 'clear',
  fields: { note: { category: 'free-text' } },
  links,
})
const to = (target: string, role: LinkMap['role'] = 'owner', ...clears: readonly string[]): LinkMap => ({
  to: target,
  on: { ref: 'id' },
  role,
  ...(clears.length > 0 && { clears }),
})

const map: DataMap = {
  version: 1,
  rules: {},
  systems: {
    shop: {
      collections: {
        customer: named,
        order: linked(to('customer')),
        order_line: linked(to('order')),
        gift: linked(to('customer', 'party', 'note')),
        gift_line: linked(to('gift')),
        visit: linked(to('customer', 'none')),
        loop: linked(to('loop')),
        invited: {
          rows: 'clear',
          fields: { friend: { category: 'email', identifier: 'email' } },
          links: [to('customer', 'party', 'friend'), to('order')],
        },
      },
    },
    desk: {
      collections: {
        ticket: linked(to('shop/customer')),
        'mail/2026.csv': linked(to('ticket')),
        guest: {
          rows: 'clear',
          fields: { mail: { category: 'email', identifier: 'email' } },
          links: [to('visit', 'party', 'mail')],
        },
      },
    },
  },
}

const reached = (id: string): string => {
  const reach = reachOf(map).get(id)
  return reach ? [reach.via, reach.role, ...reach.clears].join(' ') : 'nobody'
}

test('a collection is reached by an identifier of its own, or over owners across systems', () => {
  assert.equal(reached('shop/customer'), 'identifier owner')
  assert.equal(reached('shop/order_line'), 'link owner')
  assert.equal(reached('desk/ticket'), 'link owner')
  assert.equal(reached('desk/mail/2026.csv'), 'link owner')
})

test('somebody else’s row gives a party its own fields, and leads no further', () => {
  assert.equal(reached('shop/gift'), 'link party note')
  assert.equal(reached('shop/gift_line'), 'nobody')
})

test('an identifier of a party finds the party, not the owner', () => {
  assert.equal(reached('shop/invited'), 'link owner friend')
  assert.equal(reached('desk/guest'), 'identifier party mail')
})

test('a link that is not followed, and one that leads in a circle, reach nobody', () => {
  assert.equal(reached('shop/visit'), 'nobody')
  assert.equal(reached('shop/loop'), 'nobody')
})

test('a row hangs on its owners in the same system, nearest first', () => {
  const above = (id: string) => {
    const collection = mappedCollection(map, id)
    assert.ok(collection)
    return [...hangsOn(map, collection)]
  }
  assert.deepEqual(above('shop/order_line'), ['shop/order', 'shop/customer'])
  assert.deepEqual(above('shop/loop'), ['shop/loop'])
  assert.deepEqual(above('desk/mail/2026.csv'), ['desk/ticket'])
  assert.deepEqual(above('shop/gift'), [])
  assert.deepEqual(above('shop/visit'), [])
})
