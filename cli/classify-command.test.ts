import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { describe, it } from 'node:test'

async function classify(input: string) {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'main.ts'), 'classify'], {
    // An installation in a place that cannot be: opening one would fail.
    env: { PATH: '/usr/bin:/bin', LANG: 'C.UTF-8', DOSSIER_DATA: '/dev/null/nowhere' },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  child.stdin.end(input)
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')])
  return { out, err, exit: child.exitCode }
}

const columns = async (input: readonly unknown[]) => {
  const { out, err, exit } = await classify(JSON.stringify(input))
  assert.equal(exit, 0, err)
  return JSON.parse(out)
}

describe('columns written down as JSON are classified', () => {
  it('in their order, with their own keys, without an installation', async () => {
    const input = [
      { table: 'guests', column: 'dob', type: 'date', values: ['1970-01-02', '1988-05-06', null], note: 7 },
      { table: 'stock', column: 'qty', type: 'int', values: [3, 4, 5] },
      { table: 'guests', column: '', values: ['anna@post.example', 'bob@post.example'] },
    ]
    const found = await columns(input)
    assert.deepEqual(
      found.map(({ category }: { category: string }) => category),
      ['birth-date', 'none', 'email'],
    )
    for (const [i, column] of found.entries()) {
      const { category, identifier, special, confidence, reason, ...own } = column
      assert.deepEqual(own, input[i])
      assert.ok(
        confidence > 0.5 && confidence <= 1 && reason.length > 0,
        `${category} ${identifier} ${special}`,
      )
    }
  })
  it('and never calls harmless with confidence what could not be read', async () => {
    const unread = [null, [], [null, null], ['', 'N/A'], 'nothing'].map((values) => ({ column: 'x', values }))
    for (const { category, confidence, reason } of await columns([{ column: 'y' }, ...unread])) {
      assert.equal(category, 'none')
      assert.ok(confidence <= 0.3)
      assert.match(reason, /could not be read/)
    }
  })
  it('whatever the values are: numbers, objects, a million rows, a cell of a million characters', async () => {
    const found = await columns([
      { table: 't', column: 'a', values: [1, true, { b: [1] }, ['x'], null] },
      { table: 't', column: 'b', values: Array.from({ length: 1_000_000 }, (_, i) => i) },
      { table: 't', column: 'c', values: ['@'.repeat(1_000_000), '\u0000', '\ud800', '__proto__'] },
    ])
    assert.equal(found.length, 3)
  })
  for (const [what, input] of [
    ['no JSON', '{"table":'],
    ['nothing', ' \n'],
    ['no list', '{"table":"t"}'],
    ['a list of numbers', '[3]'],
  ] as const)
    it(`and ${what} is refused with a sentence`, async () => {
      const { out, err, exit } = await classify(input)
      assert.equal(exit, 2)
      assert.equal(out, '')
      assert.match(err, /^\S.*(?:Nothing was (?:classified|done))\..*\n$/)
    })
})
