import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { identifierKinds } from '../inventory/public.ts'
import { normaliseIdentifier } from '../subjects/public.ts'
import { sweepNormaliser } from './sweep-normaliser.ts'

describe('the sweep’s reading of a cell', () => {
  const letters = fc.constantFrom(...'abzAZ019.-_+@ /#é\u00ad\u212aſßK'.split(''), 'xn--', '.com', '0x1')
  const cells = fc.oneof(
    fc.string({ unit: letters, maxLength: 40 }),
    fc.string({ maxLength: 80 }),
    fc.emailAddress(),
    fc
      .tuple(fc.emailAddress(), fc.constantFrom(' ', '\u200b', ''))
      .map(([mail, pad]) => pad + mail.toUpperCase() + pad),
  )

  it('is the same as everybody’s, whatever the cell', () => {
    const kinds = fc.constantFrom(...identifierKinds)
    fc.assert(
      fc.property(kinds, cells, (kind, cell) => {
        const read = sweepNormaliser(kind, 'FR')
        const wanted = normaliseIdentifier(kind, cell, 'FR')
        assert.equal(read(cell), wanted)
        assert.equal(read(cell), wanted, 'also the second time')
      }),
      { numRuns: 5_000 },
    )
  })
})
