import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Cell } from '../../connectors/public.ts'
import type { IdentifierKind } from '../data-map.ts'
import { type IdentifierField, matchIdentifiers } from './match-identifiers.ts'
import { counted, sketchOf } from './sketched.fixture.ts'

const emails = (from: number, count: number): readonly string[] =>
  counted(count, from).map((i) => `person${i}@example.org`)

function aField(
  place: string,
  identifier: IdentifierKind,
  values: readonly Cell[],
  more: Partial<IdentifierField> = {},
): IdentifierField {
  const [system = '', collection = '', field = ''] = place.split('/')
  const sketch = sketchOf([values])
  return { system, collection, field, identifier, unique: true, declared: false, sketch, ...more }
}

const places = (matches: ReturnType<typeof matchIdentifiers>): readonly string[] =>
  matches.map(({ from, to }) => `${from.system}/${from.collection} → ${to.system}/${to.collection}`)

describe('the same people in several places', () => {
  const shop = aField('shop/customer/email', 'email', emails(1, 400), { declared: true })
  it('are told with the share that was found, from the list that refers to the one that is unique', () => {
    const desk = aField('desk/requester/mail', 'email', emails(301, 200))
    const [match, ...others] = matchIdentifiers([desk], [shop])
    assert.deepEqual(others, [])
    assert.deepEqual(match, {
      from: { system: 'desk', collection: 'requester', field: 'mail' },
      to: { system: 'shop', collection: 'customer', field: 'email' },
      identifier: 'email',
      overlap: 0.5,
      confidence: 0.99,
    })
  })
  it('are told once, however many lists they are on', () => {
    const letters = aField('letters/subscribers.csv/E-mail', 'email', emails(1, 500))
    const desk = aField('desk/requester/mail', 'email', emails(1, 200))
    const known = [shop, letters]
    assert.deepEqual(places(matchIdentifiers(known, [])), ['letters/subscribers.csv → shop/customer'])
    assert.deepEqual(places(matchIdentifiers([desk], known)), ['desk/requester → shop/customer'])
  })
  it('are not made of two address books that share nobody', () => {
    assert.deepEqual(matchIdentifiers([aField('desk/agent/email', 'email', emails(900, 30))], [shop]), [])
  })
  it('are not made of numbers that both systems count from one', () => {
    const numbers = (place: string) => aField(place, 'number', counted(300), { declared: true })
    assert.deepEqual(matchIdentifiers([numbers('desk/requester/no')], [numbers('shop/customer/no')]), [])
  })
  it('are found by a customer’s number under two names', () => {
    const number = (i: string) => `C-${Number(i) * 7_919}`
    const desk = aField('desk/requester/customer_no', 'number', counted(100).map(number), { unique: false })
    const numbers = counted(400).map(number)
    const customers = aField('shop/customer/customer_number', 'number', numbers, { declared: true })
    assert.deepEqual(places(matchIdentifiers([desk], [customers])), ['desk/requester → shop/customer'])
  })
  it('never join two kinds of identifier, nor a list with itself', () => {
    const names = aField('shop/customer/login', 'username', emails(1, 400))
    assert.deepEqual(
      matchIdentifiers([names, aField('shop/customer/email2', 'email', emails(1, 400))], [shop]),
      [],
    )
  })
})
