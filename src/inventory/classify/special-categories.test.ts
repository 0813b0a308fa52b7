import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { aTable } from '../table.fixture.ts'
import { classify, field } from './classified.fixture.ts'

const people = ['last_name text', 'birth_date date']
const ofPeople = [
  ['Weber', 'Okafor', 'Rossi', 'Nowak'],
  ['1980-01-01', '1975-03-02', '1990-05-05', '1966-07-08'],
]

/** What a field beside a name and a birth date is proposed as. */
const beside = (own: string, values: readonly string[], table = 'members') =>
  field(classify(aTable(table, [...people, own]), [...ofPeople, values]), own.split(' ')[0] ?? '')

const days = ['2001-04-12', '1999-12-25', '2010-05-30', '2015-06-14']
const flags = ['yes', 'no', 'no', 'yes']

describe('Art. 9 and 10 data is seen by its header, though its values say nothing', () => {
  const headers: readonly (readonly [string, string, readonly string[]])[] = [
    ['religion', 'baptised_on date', days],
    ['religion', 'taufdatum date', days],
    ['religion', 'doopdatum date', days],
    ['religion', 'data_chrztu date', days],
    ['religion', 'paroisse text', ['A', 'B', 'C', 'B']],
    ['health', 'smoker text', flags],
    ['health', 'certif_medical date', days],
    ['health', 'krankheitstage integer', ['12', '3', '7', '0']],
    ['health', 'minusvalia text', flags],
    ['health', 'invalidita decimal', ['24.5', '31.2', '19.8', '27.1']],
    ['health', 'vaccination_status text', ['1', '2', '2', '1']],
    ['trade-union', 'vakbondslid text', flags],
    ['trade-union', 'cotisation_syndicale decimal', ['12.50', '8.00', '9.10', '12.50']],
    ['criminal', 'dbs_certificate date', days],
    ['criminal', 'fuehrungszeugnis date', days],
  ]
  for (const [category, own, values] of headers)
    it(`${own.split(' ')[0]} is ${category}`, () => {
      const found = beside(own, values)
      assert.equal(found.category, category, JSON.stringify(found.reason))
      assert.equal(found.special, true)
    })

  it('and by a shortened one', () => {
    for (const own of ['relig text', 'rlgn text', 'ethncty text', 'disab text'])
      assert.equal(beside(own, ['A', 'B', 'C', 'B']).special, true, own)
  })
  it('a weight is health in a clinic, and nobody’s among parcels', () => {
    const weights = ['71.5', '64.2', '83.0', '58.9']
    assert.equal(beside('weight decimal', weights, 'clinic_patients').category, 'health')
    const parcels = aTable('parcel_sizes', ['barcode text', 'weight decimal', 'height integer'])
    const found = classify(parcels, [['PX1', 'PX2', 'PX3', 'PX4'], weights, ['12', '30', '7', '22']])
    assert.deepEqual(
      found.map(({ special }) => special),
      [false, false, false],
    )
  })
})

describe('Art. 9 data is seen by its values', () => {
  it('church-tax codes, medicines and parties, whatever their header', () => {
    const found = classify(aTable('x9', ['c1 text', 'c2 date', 'c3 text', 'c4 text', 'c5 text']), [
      ...ofPeople.map((values) => [...values, ...values]),
      ['ev', 'rk', 'rk', 'vd', 'ev', 'rk', 'ev', 'ev'],
      ['A10BA02', 'C09AA05', 'N02BE01', 'J01CA04', 'R03AC02', 'C10AA05', 'B01AC06', 'N06AB04'],
      ['CDU', 'SPD', 'FDP', 'CDU', 'Grüne', 'SPD', 'CDU', 'AfD'],
    ])
    assert.deepEqual(
      found.slice(2).map(({ category }) => category),
      ['religion', 'health', 'political-opinion'],
    )
  })
  it('even where the rows are called by the name of a thing', () => {
    const survey = aTable('survey', ['answer_no integer', 'faith text', 'allergy text', 'age integer'])
    const found = classify(survey, [
      ['1', '2', '3', '4', '5', '6'],
      ['jewish', 'sikh', 'methodist', 'catholic', 'muslim', 'catholic'],
      ['peanuts', 'none', 'penicillin', 'latex', 'none', 'pollen'],
      ['34', '51', '28', '67', '45', '39'],
    ])
    assert.deepEqual(
      found.slice(1, 3).map(({ category }) => category),
      ['religion', 'health'],
    )
  })
  it('but colours of goods are no origins', () => {
    const goods = aTable('products', ['sku text', 'colour text'])
    const colours = ['black', 'white', 'red', 'blue', 'black', 'white']
    const skus = ['SKU-1', 'SKU-2', 'SKU-3', 'SKU-4', 'SKU-5', 'SKU-6']
    assert.equal(field(classify(goods, [skus, colours]), 'colour').special, false)
  })
})

describe('a column of a few words', () => {
  const many = (words: readonly string[]) =>
    Array.from({ length: 24 }, (_, i) => words[i % words.length] ?? '')
  it('that say what somebody is to the row holds nobody’s name', () => {
    const messages = aTable('message', ['message_id integer', 'author text', 'body text'])
    const found = field(
      classify(messages, [
        many(['1', '2', '3', '4']),
        many(['agent', 'requester']),
        many(['Please send it again, thank you very much.', 'It is on its way to you since this morning.']),
      ]),
      'author',
    )
    assert.notEqual(found.category, 'person-name')
    assert.notEqual(found.category, 'username')
  })
  it('that are names does', () => {
    const posts = aTable('message', ['message_id integer', 'author text'])
    const found = field(
      classify(posts, [many(['1', '2', '3']), many(['Maria Lopez', 'Jan Nowak'])]),
      'author',
    )
    assert.equal(found.category, 'person-name')
  })
})

describe('eleven digits', () => {
  const beforeNames = (own: string, values: readonly string[]) => beside(own, values).category
  it('that begin with birth days are a person’s number, though no check digit was computed', () => {
    const numbers = ['85051234567', '79120198765', '02250711111', '64022822222', '91103033333', '55070944444']
    assert.equal(beforeNames('col3 text', numbers), 'national-id')
  })
  it('that pass the check of a tax number are one', () => {
    const numbers = ['07643520567', '00743110157', '12345670785', '01533030480', '00488410010', '06655971007']
    assert.equal(beforeNames('col3 text', numbers), 'tax-id')
  })
})
