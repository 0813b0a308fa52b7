import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { playHistory } from './drill/history.ts'

describe('after any restore, of the shop and of Dossier, with and without its keys', () => {
  for (const seed of [1, 2, 302])
    it(`nobody erased before is readable once it was swept (history ${seed})`, async () => {
      const { restores } = await playHistory(seed)
      assert.ok(restores > 0)
    })
})
