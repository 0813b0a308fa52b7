import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { displayWidth, fold, harmless, harmlessJson } from './terminal-text.ts'

const esc = String.fromCharCode(0x1b)
const csi = String.fromCharCode(0x9b)
const commanding = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/

/** Text as a stranger may have put it into a database. */
const anyText = fc.string({ unit: 'binary', maxLength: 60 })

describe('text from a target on a terminal', () => {
  it('shows escape sequences instead of obeying them', () => {
    assert.equal(harmless(`${esc}[2J${esc}]0;title\u0007`), '␛[2J␛]0;title␇')
    assert.equal(harmless(`a${csi}31mb\u007f`), 'a<U+009B>31mb␡')
    assert.equal(harmless('safe\u202etxt.exe'), 'safe<U+202E>txt.exe')
    assert.equal(harmless('two\nlines\r'), 'two␊lines␍')
    assert.equal(harmless('Groß-Müller 山田 محمد 🙂'), 'Groß-Müller 山田 محمد 🙂')
  })

  it('keeps nothing that could drive the terminal, whatever the text', () => {
    fc.assert(fc.property(anyText, (text) => !commanding.test(harmless(text))))
  })

  it('is the same document in JSON, with such characters as escapes', () => {
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: 'binary' }), (value) => {
        const text = harmlessJson(value)
        assert.ok(!commanding.test(text.replaceAll('\n', '')))
        assert.deepEqual(JSON.parse(text), JSON.parse(JSON.stringify(value)))
      }),
    )
  })

  it('is as wide as the columns it takes', () => {
    const widths: readonly (readonly [string, number])[] = [
      ['', 0],
      ['plain', 5],
      ['é', 1],
      ['e\u0301', 1],
      ['山田', 4],
      ['ｱ', 1],
      ['Ａ', 2],
      ['한글', 4],
      ['🙂', 2],
      ['👩‍👩‍👧', 2],
      ['\u200b', 0],
      ['محمد', 4],
    ]
    for (const [text, width] of widths) assert.equal(displayWidth(text), width, JSON.stringify(text))
  })

  it('folds at spaces, cuts only words that are too long, and loses no letter', () => {
    assert.deepEqual(fold('the quick brown fox', 10), ['the quick', 'brown fox'])
    assert.deepEqual(fold('a verylongword b', 6), ['a', 'verylo', 'ngword', 'b'])
    assert.deepEqual(fold('山田花子', 4), ['山田', '花子'])
    fc.assert(
      fc.property(anyText.map(harmless), fc.integer({ min: 2, max: 30 }), (text, width) => {
        const lines = fold(text, width)
        assert.ok(lines.every((line) => displayWidth(line) <= width))
        assert.equal(lines.join('').replaceAll(' ', ''), text.replaceAll(' ', ''))
      }),
    )
  })
})
