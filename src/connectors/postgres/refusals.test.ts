import assert from 'node:assert/strict'
import { createServer } from 'node:net'
import { describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { isProblem, type Problem } from '../../platform/problem.ts'
import { asRole, limits, servers, withDatabase } from './database.fixture.ts'
import { driver } from './driver.ts'

const fails =
  (code: string, check: (problem: Problem) => void = () => undefined) =>
  (error: unknown) => {
    assert.ok(isProblem(error, code), `${code}, not ${error}`)
    assert.equal(error.cause, undefined)
    check(error)
    return true
  }

const person = [
  'create table person (id int primary key, email text)',
  `insert into person values (1, 'ada@example.com'), (2, 'bob@example.com')`,
]
const match = (value: string) => ({ fields: ['email'], fold: 'lower' as const, values: [[value]] })
const ada = { collection: 'public.person', matches: [match('ada@example.com')], fields: ['id'] }

for (const server of servers)
  describe(`PostgreSQL (${server.name}) that does not do as asked`, () => {
    it('refuses a wrong password, user or database', () =>
      withDatabase(server, [], async ({ url, secret }) => {
        const changed = (change: (url: URL) => void) => {
          const other = new URL(url)
          change(other)
          return driver.openRead(driver.parse(other.href, '/').secret, limits)
        }
        const signingIn = fails('connectors.refused', ({ params }) => assert.equal(params.what, 'signing in'))
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
        await assert.rejects(
          changed((other) => {
            other.searchParams.set('sslmode', 'verify-full')
          }),
          fails('connectors.unreachable', ({ params }) =>
            assert.match(String(params.reason), /offers no TLS/),
          ),
        )
        assert.match((await driver.probe(secret, limits)).engine, /^PostgreSQL \d+\.\d+$/)
      }))

    it('says that nobody answers, or what answers is no PostgreSQL', async () => {
      const unreachable = (reason: RegExp) =>
        fails('connectors.unreachable', ({ params }) => assert.match(String(params.reason), reason))
      const at = (where: string) =>
        driver.openRead(driver.parse(`postgres://a:s3cret@${where}/c`, '/').secret, limits)
      await assert.rejects(at('127.0.0.1:1'), unreachable(/nobody answers/))
      await assert.rejects(at('localhost:1'), unreachable(/nobody answers/))
      await assert.rejects(at('no-such-host.invalid:5432'), unreachable(/host name/))
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
        [...person, 'create schema hidden', 'create table hidden.secret (id int, email text)'],
        async (database) => {
          const secret = await asRole(database, `clerk_${process.pid}`)
          try {
            await using session = await driver.openRead(secret, limits)
            const { collections } = await session.describe()
            const reasons = collections.map(({ name, unreadable }) => [name, unreadable])
            assert.deepEqual(reasons, [
              ['hidden.secret', 'no right to read it'],
              ['public.person', 'no right to read it'],
            ])
            const refused = (what: RegExp) =>
              fails('connectors.refused', ({ params }) => assert.match(String(params.what), what))
            await assert.rejects(session.count(ada), refused(/^select on public\.person$/))
            await assert.rejects(session.sample('hidden.secret', 5), refused(/^select on hidden\.secret$/))
            await database.query(`grant select on person to clerk_${process.pid}`)
            assert.equal(await session.count(ada), 1)
            await using writer = await driver.openWrite(secret, limits)
            await assert.rejects(
              writer.savepoint(() => writer.remove('public.person', ['["1"]'])),
              refused(/^delete on public\.person$/),
            )
            await assert.rejects(
              writer.savepoint(() =>
                writer.change('public.person', [{ key: '["1"]', set: { email: null } }]),
              ),
              refused(/^update on/),
            )
          } finally {
            await database.query(`drop owned by clerk_${process.pid}`)
            await database.query(`drop role clerk_${process.pid}`)
          }
        },
      ))

    it('does not take rows a policy hides for rows that are not there', () =>
      withDatabase(server, person, async (database) => {
        const role = `tenant_${process.pid}`
        const secret = await asRole(database, role)
        try {
          await database.query('alter table person enable row level security')
          await database.query('create policy own on person using (id = 2)')
          await database.query(`grant select, update, delete on person to ${role}`)
          await using session = await driver.openRead(secret, limits)
          const [described] = (await session.describe()).collections
          assert.equal(described?.unreadable, 'row-level security hides rows')
          await assert.rejects(session.count(ada), fails('connectors.refused'))
          await using writer = await driver.openWrite(secret, limits)
          await assert.rejects(writer.remove('public.person', ['["1"]']), fails('connectors.refused'))
        } finally {
          await database.query(`drop owned by ${role}`)
          await database.query(`drop role ${role}`)
        }
      }))

    it('cannot be made to write by what it reads', () =>
      withDatabase(
        server,
        [
          ...person,
          `create function sneak() returns int language sql as 'insert into person values (3, null) returning id'`,
          'create view trap as select sneak() as id',
        ],
        async (database) => {
          await using session = await database.read()
          const trap = (await session.describe()).collections.find(({ name }) => name === 'public.trap')
          assert.equal(trap?.unreadable, 'no right to read it')
          await assert.rejects(
            Array.fromAsync(session.stream('public.trap', ['id'])),
            fails('connectors.refused'),
          )
          assert.equal((await database.query('select from person')).rowCount, 2)
        },
      ))

    it('is not waited for longer than the statement timeout, and answers again afterwards', () =>
      withDatabase(
        server,
        [...person, 'create view slow as select id, pg_sleep(5)::text as pause from person'],
        async (database) => {
          await using session = await database.read({ statementTimeoutMs: 150, lockTimeoutMs: 100 })
          const start = Date.now()
          await assert.rejects(
            Array.fromAsync(session.stream('public.slow', ['pause'])),
            fails('connectors.timeout'),
          )
          assert.ok(Date.now() - start < 2_000)
          assert.equal(await session.count(ada), 1)
        },
      ))

    it('is not waited for longer than the lock timeout', () =>
      withDatabase(server, person, async (database) => {
        await database.query('begin')
        await database.query('update person set email = email where id = 1')
        await using session = await database.write()
        await assert.rejects(
          session.savepoint(() => session.remove('public.person', ['["1"]'])),
          fails('connectors.locked'),
        )
        assert.equal(await session.remove('public.person', ['["2"]']), 1)
        await database.query('rollback')
      }))

    it('goes away in the middle of a statement: the session says so, and every later call too', () =>
      withDatabase(
        server,
        [...person, 'create view slow as select id, pg_sleep(10)::text as pause from person'],
        async (database) => {
          await using reader = await database.read()
          await using writer = await database.write()
          await writer.remove('public.person', ['["1"]'])
          const lost = fails('connectors.unreachable', ({ params }) => {
            assert.equal(params.reason, 'the connection was lost')
            assert.match(String(params.system), /^postgres:\/\/127\.0\.0\.1:\d+\/test_/)
          })
          const reading = assert.rejects(Array.fromAsync(reader.stream('public.slow', ['pause'])), lost)
          for (let busy = 0; busy === 0; await sleep(20))
            busy =
              (
                await database.query(
                  `select from pg_stat_activity where wait_event = 'PgSleep' and datname = current_database()`,
                )
              ).rowCount ?? 0
          await database.query(
            `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'dossier' and datname = current_database()`,
          )
          await reading
          await assert.rejects(reader.count(ada), lost)
          await assert.rejects(writer.remove('public.person', ['["2"]']), lost)
          await assert.rejects(writer.commit(), lost)
          assert.equal((await database.query('select from person')).rowCount, 2, 'nothing was committed')
        },
      ))

    it('may swallow a write: then the count is smaller', () =>
      withDatabase(
        server,
        [
          ...person,
          `create function keep() returns trigger language plpgsql as 'begin if old.id = 1 then return null; end if; return coalesce(new, old); end'`,
          'create trigger keep before update or delete on person for each row execute function keep()',
          `create table ruled (id int primary key, email text); insert into ruled values (1, 'x'); create rule nothing as on delete to ruled do instead nothing`,
        ],
        async (database) => {
          await using session = await database.write()
          const changes = ['1', '2'].map((id) => ({ key: `["${id}"]`, set: { email: null } }))
          assert.equal(await session.change('public.person', changes), 1)
          assert.equal(await session.remove('public.person', ['["1"]', '["2"]']), 1)
          assert.equal(await session.remove('public.ruled', ['["1"]']), 0)
        },
      ))

    it('lets triggers find what they need, and passes on nothing of what they shout', () =>
      withDatabase(
        server,
        [
          ...person,
          'create table history (id int, email text)',
          `create function log() returns trigger language plpgsql as $$ begin
           insert into history values (old.id, old.email);
           if old.id = 2 then raise exception 'no: %', old.email using errcode = '23514', detail = old.email, constraint = 'house_rule'; end if;
           return null; end $$`,
          'create trigger log after delete on person for each row execute function log()',
        ],
        async (database) => {
          await using session = await database.write()
          assert.equal(await session.remove('public.person', ['["1"]']), 1)
          const shouted = fails('connectors.constraint', (problem) => {
            assert.deepEqual(problem.params, {
              kind: 'check',
              constraint: 'house_rule',
              collection: 'public.person',
            })
            assert.doesNotMatch(`${problem.message} ${problem.stack} ${JSON.stringify(problem)}`, /bob/)
          })
          await assert.rejects(
            session.savepoint(() => session.remove('public.person', ['["2"]'])),
            shouted,
          )
          await session.commit()
          assert.deepEqual((await database.query('select * from history')).rows, [
            { id: 1, email: 'ada@example.com' },
          ])
        },
      ))

    it('says of what was asked behind a failure why that failed, and nothing of it once it is undone', () =>
      withDatabase(
        server,
        [...person, 'create table letter (id int primary key); insert into letter values (1)'],
        async (database) => {
          await using holder = await database.write()
          await holder.change('public.person', [{ key: '["2"]', set: { email: null } }])
          await using session = await database.write()
          const letters = { collection: 'public.letter', keys: ['["1"]'], fields: ['id'] }
          await session
            .savepoint(async () => {
              session.hurry?.({ statementTimeoutMs: 5_000, lockTimeoutMs: 50, transactionTimeoutMs: 60_000 })
              const all = [
                session.change('public.person', [{ key: '["2"]', set: { email: 'x' } }]),
                Array.fromAsync(session.find(letters)),
                session.remove('public.letter', ['["1"]']),
              ]
              for (const one of await Promise.allSettled(all))
                assert.ok(one.status === 'rejected' && isProblem(one.reason, 'connectors.locked'))
              await assert.rejects(session.describe({ counts: false }), fails('connectors.locked'))
              throw new Error('undone')
            })
            .catch((error: Error) => assert.equal(error.message, 'undone'))
          assert.equal((await Array.fromAsync(session.find(letters))).length, 1)
          const wrong = session.change('public.person', [{ key: '["1"]', set: { id: 'one' } }])
          await assert.rejects(wrong, fails('connectors.constraint'))
        },
      ))

    it('never takes a failed transaction for a commit', () =>
      withDatabase(server, person, async (database) => {
        await using session = await database.write()
        assert.equal(await session.remove('public.person', ['["2"]']), 1)
        await assert.rejects(
          session.change('public.person', [{ key: '["1"]', set: { id: 'one' } }]),
          fails('connectors.constraint'),
        )
        await assert.rejects(
          session.commit(),
          fails('connectors.target-error', ({ params }) => assert.equal(params.sqlstate, '25P02')),
        )
        assert.equal((await database.query('select from person')).rowCount, 2)
      }))

    it('says when a field or a table is gone since it was described', () =>
      withDatabase(server, person, async (database) => {
        await using session = await database.read()
        assert.equal(await session.count(ada), 1)
        await database.query('alter table person drop column email')
        await assert.rejects(session.count(ada), fails('connectors.unknown-field'))
        await database.query('drop table person')
        await assert.rejects(session.sample('public.person', 1), fails('connectors.unknown-collection'))
        assert.deepEqual((await session.describe()).collections, [])
      }))
  })
