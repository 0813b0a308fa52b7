import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { isInflected, matchWords } from './same-word.ts'

describe('words of names', () => {
  const inflected = `order orders|category categories|kunde kunden|klient klienci|klienta klient|adres adressen
    alberghi albergo|banche banca|client clients|cheval chevaux|pedido pedidos|ordine ordini|ucznia uczniowie
    faktura faktury|pracownik pracownicy|tarief tarieven|rechnung rechnungen|hospede hospedes|polisa polisy`
  it('are the same in singular and plural, in nine languages', () => {
    for (const pair of inflected.split(/[|\n]/)) {
      const [one = '', other = ''] = pair.trim().split(' ')
      assert.ok(isInflected(one, other), pair)
      assert.ok(isInflected(other, one), `${pair} the other way`)
    }
  })
  it('are not the same because they begin alike', () => {
    for (const pair of ['car care', 'product production', 'order ordinal', 'user usage', 'card cargo'])
      assert.ok(!isInflected(pair.split(' ')[0] ?? '', pair.split(' ')[1] ?? ''), pair)
  })
  it('mean the same in another language, or cut short', () => {
    assert.equal(matchWords('kunde', 'customers'), 'synonym')
    assert.equal(matchWords('client', 'klanten'), 'synonym')
    assert.equal(matchWords('cust', 'customer'), 'abbreviation')
    assert.equal(matchWords('slsrep', 'salesrep'), 'abbreviation')
    assert.equal(matchWords('invoice', 'customer'), null)
  })
})
