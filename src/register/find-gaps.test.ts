import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { CollectionDescription } from '../connectors/public.ts'
import { classifyCollection } from '../inventory/classify/classify-collection.ts'
import { aCollection, aField, aSystem } from '../inventory/description.fixture.ts'
import { applied } from '../inventory/map-file/applied.fixture.ts'
import { readMapSource } from '../inventory/map-file/read-map-file.ts'
import { proposeMap } from '../inventory/propose-map.ts'
import type { Inspection } from '../inventory/public.ts'
import { languages } from '../platform/texts.ts'
import { findGaps } from './find-gaps.ts'
import { type Gap, keysOf, withoutAccepted } from './gap.ts'
import { remedyOf, sentenceOf } from './told-gap.ts'

const serial = (name: string) => aField(name, { kind: 'integer', type: 'integer', nullable: false })

const customer = aCollection(
  'customer',
  [serial('id'), ...['email', 'first_name', 'last_name', 'phone', 'religion'].map((name) => aField(name))],
  { key: ['id'], uniques: [['email']] },
)
const reference = {
  name: 'fk',
  fields: ['customer_id'],
  to: 'customer',
  toFields: ['id'],
  onDelete: 'restrict',
  deferrable: false,
} as const
const points = aCollection('points', [serial('id'), serial('customer_id'), serial('points')], {
  key: ['id'],
  foreignKeys: [reference],
})
const product = aCollection('product', [aField('sku'), aField('name'), aField('weight')], { key: ['sku'] })

/** A database as migrations leave it: tables, and not one row. */
function migrated(...collections: readonly CollectionDescription[]): Inspection {
  const names = collections.map(({ name }) => name)
  const classified = collections.map((description) => {
    const samples = description.fields.map(() => [])
    return [
      description.name,
      classifyCollection({ engine: 'PostgreSQL 18.4', description, samples, collections: names }),
    ]
  })
  return { description: aSystem(...collections), proposals: Object.fromEntries(classified) }
}

function gapsIn(text: string, inspection: Inspection): readonly Gap[] {
  const source = readMapSource(text)
  assert.ok(source.map)
  const proposal = proposeMap({
    systems: [{ name: 'shop', description: inspection.description, fields: inspection.proposals }],
    minConfidence: 0.8,
  }).map
  return findGaps({ map: source.map, source, systems: { shop: inspection }, proposal })
}

const short = ({ rule, collection, purpose, fields, at }: Gap): string =>
  `${at.line} ${rule} ${purpose ?? collection}: ${fields.join(' ')}`

const covered = `version: 1
systems:
  shop:
    collections:
      customer:
        rows: clear
        purposes: [orders]
        fields:
          email: {category: email, identifier: email}
          first_name: {category: person-name}
          last_name: {category: person-name}
          phone: {category: phone, identifier: phone}
          religion: {category: religion, purposes: [seating]}
      points:
        rows: delete
        purposes: [orders]
        links:
          - {to: customer, on: {customer_id: id}, role: owner}
purposes:
  orders: {basis: contract, retention: {years: 3, from: last order}}
  seating: {basis: consent, art9: a, retention: {until: the event is over}}
`

describe('what a map owes to the systems', () => {
  it('is nothing when every personal field has a purpose, a basis, an end and a way out', () => {
    assert.deepEqual(gapsIn(covered, migrated(customer, points, product)), [])
  })

  it('names a personal column a migration added, by its name and type alone', () => {
    const grown = { ...customer, fields: [...customer.fields, aField('date_of_birth', { kind: 'date' })] }
    const [gap, ...more] = gapsIn(covered, migrated(grown, points, product))
    assert.deepEqual(more, [])
    assert.ok(gap)
    assert.equal(short(gap), '5 unmapped-personal-field customer: date_of_birth')
    assert.deepEqual(gap.add, {
      line: 14,
      inside: false,
      text: '          date_of_birth: {category: birth-date}',
    })
  })

  it('names a table whose rows are people’s although no column says so', () => {
    const text = covered.replace(/ {6}points:[\s\S]*?owner\}\n/, '')
    const gaps = gapsIn(text, migrated(customer, points, product))
    assert.deepEqual(gaps.map(short), ['4 unmapped-personal-field points: customer_id'])
  })

  it('names what lacks a purpose, a basis, a condition, a law or an end', () => {
    const text = covered
      .replace('        purposes: [orders]\n', '')
      .replace(', purposes: [seating]', '')
      .replace('basis: contract, ', '')
    assert.deepEqual(gapsIn(text, migrated(customer, points, product)).map(short), [
      '5 no-purpose customer: email first_name last_name phone religion',
    ])
    const bare = covered
      .replace('{basis: contract, retention: {years: 3, from: last order}}', '{basis: contract}')
      .replace('{basis: consent, art9: a, retention: {until: the event is over}}', '{article: GDPR 6(1)(a)}')
      .replace('last_name: {category: person-name}', 'last_name: {category: criminal}')
      .replace('phone: {category: phone, identifier: phone}', 'phone: {category: health}')
    const fields = 'shop/customer.email shop/customer.first_name shop/customer.last_name shop/customer.phone'
    assert.deepEqual(gapsIn(bare, migrated(customer, points, product)).map(short), [
      '20 no-art9-condition orders: shop/customer.phone',
      '20 no-art10-law orders: shop/customer.last_name',
      `20 no-retention orders: ${fields}`,
      '21 no-basis seating: shop/customer.religion',
    ])
  })

  it('names what cannot be erased, and what is kept on no ground', () => {
    const text = covered
      .replace('email: {category: email, identifier: email}', 'email: {category: email}')
      .replace('phone: {category: phone, identifier: phone}', 'phone: {category: phone}')
    const [gap] = gapsIn(text, migrated(customer, points, product))
    assert.equal(gap && short(gap), '5 no-erasure-route customer: email first_name last_name phone religion')
    assert.equal(gap?.add?.text, '        links:\n          - {to: ..., on: {...: ...}, role: owner}')
    const kept = covered.replace(
      'first_name: {category: person-name}',
      'first_name: {category: person-name, erase: keep}',
    )
    assert.deepEqual(gapsIn(kept, migrated(customer, points, product)).map(short), [
      '5 no-erasure-route customer: first_name',
    ])
    const readOnly = { ...customer, writable: false }
    assert.deepEqual(
      gapsIn(covered, migrated(readOnly, points, product)).map(({ rule, sentence }) => [rule, sentence]),
      [['no-erasure-route', 'cannot-be-written']],
    )
  })

  it('names what the map still has and the system has not, once and for nothing else', () => {
    const without = { ...customer, fields: customer.fields.filter(({ name }) => name !== 'phone') }
    assert.deepEqual(gapsIn(covered, migrated(without, product)).map(short), [
      '12 gone customer: phone',
      '14 gone points: ',
    ])
  })

  it('is never silent about a collection that could not be read', () => {
    const closed = { ...product, unreadable: 'permission denied' }
    assert.deepEqual(gapsIn(covered, migrated(customer, points, closed)).map(short), [
      '4 unreadable product: ',
    ])
    const hidden = { ...customer, fields: [], unreadable: 'permission denied' }
    assert.deepEqual(
      gapsIn(covered, migrated(hidden, points, product)).map(({ rule }) => rule),
      ['unreadable'],
      'what is hidden is not gone',
    )
  })

  it('is closed by the very lines it asks for', () => {
    const known: Readonly<Record<string, string>> = {
      'purposes: [...]': 'purposes: [orders]',
      'basis: ...': 'basis: contract',
      'art9: ...': 'art9: a',
      'retention: {years: ..., from: ...}': 'retention: {years: 3, from: last order}',
    }
    const inspection = migrated(customer, points, product)
    let text =
      'version: 1\nsystems:\n  shop:\n    collections: {}\npurposes:\n  orders: {article: GDPR 6(1)(b)}\n'
    const told: string[] = []
    for (let round = 0; round < 20; round++) {
      const [gap] = gapsIn(text, inspection)
      if (!gap) break
      assert.ok(gap.add, short(gap))
      told.push(gap.rule)
      text = applied(text, gap.add)
      for (const [open, filled] of Object.entries(known)) text = text.replaceAll(open, filled)
      text = text.replaceAll('"..."', 'orders')
    }
    assert.deepEqual(gapsIn(text, inspection), [])
    assert.deepEqual(
      new Set(told),
      new Set(['unmapped-personal-field', 'no-basis', 'no-art9-condition', 'no-retention']),
    )
  })

  it('is said in every language, with its rule and no gap in the sentence', () => {
    const text = 'version: 1\nsystems: {shop: {collections: {old: {rows: keep}}}}'
    for (const gap of gapsIn(text, migrated(customer, points, { ...product, unreadable: 'x' })))
      for (const language of languages) {
        assert.doesNotMatch(sentenceOf(language, gap), /\{\{|register\./)
        assert.doesNotMatch(remedyOf(language, 'map.yaml', gap) ?? '', /\{\{|register\./)
      }
  })

  it('forgets what a baseline accepts, and tells a field that joined since', () => {
    const text = covered.replace('        purposes: [orders]\n', '')
    const accepted = new Set(gapsIn(text, migrated(customer, points, product)).flatMap(keysOf))
    assert.deepEqual(withoutAccepted(gapsIn(text, migrated(customer, points, product)), accepted), [])
    const more = text.replace('          phone:', '          email2: {category: email}\n          phone:')
    const grown = { ...customer, fields: [...customer.fields, aField('email2')] }
    assert.deepEqual(withoutAccepted(gapsIn(more, migrated(grown, points, product)), accepted).map(short), [
      '5 no-purpose customer: email2',
    ])
  })
})
