import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { spansByPatterns } from './spans.fixture.ts'
import { redact, redactionMark, spansOf, type Term } from './spans.ts'

const cut = (text: string, ...terms: Term[]): string => redact(text, spansOf(text, terms), null)

const anna: Term = { kind: 'email', value: 'anna@example.org' }
const phone: Term = { kind: 'phone', value: '+33612345678' }
const luis: Term = { kind: 'name', value: 'Luís Gonçalves' }

describe('traces of a person in a text', () => {
  const cases: readonly (readonly [string, Term, string])[] = [
    ['Write to Anna@Example.org, please.', anna, 'Write to [erased], please.'],
    ['anna@example.org.', anna, '[erased].'],
    [
      'joanna@example.org and anna@example.organic stay',
      anna,
      'joanna@example.org and anna@example.organic stay',
    ],
    ['https://e.net/?m=anna%40example.org&x', anna, 'https://e.net/?m=[erased]&x'],
    ['anna+shop@example.org', anna, 'anna+shop@example.org'],
    [
      'anna+shop@example.org, hanna+x@example.org',
      { ...anna, isAlias: true },
      '[erased], hanna+x@example.org',
    ],
    ['Call +33 6 12 34 56 78 or 06.12.34.56.78!', phone, 'Call [erased] or [erased]!'],
    ['0033612345678', phone, '[erased]'],
    ['order 99612345678123 is no phone', phone, 'order 99612345678123 is no phone'],
    ['LUIS GONCALVES called; Gonçalves, Luís too', luis, '[erased] called; [erased] too'],
    ['Lui\u0301s Gonc\u0327alves called', luis, '[erased] called'],
    ['Mr Mueller, Jürgen came', { kind: 'name', value: 'Jürgen Müller' }, 'Mr [erased] came'],
    ['Jürgen Müller came', { kind: 'name', value: 'Jürgen Mueller' }, '[erased] came'],
    ['for DIMITRIS PAPADAKIS', { kind: 'name', value: 'Δημήτρης Παπαδάκης' }, 'for [erased]'],
    ['dla Lucja Zolkiewska', { kind: 'name', value: 'Łucja Żółkiewska' }, 'dla [erased]'],
    ['call RUIZ, Ana María', { kind: 'name', value: 'Ana María Ruiz' }, 'call [erased]'],
    ['call Ruiz García, Ana', { kind: 'name', value: 'Ana Ruiz García' }, 'call [erased]'],
    ['María and Ana Ruiz', { kind: 'name', value: 'Ana María Ruiz' }, 'María and Ana Ruiz'],
    ['Luísa Gonçalves is somebody else', luis, 'Luísa Gonçalves is somebody else'],
    ['Gonçalves alone stays', luis, 'Gonçalves alone stays'],
    ['ref C-1001, not C-10012', { kind: 'number', value: 'C-1001' }, 'ref [erased], not C-10012'],
    [
      'FR76 3000 6000 0112 3456 7890 189',
      { kind: 'bank-account', value: 'FR7630006000011234567890189' },
      '[erased]',
    ],
  ]
  for (const [text, term, expected] of cases)
    it(`takes the ${term.kind} out of “${text.slice(0, 30)}” and nothing else`, () =>
      assert.equal(cut(text, term), expected))

  it('finds what a pattern made for each term finds, in whatever letters', () => {
    const pieces = fc.constantFrom(
      ...'a b ß ſ K é e\u0301 ä ae AE Ø ς İ ﬁ 😀 \u0345 1 12 345 + - . , @ %40 %2b %e9 .org'.split(' '),
    )
    const written = (least: number, most: number) =>
      fc.array(pieces, { minLength: least, maxLength: most }).map((all) => all.join(''))
    const kinds = fc.constantFrom('number', 'username', 'national-id', 'bank-account')
    const word = fc.constantFrom('a', 'ß', 'é', 'ä', 'Ø', 'Müller', 'b.', ',b')
    const terms = fc.oneof(
      fc.record({ kind: kinds, value: written(1, 4) }),
      fc.record({ kind: fc.constant('phone'), value: fc.stringMatching(/^\+[1-3]{1,11}$/) }),
      fc.record({
        kind: fc.constant('name'),
        value: fc.array(word, { minLength: 1, maxLength: 3 }).map((all) => all.join(' ')),
      }),
      fc.tuple(written(1, 3), written(1, 2), fc.boolean()).map(([local, domain, isAlias]) => ({
        kind: 'email',
        value: `${local.replaceAll('@', '')}@${domain.replaceAll('@', '')}`,
        ...(isAlias && { isAlias: true }),
      })),
    ) as fc.Arbitrary<Term>
    const others = ({ value }: Term) =>
      fc.constantFrom(
        value,
        value.toUpperCase(),
        value.replace('@', '+ä@'),
        value.replace(' ', ', '),
        value.replace(/./gu, '$& '),
      )
    const cases = terms.chain((term) =>
      fc.record({ term: fc.constant(term), parts: fc.tuple(written(0, 3), others(term), written(0, 3)) }),
    )
    let found = 0
    fc.assert(
      fc.property(cases, terms, ({ term, parts }, other) => {
        const text = parts.join('')
        const all = [term, { ...other, beside: [term] }]
        const spans = spansOf(text, all).filter(([start, end]) => end > start)
        if (spans.length > 0) found += 1
        assert.deepEqual(spans, spansByPatterns(text, all))
      }),
      { numRuns: 400 },
    )
    assert.ok(found > 100, `only ${found} of the texts held a term`)
  })

  it('takes nothing for a name that has no letter', () =>
    assert.equal(cut('a  b . c', { kind: 'name', value: '\u0301 \u0301' }), 'a  b . c'))

  it('leaves no trace behind, and nothing to do a second time', () => {
    const terms = [anna, phone, luis]
    const written = fc.constantFrom(
      'anna@example.org',
      'ANNA@EXAMPLE.ORG',
      '+33 6 12 34 56 78',
      '06 12 34 56 78',
      'Luís Gonçalves',
      'luis goncalves',
    ) // prettier-ignore
    fc.assert(
      fc.property(
        fc.array(
          fc.tuple(
            fc.string({ unit: 'grapheme' }).filter((text) => !/[\p{L}\p{N}@.+%_-]$/u.test(text)),
            written,
          ),
        ),
        (parts) => {
          const text = parts.map(([before, term]) => `${before} ${term} `).join('\n')
          const once = cut(text, ...terms)
          assert.equal(spansOf(once, terms).length, 0)
          assert.equal(cut(once, ...terms), once)
        },
      ),
    )
  })

  it('changes nothing in a text that does not name the person', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) =>
        assert.equal(cut(text.replaceAll('@', ''), anna), text.replaceAll('@', '')),
      ),
    )
  })

  it('fits a field that is too short for its mark', () => {
    const text = 'a@b.io x'
    const redacted = redact(text, spansOf(text, [{ kind: 'email', value: 'a@b.io' }]), text.length)
    assert.ok([...redacted].length <= text.length)
    assert.ok(!redacted.includes('a@b.io') && !redacted.includes(redactionMark))
  })

  it('reads a million characters in linear time', () => {
    const text = `${'6 1 2 3 4 5 6 7 '.repeat(60_000)} anna@example.org`
    assert.equal(spansOf(text, [anna, phone, luis]).length >= 1, true)
  })
})
