import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { allowedValues, checksOf } from './create-table.ts'

describe('the checks of a CREATE TABLE', () => {
  it('are found in its text, wherever they stand', () => {
    const statement = `CREATE TABLE "a check (b)" ( -- check (in a comment)
      id INTEGER PRIMARY KEY, /* check (and here) */ status text DEFAULT 'check (no)' CHECK (status IN ('a', 'it''s (b)')),
      [size] text check([size] in ('S','L')), \`odd\`\`name\` int, n int CoNsTrAiNt positive Check ( n > 0 and abs(n) < 5),
      constraint "two words" check ("odd\`name" <> n AND status is not null))`
    assert.deepEqual(checksOf(statement, ['id', 'status', 'size', 'odd`name', 'n']), [
      {
        name: `status IN ('a', 'it''s (b)')`,
        expression: `status IN ('a', 'it''s (b)')`,
        fields: ['status'],
      },
      { name: `[size] in ('S','L')`, expression: `[size] in ('S','L')`, fields: ['size'] },
      { name: 'positive', expression: 'n > 0 and abs(n) < 5', fields: ['n'] },
      {
        name: 'two words',
        expression: `"odd\`name" <> n AND status is not null`,
        fields: ['status', 'odd`name', 'n'],
      },
    ])
    assert.deepEqual(checksOf('create table t (a int, b text check (unclosed', ['a', 'b']).length, 1)
    assert.deepEqual(checksOf('', []), [])
  })

  it('say which values are allowed, where they are a plain list', () => {
    const lists: readonly (readonly [string, readonly string[] | null])[] = [
      [`status IN ('a', 'it''s (b)')`, ['a', "it's (b)"]],
      [`"status" in('x')`, ['x']],
      ['n in (1, 2)', ['1', '2']],
      [`status not in ('a')`, null],
      [`status in ('a') or n > 1`, null],
      [`lower(status) in ('a')`, null],
      ['status in (select x from y)', null],
      [`status in ('a', other)`, null],
      ['status in ()', null],
      ['', null],
    ]
    for (const [expression, values] of lists) assert.deepEqual(allowedValues(expression), values, expression)
  })
})
