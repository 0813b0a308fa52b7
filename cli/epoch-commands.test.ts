import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { commandLine, type Failure } from '../test/command-line.ts'
import { freshInstallation } from '../test/installation.ts'
import { backup, epochsOf, people } from '../test/key-people.ts'

interface Shown {
  readonly epochs: readonly { readonly epoch: number; readonly state: string; readonly keys: number }[]
  readonly shredding: { readonly waiting: number }
}

describe('the commands for the keys that protect those of people', () => {
  it('show them, begin the next behind a backup, and destroy none before its time or without its number', async () => {
    await using at = await freshInstallation()
    const own = commandLine(at)
    assert.match((await own.run('keys', 'epochs')).stdout, /There is no epoch yet/)
    await people(at.ctx, 3)
    const refused = await own.json<Failure>('keys', 'rotate')
    assert.deepEqual([refused.exit, refused.document.error.code], [1, 'rotation.no-recent-backup'])
    assert.deepEqual(await epochsOf(at.ctx), ['1 current 3'])
    await backup(at.ctx, true)
    const rotated = await own.json<Shown>('keys', 'rotate')
    assert.equal(rotated.exit, 0)
    assert.deepEqual(
      rotated.document.epochs.map(({ epoch, state, keys }) => [epoch, state, keys]),
      [
        [1, 'rewrapped', 0],
        [2, 'current', 3],
      ],
    )
    const shown = await own.run('keys', 'epochs')
    assert.match(shown.stdout, /^1 +file +waits for a backup +0 .* after a verified backup$/m)
    assert.match(shown.stdout, /^2 +file +current +3 /m)
    assert.match(shown.stdout, /npx dossier backup/)
    const unconfirmed = await own.json<Failure>('keys', 'destroy', '1')
    assert.deepEqual([unconfirmed.exit, unconfirmed.document.error.code], [2, 'cli.epoch-not-confirmed'])
    const early = await own.json<Failure>('keys', 'destroy', '1', '--confirm', '1')
    assert.deepEqual([early.exit, early.document.error.code], [1, 'subjects.epoch-not-retired'])
    const none = await own.json<Failure>('keys', 'destroy', '9', '--confirm', '9')
    assert.deepEqual([none.exit, none.document.error.code], [2, 'subjects.epoch-unknown'])
  })
})
