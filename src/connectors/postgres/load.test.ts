import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { FoundRow } from '../connector.ts'
import { limits, servers, type TestDatabase, withDatabase } from './database.fixture.ts'

/** Some 9 000 blocks of a row each: three portions. Nobody updates it, so that an idle server stays idle. */
const big = (rows = 9_000, storage = 'fillfactor = 10') => [
  `create unlogged table big (id integer primary key, mail text, filler text) with (autovacuum_enabled = off, ${storage})`,
  `insert into big select i, 'user' || i || '@example.com', repeat('x', 900) from generate_series(1, ${rows}) i`,
  'analyze big',
]

const rowsIn = async (rows: AsyncIterable<FoundRow>): Promise<number> => {
  let count = 0
  for await (const _ of rows) count++
  return count
}

for (const server of servers)
  describe(`PostgreSQL (${server.name}): load`, () => {
    it('lets the owner alter a table while it is read from end to end', () =>
      withDatabase(server, big(), async (database) => {
        await using session = await database.read()
        let [read, readWhenAltered] = [0, 0]
        let altered: Promise<void> | undefined
        for await (const _ of session.stream('public.big', ['mail'])) {
          read++
          altered ??= database.query('alter table big add column since date').then(() => {
            readWhenAltered = read
          })
        }
        assert.equal(read, 9_000)
        await altered
        assert.ok(readWhenAltered < 9_000, `altered after ${readWhenAltered} rows`)
      }))

    it('keeps no writer waiting, whoever reads', () =>
      withDatabase(server, big(), async (database) => {
        await using session = await database.read()
        let written = 0
        for await (const { key } of session.stream('public.big', [])) {
          if (written < 10 && Number(JSON.parse(key)[0]) % 500 === 0) {
            await database.query(`set lock_timeout = 1; update big set mail = mail where id = 1 + ${written}`)
            written++
          }
        }
        assert.equal(written, 10)
      }))

    it('finds a row that moves behind its back while it searches', () =>
      withDatabase(
        server,
        [...big(40_000, 'fillfactor = 100'), 'delete from big where id between 100 and 1000', 'vacuum big'],
        async (database) => {
          await using session = await database.read()
          const needles = ['user2000@', 'user38000@'].map((text) => ({ fold: 'lower' as const, text }))
          const wanted = { collection: 'public.big', fields: ['id', 'mail'], needles }
          const found: (string | null)[] = []
          for await (const { cells } of session.search(wanted)) {
            found.push(cells[0] ?? null)
            if (found.length === 1)
              await database.query(`update big set filler = filler || 'y' where id = 38000`)
          }
          const [place] = (await database.query('select ctid::text as at from big where id = 38000')).rows
          assert.match(String(place?.at), /^\(\d{1,3},/, 'it did move to the head of the table')
          assert.deepEqual(found, ['2000', '38000'])
        },
      ))

    it('finds each row once, and as many as it counts, however large the table', () =>
      withDatabase(server, big(), async (database) => {
        await using session = await database.read()
        const matches = [
          {
            fields: ['mail'],
            fold: 'lower' as const,
            values: [['user7@example.com'], ['user8999@example.com']],
          },
          { fields: ['mail'], fold: 'digits' as const, values: [['7'], ['9000']] },
        ]
        const query = { collection: 'public.big', matches }
        assert.equal(await rowsIn(session.find({ ...query, fields: ['id'] })), 3)
        assert.equal(await session.count(query), 3)
      }))

    it('reads a partitioned table once, however large its partitions', () =>
      withDatabase(
        server,
        [
          'create table visit (id integer, day integer, filler text) partition by list (day)',
          ...[1, 2].map(
            (day) =>
              `create unlogged table visit_${day} partition of visit for values in (${day}) with (fillfactor = 10)`,
          ),
          `insert into visit select i, 1, repeat('x', 900) from generate_series(1, 5000) i`,
          `insert into visit select i, 2, repeat('x', 900) from generate_series(5001, 5600) i`,
          'analyze visit',
        ],
        async (database) => {
          await using session = await database.read()
          const ids: (string | null | undefined)[] = []
          for await (const { cells } of session.stream('public.visit', ['id'])) ids.push(cells[0])
          assert.deepEqual([ids.length, new Set(ids).size], [5_600, 5_600])
        },
      ))

    it('leaves the server most of the time to others where it may use a fifth of it', () =>
      withDatabase(server, big(), async (database) => {
        await using session = await database.read({ ...limits, load: 20 })
        await session.describe()
        const watched = watch(database)
        assert.equal(await rowsIn(session.stream('public.big', ['mail', 'filler'])), 9_000)
        const seen = await watched.end()
        assert.ok(seen.looks > 20, `only ${seen.looks} looks`)
        assert.ok(seen.inTransaction < seen.looks / 2, JSON.stringify(seen))
      }))
  })

/** Looks again and again whether a session of ours is in a transaction: at work, or holding locks and a snapshot. */
function watch(database: TestDatabase) {
  const seen = { looks: 0, inTransaction: 0 }
  let isOver = false
  const looking = (async () => {
    while (!isOver) {
      const { rows } = await database.query(
        `select count(*)::int as n from pg_stat_activity
         where application_name = 'dossier' and datname = current_database() and state <> 'idle'`,
      )
      seen.looks++
      if (rows[0]?.n > 0) seen.inTransaction++
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
