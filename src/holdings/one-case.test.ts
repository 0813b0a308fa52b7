import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { oneCase } from './one-case.ts'

/** Every letter that has another case; all others are left as they are. */
const letters: readonly string[] = Array.from({ length: 0x110000 }, (_, code) => code)
  .filter((code) => code < 0xd800 || code > 0xdfff)
  .map((code) => String.fromCodePoint(code))
  .filter((letter) => letter.toLowerCase() !== letter || letter.toUpperCase() !== letter)

describe('one case', () => {
  it('makes letters alike exactly where a pattern that ignores case takes them for alike', () => {
    assert.ok(letters.length > 2_000)
    const byUpper = Map.groupBy(letters, (letter) => letter.toLowerCase().toUpperCase().toLowerCase())
    for (const alike of byUpper.values())
      for (const one of alike) {
        const pattern = new RegExp(`^${one}$`, 'iu')
        for (const other of alike)
          assert.equal(oneCase(one) === oneCase(other), pattern.test(other), `${one} ${other}`)
      }
  })

  it('lets no other letter become one of A to Z, and keeps one letter one letter', () => {
    for (const letter of letters) {
      assert.equal([...oneCase(letter)].length, 1, letter)
      assert.equal(/[a-z]/.test(oneCase(letter)), /[a-z]/iu.test(letter), letter)
    }
  })
})
