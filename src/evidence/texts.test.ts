import assert from 'node:assert/strict'
import { test } from 'node:test'
import { languages, say } from '../platform/texts.ts'
import { type FindingCode, findingCodes } from './finding.ts'

/** There is but one checkpoint, and what is no bundle has no places. */
const placeless: ReadonlySet<FindingCode> = new Set(['checkpoint-missing', 'not-a-bundle'])

test('every finding of a verification has a sentence in every language, and says where', () => {
  for (const language of languages)
    for (const code of findingCodes) {
      const sentence = say(language, `evidence.finding-${code}`, { place: 'PLACE' })
      assert.notEqual(sentence, `evidence.finding-${code}`)
      assert.equal(sentence.includes('PLACE') || placeless.has(code), true, sentence)
    }
})
