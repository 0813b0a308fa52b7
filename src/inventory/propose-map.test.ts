import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import type { CollectionDescription } from '../connectors/public.ts'
import { say } from '../platform/texts.ts'
import { chinook } from './chinook.fixture.ts'
import { classifyCollection } from './classify/classify-collection.ts'
import { aSystem } from './description.fixture.ts'
import { proposeMap } from './propose-map.ts'
import { codes, collection, customer, mapped, propose } from './proposed.fixture.ts'
import { aTable } from './table.fixture.ts'

describe('the map of a music shop', () => {
  const proposed = propose(
    chinook('snake').map(({ description }) => description),
    { country: 'FR' },
  )

  it('covers customers, employees, invoices and their lines, and none of the music', () => {
    assert.deepEqual(mapped(proposed), ['customer', 'employee', 'invoice', 'invoice_line'])
  })
  it('hangs invoices on customers, and lines on invoices', () => {
    assert.deepEqual(collection(proposed, 'invoice').links, [
      { to: 'customer', on: { customer_id: 'customer_id' }, role: 'owner' },
    ])
    assert.deepEqual(collection(proposed, 'invoice_line').links, [
      { to: 'invoice', on: { invoice_id: 'invoice_id' }, role: 'owner' },
    ])
  })
  it('does not make a customer of the employee who serves them, nor an employee of the manager', () => {
    const why = "points at another person's own record"
    assert.deepEqual(collection(proposed, 'customer').links, [
      { to: 'employee', on: { support_rep_id: 'employee_id' }, role: 'none', why },
    ])
    assert.deepEqual(collection(proposed, 'employee').links, [
      { to: 'employee', on: { reports_to: 'employee_id' }, role: 'none', why },
    ])
  })
  it('clears rows that invoices need, for an invoice stays ten years with name and address', () => {
    const rows = mapped(proposed).map((name) => collection(proposed, name).rows)
    assert.deepEqual(rows, ['clear', 'clear', 'clear', 'clear'])
    assert.deepEqual(collection(proposed, 'invoice').keep, [
      {
        rule: 'accounting',
        from: 'invoice_date',
        fields: [
          'invoice_date',
          'billing_address',
          'billing_city',
          'billing_state',
          'billing_country',
          'billing_postal_code',
          'total',
        ],
        also: { customer: ['first_name', 'last_name'] },
      },
    ])
    const { years, roundTo, ground, article } = proposed.map.rules.accounting ?? {}
    assert.deepEqual(
      [years, roundTo, ground, article],
      [10, undefined, 'legal-obligation', 'GDPR 17(3)(b); C. com. L123-22'],
    )
  })
  it('is the same in other spelling', () => {
    const camel = propose(
      chinook('camel').map(({ description }) => description),
      { country: 'FR' },
    )
    const same = (text: string) => text.toLowerCase().replaceAll('_', '')
    assert.equal(same(JSON.stringify(camel)), same(JSON.stringify(proposed)))
  })
  it('shares its rules with a second system of the company', () => {
    const tables = chinook('snake').map(({ description, samples }) => ({ description, samples }))
    const collections = tables.map(({ description }) => description.name)
    const fields = Object.fromEntries(
      tables.map(({ description, samples }) => [
        description.name,
        classifyCollection({ engine: 'x', description, samples, collections }),
      ]),
    )
    const system = { description: aSystem(...tables.map(({ description }) => description)), fields }
    const { map } = proposeMap({
      systems: [
        { name: 'a', ...system },
        { name: 'b', ...system },
      ],
      minConfidence: 0.8,
      controller: 'Example SARL',
    })
    assert.deepEqual(Object.keys(map.rules), ['accounting'])
    assert.deepEqual(
      Object.values(map.systems).map(({ controller }) => controller),
      ['Example SARL', 'Example SARL'],
    )
  })
})

describe('what is left out is told', () => {
  it('below the asked confidence', () => {
    const proposed = propose([aTable('customer', ['id integer!', 'name text', 'email text', 'website text'])])
    assert.deepEqual(Object.keys(collection(proposed, 'customer').fields), ['id', 'name', 'email'])
    assert.deepEqual(proposed.notes, [
      {
        system: 'shop',
        collection: 'customer',
        field: 'website',
        code: 'note-low-confidence',
        params: { category: 'social-profile', confidence: 0.62 },
      },
    ])
  })
  it('where nothing could be read', () => {
    const refused = { ...customer, name: 'customer_secret', unreadable: 'no right' }
    assert.deepEqual(codes(propose([customer, refused]), 'customer_secret'), ['note-unreadable-collection'])
  })
  it('a view, whose tables are mapped instead', () => {
    const view: CollectionDescription = { ...customer, name: 'customer_view', kind: 'view' }
    const proposed = propose([customer, view])
    assert.deepEqual(mapped(proposed), ['customer'])
    assert.deepEqual(codes(proposed, 'customer_view'), ['note-view'])
  })
  it('a table the erasing account may not write', () => {
    const proposed = propose([{ ...customer, writable: false }])
    assert.equal(collection(proposed, 'customer').rows, 'keep')
    assert.deepEqual(codes(proposed, 'customer'), ['note-not-writable'])
  })
  it('special categories, so that somebody looks at them', () => {
    const proposed = propose([
      aTable('patient', ['id integer!', 'name text', 'email text', 'diagnosis text']),
    ])
    assert.deepEqual(codes(proposed, 'patient'), ['note-special'])
  })
  it('in sentences of both languages', () => {
    const refused = { ...customer, name: 'x', unreadable: 'no right' }
    const { notes } = propose([
      customer,
      refused,
      aTable('invoice', ['id integer!', 'customer_id integer!', 'date date', 'total decimal']),
    ])
    for (const { code, params } of notes)
      for (const language of ['en', 'fr'] as const)
        assert.match(say(language, `inventory.${code}`, params), /^[^{}]+[.]$/)
  })
})

describe('whatever tables refer to each other', () => {
  const tableNames = ['customer', 'employee', 'invoice', 'gift', 'address', 'ticket', 'thing', 'order_item']
  const columns = [
    'email text',
    'last_name text',
    'note text',
    'street text',
    'total decimal',
    'invoice_date date',
    'paid_at timestamp',
    'status text',
  ]
  const roles = ['', 'receiver_', 'giver_', 'assigned_', 'other_']
  const tables = fc
    .array(
      fc.record({
        fields: fc.uniqueArray(fc.constantFrom(...columns), { maxLength: 5 }),
        targets: fc.array(fc.tuple(fc.nat(tableNames.length - 1), fc.constantFrom(...roles), fc.boolean()), {
          maxLength: 3,
        }),
        writable: fc.boolean(),
      }),
      { minLength: 1, maxLength: tableNames.length },
    )
    .map((shapes) =>
      shapes.map(({ fields, targets, writable }, i) => {
        const own = tableNames[i] ?? ''
        const references = targets.map(([to, role, declared]) => {
          const target = tableNames[to % shapes.length] ?? own
          return `${role}${target}_id integer${declared ? ` -> ${target}.${target}_id` : ''}`
        })
        const lines = [
          `${own}_id integer!`,
          ...new Map(references.map((line) => [line.split(' ')[0], line])).values(),
          ...fields,
        ]
        const unlike = lines.filter((line, at) => at === 0 || !line.startsWith(`${own}_id `))
        return aTable(own, unlike, { writable, rows: i })
      }),
    )

  it('gives a map that holds against them, and the same one again', () => {
    fc.assert(
      fc.property(tables, fc.constantFrom(0, 0.8, 0.95), (some, minConfidence) => {
        const proposed = propose(some, { minConfidence })
        assert.deepEqual(propose(some, { minConfidence }), proposed)
        for (const name of mapped(proposed)) {
          const { links = [], fields } = collection(proposed, name)
          for (const { on, to } of links) {
            assert.ok(mapped(proposed).includes(to))
            for (const field of Object.keys(on)) assert.ok(Object.hasOwn(fields, field))
          }
        }
      }),
      { numRuns: 150 },
    )
  })
})
