import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { FieldDescription, FieldKind } from '../connectors/public.ts'
import { readBoolean } from './condition-holds.ts'
import { categories } from './data-map.ts'
import { readDay } from './day.ts'
import { readDecimal } from './decimal.ts'
import { aField } from './description.fixture.ts'
import { fillers, isErased } from './filler.ts'

const readers: Partial<Record<FieldKind, (text: string) => unknown>> = {
  integer: (text) => (/^-?\d+$/.test(text) ? BigInt(text) : null),
  decimal: readDecimal,
  boolean: readBoolean,
  date: (text) => (text.length === 10 ? readDay(text, 'date') : null),
  timestamp: (text) => readDay(text, 'timestamp'),
  time: (text) => text.match(/^\d\d:\d\d:\d\d$/),
  uuid: (text) => text.match(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/),
  json: (text) => [JSON.parse(text)],
  binary: (text) => text.match(/^\\x([0-9a-f]{2})*$/),
}

const kinds = fc.constantFrom<FieldKind[]>(
  'text',
  'integer',
  'decimal',
  'boolean',
  'date',
  'timestamp',
  'time',
  'uuid',
  'json',
  'binary',
  'enum',
  'array',
  'other',
) // prettier-ignore
const types = fc.constantFrom(
  'text',
  'smallint',
  'tinyint',
  'bigint',
  'inet',
  'cidr',
  'macaddr',
  'interval',
  'point',
  'daterange',
  'xml',
  'tsvector',
  'citext',
) // prettier-ignore
const literals = fc.constantFrom(
  null,
  "'FR'::bpchar",
  '0',
  'now()',
  "nextval('a_seq'::regclass)",
  "'it''s'::text",
  'true',
)
const allowed = fc.option(fc.array(fc.string({ maxLength: 6 }), { minLength: 1, maxLength: 4 }), { freq: 4 })

const aFieldOfAnyKind: fc.Arbitrary<FieldDescription> = fc
  .record({
    kind: kinds,
    type: types,
    nullable: fc.boolean(),
    maxLength: fc.option(fc.nat(60)),
    default: literals,
    values: allowed,
  })
  .map(({ kind, values, ...more }) =>
    aField('f', { ...more, kind, values: kind === 'enum' || kind === 'text' ? values : null }),
  )

test('a filler fits the length, the kind and the values of its field', () => {
  fc.assert(
    fc.property(aFieldOfAnyKind, fc.constantFrom(...categories), fc.boolean(), (field, category, unique) => {
      for (const text of fillers(field, category, unique)) {
        const length = field.kind === 'binary' ? text.length / 2 - 1 : text.length
        assert.ok(field.maxLength === null || length <= field.maxLength, text)
        assert.ok(field.values === null || field.values.includes(text), text)
        const read = readers[field.kind]
        assert.ok(read === undefined || read(text) !== null, `${text} is no ${field.kind}`)
      }
    }),
    { numRuns: 500 },
  )
})

test('a text of any length above zero has a filler that is not empty', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 300 }),
      fc.constantFrom(...categories),
      fc.boolean(),
      (maxLength, category, unique) => {
        assert.notEqual(fillers(aField('f', { maxLength, nullable: false }), category, unique)[0] ?? '', '')
      },
    ),
  )
})

test('what erasing leaves is recognised, so that a second run has nothing to do', () => {
  const sized = (kind: FieldKind, type: string) => aField('f', { kind, type, nullable: false })
  const every = [
    aField('f', { nullable: false }),
    aField('f', { nullable: false, maxLength: 20 }),
    aField('f', { nullable: false, maxLength: 10 }),
    sized('integer', 'bigint'),
    sized('decimal', 'numeric(10,2)'),
    sized('date', 'date'),
    sized('timestamp', 'timestamptz'),
    sized('uuid', 'uuid'),
    sized('json', 'jsonb'),
    sized('binary', 'bytea'),
    sized('boolean', 'boolean'),
    sized('other', 'inet'),
  ]
  for (const field of every)
    for (const category of categories)
      for (const unique of [false, true]) {
        const [first = null] = fillers(field, category, unique)
        assert.ok(isErased(first, field, category, unique), `${field.type} ${category} ${first}`)
      }
})

test('a filler printed the way its system prints it is still recognised', () => {
  const notNull = (kind: FieldKind) => aField('f', { kind, nullable: false })
  assert.ok(isErased('f', notNull('boolean'), 'health'))
  assert.ok(isErased('1900-01-01 00:00:00+00', notNull('timestamp'), 'birth-date'))
  assert.ok(isErased('erased    ', notNull('text'), 'person-name'))
  assert.ok(isErased('ZZ', aField('f', { nullable: false, maxLength: 2 }), 'country'))
  assert.ok(isErased(null, notNull('text'), 'email'))
  assert.ok(isErased('', aField('f'), 'email'))
})

test('what may be somebody’s is never taken for a filler', () => {
  const notNull = (kind: FieldKind) => aField('f', { kind, nullable: false })
  const nullable = (kind: FieldKind) => aField('f', { kind })
  assert.ok(!isErased('false', nullable('boolean'), 'health'))
  assert.ok(!isErased('true', notNull('boolean'), 'health'))
  assert.ok(!isErased('2000-01-01', notNull('date'), 'birth-date'))
  assert.ok(!isErased('1900-01-01', nullable('date'), 'birth-date'))
  assert.ok(!isErased('-48.85', notNull('decimal'), 'geo-location'))
  assert.ok(!isErased('0', nullable('integer'), 'age'))
  assert.ok(!isErased('2125551234', notNull('integer'), 'phone', true))
  assert.ok(!isErased('+33612345678', notNull('text'), 'phone', true))
  assert.ok(!isErased('0000012345', notNull('text'), 'customer-number', true))
  assert.ok(!isErased('Erased Records Ltd', notNull('text'), 'organisation'))
  assert.ok(!isErased('deadbeef', aField('f', { nullable: false, maxLength: 8 }), 'customer-number', true))
})

test('of the values a system allows, one that says nothing comes first', () => {
  const gender = aField('gender', {
    kind: 'enum',
    nullable: false,
    values: ['female', 'male', 'not specified'],
  })
  assert.deepEqual(fillers(gender, 'gender', false), ['not specified', 'female', 'male'])
})

test('the default of a field is tried when it is a plain value, and never when it would be news', () => {
  const withDefault = (value: string) =>
    fillers(aField('f', { maxLength: 2, default: value }), 'country', false)
  assert.ok(withDefault("'FR'::bpchar").includes('FR'))
  assert.ok(!withDefault('current_user').includes('current_user'))
  assert.ok(fillers(aField('f', { default: "'l''autre'::text" }), 'gender', false).includes("l'autre"))
})

test('unique fillers differ from each other, and nothing of a person goes into them', () => {
  const email = aField('email', { nullable: false, maxLength: 60 })
  const many = Array.from({ length: 1000 }, () => fillers(email, 'email', true)[0] ?? '')
  assert.equal(new Set(many).size, many.length)
  for (const text of many) assert.match(text, /^erased-[0-9a-f]{16}@erased\.invalid$/)
})

test('a password is replaced by something nobody knows', () => {
  const [first = ''] = fillers(aField('password', { nullable: false }), 'secret', false)
  assert.match(first, /^erased-[0-9a-f]{32}$/)
})

test('a second unique filler is known for one as the first is, for the case that the first is taken', () => {
  const field = aField('customer_number', { maxLength: 12, nullable: false })
  const [first, second] = fillers(field, 'customer-number', true)
  assert.notEqual(first, second)
  for (const one of [first, second]) assert.ok(isErased(one ?? null, field, 'customer-number', true))
})
