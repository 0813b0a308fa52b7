import assert from 'node:assert/strict'
import { test } from 'node:test'
import { freshInstallation } from '../../test/installation.ts'
import { recordEvidence } from './record-evidence.ts'
import { restoreState } from './restore-state.ts'
import { sequence } from './sequence.ts'

test('smoke', async () => {
  await using at = await freshInstallation()
  for (let i = 0; i < 300; i++) await recordEvidence(at.ctx, { kind: 'test.done', facts: { i } })
  const t = performance.now()
  assert.deepEqual(await sequence(at.ctx), { size: 300, added: 300 })
  console.log(performance.now() - t)
  assert.deepEqual(await restoreState(at.ctx), { state: 'current', database: 300, checkpoint: 300 })
  await recordEvidence(at.ctx, { kind: 'test.done', facts: {} })
  const u = performance.now()
  assert.deepEqual(await sequence(at.ctx), { size: 301, added: 1 })
  console.log(performance.now() - u)
  const v = performance.now()
  assert.deepEqual(await sequence(at.ctx), { size: 301, added: 0 })
  console.log(performance.now() - v)
})
