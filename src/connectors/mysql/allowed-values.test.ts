import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { allowedValues, listedValues } from './allowed-values.ts'

describe('the values a check allows', () => {
  it('are read from the ways MariaDB and MySQL print a list', () => {
    const printed: readonly (readonly [string, readonly string[] | null])[] = [
      ["`a` in ('x','it\\'s','b\\\\s','n\\nl','q\"d')", ['x', "it's", 'b\\s', 'n\nl', 'q"d']],
      [
        "(`a` in (_utf8mb4\\'x\\',_utf8mb4\\'it\\\\\\'s\\',_utf8mb4\\'b\\\\\\\\s\\',_utf8mb4\\'n\\\\nl\\'))",
        ['x', "it's", 'b\\s', 'n\nl'],
      ],
      ["(`c` = _utf8mb4\\'L\\')", ['L']],
      ["`c` = 'L'", ['L']],
      ["`odd``name` in ('a')", ['a']],
      ["`a` in ('x, y','')", ['x, y', '']],
      ["`b` = 'x' and `a` <> `b`", null],
      ["`a` not in ('x')", null],
      ["lower(`a`) in ('x')", null],
      ["`a` in ('x') or `n` > 1", null],
      ['`n` in (1,2)', null],
      ['json_valid(`j`)', null],
      ['char_length(`free`) > 2', null],
    ]
    const long = `\`a\` in (${Array.from({ length: 5_000 }, (_, i) => `'${i}'`).join(',')}, x)`
    for (const [expression, values] of [...printed, [long, null] as const])
      assert.deepEqual(allowedValues(expression), values, expression.slice(0, 80))
  })

  it('are the labels of an ENUM', () => {
    assert.deepEqual(listedValues(`enum('new','it''s','a,b','c\\\\d','')`), [
      'new',
      "it's",
      'a,b',
      'c\\d',
      '',
    ])
    assert.deepEqual(listedValues(`enum('enum(''x'')')`), [`enum('x')`])
  })
})
