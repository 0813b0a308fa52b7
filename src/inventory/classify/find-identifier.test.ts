import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { aTable } from '../table.fixture.ts'
import { classify, field } from './classified.fixture.ts'

describe('whose an identifier is', () => {
  it('a receiver’s on an order, the owner’s in a log of letters', () => {
    const order = classify(aTable('order', ['id integer!', 'customer_id integer', 'receiver_email text']))
    assert.deepEqual(
      [field(order, 'receiver_email').unique, field(order, 'receiver_email').reason.at(-1)],
      [false, { code: 'other-person', word: 'receiver' }],
    )
    const log = aTable('email_log', ['id integer!', 'customer_id integer', 'recipient text', 'subject text'])
    const values = Array.from({ length: 20 }, (_, i) => `anna${i}@post.example`)
    const proposals = classify(log, [[], [], values, []])
    assert.deepEqual(
      [field(proposals, 'recipient').identifier, field(proposals, 'recipient').unique],
      ['email', true],
    )
  })
  it('nobody’s alone when the same address stands beside different people', () => {
    const table = aTable('contact', ['id integer!', 'first_name text', 'last_name text', 'email text'])
    const rows = Array.from({ length: 30 }, (_, i) => [
      `${i}`,
      i % 2 ? 'Zoé' : 'Paul',
      'Martin',
      `foyer${Math.floor(i / 2)}@post.example`,
    ])
    const samples = table.fields.map((_, i) => rows.map((row) => row[i] ?? null))
    const email = field(classify(table, samples), 'email')
    assert.equal(email.unique, false)
    assert.ok(email.reason.some(({ code }) => code === 'shared'))
  })
  it('one person’s when only spellings of the name differ', () => {
    const table = aTable('contact', ['id integer!', 'name text', 'email text'])
    const rows = Array.from({ length: 30 }, (_, i) => [
      `${i}`,
      i % 2 ? 'Zoé Martin' : 'MARTIN Z.',
      `zoe${Math.floor(i / 2)}@post.example`,
    ])
    assert.equal(
      field(
        classify(
          table,
          table.fields.map((_, i) => rows.map((row) => row[i] ?? null)),
        ),
        'email',
      ).unique,
      true,
    )
  })
  it('not one person’s when customers are simply counted', () => {
    const table = aTable('customer', ['id integer!', 'customer_number text', 'name text'])
    const column = (make: (i: number) => string) => Array.from({ length: 20 }, (_, i) => make(i))
    const counted = classify(table, [column(String), column(String), column((i) => `Anna ${i}`)])
    assert.equal(field(counted, 'customer_number').unique, false)
    const issued = classify(table, [
      column(String),
      column((i) => `BA-${90824186 + i}`),
      column((i) => `Anna ${i}`),
    ])
    assert.equal(field(issued, 'customer_number').unique, true)
  })
  it('nobody’s where only hashes are kept', () => {
    const table = aTable('customer', ['id integer!', 'email text', 'name text'])
    const hash = (i: number) => i.toString(16).padStart(2, '0').repeat(32)
    const hashes = Array.from({ length: 20 }, (_, i) => hash(i))
    const email = field(classify(table, [[], hashes, []]), 'email')
    assert.deepEqual([email.category, email.identifier], ['email', null])
    assert.ok(email.reason.some(({ code }) => code === 'hashed'))
  })
})
