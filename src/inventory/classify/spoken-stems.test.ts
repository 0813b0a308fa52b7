import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { foldText } from './fold-text.ts'
import { spokenCategories, spokenIn } from './spoken-stems.ts'
import { wordFilter } from './word-filter.ts'

const spoken = (text: string) => {
  const bits = spokenIn(foldText(text))
  return spokenCategories.filter((_, i) => (bits & (1 << i)) !== 0)
}

describe('words that speak of Art. 9 and 10 data', () => {
  it('are known by how they begin, whatever their ending', () => {
    for (const text of ['diabetická', 'Diabetikerin seit 2010', 'diabétiques', 'diabetico'])
      assert.ok(spoken(text).includes('health'), text)
    assert.ok(spoken('Skazanego wyrokiem sądu').includes('criminal'))
    assert.ok(spoken('ochrzczona w dzieciństwie').includes('religion'))
    assert.ok(spoken('los sindicalistas').includes('trade-union'))
  })
  it('and short ones only whole', () => {
    assert.ok(spoken('votes PP again').includes('political-opinion'))
    assert.deepEqual(spoken('ppm 20 applx'), [])
  })
})

describe('the filter of words', () => {
  it('misses no word of its list, with or without accents and capitals', () => {
    const words = ['garcia', 'muller', 'strasse', 'lodz', 'resume']
    const filter = wordFilter([words])
    const written = fc.constantFrom('García', 'MÜLLER', 'Straße', 'Łódź', 'résumé', 'resume', 'garcia')
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 12 }), written, (before, word) => {
        assert.equal(filter(`${before} ${word}`), 1)
      }),
      { numRuns: 300 },
    )
  })
})
