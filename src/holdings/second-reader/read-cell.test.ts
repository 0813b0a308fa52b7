import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { cellsSpellingName, holdsAlias, kindsInCell } from './read-cell.ts'
import { formsOf, type Wanted } from './wanted.ts'

const wanted: readonly Wanted[] = [
  { kind: 'email', value: 'anna@example.org' },
  { kind: 'phone', value: '+33612345678' },
  { kind: 'number', value: 'C-1001' },
  { kind: 'bank-account', value: 'FR7630006000011234567890189' },
  { kind: 'name', value: 'Jean-Luc Müller' },
]
const forms = formsOf(wanted)
const kinds = (cell: string): readonly string[] => [...kindsInCell(cell, forms)].toSorted()

describe('the second reader', () => {
  const cases: readonly (readonly [string, readonly string[]])[] = [
    ['<ANNA@EXAMPLE.ORG>', ['email']],
    ['mailto:anna@example.org!', ['email']],
    ['{"mail":"anna@example.org"}', ['email']],
    ['mailto:anna@example.org?subject=re', ['email']],
    ['https://example.net/u?mail=anna%40example.org&x=1', ['email']],
    ['anna@example.org.uk', []],
    ['joanna@example.org', []],
    ['tel. 06 12 34 56 78', ['phone']],
    ['+33 (0)6.12.34.56.78', ['phone']],
    ['0033612345678', ['phone']],
    ['ticket 4499612345678991', []],
    ['your number C 1001', ['number']],
    ['C-10011', []],
    ['IBAN FR76 3000 6000 0112 3456 7890 189', ['bank-account']],
    ['MULLER Jean-Luc', ['name']],
    ['Müller, Jean Luc', ['name']],
    ['Jean-Luc Mueller', ['name']],
    ['Jean-Luc Mu\u0308ller', ['name']],
    ['Jean-Luc M&#252;ller', ['name']],
    ['Jean Müller', []],
    ['', []],
  ]
  for (const [cell, expected] of cases)
    it(`finds ${expected.join(', ') || 'nobody'} in “${cell}”`, () => assert.deepEqual(kinds(cell), expected))

  it('finds a name that a row spells over several fields, and not one word of it', () => {
    assert.deepEqual(cellsSpellingName(['7', 'Jean-Luc', 'Müller', 'Lyon'], forms).toSorted(), [1, 2])
    assert.deepEqual(cellsSpellingName(['7', 'Jean', 'Müller', 'Lyon'], forms), [])
    assert.deepEqual(cellsSpellingName(['Jean-Luc', 'Karl Müller'], forms).toSorted(), [0, 1])
  })

  it('does not put a name together from those of two other people', () => {
    assert.deepEqual(cellsSpellingName(['Jean-Luc Ruiz', 'Karl Müller'], forms), [])
  })

  it('does not look for what stands in every text by chance', () => {
    assert.equal(formsOf([{ kind: 'number', value: '42' }]).codes.size, 0)
  })

  it('takes no single word for a full name, though that is all another alphabet leaves of it', () => {
    const ivan = formsOf([{ kind: 'name', value: 'Иван Ь' }])
    assert.deepEqual([...kindsInCell('Ivan has called', ivan)], [])
    assert.deepEqual([...kindsInCell('ИВАН Ь', ivan)], ['name'])
  })

  it('takes what stands behind a plus sign for an alias, but not one alias for another', () => {
    assert.equal(holdsAlias('write to Anna+Shop@example.org', forms), true)
    assert.equal(holdsAlias('anna@example.org', forms), false, 'that is she herself')
    assert.equal(holdsAlias('hanna+shop@example.org', forms), false)
    const desk = formsOf([{ kind: 'email', value: 'desk+anna@example.org' }])
    assert.equal(holdsAlias('desk+bert@example.org', desk), false)
  })

  it('reads a name of another alphabet as passports write it', () => {
    const names: readonly (readonly [string, string])[] = [
      ['Δημήτρης Αγγελόπουλος', 'Dimitris Angelopoulos'],
      ['Ευτυχία Παπαδάκη', 'EFTYCHIA PAPADAKI'],
      ['Зоряна Щербюк', 'Zoriana Shcherbiuk'],
      ['Щерьо Цветков', 'Shteryo Tsvetkov'],
      ['Łucja Żółkiewska', 'Lucja Zolkiewska'],
      ['Jürgen Mueller', 'Jürgen Müller'],
    ]
    for (const [own, written] of names) {
      const both = formsOf([{ kind: 'name', value: own }])
      assert.deepEqual([...kindsInCell(`Dr. ${written},`, both)], ['name'], own)
    }
  })
})
