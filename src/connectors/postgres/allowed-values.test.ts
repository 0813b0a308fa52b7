import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { allowedValues } from './allowed-values.ts'

describe('the values a check allows', () => {
  it('are read from the ways PostgreSQL prints a list', () => {
    const printed: readonly (readonly [string, readonly string[] | null])[] = [
      [`CHECK ((status = ANY (ARRAY['a'::text, 'it''s'::text])))`, ['a', "it's"]],
      [
        `CHECK (((status)::text = ANY ((ARRAY['a'::character varying, 'b'::character varying])::text[])))`,
        ['a', 'b'],
      ],
      [`CHECK (("Odd name" = ANY (ARRAY['x,y'::bpchar, ''::bpchar])))`, ['x,y', '']],
      [
        `CHECK (((VALUE)::text = ANY (ARRAY[('a'::character varying)::text, ('b'::character varying)::text])))`,
        ['a', 'b'],
      ],
      [`CHECK ((size = 'L'::text))`, ['L']],
      [`CHECK ((size = 'L'::text)) NOT VALID`, ['L']],
      [`CHECK ((a = ANY (ARRAY['x'::public.mood, 'y'::public.mood])))`, ['x', 'y']],
      [`CHECK ((n = ANY (ARRAY[1, 2])))`, null],
      [`CHECK ((status <> ALL (ARRAY['a'::text])))`, null],
      [`CHECK ((lower(status) = ANY (ARRAY['a'::text])))`, null],
      [`CHECK (((status = 'a'::text) OR (other = 'b'::text)))`, null],
      [`CHECK ((length(free) > 2))`, null],
    ]
    const long = `CHECK (((${'a '.repeat(5_000)})::${'text '.repeat(5_000)} ~ 'x'::text))`
    for (const [definition, values] of [...printed, [long, null] as const])
      assert.deepEqual(allowedValues(definition), values, definition)
  })
})
