import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { chmod, mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, it } from 'node:test'
import { isProblem } from '../../platform/problem.ts'
import { limits, withFile } from './database.fixture.ts'
import { driver } from './driver.ts'

const fails = (code: string, reason?: string) => (error: unknown) => {
  assert.ok(isProblem(error, code), `${code}, not ${error}`)
  assert.equal(error.cause, undefined)
  if (reason !== undefined) assert.equal(error.params.reason, reason)
  return true
}

const person = `create table person (id integer primary key, email text); insert into person values (1, 'ada@example.com'), (2, 'bob@example.com');`

/** Rights bind anybody but root; access(2) asks for the real user, so it takes a process of its own. */
const asOrdinaryUser = (command: string, args: readonly string[]) =>
  spawnSync(command, args, process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534, cwd: '/' } : {})
const canAsk =
  asOrdinaryUser(process.execPath, ['-e', `fs.readFileSync(${JSON.stringify(import.meta.filename)})`])
    .status === 0

describe('a SQLite file that is not as it should be', () => {
  it('is not made when it is missing, and is not taken for a database when it is none', () =>
    withFile(person, async ({ directory, path }) => {
      const missing = join(directory, 'missing.db')
      const folder = join(directory, 'folder.db')
      const text = join(directory, 'text.db')
      const torn = join(directory, 'torn.db')
      await mkdir(folder)
      await writeFile(text, 'id,email\n1,ada@example.com\n'.repeat(100))
      const bytes = await readFile(path)
      await writeFile(torn, Buffer.concat([bytes.subarray(0, 100), Buffer.alloc(bytes.length - 100, 0x77)]))
      for (const open of [driver.openRead, driver.openWrite, driver.probe]) {
        await assert.rejects(
          open(missing, limits),
          fails('connectors.unreachable', 'the file does not exist'),
        )
        await assert.rejects(
          open(join(path, 'below'), limits),
          fails('connectors.unreachable', 'the file does not exist'),
        )
        await assert.rejects(open(folder, limits), fails('connectors.corrupt', 'it is a directory'))
        await assert.rejects(open(text, limits), fails('connectors.corrupt', 'it is not a SQLite database'))
        await assert.rejects(open(torn, limits), fails('connectors.corrupt', 'the database is damaged'))
      }
      assert.deepEqual((await readdir(directory)).includes('missing.db'), false)
    }))

  it('names its address without surprises', () => {
    assert.deepEqual(driver.parse('sqlite:shop.db', '/data'), {
      shown: 'sqlite:/data/shop.db',
      secret: '/data/shop.db',
    })
    assert.equal(driver.parse('sqlite:///var/a b%20c?.db', '/data').secret, '/var/a b%20c?.db')
    assert.throws(() => driver.parse('sqlite:', '/data'), fails('connectors.url', 'no path is given'))
    assert.throws(() => driver.parse('sqlite::memory:', '/data'), fails('connectors.url'))
    assert.throws(
      () => driver.parse('sqlite:a\0b', '/data'),
      fails('connectors.url', 'the path holds a NUL character'),
    )
  })

  it('may be locked by its own program: waited for, but not with our event loop', () =>
    withFile(`pragma journal_mode = delete; ${person}`, async (file) => {
      file.own.exec('begin exclusive')
      let turns = 0
      const ticking = setInterval(() => turns++, 5)
      await assert.rejects(file.write(), fails('connectors.locked'))
      await assert.rejects(file.read(), fails('connectors.locked'))
      clearInterval(ticking)
      assert.ok(turns > 15, `${turns} turns`)
      setTimeout(() => file.own.exec('commit'), 50)
      await using session = await file.write()
      assert.equal(await session.remove('person', ['["1"]']), 1)
      await session.commit()
    }))

  it('is read without keeping its own program from writing', () =>
    withFile(
      `pragma journal_mode = delete; create table t (id integer primary key, x text); with recursive n(i) as (select 1 union all select i + 1 from n where i < 20000) insert into t select i, 'x' || i from n`,
      async (file) => {
        await using session = await file.read()
        let rows = 0
        let longest = 0
        let last = performance.now()
        const ticking = setInterval(() => {
          longest = Math.max(longest, performance.now() - last)
          last = performance.now()
        }, 1)
        for await (const { cells } of session.stream('t', ['id'])) {
          if (rows++ === 5_000) file.own.exec(`update t set x = null where id = ${cells[0]}`)
        }
        clearInterval(ticking)
        assert.equal(rows, 20_000)
        assert.ok(longest < 250, `our own event loop stood still for ${longest} ms`)
      },
    ))

  it('may swallow a write, take back everything, or shout: each is told apart', () =>
    withFile(
      `${person} create table other (id integer primary key, email text); insert into other select * from person;
      create trigger swallow before delete on person when old.id = 1 begin select raise(ignore); end;
      create trigger shout before update on person begin select raise(abort, 'no, ada@example.com!'); end;
      create trigger undo before delete on other begin select raise(rollback, 'all of it'); end;`,
      async (file) => {
        await using session = await file.write()
        assert.equal(await session.remove('person', ['["1"]', '["2"]']), 1)
        const shouted = (error: unknown) => {
          assert.ok(isProblem(error, 'connectors.constraint'))
          assert.deepEqual(error.params, { kind: 'check', constraint: '', collection: 'person' })
          return true
        }
        await assert.rejects(
          session.savepoint(() => session.change('person', [{ key: '["1"]', set: { email: null } }])),
          shouted,
        )
        await assert.rejects(
          session.savepoint(() => session.remove('other', ['["1"]'])),
          fails('connectors.constraint'),
        )
        await assert.rejects(
          session.change('other', [{ key: '["2"]', set: { email: null } }]),
          fails('connectors.target-error'),
        )
        await assert.rejects(session.commit(), fails('connectors.target-error'))
        assert.deepEqual(
          file.own.prepare('select count(*) n from person').get()?.n,
          2,
          'nothing was committed',
        )
        assert.deepEqual(file.own.prepare('select count(*) n from other where email is not null').get()?.n, 2)
      },
    ))

  it('is refused an answer that took too long, and answers the next question', () =>
    withFile(
      `${person} create view slow as with recursive n(i) as (select 1 union all select i + 1 from n where i < 300000) select max(i) as x from n`,
      async (file) => {
        await using session = await file.read({ statementTimeoutMs: 5, lockTimeoutMs: 100 })
        await assert.rejects(Array.fromAsync(session.stream('slow', ['x'])), fails('connectors.timeout'))
        assert.equal(await session.count({ collection: 'person', keys: ['["1"]', '["3"]'] }), 1)
      },
    ))

  it('names the foreign key that a commit would have broken', () =>
    withFile(
      `create table a (id integer primary key); create table b (id integer primary key, a_id int references a); insert into a values (1); insert into b values (1, 1)`,
      async (file) => {
        await using session = await file.write()
        assert.equal(await session.remove('a', ['["1"]']), 1)
        await assert.rejects(session.commit(), {
          code: 'connectors.constraint',
          params: { kind: 'foreign-key', constraint: 'b_a_id', collection: 'b' },
        })
      },
    ))

  for (const mode of ['delete', 'wal', 'persist'])
    it(`holds no byte of what was erased (journal mode ${mode})`, () =>
      withFile(
        `pragma journal_mode = ${mode}; pragma secure_delete = off; create table t (id integer primary key, secret text);`,
        async (file) => {
          const insert = file.own.prepare('insert into t values (?, ?)')
          for (let i = 0; i < 300; i++)
            insert.run(i, i % 3 ? `neighbour ${i}` : `CANARY-${'long '.repeat(i * 10)}`)
          // What SQLite itself leaves in unused space when it moves rows about is its owner's to VACUUM.
          file.own.exec('pragma secure_delete = on; vacuum; pragma secure_delete = off')
          {
            await using session = await file.write()
            const rows = await Array.fromAsync(
              session.search({
                collection: 't',
                fields: ['secret'],
                needles: [{ fold: 'lower', text: 'canary' }],
              }),
            )
            assert.equal(rows.length, 100)
            const [first = [], second = []] = [rows.slice(0, 50), rows.slice(50)]
            assert.equal(
              await session.change(
                't',
                first.map(({ key }) => ({ key, set: { secret: null } })),
              ),
              50,
            )
            assert.equal(
              await session.remove(
                't',
                second.map(({ key }) => key),
              ),
              50,
            )
            await session.commit()
          }
          for (const name of await readdir(file.directory))
            assert.equal((await readFile(join(file.directory, name))).includes('CANARY'), false, name)
          assert.deepEqual(file.own.prepare('select count(*) n from t').get()?.n, 250)
          assert.deepEqual(file.own.prepare('pragma integrity_check').get()?.integrity_check, 'ok')
        },
      ))

  it(
    'cannot be written to where its rights forbid it',
    { skip: !canAsk && 'nobody else may read this code' },
    () =>
      withFile(person, async (file) => {
        await chmod(file.path, 0o444)
        await chmod(file.directory, 0o755)
        const program = `
        import { driver } from ${JSON.stringify(join(import.meta.dirname, 'driver.ts'))}
        const limits = ${JSON.stringify(limits)}
        const refusal = await driver.openWrite(process.argv[1], limits).then(() => null, ({ code }) => code)
        const session = await driver.openRead(process.argv[1], limits)
        console.log(refusal, (await session.sample('person', 5)).length)`
        const { stdout } = asOrdinaryUser(process.execPath, ['--input-type=module', '-e', program, file.path])
        assert.equal(String(stdout), 'connectors.refused 2\n')
      }),
  )

  it('that is empty is a database without tables', () =>
    withFile('', async (file) => {
      await writeFile(file.path, '')
      await using session = await file.read()
      assert.deepEqual((await session.describe()).collections, [])
      assert.equal(new DatabaseSync(file.path).prepare('select 1 as one').get()?.one, 1)
    }))
})
