import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { mentionsInText } from './mentions.ts'

describe('a text mentions', () => {
  const cases: readonly (readonly [string, string, object])[] = [
    [
      'an address and a phone',
      'Please call +49 30 901820 or write to anna.b@post.example.',
      { email: 1, phone: 1 },
    ],
    [
      'two people',
      'Spoke with Maria Lopez today; her neighbour Mr. Whitfield took the parcel',
      { 'person-name': 2 },
    ],
    ['a person by salutation in German', 'Das Paket nahm Frau Grünewald an', { 'person-name': 1 }],
    ['a person in French', 'Rappeler Madame Delacroix au 06 12 34 56 78', { 'person-name': 1, phone: 1 }],
    ['an account', 'pay to DE89 3704 0044 0532 0130 00 please', { 'bank-account': 1 }],
    ['a card', 'he read out 4111 1111 1111 1111 aloud', { 'payment-card': 1 }],
    ['national numbers', 'ssn 219-09-9999, dni 12345678Z', { 'national-id': 2 }],
    ['illness', 'is allergic to nuts and has diabetes', { health: 2 }],
    ['a device on the network', 'login from 203.0.113.77 at noon', { 'ip-address': 1 }],
  ]
  for (const [what, text, wanted] of cases) it(what, () => assert.deepEqual(mentionsInText([text]), wanted))

  it('nobody where it is about goods, days and sums', () => {
    const texts = [
      'Soft cotton with reinforced seams, machine washable at 40 degrees.',
      'Ordered on 12.03.2024, delivered 2024-03-15, total 1,249.00 EUR, order 2024-000123.',
      'Version 10.2.1 of the Atlas engine supports 4096 entries.',
      'Der Garten ist offen. Das Haus hat 3 Zimmer.',
    ]
    assert.deepEqual(mentionsInText(texts), {})
  })
  it('in many cells as often as it is said', () => {
    assert.deepEqual(mentionsInText(['a@b.example and c@d.example', null, '', 'e@f.example']), { email: 3 })
  })
  it('something or nothing, whatever it is, within a moment', () => {
    const long = [
      '@'.repeat(4_000),
      '0'.repeat(4_000),
      'Aa '.repeat(2_000),
      '+1 '.repeat(2_000),
      'A1 '.repeat(2_000),
    ]
    const started = performance.now()
    for (const text of long) mentionsInText([text])
    assert.ok(performance.now() - started < 1_000)
    fc.assert(
      fc.property(fc.array(fc.option(fc.string({ unit: 'binary', maxLength: 300 }))), (cells) => {
        for (const times of Object.values(mentionsInText(cells))) assert.ok(times > 0)
      }),
      { numRuns: 200 },
    )
  })
})
