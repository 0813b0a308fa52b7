import assert from 'node:assert/strict'
import { it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { freshInstallation } from '../../test/installation.ts'
import { importMap } from '../inventory/public.ts'
import type { Db } from '../platform/database.ts'
import { withBatch } from './batch-lease.ts'
import { receiveBatch } from './receive-batch.ts'

it('a batch that its worker let go is free, though a sign of life was still on its way', async (t) => {
  await using installation = await freshInstallation()
  const { ctx } = installation
  await importMap(ctx, 'version: 1\nsystems: {}\n')
  const people = [{ line: 1, asked: [{ kind: 'email', value: 'anna@example.org' } as const] }]
  const { batch } = await receiveBatch(ctx, {
    people,
    count: people.length,
    identityProof: 'operator-attested',
  })
  const written: Promise<number>[] = []
  const slow: Db = {
    rows: (statement) => ctx.db.rows(statement),
    row: (statement) => ctx.db.row(statement),
    transaction: (work) => ctx.db.transaction(work),
    run(statement) {
      const delay = written.length === 0 ? sleep(50) : Promise.resolve()
      const done = delay.then(() => ctx.db.run(statement))
      written.push(done)
      return done
    },
  }
  t.mock.timers.enable({ apis: ['setInterval'] })
  const work = async () => t.mock.timers.tick(5_000)
  await withBatch({ ...ctx, db: slow }, batch.id, undefined, work)
  assert.deepEqual(await Promise.all(written), [1, 1], 'it gave a sign of life, and let go')
  assert.equal(await withBatch(ctx, batch.id, undefined, async () => 'taken again'), 'taken again')
})
