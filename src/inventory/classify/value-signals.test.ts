import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { mayBe, traitsOf } from './cell-traits.ts'
import { allSignals } from './value-signals.ts'

/** Looking ahead is what the generator of matching texts does not know: such patterns are ruled out by length alone. */
const generable = allSignals.filter(({ pattern }) => pattern !== undefined && !pattern.source.includes('(?='))

describe('what rules a signal out before its pattern is tried', () => {
  it('is never what the pattern would find', () => {
    assert.ok(generable.length > 80)
    for (const signal of generable) {
      const { pattern, name } = signal
      if (pattern === undefined) continue
      const like = new RegExp(pattern.source.replaceAll('\\b', ''), pattern.flags.replace('i', ''))
      const texts = fc.stringMatching(like).filter((text) => text.length <= 200 && pattern.test(text))
      fc.assert(
        fc.property(texts, (text) => {
          assert.ok(mayBe(signal, traitsOf(text)), `${name} of ${JSON.stringify(text)}`)
        }),
        { numRuns: 50 },
      )
    }
  })
})
