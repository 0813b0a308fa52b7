import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { aTable } from '../table.fixture.ts'
import { classify, field } from './classified.fixture.ts'
import { stemCategory } from './special-stems.ts'

const ofPeople = [
  ['Weber', 'Okafor', 'Rossi', 'Nowak', 'Lindqvist', 'Martin'],
  ['1980-01-01', '1975-03-02', '1990-05-05', '1966-07-08', '1988-11-30', '1971-09-14'],
]

/** What a column beside names and birth dates is proposed as. */
const beside = (own: string, values: readonly string[]) =>
  field(
    classify(aTable('members', ['last_name text', 'birth_date date', `${own} text`]), [...ofPeople, values]),
    own,
  )

describe('Art. 9 and 10 data under headers that no list has', () => {
  const codes = ['A', 'B', 'C', 'B', 'A', 'C']
  const headers: readonly (readonly [string, string])[] = [
    ['religion', 'RELIGCD'],
    ['religion', 'kirchenzugehoerigkeit_mg'],
    ['trade-union', 'sindcod'],
    ['criminal', 'STRAFREG'],
    ['criminal', 'condannato_si'],
    ['health', 'allergx'],
    ['genetic', 'genotypcd'],
    ['biometric', 'bioml_biometria_kod'],
  ]
  for (const [category, own] of headers)
    it(`${own} is ${category}, by how its word begins`, () => {
      const found = beside(own, codes)
      assert.equal(found.category, category, JSON.stringify(found.reason))
      assert.equal(found.special, true)
    })
  it('but a beginning that words of two categories share, or that none has, says nothing', () => {
    for (const word of ['warranty', 'community', 'salutation', 'konfiguration', 'hospitality', 'participant'])
      assert.equal(stemCategory(word), null, word)
  })
})

describe('Art. 10 data by its values alone', () => {
  it('sections of penal codes', () => {
    const found = beside('c3', [
      'art. 278 § 1 k.k.',
      '§ 263 StGB',
      'art. 624 c.p.',
      '311-1 CP',
      '§ 242 StGB',
      'art. 310 Sr',
    ])
    assert.equal(found.special, true, JSON.stringify(found))
  })
  it('even under a header that could be anything’s', () => {
    const found = beside('outcome_type', [
      'Diebstahl',
      'Körperverletzung',
      'Betrug',
      'Raub',
      'keine Vorstrafen',
      'Hehlerei',
    ])
    assert.equal(found.special, true, JSON.stringify(found))
  })
})

describe('what only sounds like Art. 9 data', () => {
  it('in a table of servers is nobody’s', () => {
    const servers = aTable('server_hosts', ['rack text', 'health text', 'vaccine_version text'])
    const found = classify(servers, [
      ['A1', 'A2', 'B4', 'B7', 'C1', 'C2'],
      ['ok', 'degraded', 'ok', 'healthy', 'critical', 'ok'],
      ['4.1.0', '4.1.2', '4.2.0', '4.0.9', '4.1.1', '4.1.0'],
    ])
    assert.deepEqual(
      found.map(({ special }) => special),
      [false, false, false],
    )
  })
  it('in a register of bulls is nobody’s', () => {
    const bulls = aTable('animaux', ['race text', 'poids decimal'])
    const found = classify(bulls, [
      ['Holstein', 'Charolaise', 'Limousine', 'Holstein', 'Montbéliarde', 'Charolaise'],
      ['812.5', '930.1', '771.9', '845.0', '802.3', '918.7'],
    ])
    assert.deepEqual(
      found.map(({ special }) => special),
      [false, false],
    )
  })
  it('is no number beside people that nobody explains', () => {
    const people = ['email text', 'last_name text']
    const values = [
      [
        'ada@x.example',
        'bea@x.example',
        'carl@x.example',
        'dora@x.example',
        'emil@x.example',
        'finn@x.example',
      ],
      ['Lovelace', 'Ruiz', 'Schmidt', 'Klein', 'Visser', 'Nowak'],
    ]
    for (const name of ['score', 'foo', 'hits']) {
      const found = classify(aTable('customer', [...people, `${name} integer`]), [
        ...values,
        ['12', '30', '0', '7', '15', '2'],
      ])
      assert.equal(found.at(-1)?.special, false, `${name} ${JSON.stringify(found.at(-1))}`)
    }
  })
})
