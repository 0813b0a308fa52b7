import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { isProblem } from '../../platform/problem.ts'
import { type Candidate, cellsOf, describedAs, everything, type Sketch, withTarget } from './sketch.ts'
import { keyOf } from './writing.ts'

const integer = (name: string, required = false) => ({ name, kind: 'integer' as const, required })
const short = (name: string, required = false) => ({ name, kind: 'text' as const, required, maxLength: 12 })

/** Two tables that need each other, a table that hangs on itself, and one named by two fields. */
const shop: readonly Sketch[] = [
  {
    name: 'customer',
    fields: [
      integer('id', true),
      short('email'),
      short('name', true),
      short('status'),
      integer('main_address'),
      integer('invited_by'),
    ],
    key: ['id'],
    uniques: [['email']],
    checks: [{ name: 'customer_status', field: 'status', among: ['active', "it's over"] }],
    foreignKeys: [
      { name: 'customer_main_address', fields: ['main_address'], to: 'address', toFields: ['id'] },
      { name: 'customer_invited_by', fields: ['invited_by'], to: 'customer', toFields: ['id'] },
    ],
    rows: [
      ['1', 'ada@x.org', 'Ada', 'active', '11', null],
      ['2', 'bob@x.org', 'Bob', null, '12', '1'],
      ['3', null, 'Cy', "it's over", null, '2'],
    ],
  },
  {
    name: 'address',
    fields: [integer('id', true), integer('customer_id', true), short('city')],
    key: ['id'],
    foreignKeys: [{ name: 'address_customer', fields: ['customer_id'], to: 'customer', toFields: ['id'] }],
    rows: [
      ['11', '1', 'Paris'],
      ['12', '2', 'Rome'],
    ],
  },
  {
    name: 'order_line',
    fields: [integer('order_id', true), short('product', true), short('gift_to')],
    key: ['order_id', 'product'],
    rows: [
      ['1', 'a"b,c', 'ada'],
      ['1', '["x"]', 'bob'],
      ['2', 'a"b,c', 'cy'],
    ],
  },
]

/** Whoever has nothing above it stands below itself. */
const folders: readonly Sketch[] = [
  {
    name: 'folder',
    fields: [integer('id', true), integer('above', true)],
    key: ['id'],
    foreignKeys: [{ name: 'folder_above', fields: ['above'], to: 'folder', toFields: ['id'] }],
    rows: [
      ['1', '1'],
      ['2', '1'],
      ['3', '2'],
      ['4', '3'],
    ],
  },
]

/** What a target demands of its rows is described, obeyed, and named when it is broken. */
export function constraintsConform(candidate: Candidate): void {
  describe(`${candidate.name}: constraints`, () => {
    it('describes keys, lengths, allowed values and foreign keys', () =>
      withTarget(candidate, shop, async (target) => {
        await using session = await target.read()
        const customer = await describedAs(session, target.collection('customer'))
        assert.deepEqual(customer.key, ['id'])
        assert.ok(customer.uniques.some((fields) => fields.join() === 'email'))
        assert.deepEqual(
          customer.fields.map(({ nullable }) => nullable),
          [false, true, false, true, true, true],
        )
        assert.deepEqual(
          customer.fields.map(({ maxLength }) => maxLength),
          [null, 12, 12, 12, null, null],
        )
        if (candidate.knows.checks) {
          assert.deepEqual(customer.fields[3]?.values, ['active', "it's over"])
          const check = customer.checks.find(({ name }) => name === 'customer_status')
          assert.deepEqual(check?.fields, ['status'])
          assert.match(check?.expression ?? '', /active/)
        } else assert.deepEqual([customer.fields[3]?.values, customer.checks], [null, []])
        const links = customer.foreignKeys.map(({ fields, to, toFields, onDelete }) => ({
          fields,
          to,
          toFields,
          onDelete,
        }))
        const to = (name: string) => ({ to: target.collection(name), toFields: ['id'], onDelete: 'restrict' })
        assert.deepEqual(
          links.toSorted((a, b) => (a.fields.join() < b.fields.join() ? -1 : 1)),
          [
            { fields: ['invited_by'], ...to('customer') },
            { fields: ['main_address'], ...to('address') },
          ],
        )
        assert.deepEqual((await describedAs(session, target.collection('order_line'))).key, [
          'order_id',
          'product',
        ])
      }))

    const refusals: readonly (readonly [
      kind: string,
      set: Record<string, string | null>,
      constraint: RegExp,
    ])[] = [
      ['unique', { email: 'bob@x.org' }, /email/],
      ['not-null', { name: null }, /name/],
      ...(candidate.knows.checks ? ([['check', { status: 'erased' }, /customer_status/]] as const) : []),
      ...(candidate.knows.strictTypes
        ? ([
            ['length', { name: 'longer than twelve' }, /^/],
            ['type', { invited_by: 'nobody' }, /^/],
          ] as const)
        : []),
    ]
    for (const [kind, set, constraint] of refusals)
      it(`names the constraint that a value breaks (${kind}), and goes on after the savepoint`, () =>
        withTarget(candidate, shop, async (target) => {
          const collection = target.collection('customer')
          {
            await using session = await target.write()
            const key = await keyOf(session, collection, 'id', '1')
            await assert.rejects(
              session.savepoint(() => session.change(collection, [{ key, set }])),
              (error) => {
                assert.ok(isProblem(error, 'connectors.constraint'), String(error))
                assert.deepEqual([error.params.kind, error.params.collection], [kind, collection])
                assert.match(String(error.params.constraint), constraint)
                assert.equal(error.cause, undefined, 'nothing of what the target said, for that holds values')
                return true
              },
            )
            assert.equal(await session.change(collection, [{ key, set: { name: 'erased' } }]), 1)
            await session.commit()
          }
          await using session = await target.read()
          assert.deepEqual((await everything(session, collection, ['id', 'email', 'name', 'status']))[0], [
            '1',
            'ada@x.org',
            'erased',
            'active',
          ])
        }))

    it('does not let a foreign key be broken, at once or at the commit', () =>
      withTarget(candidate, shop, async (target) => {
        const customers = target.collection('customer')
        const orphan = async () => {
          await using session = await target.write()
          await session.remove(customers, [await keyOf(session, customers, 'id', '1')])
          await session.commit()
        }
        await assert.rejects(
          orphan(),
          (error) => isProblem(error, 'connectors.constraint') && error.params.kind === 'foreign-key',
        )
        const dangling = async () => {
          await using session = await target.write()
          await session.change(customers, [
            { key: await keyOf(session, customers, 'id', '3'), set: { invited_by: '99' } },
          ])
          await session.commit()
        }
        await assert.rejects(
          dangling(),
          (error) => isProblem(error, 'connectors.constraint') && error.params.kind === 'foreign-key',
        )
        await using session = await target.read()
        assert.equal((await everything(session, customers, ['id'])).length, 3)
      }))

    it('takes rows out of a cycle and a self-reference', () =>
      withTarget(candidate, shop, async (target) => {
        const [customers, addresses] = [target.collection('customer'), target.collection('address')]
        {
          await using session = await target.write()
          const keys = await Promise.all(['1', '2', '3'].map((id) => keyOf(session, customers, 'id', id)))
          const set = { main_address: null, invited_by: null }
          assert.equal(
            await session.change(
              customers,
              keys.map((key) => ({ key, set })),
            ),
            3,
          )
          const homes = await Array.fromAsync(session.stream(addresses, []), ({ key }) => key)
          assert.equal(await session.remove(addresses, homes), 2)
          assert.equal(await session.remove(customers, keys), 3)
          await session.commit()
        }
        await using session = await target.read()
        assert.deepEqual(
          [
            ...(await everything(session, customers, ['id'])),
            ...(await everything(session, addresses, ['id'])),
          ],
          [],
        )
      }))

    it('takes rows that refer to themselves, or to each other in a ring', () =>
      withTarget(candidate, shop, async (target) => {
        const [customers, addresses] = [target.collection('customer'), target.collection('address')]
        await using session = await target.write()
        const keys = await Promise.all(['1', '2', '3'].map((id) => keyOf(session, customers, 'id', id)))
        const inviters = ['2', '1', '3']
        await session.change(
          customers,
          keys.map((key, i) => ({ key, set: { invited_by: inviters[i] ?? null, main_address: null } })),
        )
        const homes = await Array.fromAsync(session.stream(addresses, []), ({ key }) => key)
        assert.equal(await session.remove(addresses, homes), 2)
        assert.equal(await session.remove(customers, keys.slice(0, 2)), 2)
        assert.deepEqual(await cellsOf(session.stream(customers, ['id', 'invited_by'])), [['3', '3']])
        assert.equal(await session.remove(customers, keys.slice(2)), 1)
      }))

    it('takes rows in the order it is told, where each must refer to another', () =>
      withTarget(candidate, folders, async (target) => {
        const collection = target.collection('folder')
        await using session = await target.write()
        const keys = await Promise.all(['4', '3', '2'].map((id) => keyOf(session, collection, 'id', id)))
        assert.equal(await session.remove(collection, keys), 3)
        assert.deepEqual(await cellsOf(session.stream(collection, ['id'])), [['1']])
      }))

    it('names rows by several fields, whatever they hold', () =>
      withTarget(candidate, shop, async (target) => {
        const collection = target.collection('order_line')
        await using session = await target.write()
        const match = {
          fields: ['order_id', 'product'],
          fold: 'none' as const,
          values: [
            ['1', 'a"b,c'],
            ['1', 'nothing'],
            ['one', 'a"b,c'],
          ],
        }
        const [row, ...others] = await Array.fromAsync(
          session.find({ collection, matches: [match], fields: ['gift_to'] }),
        )
        assert.deepEqual([row?.cells, others], [['ada'], []])
        assert.equal(await session.change(collection, [{ key: row?.key ?? '', set: { gift_to: null } }]), 1)
        assert.equal(
          await session.remove(collection, [await keyOf(session, collection, 'product', '["x"]')]),
          1,
        )
        assert.deepEqual(await cellsOf(session.stream(collection, ['order_id', 'product', 'gift_to'])), [
          ['1', 'a"b,c', null],
          ['2', 'a"b,c', 'cy'],
        ])
      }))
  })
}
