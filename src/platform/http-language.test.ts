import assert from 'node:assert/strict'
import { test } from 'node:test'
import { chooseLanguage } from './http-language.ts'

const chosen: readonly (readonly [string | undefined, string])[] = [
  [undefined, 'en'],
  ['', 'en'],
  ['fr', 'fr'],
  ['fr-CA,fr;q=0.9,en;q=0.8', 'fr'],
  ['en;q=0.4, fr;q=0.7', 'fr'],
  ['de, fr;q=0.5, en;q=0.5', 'fr'],
  ['de-AT, *;q=0.1', 'en'],
  ['fr;q=0', 'en'],
  ['FR', 'fr'],
  ['fr;q=nonsense', 'en'],
]

for (const [header, language] of chosen)
  test(`a reader who asks for ${JSON.stringify(header)} is answered in ${language}`, () => {
    assert.equal(chooseLanguage(header, 'en'), language)
  })
