import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { test } from 'node:test'
import { postgresServer } from './servers.ts'

const door = join(import.meta.dirname, '..', 'bench', 'run.ts')

async function bench(...args: readonly string[]) {
  // Ours is at home already, so that those who come after need not start one.
  await postgresServer()
  const child = spawn(process.execPath, [door, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  const closed = new Promise<number | null>((resolve) => child.on('close', resolve))
  const [said, errors, exit] = await Promise.all([text(child.stdout), text(child.stderr), closed])
  return { said, errors, exit }
}

test('the benchmarks come to a result, and what they assert of access, erasure, log and vault holds', async () => {
  const { said, errors, exit } = await bench('--quick', 'c', 'g', 'h')
  assert.equal(exit, 0, `${errors}\n${said}`)
  for (const held of [
    'nothing of the erased was left, and every row of everybody else was as before',
    'the standalone verifier agreed',
    'no key was left, and nobody tried opened',
  ])
    assert.ok(said.includes(`✓ ${held}`), held)
})

test('a benchmark that nobody wrote is not passed over', async () => {
  const { errors, exit } = await bench('x')
  assert.equal(exit, 2)
  assert.match(errors, /no benchmark x here/)
})
