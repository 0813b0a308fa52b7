import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { spansOf, type Term } from './spans.ts'
import { indexTerms } from './term-index.ts'

const term = fc.oneof(
  fc
    .constantFrom('anna@example.org', 'x=anna@example.org', 'a%b@sub.example.org', 'o’b@example.org')
    .chain((value) =>
      fc.constantFrom<Term>({ kind: 'email', value }, { kind: 'email', value, isAlias: true }),
    ),
  fc.constantFrom('+33612345678', '+4512345678', '12345').map((value): Term => ({ kind: 'phone', value })),
  fc
    .constantFrom('C-1001', '1001', 'KD 4711/12', '-----', 'STRAẞE 1')
    .map((value): Term => ({ kind: 'number', value })),
  fc.constantFrom('luis84', 'ſam', 'kai').map((value): Term => ({ kind: 'username', value })),
  fc
    .constantFrom('FR7630006000011234567890189', '010190+123A', 'AB12')
    .chain((value) => fc.constantFrom<Term>({ kind: 'bank-account', value }, { kind: 'national-id', value })),
  fc
    .constantFrom(
      'Anna Muster',
      'Jürgen Müller',
      'Jean-Luc O’Brien Łuc',
      'Δημήτρης Παπαδάκης',
      'Юлія Зґурська',
      '- -',
    )
    .map((value): Term => ({ kind: 'name', value })),
)
const beside = fc
  .tuple(term, term)
  .map(([name, other]): Term => (name.kind === 'name' ? { ...name, beside: [other] } : name))
const pieces = fc.oneof(
  term.map(({ value }) => value),
  term.map(({ value }) => value.toUpperCase()),
  term.map(({ value }) => value.normalize('NFD')),
  term.map(({ value }) => value.replace('@', '%40')),
  term.map(({ value }) => value.replace('@', '%2Btag.x@')),
  term.map(({ value }) => value.replace('@', '+a+b@')),
  term.map(({ value }) => [...value].join(' ')),
  term.map(({ value }) => value.split(' ').toReversed().join(', ')),
  term.map(({ value }) => value.replace(/(.{4})/g, '$1-')),
  fc.constantFrom(
    'Juergen Mueller',
    'Juergen Müller',
    'Dimitris Papadakis',
    'Yuliia Zghurska',
    'ſAM',
    '\u212aai',
    'straße 1',
  ),
  fc.constantFrom(
    ' ',
    '.',
    ',',
    '-',
    '%3d',
    '%',
    '=',
    '+',
    '@',
    'x',
    '9',
    'é',
    'ß',
    'ı',
    'İ',
    '_',
    '\n',
    '(0)',
    '00',
    '½',
    '\u00a0',
  ),
)
const text = fc.array(pieces, { maxLength: 7 }).map((all) => all.join(''))

describe('an index of what names people', () => {
  it('misses nobody of whom a text holds a term, in whatever writing', () => {
    let named = 0
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.oneof(term, beside), { maxLength: 3 }), { maxLength: 6 }),
        text,
        (people, one) => {
          const found = indexTerms(people).peopleIn([one])
          for (const [person, terms] of people.entries()) {
            if (spansOf(one, terms).length === 0) continue
            named += 1
            assert.ok(found.has(person), JSON.stringify(terms))
          }
        },
      ),
      { numRuns: 4_000 },
    )
    assert.ok(named > 400, `${named} were named`)
  })

  /** Ten thousand people of fifty first and fifty last names. */
  const first = Array.from(
    { length: 50 },
    (_, i) => `Firstname${String.fromCharCode(97 + (i % 25))}${i < 25 ? 'x' : 'y'}`,
  )
  const last = first.map((one) => one.replace('First', 'Family'))
  const people = Array.from({ length: 10_000 }, (_, i): readonly Term[] => [
    { kind: 'name', value: `${first[i % 50]} ${last[Math.floor(i / 50) % 50]}` },
    { kind: 'email', value: `person${i}@example.org` },
    { kind: 'number', value: `C-${i}` },
  ])

  it('takes a text for theirs only who bear the whole name in it, and nobody else who shares a part', () => {
    const index = indexTerms(people)
    const named = (one: string) => [...index.peopleIn([one])]
    assert.deepEqual(named(`${last[3]}, ${first[7]} called`), [157, 2_657, 5_157, 7_657])
    assert.deepEqual(named(first.join(' ')), [])
    assert.deepEqual(named(last.join(', ')), [])
    assert.deepEqual(named('mail to person77@example.org about C-78'), [78, 77])
    assert.deepEqual(named('77@example.org, example.org, C 12345, C-'), [])
  })
})
