import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { CollectionDescription, FieldDescription } from '../connectors/public.ts'
import { type CollectionMap, categories, type FieldMap } from './data-map.ts'
import { aCollection, aField } from './description.fixture.ts'
import { actionFor } from './erase-action.ts'

const notNull = (name: string, more: Partial<FieldDescription> = {}) =>
  aField(name, { nullable: false, ...more })

const customer = aCollection(
  'public.customer',
  [
    notNull('customer_id', { kind: 'integer' }),
    notNull('email', { maxLength: 60 }),
    notNull('last_name', { maxLength: 20 }),
    aField('phone', { maxLength: 24 }),
    notNull('country_code', { maxLength: 2 }),
    aField('referred_by', { kind: 'integer' }),
    aField('agent_mail'),
    notNull('full_name', { generated: true }),
    aField('notes'),
    notNull('balance', { kind: 'decimal' }),
    aField('legacy_number'),
  ],
  {
    key: ['customer_id'],
    uniques: [['email']],
    foreignKeys: [
      {
        name: 'c',
        fields: ['country_code'],
        to: 'public.country',
        toFields: ['code'],
        onDelete: 'restrict',
        deferrable: false,
      },
      {
        name: 'r',
        fields: ['referred_by'],
        to: 'public.customer',
        toFields: ['customer_id'],
        onDelete: 'set-null',
        deferrable: false,
      },
    ], // prettier-ignore
  },
)
const map: CollectionMap = {
  rows: 'clear',
  fields: {},
  links: [
    { to: 'crm/agents', on: { agent_mail: 'mail' }, role: 'none', why: 'staff' },
    { to: 'crm/old', on: { legacy_number: 'number' }, role: 'owner' },
  ],
}

function actionOn(name: string, fieldMap: FieldMap, collection: CollectionDescription = customer) {
  const field = collection.fields.find((one) => one.name === name)
  assert.ok(field)
  return actionFor(collection, field, fieldMap, map)
}

const summary = (name: string, fieldMap: FieldMap): string => {
  const { action, why } = actionOn(name, fieldMap)
  return `${action}: ${why}`
}

test('a field that may be null becomes null, and has a filler ready should a CHECK refuse it', () => {
  const { action, candidates, why } = actionOn('phone', { category: 'phone' })
  assert.equal(`${action}: ${why}`, 'null: nullable')
  assert.deepEqual(candidates.slice(0, 2), [null, '0000000000'])
})

test('a field that may not be null is replaced, a unique one by a value of its own', () => {
  assert.deepEqual(actionOn('last_name', { category: 'person-name' }).candidates[0], 'erased')
  const { action, candidates, why } = actionOn('email', { category: 'email', identifier: 'email' })
  assert.equal(`${action}: ${why}`, 'replace: not-null')
  assert.match(candidates[0] ?? '', /^erased-[0-9a-f]{16}@erased\.invalid$/)
  assert.notEqual(candidates[0], actionOn('email', { category: 'email' }).candidates[0])
})

test('what is not personal, the key, links and what belongs to the document stay', () => {
  assert.equal(summary('phone', { category: 'none' }), 'keep: not-personal')
  assert.equal(summary('customer_id', { category: 'customer-number', identifier: 'number' }), 'keep: key')
  assert.equal(summary('referred_by', { category: 'generic-id' }), 'keep: link')
  assert.equal(summary('legacy_number', { category: 'customer-number' }), 'keep: link')
  assert.equal(summary('balance', { category: 'financial' }), 'keep: document')
  assert.equal(summary('country_code', { category: 'country' }), 'keep: link')
})

test('a key or link that itself names the person goes', () => {
  const byMail = aCollection('member', [notNull('email')], { key: ['email'] })
  assert.equal(actionOn('email', { category: 'email' }, byMail).action, 'replace')
  assert.equal(summary('agent_mail', { category: 'email' }), 'null: nullable')
  assert.equal(summary('country_code', { category: 'health' }), 'replace: not-null')
})

test('free text in a person’s own row goes whole', () => {
  assert.equal(summary('notes', { category: 'free-text' }), 'null: nullable')
  assert.equal(summary('notes', { category: 'communication' }), 'null: nullable')
})

test('what the map says wins, except over a field the system computes', () => {
  assert.deepEqual(actionOn('last_name', { category: 'person-name', erase: { replace: 'X' } }), {
    action: 'replace',
    candidates: ['X'],
    why: 'map',
  })
  assert.equal(summary('phone', { category: 'phone', erase: 'keep' }), 'keep: map')
  assert.equal(summary('notes', { category: 'free-text', erase: 'redact' }), 'redact: map')
  assert.equal(summary('balance', { category: 'financial', erase: 'clear' }), 'replace: map')
  assert.equal(summary('customer_id', { category: 'generic-id', erase: 'clear' }), 'replace: map')
  assert.equal(summary('full_name', { category: 'person-name', erase: 'clear' }), 'keep: generated')
})

test('a key is never nulled, even where SQLite would allow it', () => {
  const loose = aCollection('member', [aField('email')], { key: ['email'] })
  assert.equal(actionOn('email', { category: 'email' }, loose).action, 'replace')
})

test('null is never offered where it is refused, and keeping offers nothing', () => {
  fc.assert(
    fc.property(fc.boolean(), fc.constantFrom(...categories), fc.boolean(), (nullable, category, inKey) => {
      const field = aField('f', { nullable })
      const collection = aCollection('t', [field], inKey ? { key: ['f'] } : {})
      const { action, candidates } = actionFor(collection, field, { category }, { rows: 'clear', fields: {} })
      assert.equal(candidates.includes(null), action === 'null')
      assert.equal(candidates.length > 0, action === 'null' || action === 'replace')
      if (action === 'null') assert.ok(nullable && !inKey)
    }),
  )
})
