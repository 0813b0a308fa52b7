import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { languages, loadTexts, say } from './texts.ts'

const placeholders = (text: string): readonly string[] =>
  [...new Set(text.match(/\{\{[^}]+\}\}/g) ?? [])].toSorted()

describe('the texts', () => {
  const { en = {}, fr = {} } = loadTexts()

  it('are complete in English and French, with the same places to fill in', () => {
    assert.deepEqual(Object.keys(en).toSorted(), Object.keys(fr).toSorted())
    for (const [area, texts] of Object.entries(en as Record<string, Record<string, string>>)) {
      const french = fr[area] as Record<string, string>
      // French has a plural of its own for round millions.
      const keys = Object.keys(french).filter((key) => !key.endsWith('-many'))
      assert.deepEqual(Object.keys(texts).toSorted(), keys.toSorted(), area)
      for (const [key, text] of Object.entries(texts))
        assert.deepEqual(placeholders(french[key] ?? ''), placeholders(text), `${area}.${key}`)
    }
  })

  it('have a sentence for every problem', () => {
    const root = join(import.meta.dirname, '..', '..')
    const codes = globSync('{src,cli,sample}/**/problems.ts', { cwd: root }).flatMap((file) =>
      [...readFileSync(join(root, file), 'utf8').matchAll(/^\s*'([a-z]+\.[a-z-]+)':/gm)].map(
        (match) => match[1] ?? '',
      ),
    )
    assert.ok(codes.length > 60, 'the test reads the codes')
    for (const language of languages)
      assert.deepEqual(
        codes.filter((code) => say(language, code) === code),
        [],
        language,
      )
  })

  it('say a driver’s reason in the reader’s language', () => {
    const french = say('fr', 'connectors.unreachable', { system: 'x', reason: 'nobody answers there' })
    assert.doesNotMatch(french, /nobody/)
    assert.match(french, /^x est hors d’atteinte : /)
  })
})
