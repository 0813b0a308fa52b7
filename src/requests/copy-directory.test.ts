import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { it } from 'node:test'
import { freshInstallation } from '../../test/installation.ts'
import { copyDirectory, removeStrayCopies } from './copy-directory.ts'

it('does not leave a person’s copy behind when the server that sent it was killed', async () => {
  await using installation = await freshInstallation()
  const { ctx } = installation
  const [stray, beingSent] = [await copyDirectory(ctx), await copyDirectory(ctx)]
  for (const directory of [stray, beingSent]) await writeFile(join(directory, 'copy.zip'), 'a copy')
  const twoHoursAgo = new Date(Date.now() - 7_200_000)
  await utimes(stray, twoHoursAgo, twoHoursAgo)
  assert.equal(await removeStrayCopies(ctx), 1)
  assert.deepEqual([existsSync(stray), existsSync(beingSent)], [false, true])
})
