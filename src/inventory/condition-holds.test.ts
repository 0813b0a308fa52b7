import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Cell, FieldKind } from '../connectors/public.ts'
import { isCondition, parseCondition } from './condition.ts'
import { holds, misfits, type Truth } from './condition-holds.ts'
import { aField } from './description.fixture.ts'

const today = '2026-03-15'

function truthOf(
  text: string,
  row: Readonly<Record<string, readonly [Cell, FieldKind]>>,
  day = today,
): Truth {
  const condition = parseCondition(text)
  assert.ok(isCondition(condition), JSON.stringify(condition))
  const fields = Object.entries(row)
  return holds(
    condition,
    new Map(fields.map(([name, [cell]]) => [name, cell])),
    new Map(fields.map(([name, [, kind]]) => [name, kind])),
    day,
  )
}

const table: readonly (readonly [string, FieldKind, Cell, Truth])[] = [
  // Nothing is NULL, an empty text, or blanks.
  ['a is null', 'timestamp', null, true],
  ['a is null', 'text', '', true],
  ['a is null', 'text', '  ', true],
  ['a is not null', 'timestamp', '2026-01-01 00:00:00', true],
  ['a is not null', 'timestamp', null, false],
  // What cannot be compared is unknown, and so is its opposite.
  ["a = 'x'", 'text', null, 'unknown'],
  ["not a = 'x'", 'text', null, 'unknown'],
  ["a <> 'x'", 'text', null, 'unknown'],
  ['a > 1', 'integer', 'many', 'unknown'],
  ['a > 1', 'decimal', 'NaN', 'unknown'],
  ['a < today', 'date', 'infinity', 'unknown'],
  ['a < today', 'date', '01/02/2026', 'unknown'],
  ['a = true', 'boolean', 'perhaps', 'unknown'],
  // Text is exact, but for the padding of CHAR(n).
  ["a = 'open'", 'text', 'open', true],
  ["a = 'open'", 'text', 'open    ', true],
  ["a = 'open'", 'text', 'Open', false],
  ["a = 'open'", 'enum', 'open', true],
  ["a in ('open', 'overdue')", 'text', 'overdue', true],
  ["a not in ('open', 'overdue')", 'text', 'paid', true],
  ["a < 'b'", 'text', 'a', true],
  ["a = 'E4A5ED00-0000-8000-8000-000000000000'", 'uuid', 'e4a5ed00-0000-8000-8000-000000000000', true],
  // Numbers are compared by value, never as text or as floats.
  ['a = 10', 'decimal', '10.00', true],
  ["a = '10'", 'decimal', '10.00', true],
  ['a > 9', 'integer', '10', true],
  ['a > 9', 'text', '10', true],
  ['a > 9007199254740992', 'integer', '9007199254740993', true],
  ['a = 0.3', 'decimal', '0.30000000000000004', false],
  ['a < -1', 'decimal', '-1.5', true],
  ['a = 1000', 'decimal', '1e+3', true],
  // Days, whatever the hour.
  ["a >= '2026-01-01'", 'timestamp', '2026-01-01 00:00:00.000+01', true],
  ["a = '2026-01-01'", 'timestamp', '2026-01-01 23:59:59', true],
  ["a > '2026-01-01'", 'timestamp', '2026-01-01 23:59:59', false],
  ["a < '2026-01-01'", 'date', '2025-12-31', true],
  ['a >= today', 'date', '2026-03-15', true],
  ['a > today', 'text', '15.03.2026', false],
  ['a > today - 3 years', 'date', '2023-03-15', false],
  ['a > today - 3 years', 'date', '2023-03-16', true],
  ['a <= today + 2 weeks', 'date', '2026-03-29', true],
  ['a < today', 'integer', '1700000000', true],
  // Truths as every system spells them.
  ['a = true', 'boolean', 't', true],
  ['a = true', 'boolean', '1', true],
  ['a = true', 'integer', '1', true],
  ['a = false', 'integer', '0', true],
  ['a = true', 'text', 'Yes', true],
  ['a = 1', 'boolean', 'true', true],
  ["a = 'f'", 'boolean', 'FALSE', true],
  ['a <> true', 'boolean', 'off', true],
]
for (const [text, kind, cell, expected] of table)
  test(`"${text}" on a ${kind} of ${cell === null ? 'NULL' : `"${cell}"`} is ${expected}`, () => {
    assert.equal(truthOf(text, { a: [cell, kind] }), expected)
  })

test('a field that is not there leaves the condition unknown', () => {
  assert.equal(truthOf('b is null', { a: ['1', 'integer'] }), 'unknown')
  assert.equal(truthOf('b = 1', { a: ['1', 'integer'] }), 'unknown')
})

test('two fields of a row can be compared: an invoice paid in part is not paid', () => {
  assert.equal(truthOf('paid < total', { paid: ['99.90', 'decimal'], total: ['100', 'text'] }), true)
  assert.equal(truthOf('paid < total', { paid: ['100.00', 'decimal'], total: ['100', 'integer'] }), false)
  assert.equal(truthOf('ends < starts', { ends: ['2026-01-01', 'date'], starts: [null, 'date'] }), 'unknown')
})

test('one that decides is enough, whatever is unknown beside it', () => {
  const row = { yes: ['1', 'integer'], no: ['0', 'integer'], what: [null, 'integer'] } as const
  assert.equal(truthOf('yes = 1 or what = 1', row), true)
  assert.equal(truthOf('no = 1 and what = 1', row), false)
  assert.equal(truthOf('no = 1 or what = 1', row), 'unknown')
  assert.equal(truthOf('yes = 1 and what = 1', row), 'unknown')
  assert.equal(truthOf('what in (1, 2) or yes = 1', row), true)
})

const cells = fc.record({
  a: fc.option(fc.integer({ min: 0, max: 3 }).map(String)),
  b: fc.option(fc.integer({ min: 0, max: 3 }).map(String)),
})
const parts = fc.constantFrom('a = 1', 'b > 1', 'a is null', 'b <= 2', 'a <> b')

test('"and" and "or" mirror each other under "not", in all three values', () => {
  fc.assert(
    fc.property(cells, parts, parts, ({ a, b }, left, right) => {
      const row = { a: [a, 'integer'], b: [b, 'integer'] } as const
      assert.equal(
        truthOf(`not (${left} and ${right})`, row),
        truthOf(`not (${left}) or not (${right})`, row),
      )
      assert.equal(truthOf(`not not (${left})`, row), truthOf(left, row))
    }),
  )
})

test('of two integers exactly one of <, = and > holds, however long they are', () => {
  fc.assert(
    fc.property(fc.bigInt(), fc.bigInt(), (left, right) => {
      const row = { a: [String(left), 'integer'], b: [`${right}.0`, 'decimal'] } as const
      assert.deepEqual(
        ['a < b', 'a = b', 'a > b'].map((text) => truthOf(text, row)),
        [left < right, left === right, left > right],
      )
    }),
  )
})

test('a value its field can never have is found before any row is', () => {
  const fields = new Map(
    [
      aField('paid_at', { kind: 'timestamp' }),
      aField('total', { kind: 'decimal' }),
      aField('status', { kind: 'enum', values: ['open', 'paid'] }),
      aField('paid', { kind: 'boolean' }),
      aField('flag', { kind: 'integer' }),
      aField('note'),
    ].map((field) => [field.name, field]),
  )
  const flawsOf = (text: string) => {
    const condition = parseCondition(text)
    assert.ok(isCondition(condition))
    return misfits(condition, fields).map(({ field, why }) => `${field} ${why}`)
  }
  assert.deepEqual(flawsOf("paid_at < 'soon'"), ['paid_at kind'])
  assert.deepEqual(flawsOf("total > 'much'"), ['total kind'])
  assert.deepEqual(flawsOf('total < today'), ['total kind'])
  assert.deepEqual(flawsOf("paid = 'maybe'"), ['paid kind'])
  assert.deepEqual(flawsOf("status in ('opn', 'paid')"), ['status values'])
  assert.deepEqual(flawsOf('total > paid_at'), ['paid_at kind'])
  assert.deepEqual(flawsOf("paid_at < '2026-01-01' and total > 1.5 or status <> 'open' or paid = true"), [])
  assert.deepEqual(
    flawsOf("flag = true and note > 3 and not note = 'x' and paid_at > flag and missing = 1"),
    [],
  )
})
