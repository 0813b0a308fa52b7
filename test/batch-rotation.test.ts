import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { describe, it } from 'node:test'
import { readStoredZip, sequence, verifyBundle, verifyLog } from '../src/evidence/public.ts'
import type { Context } from '../src/platform/context.ts'
import { batchOutcome, carryOutBatch, evidenceOfRequest, outcomeOf, workDue } from '../src/requests/public.ts'
import { tendKeys } from '../src/rotation/public.ts'
import { beginEpoch, retireEpochs, rewrapKeys } from '../src/subjects/public.ts'
import { approvedBatch } from './approved-batch.ts'
import { backup, calendarInstallation, epochsOf, withoutMemory } from './key-people.ts'
import { postgresServer } from './servers.ts'
import { smallCompany } from './small-company.ts'

/** Each of its people has a certificate, and evidence that a stranger can check. */
async function isProven(ctx: Context, batchId: string): Promise<void> {
  for (const { requestId, state } of (await batchOutcome(ctx, batchId)).members) {
    assert.equal(state, 'completed')
    const { certificate } = await outcomeOf(ctx, requestId)
    assert.ok(certificate)
    assert.equal(JSON.parse(await readFile(certificate.file, 'utf8')).document.request.id, requestId)
    const { zip } = await evidenceOfRequest(ctx, requestId, { language: 'en', withDetails: true })
    assert.deepEqual((await verifyBundle(readStoredZip(zip))).findings, [])
  }
}

describe('a batch that was approved before the keys were rotated', () => {
  it('is carried out after it, cut off in between by another, when the key it began under is gone', async () => {
    const { at, days } = await calendarInstallation()
    await using _ = at
    await using company = await smallCompany(at.ctx, await postgresServer())
    const batchId = await approvedBatch(at.ctx, 'anna@example.org', 'bert@example.org', 'carla@example.net')
    await backup(at.ctx, true)
    assert.equal((await tendKeys(at.ctx, { rotate: true })).moved, 3)
    assert.deepEqual(await retireEpochs(at.ctx, new Date(at.ctx.now().getTime() + 1)), [1])
    days(7)
    assert.deepEqual((await tendKeys(at.ctx)).destroyed, [1])

    const ctx = await withoutMemory(at.ctx)
    const stop = new AbortController()
    await carryOutBatch(ctx, batchId, { signal: stop.signal, onStep: () => stop.abort() })
    assert.equal((await batchOutcome(ctx, batchId)).batch.state, 'approved', 'it was cut off')
    await beginEpoch(ctx)
    await rewrapKeys(ctx)
    const later = await withoutMemory(ctx)
    assert.equal((await carryOutBatch(later, batchId))?.completed, 3)
    assert.deepEqual(await company.query('select count(*) from visit'), ['0'])
    await isProven(later, batchId)
    days(31)
    await workDue(later)
    assert.deepEqual(
      await epochsOf(later),
      ['1 destroyed 0', '2 rewrapped 0', '3 current 2'],
      'after the last look only those live on of whom something is kept',
    )
    await sequence(later)
    assert.deepEqual((await verifyLog(later)).findings, [])
  })
})
