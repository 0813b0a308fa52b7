import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { inEach, sideBySide } from './side-by-side.ts'

/** Work whose ends the test chooses. */
function held() {
  const begun: string[] = []
  const ends = new Map<string, PromiseWithResolvers<string>>()
  const end = (name: string) => {
    const one = ends.get(name) ?? Promise.withResolvers<string>()
    ends.set(name, one)
    return one
  }
  const work = (name: string) => {
    begun.push(name)
    return end(name).promise
  }
  return { begun, work, end }
}

const settled = () => new Promise((resolve) => setImmediate(resolve))

describe('side by side', () => {
  it('begins in order, so many at once, and the slow keep only their own lane', async () => {
    const { begun, work, end } = held()
    const answers = sideBySide(['a', 'b', 'c', 'd'], 2, work)
    assert.deepEqual(begun, ['a', 'b'])
    end('b').reject(new Error('b is out of reach'))
    await settled()
    assert.deepEqual(begun, ['a', 'b', 'c'])
    end('c').resolve('c')
    await settled()
    end('d').resolve('d')
    end('a').resolve('a')
    assert.deepEqual(
      (await Promise.allSettled(answers)).map(({ status }) => status),
      ['fulfilled', 'rejected', 'fulfilled', 'fulfilled'],
    )
  })

  it('throws what failed first in order, once nothing works any more', async () => {
    const { work, end } = held()
    let isOver = false
    const all = inEach(['a', 'b', 'c'], work).finally(() => {
      isOver = true
    })
    const thrown = assert.rejects(all, /b failed/)
    end('c').reject(new Error('c failed'))
    end('b').reject(new Error('b failed'))
    await settled()
    assert.equal(isOver, false)
    end('a').resolve('a')
    await thrown
  })
})
