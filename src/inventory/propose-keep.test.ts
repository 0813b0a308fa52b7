import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { ProposedMap } from './propose-map.ts'
import { codes, collection, customer, mapped, propose } from './proposed.fixture.ts'
import { aTable } from './table.fixture.ts'

describe('grounds to keep', () => {
  const invoice = aTable('invoice', [
    'invoice_id integer!',
    'customer_id integer! -> customer.customer_id',
    'invoice_number text',
    'billing_name text',
    'billing_address text',
    'shipping_city text',
    'email text',
    'vat_number text',
    'invoice_date date',
    'due_date date',
    'paid_at timestamp',
    'total decimal',
    'card_token text',
  ])
  const keepOf = (proposed: ProposedMap, name: string) => collection(proposed, name).keep ?? []

  it('come from the law of the company’s country', () => {
    const rules = (country?: string) =>
      propose([customer, invoice], country === undefined ? {} : { country }).map.rules.accounting
    assert.deepEqual([rules('FR')?.years, rules('FR')?.roundTo], [10, undefined])
    assert.deepEqual([rules('DE')?.years, rules('DE')?.roundTo], [8, 'end-of-year'])
    assert.deepEqual([rules('GB')?.years, rules('GB')?.article], [6, 'UK GDPR 17(3)(b); HMRC record keeping'])
    assert.deepEqual([rules('SE')?.years, rules()?.years], [10, 10])
    assert.match(rules('DE')?.source ?? '', /HGB 257.*not reviewed by a lawyer/)
  })
  it('say that a lawyer should read them, and when the country is unknown', () => {
    const all = (country?: string) =>
      propose([customer, invoice], country === undefined ? {} : { country }).notes.map(({ code }) => code)
    assert.ok(all('FR').includes('note-rule-review'))
    assert.ok(all('SE').includes('note-rule-unknown-country'))
  })
  it('keep of an invoice what it must show, and no card, no shipping address, no e-mail address', () => {
    const [accounting] = keepOf(propose([customer, invoice]), 'invoice')
    assert.deepEqual(accounting, {
      rule: 'accounting',
      from: 'invoice_date',
      fields: [
        'invoice_number',
        'billing_name',
        'billing_address',
        'vat_number',
        'invoice_date',
        'due_date',
        'total',
      ],
    })
  })
  it('keep an unpaid invoice as long as it is unpaid', () => {
    const proposed = propose([customer, invoice])
    assert.deepEqual(
      keepOf(proposed, 'invoice').map(({ rule }) => rule),
      ['accounting', 'unpaid'],
    )
    assert.equal(proposed.map.rules.unpaid?.while, 'paid_at is null')
    assert.equal(proposed.map.rules.unpaid?.article, 'GDPR 17(3)(e)')
    assert.deepEqual(collection(proposed, 'invoice').fields.paid_at, { category: 'none' })
  })
  it('read the status where there is no date of payment', () => {
    const bill = aTable('bills', [
      'id integer!',
      'customer_id integer! -> customer.customer_id',
      'bill_date date',
      'Status text Open|Paid|Overdue',
      'total decimal',
    ])
    assert.equal(propose([customer, bill]).map.rules.unpaid?.while, "Status in ('Open', 'Overdue')")
    assert.equal(
      propose([customer, invoice, bill]).map.rules['unpaid-bills']?.while,
      "Status in ('Open', 'Overdue')",
    )
  })
  it('keep a running contract with what it needs, and its owner’s name and address', () => {
    const subscription = aTable('subscription', [
      'id integer!',
      'customer_id integer! -> customer.customer_id',
      'plan text',
      'status text active|paused|ended',
      'ended_on date',
      'monthly_price decimal',
      'note text',
      'card_token text',
    ])
    const proposed = propose([customer, subscription])
    assert.equal(proposed.map.rules.running?.while, "status in ('active', 'paused')")
    assert.deepEqual(keepOf(proposed, 'subscription'), [
      {
        rule: 'running',
        fields: ['plan', 'status', 'monthly_price'],
        also: { customer: ['first_name', 'last_name', 'email'] },
      },
    ])
    const lease = aTable('lease', [
      'id integer!',
      'customer_id integer! -> customer.customer_id',
      'end_date date',
    ])
    assert.equal(propose([customer, lease]).map.rules.running?.while, 'end_date is null or end_date >= today')
  })
  it('write a field’s name so that the condition can be read again', () => {
    const odd = aTable('invoices', [
      'id integer!',
      'customer_id integer! -> customer.customer_id',
      'Date date',
      'Paid-at timestamp',
      'total decimal',
    ])
    assert.equal(propose([customer, odd]).map.rules.unpaid?.while, '"Paid-at" is null')
  })
  it('are not made for what only speaks of invoices', () => {
    const lines = aTable('invoice_line', [
      'id integer!',
      'invoice_id integer! -> invoice.invoice_id',
      'date date',
      'price decimal',
    ])
    const status = aTable('invoice_status', ['id integer!', 'name text'])
    const proposed = propose([customer, invoice, lines, status])
    assert.deepEqual(
      mapped(proposed).filter((name) => keepOf(proposed, name).length > 0),
      ['invoice'],
    )
  })
  it('hold the lines and the customer of an invoice, and let everything else go', () => {
    const lines = aTable('invoice_line', [
      'id integer!',
      'invoice_id integer! -> invoice.invoice_id',
      'price decimal',
    ])
    const ticket = aTable('ticket', [
      'id integer!',
      'customer_id integer! -> customer.customer_id',
      'body text',
    ])
    const proposed = propose([customer, invoice, lines, ticket])
    assert.deepEqual(
      mapped(proposed).map((name) => [name, collection(proposed, name).rows]),
      [
        ['customer', 'clear'],
        ['invoice', 'clear'],
        ['invoice_line', 'clear'],
        ['ticket', 'delete'],
      ],
    )
  })
  it('are said to be missing where invoices have no date', () => {
    const undated = aTable('invoice', [
      'id integer!',
      'customer_id integer! -> customer.customer_id',
      'total decimal',
    ])
    assert.deepEqual(codes(propose([customer, undated]), 'invoice'), ['note-keep-no-date'])
  })
})
