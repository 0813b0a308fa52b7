import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { peopleIndex } from './people-index.ts'
import { isAnything, rowReader } from './read-row.ts'
import type { ResidueSearch } from './residue.ts'
import { silentCells } from './silent-cells.ts'
import { formsOf, type Wanted } from './wanted.ts'

const ada: readonly Wanted[] = [
  { kind: 'email', value: 'ada.muster@example.org' },
  { kind: 'phone', value: '+33612345678' },
  { kind: 'number', value: 'C-10017' },
  { kind: 'name', value: 'Ada Muster' },
]

function indexOf(wanted: readonly Wanted[]) {
  const silent = silentCells(1)
  silent.add(formsOf(wanted))
  return silent
}

describe('cells that say nothing of anybody', () => {
  const silent = indexOf(ada)
  for (const cell of [
    '',
    'Lyon',
    'paid by card',
    '2026-01-02 12:34:56.789+00',
    '104.90',
    'bert@example.org',
    'ada the first met a muster',
    'reçu en août – « très déçue », l’été à Besançon',
    'Zoë',
    'order 104417 of 2026-01-02',
    '470086693',
  ])
    it(`are told: ${JSON.stringify(cell)}`, () => assert.equal(silent.isSilent(cell), true))

  for (const cell of [
    'Ada',
    'to ada muster',
    'MUSTER, Ada',
    'Ada.Muster@example.org',
    'ada.muster+shop@example.org',
    'https://x.example/?mail=ada.muster@example.org',
    'tel. 06 12 34 56 78',
    // Read in pieces of 41 signs, of which the first ends with the number.
    `0612345678${' '.repeat(31)}99999`,
    'C10017',
    'no. c 10017',
    'ad&#97;',
    'ad%61',
    '{"a":1}',
    'Ädä Müster',
    'Mu\u017fter',
    'à c-10017\u017f',
    'à Àda',
    '\u00c9\u200b',
    'Ａｄａ',
  ])
    it(`are none of these: ${JSON.stringify(cell)}`, () => assert.equal(silent.isSilent(cell), false))
})

const word = fc.constantFrom(
  'ada',
  'Zoë',
  'Möller',
  'moeller',
  'où',
  'zoe',
  'Bela',
  'Cruz',
  'de',
  'la',
  'O',
  'Muster',
  'Ruiz',
  'x',
  'C',
  '1',
  '77',
)
const digits = fc.stringMatching(/^[0-9]{1,11}$/)
const local = fc.oneof(
  fc
    .tuple(word, fc.constantFrom('', '.', '_', '-', '+', "'", '=', '/', '!'), word)
    .map((parts) => parts.join('')),
  word,
)
const email = local.map((one) => `${one.toLowerCase()}@example.org`)
const phone = fc.stringMatching(/^6[0-9]{6,8}$/).map((one) => `+33${one}`)
const account = fc.stringMatching(/^FR[0-9]{13,25}$/)
const code = fc.oneof(
  account,
  fc
    .tuple(fc.constantFrom('', 'C-', 'k', 'x1'), fc.stringMatching(/^[0-9]{3,6}$/))
    .map((parts) => parts.join('')),
)
const name = fc.array(word, { minLength: 2, maxLength: 4 }).map((words) => words.join(' '))

const someone = fc.record({ email, phone, code, name, isShared: fc.boolean() }).map((one): ResidueSearch => {
  const named: Wanted = { kind: 'name', value: one.name }
  const called: Wanted = { kind: 'phone', value: one.phone }
  return {
    wanted: [
      { kind: 'email', value: one.email },
      { kind: 'number', value: one.code },
      ...(one.isShared ? [] : [named, called]),
    ],
    ambiguous: one.isShared ? { names: [named], beside: [called] } : { names: [], beside: [] },
    isKept: () => false,
    isAnothers: () => false,
    undecided: [],
  }
})

/** Pieces of what names people, in other spellings, and what may stand around them. */
const pieceOf = ({ wanted, ambiguous }: ResidueSearch) =>
  fc
    .constantFrom(...[...wanted, ...ambiguous.names, ...ambiguous.beside].map(({ value }) => value))
    .chain((value) =>
      fc.constantFrom(
        value,
        value.toUpperCase(),
        value.replace('+33', '0'),
        value.replace(/(\d\d)/g, '$1 '),
        value.replace('@', '+more@'),
        `${value.slice(0, 14)}-${value.slice(14)}`,
        value.replaceAll(' ', ', '),
        value.split(' ').reverse().join(' '),
        value.normalize('NFD'),
        value.replaceAll('ö', 'oe').replaceAll('e', 'é'),
        ...value.split(' '),
      ),
    )
const between = fc.constantFrom(
  ' ',
  ', ',
  ': ',
  '=',
  '/',
  '?mail=',
  '<',
  '>',
  '.',
  '!',
  '-',
  '+',
  '(',
  '\t',
  '@',
  '_',
)

describe('the index of many people, which passes over silent cells', () => {
  it('leads to everybody of whom their own reader finds anything in a row', async () => {
    const world = fc.array(someone, { minLength: 1, maxLength: 4 }).chain((people) =>
      fc.tuple(
        fc.constant(people),
        fc.array(
          fc
            .array(fc.oneof(fc.oneof(...people.map(pieceOf)), word, digits, between), {
              minLength: 1,
              maxLength: 7,
            })
            .map((pieces) => pieces.join('')),
          { minLength: 1, maxLength: 4 },
        ),
      ),
    )
    let [found, silent] = [0, 0]
    const property = fc.property(world, ([people, cells]) => {
      const row = { key: '["1"]', cells }
      const fields = cells.map((_, i) => `f${i}`)
      const candidates = peopleIndex(people).candidates('notes', row)
      for (const person of people) {
        const isFound = isAnything(rowReader(person)('notes', fields, row))
        if (isFound) found += 1
        else silent += 1
        assert.ok(!isFound || candidates.has(person), JSON.stringify(cells))
      }
    })
    fc.assert(property, { numRuns: 4_000, seed: 20261123 })
    assert.ok(found > 500 && silent > 500, `${found} found, ${silent} not`)
  })
})
