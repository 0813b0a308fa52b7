import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { limits, manyRows, servers, type TestDatabase, withDatabase } from './database.fixture.ts'

const big = manyRows('create table big (id integer primary key, filler text)')

for (const server of servers)
  describe(`${server.name}: load`, () => {
    it('lets the owner alter a table, and write to it, while it is read from end to end', () =>
      withDatabase(server, big, async (database) => {
        await using session = await database.read()
        let [read, readWhenAltered] = [0, 0]
        let altered: Promise<void> | undefined
        for await (const _ of session.stream('big', ['filler'])) {
          read++
          altered ??= (async () => {
            await database.query('set lock_wait_timeout = 5, innodb_lock_wait_timeout = 5')
            await database.query(`update big set filler = 'written' where id = 20000`)
            await database.query('alter table big add column since date')
            readWhenAltered = read
          })()
        }
        assert.equal(read, 20_000)
        await altered
        assert.ok(readWhenAltered < 20_000, `altered after ${readWhenAltered} rows`)
      }))

    it('leaves the server most of the time to others where it may use a fifth of it', () =>
      withDatabase(server, big, async (database) => {
        await using session = await database.read({ ...limits, load: 20 })
        await session.describe()
        const watched = watch(database)
        assert.equal((await Array.fromAsync(session.stream('big', ['filler']))).length, 20_000)
        const { looks, atWork } = await watched.end()
        assert.ok(looks > 20, `only ${looks} looks`)
        assert.ok(atWork < looks / 2, `${atWork} of ${looks}`)
      }))
  })

/** Looks again and again whether a session other than the test's own is at work in the database. */
function watch(database: TestDatabase) {
  const seen = { looks: 0, atWork: 0 }
  let isOver = false
  const looking = (async () => {
    while (!isOver) {
      const rows = await database.query(
        `select count(*) from information_schema.processlist
         where db = database() and id <> connection_id() and command <> 'Sleep'`,
      )
      seen.looks++
      if (Number(rows[0]?.[0]) > 0) seen.atWork++
      await sleep(5)
    }
  })()
  return {
    async end() {
      isOver = true
      await looking
      return seen
    },
  }
}
