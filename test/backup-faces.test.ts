import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { readConfig } from '../src/platform/config.ts'
import { type CommandLine, commandLine, type Failure } from './command-line.ts'

interface Made {
  readonly verified: boolean
  readonly recoveryKeys: { readonly main: string | null; readonly keys: string | null }
}

let root: string
before(async () => {
  root = await mkdtemp(join(tmpdir(), 'dossier-backup-faces-'))
})
after(() => rm(root, { recursive: true, force: true }))

/** With the database that comes with Dossier. */
const machine = (name: string, env: Readonly<Record<string, string>> = {}): CommandLine =>
  commandLine({ config: readConfig({ DOSSIER_DATA: join(root, name) }).config }, env, root)

describe('the commands for Dossier’s own backups', () => {
  it('back up a machine and bring it back on another', { timeout: 240_000 }, async () => {
    const first = machine('first')
    assert.equal((await first.run('keys', 'create', 'robot', '--scope', 'map:read')).exit, 0)
    const passphrase = join(root, 'passphrase')
    await writeFile(passphrase, 'a long enough passphrase\n')
    const same = await first.json<Failure>(
      ...[
        'backup',
        join(root, 'same'),
        '--passphrase-file',
        passphrase,
        '--keys-passphrase-file',
        passphrase,
      ],
    )
    assert.deepEqual([same.exit, same.document.error.code], [2, 'backup.same-passphrase'])

    const backup = join(root, 'backup')
    const made = await first.json<Made>('backup', backup, '--passphrase-file', passphrase)
    assert.deepEqual([made.exit, made.document.verified], [0, true])
    const { main, keys } = made.document.recoveryKeys
    assert.equal(main, null, 'a passphrase is not said back')
    assert.match(keys ?? '', /^[0-9a-f]{8}(-[0-9a-f]{8}){7}$/)
    const doctor = await first.json<{ checks: { name: string; state: string }[] }>('doctor')
    assert.equal(doctor.document.checks.find(({ name }) => name === 'backup')?.state, 'good')

    const second = machine('second', { DOSSIER_BACKUP_KEYS_SECRET: keys ?? '' })
    const without = await second.json<Failure>('restore', backup)
    assert.deepEqual([without.exit, without.document.error.code], [2, 'cli.missing-option'])
    const secret = ['--secret-file', passphrase]
    const lacking = await second.json<Failure>('restore', backup, ...secret)
    assert.deepEqual([lacking.exit, lacking.document.error.code], [2, 'backup.keys-needed'])
    const restored = await second.json<{ state: string; keys: string }>(
      'restore',
      backup,
      ...secret,
      '--with-keys',
    )
    assert.deepEqual(
      [restored.exit, restored.document.state, restored.document.keys],
      [0, 'unswept', 'restored'],
    )
    const swept = await second.json<{ restored: { released: boolean } }>('sweep')
    assert.deepEqual([swept.exit, swept.document.restored.released], [0, true])
    const listed = await second.json<{ keys: { name: string }[] }>('keys', 'list')
    assert.deepEqual(
      listed.document.keys.map(({ name }) => name),
      ['robot'],
    )
    assert.equal((await second.run('evidence', 'verify')).exit, 0)

    const again = await second.json<Failure>('restore', backup, ...secret)
    assert.deepEqual([again.exit, again.document.error.code], [1, 'backup.installation-not-empty'])
    const forced = await second.run('restore', backup, ...secret, '--force', '--confirm', 'first')
    assert.deepEqual([forced.exit, forced.stdout], [2, ''])
    const replaced = await second.run(
      'restore',
      backup,
      ...secret,
      '--force',
      '--confirm',
      basename('second'),
    )
    assert.equal(replaced.exit, 0, replaced.stderr)
    assert.match(replaced.stdout, /the files in place know as much or more, and stay/)
  })

  it('leave nothing running and nothing unpacked behind, after a kill -9 too', {
    timeout: 240_000,
  }, async () => {
    const third = machine('third')
    const data = join(root, 'third')
    assert.equal((await third.run('keys', 'create', 'robot', '--scope', 'map:read')).exit, 0)
    const left = async () => (await readdir(data)).filter((name) => name.startsWith('verifying-'))
    const child = third.start(['backup', join(root, 'killed')])
    const ended = once(child, 'exit')
    const postmaster = await running(async () => join(data, (await left())[0] ?? 'none', 'postgres'))
    assert.ok(child.kill('SIGKILL'))
    await ended
    assert.equal((await third.run('backup', join(root, 'whole'))).exit, 0)
    assert.deepEqual(await left(), [])
    assert.equal(await runs(postmaster), false)
  })
})

/** Whether a process still runs; one that ended and that nobody has asked about yet (a zombie) does not. */
async function runs(pid: number): Promise<boolean> {
  for (const deadline = Date.now() + 10_000; Date.now() < deadline; await sleep(100)) {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
    const [state] = stat.slice(stat.lastIndexOf(')') + 2)
    if (stat === '' ? !isThere(pid) : state === 'Z') return false
  }
  return true
}

/** Where there is no /proc. */
function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

/** The number of the server that runs in a directory, once it does. */
async function running(directory: () => Promise<string>): Promise<number> {
  for (;;) {
    const file = join(await directory(), 'postmaster.pid')
    const lines = (await readFile(file, 'utf8').catch(() => '')).split('\n')
    if (lines[7]?.startsWith('ready')) return Number(lines[0])
    await sleep(5)
  }
}
