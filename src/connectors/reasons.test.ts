import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { languages, loadTexts } from '../platform/texts.ts'
import { reasons } from './reasons.ts'

describe('what may go wrong with a system', () => {
  it('has its sentence in every language', () => {
    const codes = [
      ...readFileSync(new URL('./problems.ts', import.meta.url), 'utf8').matchAll(/'connectors\.([a-z-]+)'/g),
    ].map(([, code]) => code)
    const keys = [...codes, ...reasons.map((reason) => `reason.${reason}`)].sort()
    for (const language of languages) {
      const texts = loadTexts()[language]?.['connectors']
      assert.ok(typeof texts === 'object')
      assert.deepEqual(Object.keys(texts).sort(), keys, language)
      assert.ok(Object.values(texts).every((text) => typeof text === 'string' && text.length > 5))
    }
  })

  it('has the same gaps to fill in every language', () => {
    const gaps = languages.map((language) =>
      Object.entries(loadTexts()[language]?.['connectors'] ?? {})
        .map(([key, text]) =>
          [key, ...[...String(text).matchAll(/\{\{(\w+)\}\}/g)].map(([, gap]) => gap).sort()].join(),
        )
        .sort(),
    )
    for (const one of gaps) assert.deepEqual(one, gaps[0])
  })
})
