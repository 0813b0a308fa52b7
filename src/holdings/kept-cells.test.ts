import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { keptCells } from './kept-cells.ts'
import { cellHash } from './known-again.ts'

const place = { collection: 'mail', fields: ['body'], lasting: false, cells: { body: cellHash('to Anna') } }

describe('what was kept of rows without key', () => {
  it('is told by what it holds, not by where it stands', () => {
    const isKept = keptCells([{ ...place, key: '1' }])
    assert.equal(isKept('mail', '7', 'body', 'from Anna'), false)
    assert.equal(isKept('mail', '8', 'body', 'to Anna'), true)
    assert.equal(isKept('mail', '8', 'subject', 'to Anna'), false)
  })

  it('lets as many twins pass as were kept, and each as often as it is asked for', () => {
    const isKept = keptCells([
      { ...place, key: '1' },
      // On two grounds one row is still one row.
      { ...place, key: '1' },
    ])
    assert.equal(isKept('mail', '4', 'body', 'to Anna'), true)
    assert.equal(isKept('mail', '4', 'body', 'to Anna'), true)
    assert.equal(isKept('mail', '5', 'body', 'to Anna'), false)
  })

  it('is none of the records in doubt, whatever they hold', () => {
    const isKept = keptCells([{ ...place, key: '1' }], [{ collection: 'mail', key: '9' }])
    assert.equal(isKept('mail', '9', 'body', 'to Anna'), false)
    assert.equal(isKept('mail', '4', 'body', 'to Anna'), true)
  })

  it('says nothing of rows with a key but where they stand', () => {
    const isKept = keptCells([{ ...place, key: '1', lasting: true }])
    assert.equal(isKept('mail', '1', 'body', 'anything'), true)
    assert.equal(isKept('mail', '2', 'body', 'to Anna'), false)
  })
})
