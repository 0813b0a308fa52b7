import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { isProblem } from '../../platform/problem.ts'
import type { ReadSession, SessionLimits } from '../connector.ts'
import { asRole, limits, servers, type TestDatabase, withDatabase } from './database.fixture.ts'
import { driver } from './driver.ts'
import { closeKept } from './kept-connections.ts'

const schema = [
  'create table person (id int primary key, name text)',
  `insert into person select i, 'n' || i from generate_series(1, 200) i`,
  'create view backend as select pg_backend_pid()::text as pid',
  // What a target's own trigger leaves behind in the session.
  `create function leave_a_trace() returns trigger language plpgsql as $$ begin
     perform set_config('app.last', old.name, false);
     perform pg_advisory_lock(7);
     create temporary table if not exists trace (id int);
     return old;
   end $$`,
  'create trigger trace before delete on person for each row execute function leave_a_trace()',
  `create view traces as select coalesce(nullif(current_setting('app.last', true), ''), '-') as last,
     to_regclass('pg_temp.trace')::text as temporary`,
]

const cellsOf = async (session: ReadSession, collection: string, fields: readonly string[]) =>
  (await Array.fromAsync(session.stream(collection, fields), ({ cells }) => cells)).flat()
const backendOf = async (session: ReadSession) => (await cellsOf(session, 'public.backend', ['pid'])).join()

async function backendIn(database: TestDatabase, own?: SessionLimits): Promise<string> {
  await using session = await database.read(own)
  return await backendOf(session)
}

for (const server of servers)
  describe(`PostgreSQL (${server.name}): connections that outlive a session`, () => {
    after(closeKept)

    it('serve the next session, but not one that asks to sign in anew or has other limits', () =>
      withDatabase(server, schema, async (database) => {
        const first = await backendIn(database)
        assert.equal(await backendIn(database), first)
        assert.notEqual(await backendIn(database, { ...limits, isNew: true }), first)
        assert.notEqual(await backendIn(database, { ...limits, load: 50 }), first)
        await using one = await database.read()
        await using other = await database.read()
        assert.notEqual(await backendOf(one), await backendOf(other), 'two at once have one each')
      }))

    it('are given up unnoticed where they died meanwhile, for reading and for writing', () =>
      withDatabase(server, schema, async (database) => {
        for (const open of [() => database.read(), () => database.write()]) {
          const gone = await backendIn(database)
          await database.query('select pg_terminate_backend($1, 5000)', [gone])
          await using session = await open()
          const { collections } = await session.describe({ counts: false })
          assert.equal(collections.length, 3)
          assert.notEqual(await backendOf(session), gone)
        }
      }))

    it('are closed where a session left something open, and are shut to whoever ended theirs', () =>
      withDatabase(server, schema, async (database) => {
        const session = await database.read()
        const used = await backendOf(session)
        const left = session.stream('public.person', ['name'])[Symbol.asyncIterator]()
        await left.next()
        await session[Symbol.asyncDispose]()
        assert.notEqual(await backendIn(database), used)
        const isShut = (error: unknown) => isProblem(error, 'connectors.unreachable')
        await assert.rejects(backendOf(session), isShut)
        const written = await database.write()
        await written.commit()
        await assert.rejects(backendOf(written), isShut)
        await assert.rejects(written.remove('public.person', ['["1"]']), isShut)
        await assert.rejects(written.commit(), isShut)
        const twice = await database.read()
        await Promise.all([twice[Symbol.asyncDispose](), twice[Symbol.asyncDispose]()])
        await using one = await database.read()
        await using other = await database.read()
        assert.notEqual(await backendOf(one), await backendOf(other), 'ended twice, kept once')
        const others = await Array.fromAsync({ [Symbol.asyncIterator]: () => left }).catch((error) => error)
        assert.ok(isProblem(others, 'connectors.unreachable'), 'a cursor ends with its session')
      }))

    it('keep nothing of the session before, whatever the target itself left there', () =>
      withDatabase(server, schema, async (database) => {
        const secret = await asRole(database, `trace_${process.pid}`)
        try {
          const same = { ...limits, lockTimeoutMs: 300 }
          await database.query(
            `grant select, delete, update on all tables in schema public to trace_${process.pid}`,
          )
          {
            await using session = await driver.openWrite(secret, same)
            assert.equal(await session.remove('public.person', ['["1"]']), 1)
            await session.commit()
          }
          const locks = `select from pg_locks where locktype = 'advisory' and database = (
            select oid from pg_database where datname = current_database())`
          assert.equal((await database.query(locks)).rowCount, 0)
          await using session = await driver.openRead(secret, same)
          assert.deepEqual(await cellsOf(session, 'public.traces', ['last', 'temporary']), ['-', null])
        } finally {
          await closeKept()
          await database.query(`drop owned by trace_${process.pid}`)
          await database.query(`drop role trace_${process.pid}`)
        }
      }))
  })
