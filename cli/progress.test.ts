import assert from 'node:assert/strict'
import { PassThrough } from 'node:stream'
import { describe, it } from 'node:test'
import { bar, startProgress } from './progress.ts'
import { displayWidth } from './terminal-text.ts'

const esc = String.fromCharCode(0x1b)

/** A stream that says of itself what a terminal says. */
function terminal(isTTY: boolean) {
  const stream = Object.assign(new PassThrough(), { isTTY, columns: 40 }) as unknown as NodeJS.WriteStream
  return { stream, written: (): string => String((stream as unknown as PassThrough).read() ?? '') }
}

describe('a progress line', () => {
  it('is drawn over itself on a terminal, never wraps, and leaves nothing behind', () => {
    const { stream, written } = terminal(true)
    {
      using progress = startProgress(stream, false)
      progress.update(`shop: public.${'x'.repeat(80)}${esc}[2J`, 3, 10)
    }
    const [drawn = '', cleared] = written().split(`${esc}[K`)
    assert.match(drawn, /^\r██████░{14} 3\/10 {2}shop/)
    assert.ok(displayWidth(drawn.slice(1)) < 40 && !drawn.includes(esc))
    assert.equal(cleared, '\r')
  })

  it('says nothing into a pipe, nor when silence was asked for', () => {
    for (const [isTTY, silent] of [
      [false, false],
      [true, true],
    ] as const) {
      const { stream, written } = terminal(isTTY)
      {
        using progress = startProgress(stream, silent)
        progress.update('shop', 1, 2)
      }
      assert.equal(written(), '')
    }
  })

  it('is empty at the beginning and full at the end', () => {
    assert.deepEqual(
      [bar(0, 7), bar(7, 7), bar(9, 7), bar(0, 0)],
      ['░'.repeat(20), ...Array(3).fill('█'.repeat(20))],
    )
  })
})
