import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import type { CollectionDescription } from '../connectors/public.ts'
import { say } from '../platform/texts.ts'
import { chinook } from './chinook.fixture.ts'
import { classifyCollection } from './classify/classify-collection.ts'
import type { CollectionMap, DataMap } from './data-map.ts'
import { aSystem } from './description.fixture.ts'
import { readMapFile } from './map-file/read-map-file.ts'
import { writeMapFile } from './map-file/write-map-file.ts'
import { type ProposedMap, proposeMap } from './propose-map.ts'
import { aForeignKey, aTable } from './table.fixture.ts'

interface Options {
  readonly country?: string
  readonly minConfidence?: number
}

/** What a scan of empty tables, or of sampled ones, leads to. The map must hold against the very systems it was made of. */
function propose(
  tables: readonly CollectionDescription[],
  { country, minConfidence = 0.8 }: Options = {},
): ProposedMap {
  const collections = tables.map(({ name }) => name)
  const sampled = new Map(
    [...chinook('snake'), ...chinook('camel')].map(({ description, samples }) => [description.name, samples]),
  )
  const fields = Object.fromEntries(
    tables.map((description) => {
      const samples = sampled.get(description.name) ?? []
      const known = samples.length === description.fields.length ? samples : description.fields.map(() => [])
      return [
        description.name,
        classifyCollection({ engine: 'PostgreSQL 18.4', description, samples: known, collections }),
      ]
    }),
  )
  const description = aSystem(...tables)
  const proposed = proposeMap({ systems: [{ name: 'shop', description, fields }], country, minConfidence })
  const { problems } = readMapFile(writeMapFile(proposed.map), { shop: description })
  assert.deepEqual(
    problems.filter(({ severity }) => severity === 'error'),
    [],
  )
  return proposed
}

const collection = ({ map }: { readonly map: DataMap }, name: string): CollectionMap =>
  map.systems.shop?.collections[name] ?? assert.fail(`${name} is not mapped`)
const mapped = ({ map }: ProposedMap): readonly string[] => Object.keys(map.systems.shop?.collections ?? {})
const codes = ({ notes }: ProposedMap, name: string): readonly string[] =>
  notes.filter((note) => note.collection === name).map(({ code }) => code)

const customer = aTable('customer', [
  'customer_id integer!',
  'first_name text',
  'last_name text!',
  'email text!',
  'phone text',
])
const staff = aTable('employee', ['employee_id integer!', 'name text!', 'email text'])

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
