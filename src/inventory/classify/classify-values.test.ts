import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { aTable } from '../table.fixture.ts'
import { classify, engine, field } from './classified.fixture.ts'
import { classifyCollection } from './classify-collection.ts'

describe('values tell what names do not', () => {
  const column = (values: readonly string[]) =>
    Array.from({ length: 40 }, (_, i) => values[i % values.length]?.replace('#', `${i + 10}`) ?? '')

  it('an e-mail address under any name, in a table of any name', () => {
    const proposals = classify(aTable('x17', ['k integer!', 'c9 text']), [
      column(['#']),
      column(['anna.#@post.example']),
    ])
    assert.equal(field(proposals, 'c9').category, 'email')
    assert.deepEqual(field(proposals, 'c9').reason, [
      { code: 'values', shape: 'email', share: 1 },
      { code: 'context', surroundings: 'people' },
    ])
  })
  it('names of people beside something that is a person’s; without, a person has to look', () => {
    const names = column(['Marie Lambert', 'Anna Kowalska', 'Jan de Vries', 'José García', 'Peter Schmidt'])
    const beside = classify(aTable('x17', ['k integer!', 'c1 text', 'c2 text']), [
      column(['#']),
      names,
      column(['a#@post.example']),
    ])
    assert.equal(field(beside, 'c1').category, 'person-name')
    const alone = classify(aTable('x17', ['k integer!', 'c1 text']), [column(['#']), names])
    assert.ok(field(alone, 'c1').confidence < 0.8)
  })
  it('payment tokens, card numbers and passwords in a field called token or value', () => {
    const table = aTable('payment', ['id integer!', 'order_id integer!', 'c1 text', 'c2 text', 'c3 text'])
    const proposals = classify(table, [
      column(['#']),
      column(['#']),
      column(['tok_1N#aBcDeF', 'pm_8x#AbCdE']),
      column(['4111111111111111', '5555555555554444', '378282246310005', '6011111111111117']),
      column(['$2b$10$N9qo8uLOickgx2ZMRZoMye#']),
    ])
    assert.deepEqual(
      proposals.slice(2).map(({ category }) => category),
      ['payment-card', 'payment-card', 'secret'],
    )
  })
  it('words of illness and belief in free text call for a person’s eye', () => {
    const table = aTable('ticket', ['id integer!', 'body text'])
    const bodies = column([
      'Guten Tag, bitte rufen Sie mich wegen der Bestellung # zurück, danke.',
      'Je suis diabétique et ma commande # doit rester au frais, merci de faire vite.',
      'Hello, parcel # never came, please send it once more to my address.',
    ])
    const { category, special, reason } = field(classify(table, [column(['#']), bodies]), 'body')
    assert.equal(category, 'communication')
    assert.equal(special, true)
    assert.ok(reason.some((one) => one.code === 'special-words' && one.category === 'health'))
  })
  it('is judged alike whether or not anybody asks what it mentions', () => {
    const description = aTable('ticket', ['id integer!', 'body text'])
    const texts = ['Madame Delacroix asked for her parcel again, and nobody has called her back since.']
    const facts = { engine, description, samples: [['1'], texts], collections: ['ticket'] }
    const [, body] = classifyCollection(facts)
    assert.deepEqual(body?.mentions, { 'person-name': 1 })
    const { mentions: _, ...rest } = body
    assert.deepEqual(classifyCollection(facts, { mentions: false })[1], rest)
  })
})

describe('what could not be read', () => {
  const table = aTable('customer', ['id integer!', 'email text', 'shoe text'])

  it('is never taken for nothing personal: confidence 0, and said to be unreadable', () => {
    const proposals = classifyCollection({
      engine,
      description: table,
      samples: [[], null, null],
      collections: [],
    })
    for (const name of ['email', 'shoe']) {
      const { confidence, identifier, reason } = field(proposals, name)
      assert.deepEqual([confidence, identifier, reason], [0, null, [{ code: 'unreadable' }]])
    }
    assert.equal(field(proposals, 'email').category, 'email')
  })
  it('includes every field of a collection that refuses', () => {
    const refused = { ...table, unreadable: 'no right' }
    const proposals = classifyCollection({ engine, description: refused, samples: [], collections: [] })
    assert.deepEqual(
      proposals.map(({ confidence }) => confidence),
      [0, 0, 0],
    )
  })
})
