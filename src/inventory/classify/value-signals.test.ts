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

/** What signals that are told without a pattern would be told by, with one. */
const withoutPattern: Readonly<Record<string, RegExp>> = {
  cents: /^-?\d+[.,]\d\d$/,
  integer: /^-?\d{1,18}$/,
  decimal: /^-?\d+[.,]\d+$/,
  zeroFirst: /^0\d/,
  date: /^\d{4}-\d\d?-\d\d?|^\d\d?[./-]\d\d?[./-]\d{2,4}|^(?:19|20)\d{6}$|^\d{1,2} \p{L}{3,9}\.? \d{4}/u,
  version: /^v?\d+\.\d+(?:\.\d+)*(?:-\w+\.?\d*)?$/,
  sentence: /^\p{L}+(?:[ ,]+[\p{L}\p{N}'’-]+){4,}/u,
}

describe('what is told of a value without a pattern', () => {
  it('is what the pattern would tell, of numbers and of whatever looks like it', () => {
    for (const [name, pattern] of Object.entries(withoutPattern)) {
      const signal = allSignals.find((one) => one.name === name)
      assert.ok(signal)
      const numbers = fc.stringMatching(/^-?\d{1,12}(?:[.,]\d{1,6})?$/)
      const dates = fc.stringMatching(/^(?:19|20)\d{6}$/)
      const alike = fc.stringMatching(new RegExp(pattern.source)).filter(({ length }) => length <= 200)
      fc.assert(
        fc.property(fc.oneof(numbers, dates, name === 'sentence' ? fc.lorem() : alike), (text) => {
          const traits = traitsOf(text)
          if (!signal.made.includes(traits.made)) return
          assert.equal(mayBe(signal, traits) && signal.is(traits), pattern.test(text), `${name} of ${text}`)
        }),
        { numRuns: 300 },
      )
    }
  })
})
