import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { finished, type Ran } from '../test/command-line.ts'

const main = join(import.meta.dirname, 'main.ts')

describe('on a machine with nothing but the product', () => {
  let data = ''
  before(async () => {
    data = await mkdtemp(join(tmpdir(), 'dossier-fresh-'))
  })
  after(async () => {
    await stopCluster(join(data, 'postgres', 'postmaster.pid'))
    await rm(data, { recursive: true, force: true })
  })

  const run = (...args: readonly string[]): Promise<Ran> => {
    const env = { PATH: process.env.PATH, DOSSIER_DATA: data, DOSSIER_LANGUAGE: 'en' }
    return finished(spawn(process.execPath, [main, ...args], { env, cwd: data }))
  }

  it('each command starts the database that comes with it, and finds the sample again', async () => {
    const made = await run('sample', '--customers', '20', '--add')
    assert.deepEqual([made.exit, made.stderr], [0, ''])
    const tested = await run('systems', 'test', '--json')
    assert.equal(tested.exit, 0, tested.stdout)
    const again = await run('sample', '--customers', '20', '--add')
    assert.equal(again.exit, 1)
    assert.match(again.stderr, /^A system named \w+ is known already\. Nothing was made\./)
    const anew = await run('sample', '--customers', '30', '--add', '--force')
    assert.deepEqual([anew.exit, anew.stderr], [0, ''])
    const scanned = await run('scan', 'shop')
    assert.match(scanned.stdout, /^public\.customer · rows: 30$/m)
    const doctor = await run('doctor')
    assert.equal(doctor.exit, 0)
    assert.match(doctor.stdout, /^database +good +PostgreSQL 18\.\d+ \(comes with Dossier\)/m)
  })
})

/** Whoever leaves last stops the cluster; after a failure that may have been nobody. */
async function stopCluster(pidFile: string): Promise<void> {
  const [pid] = await readFile(pidFile, 'utf8').then(
    (text) => text.split('\n'),
    () => [],
  )
  if (pid) process.kill(Number(pid), 'SIGINT')
  while (existsSync(pidFile)) await sleep(20)
}
