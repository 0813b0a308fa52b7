import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import type { CollectionDescription, FieldKind } from '../../connectors/public.ts'
import { aCollection, aField } from '../description.fixture.ts'
import { classifyCollection } from './classify-collection.ts'
import type { CollectionFacts } from './proposal.ts'

const kinds: readonly FieldKind[] = [
  'text',
  'integer',
  'decimal',
  'boolean',
  'date',
  'timestamp',
  'uuid',
  'json',
  'binary',
  'enum',
  'array',
  'other',
]
const name = fc.oneof(
  fc.constantFrom(
    'email',
    'FirstName',
    'customer_id',
    'name',
    'notes',
    'geburtsdatum',
    '__proto__',
    'constructor',
    'IBAN',
    'to_email',
  ),
  fc.string({ unit: 'binary', maxLength: 30 }),
)
const cell = fc.oneof(
  fc.constant(null),
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc.constantFrom(
    'anna@post.example',
    '+33 6 12 34 56 78',
    '{"a":',
    '{,}',
    '\u0000',
    '@'.repeat(3_000),
    '4111111111111111',
    '\ud800',
  ),
)

const facts: fc.Arbitrary<CollectionFacts> = fc
  .record({
    table: fc.oneof(fc.constantFrom('customer', 'product', 'invoice', 'x'), fc.string({ unit: 'binary' })),
    engine: fc.constantFrom('PostgreSQL 18.4', 'SQLite 3.50', 'files'),
    fields: fc.array(
      fc.record({ name, kind: fc.constantFrom(...kinds), comment: fc.option(fc.string({ unit: 'binary' })) }),
      { maxLength: 6 },
    ),
    columns: fc.array(fc.option(fc.array(cell, { maxLength: 12 })), { maxLength: 6 }),
    key: fc.boolean(),
  })
  .map(({ table, engine, fields, columns, key }) => {
    const described = fields.map(({ name: own, kind, comment }) => aField(own, { kind, comment }))
    const first = described[0]?.name
    const description: CollectionDescription = aCollection(table, described, {
      key: key && first !== undefined ? [first] : [],
    })
    return { engine, description, samples: columns, collections: [table, 'customer'] }
  })

describe('whatever a scan brings', () => {
  it('gets one proposal per field, in order, with a confidence from 0 to 1 and a reason', () => {
    fc.assert(
      fc.property(facts, (one) => {
        const proposals = classifyCollection(one)
        assert.deepEqual(
          proposals.map(({ field }) => field),
          one.description.fields.map((field) => field.name),
        )
        for (const { confidence, reason, identifier, unique } of proposals) {
          assert.ok(confidence >= 0 && confidence <= 1)
          assert.ok(reason.length > 0)
          assert.ok(identifier !== null || unique === null)
        }
      }),
      { numRuns: 400 },
    )
  })
  it('gets the same answer twice, whatever was classified in between', () => {
    fc.assert(
      fc.property(facts, facts, (one, other) => {
        const before = classifyCollection(one)
        classifyCollection(other)
        assert.deepEqual(classifyCollection(one), before)
      }),
      { numRuns: 150 },
    )
  })
  it('never has a value told in its reason', () => {
    const secret = 'zq7xk'
    fc.assert(
      fc.property(facts, (one) => {
        const told = one.samples.map(
          (column) => column?.map((value) => (value === null ? null : `${value}${secret}`)) ?? null,
        )
        assert.ok(
          !JSON.stringify(classifyCollection({ ...one, samples: told }).map(({ reason }) => reason)).includes(
            secret,
          ),
        )
      }),
      { numRuns: 150 },
    )
  })
})
