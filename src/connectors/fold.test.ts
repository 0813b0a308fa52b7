import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { foldInside, foldText } from './fold.ts'

describe('folding', () => {
  it('changes nothing when it is done twice', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }),
        fc.constantFrom('none' as const, 'lower' as const, 'digits' as const),
        (text, fold) => {
          const folded = foldText(fold, text)
          assert.equal(foldText(fold, folded), folded)
          if (fold !== 'none') assert.equal(foldInside(fold, foldInside(fold, text)), foldInside(fold, text))
        },
      ),
    )
  })

  it('lets the forms of one phone number meet, and keeps short ones apart', () => {
    const forms = ['+33 6 12 34 55 66', '0033612345566', '06.12.34.55.66', '(+33) 612345566']
    assert.deepEqual(new Set(forms.map((form) => foldText('digits', form))), new Set(['612345566']))
    assert.notEqual(foldText('digits', '112'), foldText('digits', '0112'))
    assert.equal(foldInside('digits', '+33 6 12'), '33612')
  })

  it('lets a name meet itself in capitals, in any script', () => {
    for (const [small, capital] of [
      ['élodie', 'ÉLODIE'],
      ['οδος', 'ΟΔΟΣ'],
      ['иван', 'ИВАН'],
      [' ada\t', '\u00a0ADA'],
    ] as const)
      assert.equal(foldText('lower', small), foldText('lower', capital))
  })
})
