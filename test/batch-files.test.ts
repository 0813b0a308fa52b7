import assert from 'node:assert/strict'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { it } from 'node:test'
import { addSystem, importMap, scanSystems } from '../src/inventory/public.ts'
import { carryOutBatch } from '../src/requests/public.ts'
import { approvedBatch } from './approved-batch.ts'
import { freshInstallation } from './installation.ts'

const map = `
version: 1
country: FR
systems:
  letters:
    collections:
      list.csv:
        rows: delete
        fields:
          Mail: {category: email, identifier: email, unique: true}
          Name: {category: person-name}
rules: {}
`
const address = (i: number) => `reader.${i}@example.org`

it('a file is written once for a batch, however many of its people stand in it', async () => {
  await using installation = await freshInstallation()
  const { ctx } = installation
  const directory = join(ctx.paths.data, 'letters')
  const list = join(directory, 'list.csv')
  await mkdir(directory)
  const lines = Array.from({ length: 30 }, (_, i) => `${address(i)};Reader Number${i}`)
  await writeFile(list, `Mail;Name\n${lines.join('\n')}\n`)
  await addSystem(ctx, { name: 'letters', url: `files:${directory}`, baseDirectory: '/' })
  await scanSystems(ctx, { names: ['letters'] }, () => undefined)
  await importMap(ctx, map)
  const id = await approvedBatch(ctx, ...Array.from({ length: 25 }, (_, i) => address(i)))
  const written: number[] = []
  const progress = await carryOutBatch(ctx, id, { onStep: (_, done) => written.push(done) })
  assert.deepEqual([progress?.completed, written], [25, [25]])
  assert.equal(await readFile(list, 'utf8'), `Mail;Name\n${lines.slice(25).join('\n')}\n`)
})
