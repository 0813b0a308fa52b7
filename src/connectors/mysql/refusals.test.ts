import assert from 'node:assert/strict'
import { createServer } from 'node:net'
import { describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { isProblem, type Problem } from '../../platform/problem.ts'
import { asAccount, limits, servers, type TestDatabase, withDatabase } from './database.fixture.ts'
import { driver } from './driver.ts'

const fails =
  (code: string, check: (problem: Problem) => void = () => undefined) =>
  (error: unknown) => {
    assert.ok(isProblem(error, code), `${code}, not ${error} ${JSON.stringify(error)}`)
    assert.equal(error.cause, undefined)
    check(error)
    return true
  }

const refused = (what: RegExp) =>
  fails('connectors.refused', ({ params }) => assert.match(String(params.what), what))

const person = [
  'create table person (id int primary key, email varchar(60))',
  `insert into person values (1, 'ada@example.com'), (2, 'bob@example.com')`,
]
const match = (value: string) => ({ fields: ['email'], fold: 'lower' as const, values: [[value]] })
const ada = { collection: 'person', matches: [match('ada@example.com')], fields: ['id'] }

const rowsIn = async (database: TestDatabase, table: string) =>
  (await database.query(`select * from ${table}`)).length

for (const server of servers)
  describe(`${server.name} that does not do as asked`, () => {
    it('refuses a wrong password, user or database', () =>
      withDatabase(server, [], async ({ url, secret }) => {
        const changed = (change: (url: URL) => void) => {
          const other = new URL(url)
          change(other)
          return driver.openRead(driver.parse(other.href, '/').secret, limits)
        }
        const signingIn = refused(/^signing in$/)
        await assert.rejects(
          changed((other) => {
            other.password = 'wrong'
          }),
          signingIn,
        )
        await assert.rejects(
          changed((other) => {
            other.password = ''
          }),
          signingIn,
        )
        await assert.rejects(
          changed((other) => {
            other.username = 'nobody'
          }),
          signingIn,
        )
        await assert.rejects(
          changed((other) => {
            other.pathname = '/no_such_db'
          }),
          fails('connectors.unreachable', ({ params }) =>
            assert.equal(params.reason, 'the database does not exist'),
          ),
        )
        const { engine } = await driver.probe(secret, limits)
        assert.match(engine, server.isMariadb ? /^MariaDB \d+\.\d+\.\d+$/ : /^MySQL \d+\.\d+\.\d+$/)
      }))

    it('says that nobody answers, or what answers is no MySQL', async () => {
      const unreachable = (reason: RegExp) =>
        fails('connectors.unreachable', ({ params }) => assert.match(String(params.reason), reason))
      const at = (where: string) =>
        driver.openRead(driver.parse(`mysql://a:s3cret@${where}/c`, '/').secret, limits)
      await assert.rejects(at('127.0.0.1:1'), unreachable(/nobody answers/))
      await assert.rejects(at('localhost:1'), unreachable(/nobody answers/))
      await assert.rejects(at('no-such-host.invalid:3306'), unreachable(/host name/))
      const gone = driver.parse('mysql://a:s3cret@here/c?socket=/no/such/socket', '/').secret
      await assert.rejects(driver.openRead(gone, limits), unreachable(/nobody answers/))
      const stranger = createServer((socket) => socket.end('220 mail.example ESMTP\r\n')).listen(
        0,
        '127.0.0.1',
      )
      await new Promise((resolve) => stranger.once('listening', resolve))
      const address = stranger.address()
      assert.ok(address !== null && typeof address === 'object')
      await assert.rejects(at(`127.0.0.1:${address.port}`), fails('connectors.unreachable'))
      stranger.close()
    })

    it('describes a table it may not read, and refuses to read or write it', () =>
      withDatabase(
        server,
        [...person, 'create table partly (id int, email varchar(60))'],
        async (database) => {
          const account = `clerk_${process.pid}`
          const { secret, drop } = await asAccount(database, account)
          const grant = (right: string) =>
            database.query(
              `grant ${right.replace(' on ', ` on ${database.name}.`)} to ${account}@'127.0.0.1'`,
            )
          try {
            await grant('insert on person')
            await grant('select (id) on partly')
            await using session = await driver.openRead(secret, limits)
            const { collections } = await session.describe()
            const reasons = collections.map(({ name, unreadable }) => [name, unreadable])
            assert.deepEqual(reasons, [
              ['partly', 'no right to read it'],
              ['person', 'no right to read it'],
            ])
            await assert.rejects(session.count(ada), refused(/^select on person$/))
            await assert.rejects(session.sample('person', 5), refused(/^select on person$/))
            await grant('select on person')
            assert.equal(await session.count(ada), 1)
            await using writer = await driver.openWrite(secret, limits)
            await assert.rejects(
              writer.savepoint(() => writer.remove('person', ['["1"]'])),
              refused(/^delete on person$/),
            )
            await assert.rejects(
              writer.savepoint(() => writer.change('person', [{ key: '["1"]', set: { email: null } }])),
              refused(/^update on person$/),
            )
          } finally {
            await drop()
          }
        },
      ))

    it('cannot be made to write by what it reads', () =>
      withDatabase(
        server,
        [
          ...person,
          'create table loose (id int) engine = myisam',
          'create function sneak() returns int modifies sql data begin insert into person values (3, null); return 1; end',
          'create function slip() returns int modifies sql data begin insert into loose values (3); return 1; end',
          'create view trap as select sneak() as id',
          'create view hole as select slip() as id',
        ],
        async (database) => {
          await using session = await database.read()
          const { collections } = await session.describe()
          for (const name of ['trap', 'hole']) {
            const described = collections.find((collection) => collection.name === name)
            assert.equal(described?.unreadable, 'no right to read it')
            await assert.rejects(
              Array.fromAsync(session.stream(name, [])),
              refused(new RegExp(`^select on ${name}$`)),
            )
          }
          assert.equal(await rowsIn(database, 'person'), 2)
          assert.equal(await rowsIn(database, 'loose'), 0)
        },
      ))

    it('is not waited for longer than the statement timeout, and answers again afterwards', () =>
      withDatabase(
        server,
        [
          ...person,
          'create view slow as select id, sleep(5) as pause from person',
          'create trigger slow before delete on person for each row set @pause = sleep(5)',
        ],
        async (database) => {
          const brief = { statementTimeoutMs: 150, lockTimeoutMs: 100 }
          const start = Date.now()
          await using session = await database.read(brief)
          await assert.rejects(
            Array.fromAsync(session.stream('slow', ['pause'])),
            fails('connectors.timeout', ({ params }) => assert.equal(params.what, 'select on slow')),
          )
          assert.equal(await session.count(ada), 1)
          await using writer = await database.write(brief)
          await assert.rejects(
            writer.savepoint(() => writer.remove('person', ['["1"]'])),
            fails('connectors.timeout', ({ params }) => assert.equal(params.what, 'delete on person')),
          )
          assert.equal(await writer.count(ada), 1)
          assert.ok(Date.now() - start < 4_000)
        },
      ))

    it('is not waited for longer than the lock timeout', () =>
      withDatabase(server, person, async (database) => {
        await database.query('begin')
        await database.query('update person set email = email where id = 1')
        await using session = await database.write()
        await assert.rejects(
          session.savepoint(() => session.remove('person', ['["1"]'])),
          fails('connectors.locked'),
        )
        assert.equal(await session.remove('person', ['["2"]']), 1)
        await database.query('rollback')
      }))

    it('does not wait for rows it only passes while it looks for others', () =>
      withDatabase(server, person, async (database) => {
        await database.query('begin')
        await database.query('update person set email = email where id = 1')
        await using session = await database.write()
        const bob = { ...ada, matches: [match('bob@example.com')] }
        assert.deepEqual((await Array.fromAsync(session.find(bob)))[0]?.cells, ['2'])
        await database.query('rollback')
      }))

    it('goes away in the middle of a statement: the session says so, and every later call too', () =>
      withDatabase(
        server,
        [...person, 'create view slow as select id, sleep(10) as pause from person'],
        async (database) => {
          await using reader = await database.read()
          await using writer = await database.write()
          await writer.remove('person', ['["1"]'])
          const lost = fails('connectors.unreachable', ({ params }) => {
            assert.equal(params.reason, 'the connection was lost')
            assert.match(String(params.system), /^mysql:\/\/127\.0\.0\.1:\d+\/test_/)
          })
          const reading = assert.rejects(Array.fromAsync(reader.stream('slow', ['pause'])), lost)
          const others = () =>
            database.query(
              `select id, info from information_schema.processlist where db = database() and id <> connection_id()`,
            )
          while (!(await others()).some(([, info]) => String(info).includes('slow'))) await sleep(20)
          for (const [id] of await others()) await database.query(`kill ${id}`)
          await reading
          await assert.rejects(reader.count(ada), lost)
          await assert.rejects(writer.remove('person', ['["2"]']), lost)
          await assert.rejects(writer.commit(), lost)
          assert.equal(await rowsIn(database, 'person'), 2, 'nothing was committed')
        },
      ))

    it('may swallow a change: it counts the row as met, and the row says what it holds', () =>
      withDatabase(
        server,
        [...person, 'create trigger keep before update on person for each row set new.email = old.email'],
        async (database) => {
          await using session = await database.write()
          assert.equal(await session.change('person', [{ key: '["1"]', set: { email: null } }]), 1)
          assert.equal(await session.count(ada), 1)
        },
      ))

    it('lets triggers do their work, and passes on nothing of what they shout', () =>
      withDatabase(
        server,
        [
          ...person,
          'create table history (id int, email varchar(60))',
          `create trigger log before delete on person for each row begin
             insert into history values (old.id, old.email);
             if old.id = 2 then signal sqlstate '45000' set message_text = 'not bob@example.com'; end if;
           end`,
          `create trigger check_email before update on person for each row
             if new.email = 'x' then signal sqlstate '23000' set mysql_errno = 1062, message_text = 'Duplicate entry for key ''bob@example.com'''; end if`,
        ],
        async (database) => {
          await using session = await database.write()
          assert.equal(await session.remove('person', ['["1"]']), 1)
          const isQuiet = (problem: Problem) =>
            assert.doesNotMatch(`${problem.message} ${problem.stack} ${JSON.stringify(problem)}`, /bob/)
          const shouted = fails('connectors.target-error', (problem) => {
            assert.deepEqual(problem.params, { sqlstate: '45000/1644', what: 'delete on person' })
            isQuiet(problem)
          })
          await assert.rejects(
            session.savepoint(() => session.remove('person', ['["2"]'])),
            shouted,
          )
          await assert.rejects(
            session.savepoint(() => session.change('person', [{ key: '["2"]', set: { email: 'x' } }])),
            fails('connectors.constraint', isQuiet),
          )
          await session.commit()
          assert.deepEqual(await database.query('select * from history'), [[1, 'ada@example.com']])
        },
      ))

    it('never takes a failed transaction for a commit', () =>
      withDatabase(server, person, async (database) => {
        await using session = await database.write()
        assert.equal(await session.remove('person', ['["2"]']), 1)
        await assert.rejects(
          session.change('person', [{ key: '["1"]', set: { id: 'one' } }]),
          fails('connectors.constraint'),
        )
        await assert.rejects(session.commit(), fails('connectors.target-error'))
        assert.equal(await rowsIn(database, 'person'), 2)
      }))

    it('commits nothing of what came after a deadlock, for what came before is undone', () =>
      withDatabase(server, person, async (database) => {
        await database.query('set innodb_lock_wait_timeout = 20')
        await database.query('begin')
        // Of two that wait for each other, the one that has written less gives way.
        await database.query(
          'insert into person select i + 10, null from (select 1 i union select 2 union select 3) x',
        )
        await database.query('update person set email = email where id = 2')
        await using session = await database.write({ ...limits, lockTimeoutMs: 10_000 })
        assert.equal(await session.change('person', [{ key: '["1"]', set: { email: 'erased' } }]), 1)
        const other = database.query('update person set email = email where id = 1')
        const attempt = session.savepoint(() => session.remove('person', ['["2"]']))
        await assert.rejects(attempt, fails('connectors.locked'))
        await other
        await database.query('rollback')
        assert.equal(await session.remove('person', ['["2"]']), 1)
        await assert.rejects(session.commit(), fails('connectors.target-error'))
        assert.deepEqual(await database.query('select email from person order by id'), [
          ['ada@example.com'],
          ['bob@example.com'],
        ])
      }))

    it('does not write where there are no transactions, and says why', () =>
      withDatabase(
        server,
        [
          `create table old (id int primary key, email varchar(60)) engine = myisam`,
          `insert into old values (1, 'ada@example.com')`,
          'create table fleeting (id int primary key) engine = memory',
        ],
        async (database) => {
          await using session = await database.write()
          const described = (await session.describe()).collections.map(
            ({ name, writable, unreadable, rows }) => [name, writable, unreadable, rows],
          )
          assert.deepEqual(described, [
            ['fleeting', false, null, 0],
            ['old', false, null, 1],
          ])
          assert.equal(await session.count({ ...ada, collection: 'old' }), 1)
          const why = refused(/^writing to old \(its engine MyISAM has no transactions\)$/)
          await assert.rejects(session.remove('old', ['["1"]']), why)
          await assert.rejects(session.change('old', [{ key: '["1"]', set: { email: null } }]), why)
        },
      ))

    it('says when a field or a table is gone since it was described', () =>
      withDatabase(server, person, async (database) => {
        await using session = await database.read()
        assert.equal(await session.count(ada), 1)
        await database.query('alter table person drop column email')
        await assert.rejects(
          session.count(ada),
          fails('connectors.unknown-field', ({ params }) =>
            assert.deepEqual(params, { collection: 'person', field: 'email' }),
          ),
        )
        await database.query('drop table person')
        await assert.rejects(session.sample('person', 1), fails('connectors.unknown-collection'))
        assert.deepEqual((await session.describe()).collections, [])
      }))

    it('may have sessions set up in ways that hide rows or change meanings: ours are not', () =>
      withDatabase(server, person, async (database) => {
        const account = `odd_${process.pid}`
        const { secret, drop } = await asAccount(database, account)
        await database.query(`grant all on ${database.name}.* to ${account}@'127.0.0.1'`)
        const init = `set sql_select_limit = 1, sql_mode = 'ANSI_QUOTES,NO_BACKSLASH_ESCAPES', sql_safe_updates = 1, time_zone = '+05:00', autocommit = 0, foreign_key_checks = 0`
        const [before] = await database.query('select @@global.init_connect')
        await database.query('set global init_connect = ?', [init])
        try {
          await using session = await driver.openWrite(secret, limits)
          const all = await Array.fromAsync(session.stream('person', ['email']))
          assert.equal(all.length, 2)
          const note = `it's "\\`
          assert.equal(await session.change('person', [{ key: '["1"]', set: { email: note } }]), 1)
          const found = session.find({ ...ada, matches: [match(note)] })
          assert.equal((await Array.fromAsync(found)).length, 1)
        } finally {
          await database.query('set global init_connect = ?', [String(before?.[0] ?? '')])
          await drop()
        }
      }))
  })
