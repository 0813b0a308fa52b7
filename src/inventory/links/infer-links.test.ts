import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { aTable } from '../table.fixture.ts'
import { inferLinks } from './infer-links.ts'
import { counted, drawn, inferred, type SeenTable, sketchOf, uuids, ways } from './sketched.fixture.ts'

const customer: SeenTable = {
  description: aTable('customer', ['id integer!', 'email text'], { rows: 400 }),
  columns: { id: counted(400), email: counted(400).map((i) => `c${i}@example.org`) },
}

describe('links without foreign keys', () => {
  it('are told by names where all keys are counted from one, and a quantity names nothing', () => {
    const order: SeenTable = {
      description: aTable('order', ['id integer!', 'customer_id integer', 'quantity integer'], { rows: 900 }),
      columns: {
        id: counted(900),
        customer_id: drawn(counted(400), 900),
        quantity: drawn(counted(9), 900),
      },
    }
    const [link, ...others] = inferred(customer, order)
    assert.deepEqual(others, [])
    assert.deepEqual(ways(link === undefined ? [] : [link]), ['order.customer_id → customer.id'])
    assert.equal(link?.source, 'name')
    assert.deepEqual(link?.reason, [
      { code: 'named', word: 'customer' },
      { code: 'found', share: 1, least: 1 },
      { code: 'counted' },
    ])
  })
  it('are told by values where names say nothing and values do not meet by chance', () => {
    const [people, rows] = [uuids(200, 1), uuids(500, 2)]
    const tables: readonly SeenTable[] = [
      { description: aTable('t1', ['a uuid!', 'b text'], { rows: 200 }), columns: { a: people } },
      {
        description: aTable('t2', ['x uuid!', 'y uuid', 'z uuid'], { rows: 500 }),
        columns: { x: rows, y: drawn(people, 500), z: uuids(500, 3) },
      },
    ]
    const proposals = inferred(...tables)
    assert.deepEqual(ways(proposals), ['t2.y → t1.a'])
    assert.equal(proposals[0]?.source, 'values')
  })
  it('are denied by values that stand elsewhere, whatever the name', () => {
    const visit: SeenTable = {
      description: aTable('visit', ['id integer!', 'customer_id integer'], { rows: 300 }),
      columns: { id: counted(300), customer_id: counted(300, 90_000) },
    }
    assert.deepEqual(inferred(customer, visit), [])
  })
  it('are not made of texts and numbers, however few of the numbers were read', () => {
    const address = { description: aTable('address', ['id integer!'], { rows: 50_000 }), columns: {} }
    const history = aTable('history', ['id integer!', 'address text'], { rows: 900 })
    const sketches = new Map([
      ['address', new Map([['id', sketchOf([counted(2_000)], false)]])],
      ['history', new Map([['address', sketchOf([counted(200).map((i) => `Rue Haute ${i}`)], false)]])],
    ])
    assert.deepEqual(inferLinks({ collections: [address.description, history], sketches }), [])
  })
  it('survive a few customers who are gone', () => {
    const invoice: SeenTable = {
      description: aTable('invoice', ['id integer!', 'customer_id integer'], { rows: 600 }),
      columns: { id: counted(600), customer_id: [...drawn(counted(400), 570), ...counted(30, 5_000)] },
    }
    assert.deepEqual(ways(inferred(customer, invoice)), ['invoice.customer_id → customer.id'])
  })
  it('join numbers with numbers written as text, and identifiers in upper case', () => {
    const device = uuids(100, 4)
    const tables: readonly SeenTable[] = [
      customer,
      { description: aTable('device', ['uuid uuid!'], { rows: 100 }), columns: { uuid: device } },
      {
        description: aTable('login', ['id integer!', 'customer_no text', 'device text'], { rows: 500 }),
        columns: {
          id: counted(500),
          customer_no: drawn(counted(400), 500).map((id) => id.padStart(6, '0')),
          device: drawn(device, 500).map((id) => id.toUpperCase()),
        },
      },
    ]
    assert.deepEqual(ways(inferred(...tables)), [
      'login.customer_no → customer.id',
      'login.device → device.uuid',
    ])
  })
  it('go by roles, to the row above, and to the people who can be meant', () => {
    const employee: SeenTable = {
      description: aTable('employee', ['id integer!', 'last_name text', 'reports_to integer'], { rows: 60 }),
      columns: { id: counted(60), reports_to: drawn(counted(60), 60) },
    }
    const project: SeenTable = {
      description: aTable('project', ['id integer!', 'project_manager_id integer', 'parent_id integer'], {
        rows: 300,
      }),
      columns: {
        id: counted(300),
        project_manager_id: drawn(counted(60), 300),
        parent_id: drawn(counted(300), 300),
      },
    }
    assert.deepEqual(ways(inferred(employee, project)), [
      'employee.reports_to → employee.id',
      'project.project_manager_id → employee.id',
      'project.parent_id → project.id',
    ])
  })
  it('go to the person, not to another table about the same person', () => {
    const profile: SeenTable = {
      description: aTable('customer_profile', ['customer_id integer!', 'height integer'], { rows: 400 }),
      columns: { customer_id: counted(400), height: drawn(counted(40, 150), 400) },
    }
    const visit: SeenTable = {
      description: aTable('visit', ['id integer!', 'customer_id integer'], { rows: 500 }),
      columns: { id: counted(500), customer_id: drawn(counted(400), 500) },
    }
    assert.deepEqual(ways(inferred(customer, profile, visit)), [
      'customer_profile.customer_id → customer.id',
      'visit.customer_id → customer.id',
    ])
  })
  it('go through keys of several fields when the pairs are there, and not when only their parts are', () => {
    const fields = ['order_no', 'line_no']
    const orders = counted(100, 7_000)
    const lines = orders.flatMap((order) => counted(3).map((line) => [order, line] as const))
    const item: SeenTable = {
      description: aTable('order_item', ['order_no integer!', 'line_no integer!'], {
        key: fields,
        rows: 300,
      }),
      columns: { order_no: lines.map(([order]) => order), line_no: lines.map(([, line]) => line) },
      tuples: [fields],
    }
    const complaint = (line: (i: number) => string): SeenTable => ({
      description: aTable('complaint', ['id integer!', 'order_no integer', 'line_no integer'], { rows: 100 }),
      columns: {
        id: counted(100),
        order_no: orders,
        line_no: orders.map((_, i) => line(i)),
      },
      tuples: [fields],
    })
    const isPair = (tables: readonly SeenTable[]) =>
      ways(inferred(...tables)).includes('complaint.order_no+line_no → order_item.order_no+line_no')
    assert.ok(isPair([item, complaint((i) => String((i % 3) + 1))]))
    assert.ok(!isPair([item, complaint((i) => String(i + 10))]))
  })
  it('need equal kinds and sure names where nothing could be read', () => {
    const collections = [
      aTable('customer', ['id integer!']),
      aTable('note', ['id integer!', 'customer_id integer', 'customers integer', 'customer_ref uuid']),
    ]
    const proposals = inferLinks({ collections, sketches: new Map() })
    assert.deepEqual(ways(proposals), ['note.customer_id → customer.id'])
    assert.equal(proposals[0]?.confidence, 0.9)
    assert.deepEqual(proposals[0]?.reason.at(-1), { code: 'no-values' })
  })
  it('leave declared foreign keys alone', () => {
    const collections = [
      aTable('customer', ['id integer!']),
      aTable('note', ['id integer!', 'customer_id integer -> customer.id']),
    ]
    assert.deepEqual(inferLinks({ collections, sketches: new Map() }), [])
  })
})

describe('whatever tables there are', () => {
  const names = [
    'customer',
    'customers',
    'order',
    'employee',
    'order_item',
    'kunden',
    'thing',
    'customer_profile',
  ]
  const fields = [
    'id',
    'customer_id',
    'order_id',
    'kunde',
    'parent_id',
    'owner_id',
    'thing_no',
    'customer',
    'x',
  ]
  const column = fc.array(fc.option(fc.nat(12).map(String)), { maxLength: 12 })
  const tables = fc.uniqueArray(
    fc.record({
      name: fc.constantFrom(...names),
      columns: fc.dictionary(fc.constantFrom(...fields), column),
      keyed: fc.boolean(),
    }),
    { selector: ({ name }) => name, maxLength: 6 },
  )
  it('each field leads to one place at most, never in a circle of two, and the same way every time', () => {
    fc.assert(
      fc.property(tables, (made) => {
        const seen = made.map(({ name, columns, keyed }): SeenTable => {
          const lines = Object.keys(columns).map((field) => `${field} integer`)
          return { description: aTable(name, lines, keyed ? {} : { key: [] }), columns }
        })
        const proposals = inferred(...seen)
        assert.deepEqual(inferred(...seen), proposals)
        const ends = proposals.map((one) => ({
          from: `${one.from}.${one.fields.join()}`,
          to: `${one.to}.${one.toFields.join()}`,
        }))
        assert.equal(new Set(ends.map(({ from }) => from)).size, ends.length)
        for (const { from, to } of ends) assert.ok(!ends.some((one) => one.from === to && one.to === from))
        for (const { confidence, reason } of proposals)
          assert.ok(confidence > 0 && confidence < 1 && reason.length > 0)
      }),
      { numRuns: 150 },
    )
  })
})
