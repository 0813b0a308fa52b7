import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { codes, collection, customer, mapped, propose, staff } from './proposed.fixture.ts'
import { aForeignKey, aTable } from './table.fixture.ts'

describe('rows that name several people', () => {
  const gift = aTable('gift', [
    'gift_id integer!',
    'giver_id integer! -> customer.customer_id',
    'receiver_id integer -> customer.customer_id',
    'receiver_name text',
    'receiver_email text',
    'receiver_note text',
  ])
  it('belong to the giver, and only mention the receiver', () => {
    assert.deepEqual(collection(propose([customer, gift]), 'gift').links, [
      { to: 'customer', on: { giver_id: 'customer_id' }, role: 'owner' },
      {
        to: 'customer',
        on: { receiver_id: 'customer_id' },
        role: 'party',
        clears: ['receiver_name', 'receiver_email', 'receiver_note'],
      },
    ])
  })
  it('lead from a receiver’s address to the mention, and never on to the giver', () => {
    const email = collection(propose([customer, gift]), 'gift').fields.receiver_email
    assert.deepEqual(email, { category: 'email', identifier: 'email', unique: false })
  })
  it('find nobody by an address that is somebody else’s and no link says whose', () => {
    const order = aTable('order', [
      'order_id integer!',
      'customer_id integer! -> customer.customer_id',
      'recipient_email text',
    ])
    const proposed = propose([customer, order])
    assert.deepEqual(collection(proposed, 'order').fields.recipient_email, { category: 'email' })
    assert.deepEqual(codes(proposed, 'order'), ['note-other-person'])
  })
  it('are the customer’s, not the employee’s who dealt with them', () => {
    const rental = aTable('rental', [
      'rental_id integer!',
      'rental_date date',
      'staff_id integer! -> employee.employee_id',
      'customer_id integer! -> customer.customer_id',
    ])
    assert.deepEqual(
      collection(propose([customer, staff, rental]), 'rental').links?.map(({ to, role }) => [to, role]),
      [
        ['employee', 'none'],
        ['customer', 'owner'],
      ],
    )
  })
  it('are the employee’s where nobody else is meant', () => {
    const payslip = aTable('payslip', [
      'id integer!',
      'employee_id integer! -> employee.employee_id',
      'amount decimal',
    ])
    assert.deepEqual(
      collection(propose([staff, payslip]), 'payslip').links?.map(({ role }) => role),
      ['owner'],
    )
  })
  it('of a conversation are theirs who opened it, whoever wrote the reply', () => {
    const ticket = aTable('ticket', [
      'id integer!',
      'customer_id integer! -> customer.customer_id',
      'body text',
    ])
    const message = aTable('message', [
      'id integer!',
      'ticket_id integer! -> ticket.id',
      'author_id integer -> employee.employee_id',
      'body text',
    ])
    assert.deepEqual(
      collection(propose([customer, staff, ticket, message]), 'message').links?.map(({ to, role }) => [
        to,
        role,
      ]),
      [
        ['employee', 'none'],
        ['ticket', 'owner'],
      ],
    )
  })
  it('a company’s row is cleared of its contact, never deleted, and its goods are nobody’s', () => {
    const supplier = aTable('supplier', [
      'supplier_id integer!',
      'name text',
      'contact_name text',
      'contact_email text',
    ])
    const product = aTable('product', [
      'product_id integer!',
      'name text',
      'supplier_id integer -> supplier.supplier_id',
    ])
    const proposed = propose([supplier, product])
    assert.deepEqual(mapped(proposed), ['supplier'])
    assert.equal(collection(proposed, 'supplier').rows, 'clear')
    assert.deepEqual(Object.keys(collection(proposed, 'supplier').fields), ['contact_name', 'contact_email'])
  })
})

describe('ways to a person', () => {
  it('go from the person’s row to what it points at: an address, a household', () => {
    const address = aTable('address', ['address_id integer!', 'street text', 'city text', 'postcode text'], {
      rows: 90,
    })
    const person = aTable(
      'customer',
      ['customer_id integer!', 'name text', 'email text', 'address_id integer -> address.address_id'],
      { rows: 100 },
    )
    const proposed = propose([address, person])
    assert.deepEqual(collection(proposed, 'address').links, [
      { to: 'customer', on: { address_id: 'address_id' }, role: 'owner' },
    ])
    assert.deepEqual(codes(proposed, 'address'), ['note-link-upward'])
  })
  it('do not go to a row that thousands share', () => {
    const branch = aTable('delivery_address', ['id integer!', 'street text', 'city text', 'phone text'], {
      rows: 3,
    })
    const person = aTable(
      'customer',
      ['customer_id integer!', 'name text', 'email text', 'pickup_id integer -> delivery_address.id'],
      { rows: 5_000 },
    )
    assert.deepEqual(codes(propose([branch, person]), 'delivery_address'), ['note-link-shared'])
  })
  it('are guessed where no foreign key says so, and the guess is told', () => {
    const history = aTable(
      'customer_history',
      ['customer_id integer!', 'email text', 'changed_at timestamp'],
      { key: [] },
    )
    const proposed = propose([customer, history])
    assert.deepEqual(collection(proposed, 'customer_history').links, [
      { to: 'customer', on: { customer_id: 'customer_id' }, role: 'owner' },
    ])
    assert.deepEqual(proposed.notes.find(({ code }) => code === 'note-link-by-name')?.params, {
      to: 'customer',
      fields: 'customer_id',
      confidence: 0.9,
    })
  })
  it('are found in shops without any foreign key, down to the lines of an invoice', () => {
    const users = aTable('users', ['id integer!', 'name text', 'email text'])
    const invoices = aTable('invoices', [
      'id integer!',
      'user_id integer!',
      'invoice_date date',
      'total decimal',
    ])
    const lines = aTable('invoice_lines', ['id integer!', 'invoice_id integer!', 'price decimal'])
    const proposed = propose([users, invoices, lines])
    assert.deepEqual(
      mapped(proposed).map((name) => collection(proposed, name).links?.[0]?.on),
      [undefined, { user_id: 'id' }, { invoice_id: 'id' }],
    )
  })
  it('are not guessed where the kinds differ, or the names only look alike', () => {
    const note = aTable('customer_note', [
      'id integer!',
      'customer_id uuid',
      'customers integer',
      'note text',
    ])
    const proposed = propose([customer, note])
    assert.equal(collection(proposed, 'customer_note').links, undefined)
    assert.deepEqual(codes(proposed, 'customer_note'), ['note-unreached'])
  })
  it('go through keys of several fields', () => {
    const order = aTable('order', ['order_id integer!', 'customer_id integer! -> customer.customer_id'])
    const item = aTable(
      'order_item',
      ['order_id integer! -> order.order_id', 'line_no integer!', 'engraving text'],
      { key: ['order_id', 'line_no'] },
    )
    const wish = aTable('item_wish', ['id integer!', 'order_id integer!', 'line_no integer!', 'note text'], {
      foreignKeys: [aForeignKey('item_wish', ['order_id', 'line_no'], 'order_item.order_id+line_no')],
    })
    assert.deepEqual(collection(propose([customer, order, item, wish]), 'item_wish').links, [
      { to: 'order_item', on: { order_id: 'order_id', line_no: 'line_no' }, role: 'owner' },
    ])
  })
  it('go from a profile or an account to the person it belongs to', () => {
    const login = aTable('user_account', [
      'customer_id integer! -> customer.customer_id',
      'username text',
      'password_hash text',
    ])
    assert.deepEqual(
      collection(propose([customer, login]), 'user_account').links?.map(({ role }) => role),
      ['owner'],
    )
  })
  it('reach tags of a ticket, and not the list of tags', () => {
    const ticket = aTable('ticket', [
      'id integer!',
      'customer_id integer! -> customer.customer_id',
      'body text',
    ])
    const tag = aTable('tag', ['id integer!', 'name text'])
    const ticketTag = aTable('ticket_tag', ['ticket_id integer! -> ticket.id', 'tag_id integer! -> tag.id'], {
      key: ['ticket_id', 'tag_id'],
    })
    assert.deepEqual(mapped(propose([customer, ticket, tag, ticketTag])), [
      'customer',
      'ticket',
      'ticket_tag',
    ])
  })
})
