import assert from 'node:assert/strict'
import { chmod, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from '../src/platform/sql.ts'
import { type CommandLine, commandLine, type Failure, finished } from '../test/command-line.ts'
import { freshInstallation, type TestInstallation } from '../test/installation.ts'
import { freshDatabase } from '../test/servers.ts'

describe('the commands to run Dossier', () => {
  let installation: TestInstallation
  let dossier: CommandLine
  before(async () => {
    installation = await freshInstallation()
    dossier = commandLine(installation)
  })
  after(() => installation.dispose())

  it('make a key, show its token once, and take it out of service', async () => {
    const made = await dossier.json<{
      key: { id: string; token: string; scopes: string[]; expiresAt: string }
    }>(
      'keys',
      'create',
      'robot',
      '--scope',
      'systems:read,map:read',
      '--scope',
      'evidence:read',
      '--expires',
      '30',
    ) // prettier-ignore
    const { id, token, scopes, expiresAt } = made.document.key
    assert.deepEqual([made.exit, scopes], [0, ['systems:read', 'map:read', 'evidence:read']])
    assert.ok(Math.abs(Date.parse(expiresAt) - Date.now() - 30 * 86_400_000) < 60_000)
    const list = await dossier.run('keys', 'list')
    assert.match(list.stdout, new RegExp(`^${id} +robot .* valid$`, 'm'))
    assert.ok(!list.stdout.includes(token))
    assert.equal((await dossier.run('keys', 'revoke', id)).exit, 0)
    assert.match((await dossier.run('keys', 'list')).stdout, / revoked$/m)
    assert.equal((await dossier.run('keys', 'create', 'robot', '--scope', 'everything')).exit, 2)
    assert.equal((await dossier.run('keys', 'revoke', 'unknown')).exit, 2)
  })

  it('make the sample company, once, and on demand anew', async () => {
    const database = await freshDatabase(installation.server)
    try {
      const directory = join(installation.config.paths.data, 'sample')
      const options = ['--customers', '20', '--shop-url', database.url]
      const made = await dossier.json<{
        added: boolean
        systems: object
        sample: { rows: { shop: Record<string, number> } }
      }>('sample', ...options)
      assert.equal(made.exit, 0)
      assert.equal(made.document.sample.rows.shop['public.customer'], 20)
      assert.deepEqual(Object.keys(made.document.systems), ['shop', 'support', 'newsletter'])
      const again = await dossier.json<Failure>('sample', ...options)
      assert.deepEqual([again.exit, again.document.error.code], [1, 'cli.sample-exists'])
      const empty = await freshDatabase(installation.server)
      try {
        const added = await dossier.json<{ added: boolean }>(
          'sample',
          '--customers',
          '25',
          '--shop-url',
          empty.url,
          '--force',
          '--add',
        )
        assert.deepEqual([added.exit, added.document.added], [0, true])
        const list = await dossier.json<{ systems: { name: string; url: string }[] }>('systems', 'list')
        assert.deepEqual(
          list.document.systems.map(({ name }) => name),
          ['newsletter', 'shop', 'support'],
        )
        assert.ok(list.document.systems.some(({ url }) => url.includes(directory)))
        const taken = await dossier.json<Failure>('sample', '--shop-url', database.url, '--force', '--add')
        assert.deepEqual([taken.exit, taken.document.error.code], [1, 'cli.sample-name-taken'])
      } finally {
        await empty.drop()
      }
    } finally {
      await database.drop()
    }
    const without = await dossier.json<Failure>('sample', '--directory', 'elsewhere')
    assert.deepEqual([without.exit, without.document.error.code], [2, 'cli.sample-needs-server'])
  })

  it('examine the installation: 3 for what is out of reach, 1 for what is wrong, 0 when all is well', async () => {
    const other = await freshInstallation()
    try {
      const own = commandLine(other)
      const well = await own.json<{ ok: boolean; checks: { name: string; state: string }[] }>('doctor')
      assert.deepEqual([well.exit, well.document.ok], [0, true])
      const states = new Map(well.document.checks.map(({ name, state }) => [name, state]))
      assert.deepEqual(
        [...states.keys()],
        ['versions', 'disk', 'clock', 'database', 'keys', 'epochs', 'evidence', 'tombstones', 'backup'],
      )
      assert.equal(states.get('backup'), 'warning')
      const key = join(other.config.paths.keys, 'tombstone.key')
      await chmod(key, 0o644)
      const open = await own.run('doctor')
      assert.equal(open.exit, 1)
      assert.match(open.stdout, /^keys +bad +Others may read: .*tombstone\.key/m)
      await chmod(key, 0o600)
      await own.run('keys', 'create', 'robot', '--scope', 'map:read')
      await rm(join(other.config.paths.evidence, 'checkpoint'))
      const lost = await own.json<{ checks: { name: string; state: string; facts: { state?: string } }[] }>(
        'doctor',
      )
      const evidence = lost.document.checks.find(({ name }) => name === 'evidence')
      assert.deepEqual([lost.exit, evidence?.state, evidence?.facts.state], [1, 'bad', 'missing'])
      await own.run('systems', 'add', 'cellar', 'postgres://u:p@127.0.0.1:1/x?sslmode=disable', '--force')
      assert.equal((await own.run('doctor')).exit, 3)
      const unreachable = commandLine(other, { DATABASE_URL: 'postgres://u:p@127.0.0.1:1/x' })
      assert.equal((await unreachable.run('doctor')).exit, 3)
    } finally {
      await other.dispose()
    }
  })

  it('stop on Ctrl-C with a sentence, even when the wish arrives twice', async () => {
    const database = await freshDatabase(installation.server)
    try {
      const child = dossier.start([
        'sample',
        '--customers',
        '200000',
        '--shop-url',
        database.url,
        '--directory',
        'stopped',
      ])
      const ended = finished(child)
      const isAtWork = () =>
        installation.ctx.db.row(
          sql`select 1 from pg_catalog.pg_stat_activity a where a.datname = ${database.name}`,
        )
      for (const deadline = Date.now() + 10_000; !(await isAtWork()) && Date.now() < deadline; )
        await sleep(20)
      child.kill('SIGINT')
      child.kill('SIGINT')
      const { exit, stderr } = await ended
      assert.deepEqual([exit, stderr], [130, 'Stopped. What was under way was undone or can be resumed.\n'])
    } finally {
      await database.drop()
    }
  })
})
