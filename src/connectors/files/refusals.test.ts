import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  appendFile,
  chmod,
  link,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import iconv from 'iconv-lite'
import { asOrdinaryUser } from '../../../test/ordinary-user.ts'
import { isProblem } from '../../platform/problem.ts'
import { limits, type TestDirectory, withFiles } from './directory.fixture.ts'
import { driver } from './driver.ts'

async function described(files: TestDirectory) {
  await using session = await files.read()
  return (await session.describe()).collections
}

const reasonsOf = async (files: TestDirectory) =>
  Object.fromEntries((await described(files)).map(({ name, unreadable }) => [name, unreadable]))

describe('a directory of CSV files', () => {
  it('is described file by file, with what their values look like', () =>
    withFiles(
      {
        'a.csv':
          'id,postcode,amount,born,seen,active,uuid,mixed,empty\n1,01234,-1.50,2026-01-01,2026-01-01T10:00:00Z,true,00000000-0000-4000-8000-000000000000,1,\n22,75002,0.1,,,FALSE,,x,\n',
        'b.TSV': 'e-mail\tname\na@example.com\tAda\n',
        'c.txt': 'email|name\na@example.com|Ada\n',
        'prose.txt': 'Dear reader,\nthis is a letter, not a table.\n\nYours, Ada\n',
        'one.csv': 'email\na@example.com\n',
        'headed.csv': 'email;name\n',
        'empty.csv': '',
        'notes.md': '# nothing',
        '.hidden.csv': 'email\na@example.com\n',
      },
      async (files) => {
        await mkdir(join(files.directory, 'sub/.git'), { recursive: true })
        await writeFile(files.path('sub/d.csv'), 'x,y\n1,2\n3,4\n')
        await writeFile(files.path('sub/.git/e.csv'), 'x,y\n1,2\n')
        const collections = await described(files)
        const heads = collections.map(({ name, kind, rows, writable, unreadable, fields }) => [
          name,
          kind,
          rows,
          writable,
          unreadable,
          fields.map((field) => field.name).join(),
        ])
        assert.deepEqual(heads, [
          ['a.csv', 'file', 2, true, null, 'id,postcode,amount,born,seen,active,uuid,mixed,empty'],
          ['b.TSV', 'file', 1, true, null, 'e-mail,name'],
          ['c.txt', 'file', 1, true, null, 'email,name'],
          ['empty.csv', 'file', 0, false, null, ''],
          ['headed.csv', 'file', 0, true, null, 'email,name'],
          ['one.csv', 'file', 1, true, null, 'email'],
          ['sub/d.csv', 'file', 2, true, null, 'x,y'],
        ])
        const kinds = collections[0]?.fields.map(({ kind }) => kind)
        assert.deepEqual(kinds, [
          'integer',
          'text',
          'decimal',
          'date',
          'timestamp',
          'boolean',
          'uuid',
          'text',
          'text',
        ])
      },
    ))

  it('says of each file that is no table what is wrong with it, and on which line, and never writes to it', () =>
    withFiles(
      {
        'open-quote.csv': 'a,b\n1,2\n3,"4\n5,6\n',
        'inner-quote.csv': 'a,b\n1,2\n3,x"4"\n',
        'after-quote.csv': 'a,b\n1,"2"x\n',
        'short.csv': 'a,b\n1,2\n\n3\n',
        'long.csv': 'a,b\n1,2\n3,4,5\n',
        'nul.csv': 'a,b\n1,2\n3,\0\n',
        'twice.csv': 'a,b,a\n1,2,3\n',
        'nameless.csv': 'a,,c\n1,2,3\n',
        'headless.csv': 'ada@example.com,Ada\nbob@example.com,Bob\n',
        'phones.csv': '+33 6 12 34 55 66;Ada\n0612345567;Bob\n',
        'marked.csv': Buffer.concat([Buffer.from('\ufeffa,b\n1,'), Buffer.from([0xe9, 0x0a])]),
        'odd.csv': Buffer.concat([
          Buffer.from('fffe', 'hex'),
          iconv.encode('a,b\n1,2\n', 'utf-16le'),
          Buffer.from([0x41]),
        ]),
        'surrogate.csv': Buffer.concat([
          Buffer.from('fffe', 'hex'),
          iconv.encode('a,b\n1,', 'utf-16le'),
          Buffer.from([0x00, 0xd8, 0x0a, 0x00]),
        ]),
        'wide-nul.csv': Buffer.concat([Buffer.from('feff', 'hex'), iconv.encode('a,b\n1,\0\n', 'utf-16be')]),
        'unmarked.csv': iconv.encode('a,b\n1,2\n', 'utf-16le'),
      },
      async (files) => {
        const expected = {
          'after-quote.csv': 'line 2: text follows a closing quote',
          'headless.csv': 'line 1: the first line looks like data, not like field names',
          'inner-quote.csv': 'line 3: a quote stands inside an unquoted value',
          'long.csv': 'line 3: the number of values differs from the header',
          'marked.csv': 'line 1: it is not valid UTF-8, though its byte order mark says so',
          'nameless.csv': 'line 1: a field has no name',
          'nul.csv': 'line 3: a NUL byte',
          'odd.csv': 'line 1: it is not valid UTF-16',
          'open-quote.csv': 'line 3: a quote is never closed',
          'phones.csv': 'line 1: the first line looks like data, not like field names',
          'short.csv': 'line 4: the number of values differs from the header',
          'surrogate.csv': 'line 1: it is not valid UTF-16',
          'twice.csv': 'line 1: two fields have the same name',
          'unmarked.csv': 'line 1: a NUL byte',
          'wide-nul.csv': 'line 2: a NUL byte',
        }
        assert.deepEqual(await reasonsOf(files), expected)
        await using session = await files.write()
        for (const name of Object.keys(expected)) {
          const before = await readFile(files.path(name))
          await assert.rejects(
            session.savepoint(() => session.remove(name, ['["1"]'])),
            (error) => isProblem(error, 'connectors.corrupt'),
            name,
          )
          assert.deepEqual(await readFile(files.path(name)), before)
        }
        await session.commit()
        for (const collection of await described(files)) assert.equal(collection.writable, false)
      },
    ))

  it('says what it does not follow: links that lead out, and things that are no files', () =>
    withFiles({ 'own.csv': 'a,b\n1,2\n' }, async (files) => {
      const outside = await mkdtemp(join(tmpdir(), 'dossier-outside-'))
      await writeFile(join(outside, 'secret.csv'), 'a,b\n1,2\n')
      await symlink(outside, files.path('folder'))
      await symlink(join(outside, 'secret.csv'), files.path('linked.csv'))
      await symlink(files.path('own.csv'), files.path('alias.csv'))
      await symlink(files.directory, files.path('round'))
      await symlink('/nowhere', files.path('dangling.csv'))
      await mkdir(files.path('folder.csv'))
      const out = 'a link leads out of the directory'
      assert.deepEqual(await reasonsOf(files), { folder: out, 'linked.csv': out, 'own.csv': null })
      await using session = await files.read()
      await assert.rejects(session.sample('linked.csv', 1), (error) => isProblem(error, 'connectors.corrupt'))
      for (const name of [
        '../secret.csv',
        join(outside, 'secret.csv'),
        'own.csv/../own.csv',
        'folder/secret.csv',
        '',
      ])
        await assert.rejects(session.sample(name, 1), (error) =>
          isProblem(error, 'connectors.unknown-collection'),
        )
      await rm(outside, { recursive: true })
    }))

  it('is out of reach when it is not there, or no directory', () =>
    withFiles({ 'own.csv': 'a\n' }, async (files) => {
      const fails = (reason: string) => (error: unknown) =>
        isProblem(error, 'connectors.unreachable') && error.params['reason'] === reason
      for (const open of [driver.openRead, driver.openWrite, driver.probe]) {
        await assert.rejects(open(files.path('none'), limits), fails('the directory does not exist'))
        await assert.rejects(open(files.path('own.csv'), limits), fails('it is not a directory'))
      }
    }))

  it('may not be readable to us', () =>
    withFiles({ 'own.csv': 'a\n1\n', 'closed.csv': 'a\n1\n' }, async (files) => {
      await chmod(files.path('closed.csv'), 0)
      await asOrdinaryUser(files.directory, async () => {
        assert.deepEqual(await reasonsOf(files), { 'closed.csv': 'no right to read it', 'own.csv': null })
        await chmod(files.directory, 0o500)
        await assert.rejects(files.write(), (error) => isProblem(error, 'connectors.refused'))
        await chmod(files.directory, 0o700)
      })
    }))

  it('does not write over what somebody else has changed meanwhile, in any of its files', () =>
    withFiles({ 'a.csv': 'x,y\n1,2\n3,4\n', 'b.csv': 'x,y\n1,2\n' }, async (files) => {
      const changes: readonly (() => Promise<void>)[] = [
        () => appendFile(files.path('b.csv'), '5,6\n'),
        () => writeFile(files.path('b.csv'), 'x,y\n1,3\n'),
        async () => {
          await writeFile(files.path('new'), 'x,y\n1,2\n')
          await rename(files.path('new'), files.path('b.csv'))
        },
        () => rm(files.path('b.csv')),
      ]
      for (const change of changes) {
        await using session = await files.write()
        await session.remove('a.csv', ['["1"]'])
        await session.remove('b.csv', ['["1"]'])
        await change()
        const theirs = await readFile(files.path('b.csv'), 'utf8').catch(() => null)
        await assert.rejects(session.commit(), {
          code: 'connectors.changed-meanwhile',
          params: { file: 'b.csv' },
        })
        assert.equal(await readFile(files.path('a.csv'), 'utf8'), 'x,y\n1,2\n3,4\n')
        assert.equal(await readFile(files.path('b.csv'), 'utf8').catch(() => null), theirs)
        assert.deepEqual(
          (await readdir(files.directory)).filter((name) => name.startsWith('.')),
          [],
        )
      }
    }))

  it('keeps the rights of a file, and refuses to part it from a second name', () =>
    withFiles({ 'a.csv': 'x\n1\n2\n', 'b.csv': 'x\n1\n' }, async (files) => {
      await chmod(files.path('a.csv'), 0o640)
      await link(files.path('b.csv'), files.path('b2.csv'))
      assert.deepEqual(
        (await described(files)).map(({ writable }) => writable),
        [true, false, false],
      )
      {
        await using session = await files.write()
        await session.remove('a.csv', ['["1"]'])
        await assert.rejects(session.remove('b.csv', ['["1"]']), (error) =>
          isProblem(error, 'connectors.refused'),
        )
        await session.commit()
      }
      assert.equal((await stat(files.path('a.csv'))).mode & 0o7777, 0o640)
      assert.equal(await readFile(files.path('a.csv'), 'utf8'), 'x\n2\n')
      assert.equal(await readFile(files.path('b2.csv'), 'utf8'), 'x\n1\n')
    }))

  it('survives a kill in the middle: each file is the old or the new one, and nothing else stays', async () => {
    const rows = Array.from({ length: 8_000 }, (_, i) => `${i},person ${i},${'x'.repeat(50)}`)
    const [old, fresh] = [
      ['id,name,pad', ...rows],
      ['id,name,pad', ...rows.slice(1)],
    ].map((lines) => `${lines.join('\n')}\n`)
    assert.ok(old && fresh)
    const script = (directory: string) => `
      import { driver } from '${new URL('./driver.ts', import.meta.url)}'
      const session = await driver.openWrite(${JSON.stringify(directory)}, { statementTimeoutMs: 9000, lockTimeoutMs: 9000 })
      for (const name of ['a.csv', 'b.csv']) await session.remove(name, ['["1"]'])
      process.stdout.write('ready')
      await session.commit()`
    await withFiles({}, async (files) => {
      for (const wait of [0, 40, 80, 120]) {
        for (const name of ['a.csv', 'b.csv']) await writeFile(files.path(name), old)
        const child = spawn(process.execPath, ['--input-type=module', '-e', script(files.directory)], {
          stdio: ['ignore', 'pipe', 'inherit'],
        })
        const gone = once(child, 'exit')
        await Promise.race([once(child.stdout, 'data'), gone])
        await sleep(wait)
        child.kill('SIGKILL')
        await gone
        for (const name of ['a.csv', 'b.csv'])
          assert.ok(
            [old, fresh].includes(await readFile(files.path(name), 'utf8')),
            `${name} after ${wait} ms`,
          )
        {
          await using session = await files.write()
          assert.deepEqual(
            (await readdir(files.directory)).filter((name) => name.endsWith('.tmp')),
            [],
          )
          assert.equal(
            await session.count({
              collection: 'a.csv',
              matches: [{ fields: ['id'], fold: 'none', values: [['1']] }],
            }),
            1,
          )
        }
        assert.deepEqual((await readdir(files.directory)).sort(), ['a.csv', 'b.csv'])
      }
    })
  })
})
