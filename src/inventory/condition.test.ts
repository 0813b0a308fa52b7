import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type Condition, type ConditionError, fieldsOf, isCondition, parseCondition } from './condition.ts'

const comparison = (field: string, operator: '=' | '<' | '<>', text: string): Condition => ({
  is: 'comparison',
  field,
  operator,
  operand: { is: 'text', text },
})

test('and binds before or, and not before both', () => {
  assert.deepEqual(parseCondition("not a = '1' or b = '2' AND c <> '3'"), {
    is: 'or',
    of: [
      { is: 'not', of: comparison('a', '=', '1') },
      { is: 'and', of: [comparison('b', '=', '2'), comparison('c', '<>', '3')] },
    ],
  })
})

test('brackets come first', () => {
  assert.deepEqual(parseCondition("(a = '1' or b = '2') and c < '3'"), {
    is: 'and',
    of: [{ is: 'or', of: [comparison('a', '=', '1'), comparison('b', '=', '2')] }, comparison('c', '<', '3')],
  })
})

test('"in" is a list of equals, "!=" is "<>", and "not in" and "is not null" are their opposites', () => {
  const either: Condition = { is: 'or', of: [comparison('s', '=', 'a'), comparison('s', '=', 'b')] }
  assert.deepEqual(parseCondition("s in ('a', 'b')"), either)
  assert.deepEqual(parseCondition("s not in ('a','b')"), { is: 'not', of: either })
  assert.deepEqual(parseCondition("s in ('a')"), comparison('s', '=', 'a'))
  assert.deepEqual(parseCondition("s != 'a'"), comparison('s', '<>', 'a'))
  assert.deepEqual(parseCondition('s is not null'), { is: 'not', of: { is: 'null', field: 's' } })
})

test('quotes are doubled to be meant, and double quotes make a field of anything', () => {
  assert.deepEqual(parseCondition(`"Paid ""at""" = 'l''été'`), comparison('Paid "at"', '=', "l'été"))
  assert.deepEqual(parseCondition('"null" is null'), { is: 'null', field: 'null' })
  assert.deepEqual(parseCondition('straße is null'), { is: 'null', field: 'straße' })
})

test('a value may be a number, a truth, today, a day counted from it, or another field', () => {
  const operandOf = (text: string) => {
    const parsed = parseCondition(`a >= ${text}`)
    return isCondition(parsed) && parsed.is === 'comparison' ? parsed.operand : parsed
  }
  assert.deepEqual(operandOf('-12.50'), { is: 'number', text: '-12.50' })
  assert.deepEqual(operandOf('True'), { is: 'boolean', value: true })
  assert.deepEqual(operandOf('today'), { is: 'today', offset: null })
  assert.deepEqual(operandOf('today - 3 years'), { is: 'today', offset: { count: -3, unit: 'years' } })
  assert.deepEqual(operandOf('today + 1 DAY'), { is: 'today', offset: { count: 1, unit: 'days' } })
  assert.deepEqual(operandOf('total'), { is: 'field', field: 'total' })
})

test('a field loses the name of its own collection, and only that', () => {
  const text = 'public.invoice.paid_at is null and public.orders.total > public.invoice.paid'
  const parsed = parseCondition(text, 'public.invoice')
  assert.ok(isCondition(parsed))
  assert.deepEqual(fieldsOf(parsed), ['paid_at', 'public.orders.total', 'paid'])
  assert.deepEqual(parseCondition('"lists/members.csv".left_on is null', 'lists/members.csv'), {
    is: 'null',
    field: 'left_on',
  })
})

test('every field is named once', () => {
  const parsed = parseCondition('a is null or (b = a and not c in (1, 2))')
  assert.ok(isCondition(parsed))
  assert.deepEqual(fieldsOf(parsed), ['a', 'b', 'c'])
})

const misread: readonly (readonly [string, ConditionError['error'], number])[] = [
  ['', 'field', 0],
  ['   ', 'field', 3],
  ['paid_at', 'comparison', 7],
  ['paid_at is nul', 'comparison', 11],
  ['paid_at = null', 'null', 10],
  ["status = 'open", 'unclosed', 9],
  ['"paid at is null', 'unclosed', 0],
  ['status = active or', 'field', 18],
  ["status = 'a' status = 'b'", 'rest', 13],
  ["(status = 'a'", 'rest', 13],
  ["status = 'a')", 'rest', 12],
  ['status in ()', 'value', 11],
  ['status in (1, )', 'value', 14],
  ['status like 1', 'comparison', 7],
  ['status not null', 'comparison', 11],
  ['a = -', 'value', 5],
  ['a = today - 3 moons', 'value', 14],
  ['a = today - 1.5 days', 'value', 12],
  ['a = 1; drop table b', 'character', 5],
  ['a == 1', 'value', 3],
  ['a = 1 -- b', 'rest', 6],
  ["a = 'x' || 'y'", 'character', 8],
  [`${'('.repeat(40)}a is null${')'.repeat(40)}`, 'too-deep', 33],
  [`${'not '.repeat(40)}a is null`, 'too-deep', 132],
  [`a = '${'x'.repeat(2000)}'`, 'too-long', 2000],
]
for (const [text, error, at] of misread)
  test(`"${text.slice(0, 30)}" is refused as ${error} at ${at}`, () => {
    assert.deepEqual(parseCondition(text), { error, at })
  })

test('whatever is written, the answer is a condition or a place inside the text', () => {
  const pieces = fc.constantFrom(
    'a',
    '"b c"',
    "'x'",
    '1.5',
    '-',
    'and',
    'or',
    'not',
    'is',
    'null',
    'in',
    '(',
    ')',
    ',',
    '=',
    '<=',
    '.',
    'today',
    'true',
    '"',
    "'",
    ';',
    '\n',
  ) // prettier-ignore
  const text = fc.oneof(
    fc.string(),
    fc.array(pieces).map((all) => all.join(' ')),
  )
  fc.assert(
    fc.property(text, (written) => {
      const parsed = parseCondition(written)
      if (!isCondition(parsed)) assert.ok(parsed.at >= 0 && parsed.at <= written.length)
    }),
  )
})
