import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ReadSession } from '../connector.ts'
import { manyRows, servers, withDatabase } from './database.fixture.ts'

const cells = async (session: ReadSession, collection: string, fields: readonly string[]) =>
  Array.fromAsync(session.stream(collection, fields), (row) => row.cells)

for (const server of servers)
  describe(`${server.name}: rows`, () => {
    it('tells rows without key apart by all they hold, and alike ones by number', () =>
      withDatabase(
        server,
        [
          'create table log (who varchar(20) collate utf8mb4_general_ci, n float, at datetime, body blob)',
          `insert into log values ('ada', 1.1, null, x'00'), ('ada', 1.1, null, x'00'), ('ada', 1.1, null, x'00'), ('ADA', 1.1, null, x'00'),
             ('ada', 1.1000001, null, x'00'), ('ada', null, '2026-01-01', null), (null, null, null, null), ('', null, null, null)`,
        ],
        async (database) => {
          const left = async (session: ReadSession) =>
            (await cells(session, 'log', ['who', 'n'])).map((row) => row.join()).sort()
          await using session = await database.write()
          const adas = { fields: ['who'], fold: 'none' as const, values: [['ada']] }
          const found = async () =>
            Array.fromAsync(
              session.find({ collection: 'log', matches: [adas], fields: ['who'] }),
              ({ key }) => key,
            )
          const keys = await found()
          assert.equal(new Set(keys).size, 5)
          assert.deepEqual(await found(), keys, 'a row has one name')
          const hashes = keys.map((key): string => JSON.parse(key)[0])
          const alike = keys.filter((_, i) => hashes.filter((hash) => hash === hashes[i]).length === 3)
          assert.equal(alike.length, 3)
          const [first = '', second = ''] = alike
          assert.equal(
            await session.count({ collection: 'log', keys: [first, second, keys.at(-1) ?? ''] }),
            3,
          )
          const own = [
            { key: first, set: { who: 'X' } },
            { key: second, set: { who: 'Y' } },
          ]
          assert.equal(await session.change('log', own), 2)
          assert.equal(await session.remove('log', [alike[2] ?? '']), 1)
          assert.deepEqual(await left(session), [',', ',', 'ADA,1.1', 'X,1.1', 'Y,1.1', 'ada,', 'ada,1.1'])
          const all = await Array.fromAsync(session.stream('log', []), ({ key }) => key)
          assert.equal(
            await session.change(
              'log',
              all.map((key) => ({ key, set: { who: 'z' } })),
            ),
            7,
          )
          const after = await Array.fromAsync(session.stream('log', []), ({ key }) => key)
          assert.equal(await session.remove('log', after), 7)
          assert.deepEqual(await left(session), [])
        },
      ))

    it('compares keys byte by byte, whatever the collation calls equal', () =>
      withDatabase(
        server,
        [
          `create table card (code varchar(20) collate utf8mb4_general_ci, n int, note text, primary key (code, n))`,
          `insert into card values ('Ada', 1, 'a'), ('bob', 1, 'b')`,
          'create table plain (code char(10) collate utf8mb4_general_ci primary key, note text)',
          `insert into plain values ('Élodie', 'a'), ('bob ', 'b')`,
        ],
        async (database) => {
          await using session = await database.write()
          for (const stale of ['["ada","1"]', '["Adá","1"]', '["Ada ","1"]', '["Ada","01"]', '["Ada"]'])
            assert.equal(await session.remove('card', [stale]), 0, stale)
          for (const stale of ['["Elodie"]', '["élodie"]', '["Élodie "]', '["bob "]'])
            assert.equal(await session.remove('plain', [stale]), 0, stale)
          const match = { fields: ['code'], fold: 'none' as const, values: [['ada'], ['BOB']] }
          assert.equal(await session.count({ collection: 'card', matches: [match] }), 0)
          assert.equal(await session.count({ collection: 'card', matches: [{ ...match, fold: 'lower' }] }), 2)
          const changes = ['["Ada","1"]', '["bob","1"]', '["BOB","1"]'].map((key, i) => ({
            key,
            set: { note: String(i) },
          }))
          assert.equal(await session.change('card', changes), 2)
          assert.equal(await session.remove('plain', ['["Élodie"]', '["bob"]']), 2)
        },
      ))

    it('follows a foreign key as the target does, which may ignore case', () =>
      withDatabase(
        server,
        [
          `create table owner (code varchar(20) collate utf8mb4_general_ci primary key)`,
          `create table pet (id int primary key, owner varchar(20) collate utf8mb4_general_ci, name varchar(20) collate utf8mb4_general_ci,
             foreign key (owner) references owner (code) on delete cascade)`,
          `insert into owner values ('ada'), ('bob')`,
          `insert into pet values (1, 'ADA', 'ADA'), (2, 'Bob', 'x'), (3, 'ada', 'ada')`,
        ],
        async (database) => {
          await using session = await database.write()
          const ids = async (field: string, value: string) => {
            const matches = [{ fields: [field], fold: 'none' as const, values: [[value]] }]
            const rows = session.find({ collection: 'pet', matches, fields: ['id'] })
            return (await Array.fromAsync(rows, (row) => row.cells[0])).sort()
          }
          assert.deepEqual(await ids('owner', 'ada'), ['1', '3'])
          assert.deepEqual(await ids('name', 'ada'), ['3'], 'no reference: as written')
          const matches = [{ fields: ['code'], fold: 'none' as const, values: [['BOB']] }]
          assert.equal(await session.count({ collection: 'owner', matches }), 1, 'nor the other way round')
        },
      ))

    it('give each row its own values where what is changed is the key itself', () =>
      withDatabase(
        server,
        [
          'create table seat (hall varchar(9), n int, who varchar(9), note varchar(9), primary key (hall, n))',
          `insert into seat values ('a', 1, 'ada', 'x'), ('b', 2, 'bob', 'y'), ('c', 3, 'cy', 'z')`,
        ],
        async (database) => {
          await using session = await database.write()
          const changes = [
            { key: '["a","1"]', set: { hall: 'aa', n: '11', who: 'A', note: null } },
            { key: '["b","2"]', set: { hall: 'bb', n: '22', who: 'B', note: 'n' } },
          ]
          assert.equal(await session.change('seat', changes), 2)
          assert.deepEqual(await cells(session, 'seat', ['hall', 'n', 'who', 'note']), [
            ['aa', '11', 'A', null],
            ['bb', '22', 'B', 'n'],
            ['c', '3', 'cy', 'z'],
          ])
        },
      ))

    it('are read page by page along a key of several fields, each once, also where only some are wanted', () =>
      withDatabase(
        server,
        [
          ...manyRows('create table big (i int, pad varchar(1000))'),
          `create table paged (part varchar(20) collate utf8mb4_general_ci, at date, i int, email varchar(40), primary key (part, at, i))`,
          `insert into paged select concat('P', i % 7), date_add('2020-01-01', interval i % 11 day), i, concat('user', i, '@example.com') from big`,
          `insert into paged select concat('q', i % 7), '2021-01-01', i, 'Somebody' from big where i <= 2500`,
        ],
        async (database) => {
          await using session = await database.read()
          const all = await Array.fromAsync(session.stream('paged', ['i']), ({ key }) => key)
          assert.deepEqual([all.length, new Set(all).size], [22_500, 22_500])
          const needles = [{ fold: 'lower' as const, text: 'USER1999' }]
          const hits = session.search({ collection: 'paged', fields: ['email'], needles })
          assert.equal((await Array.fromAsync(hits)).length, 11)
          const matches = [{ fields: ['email'], fold: 'lower' as const, values: [['somebody']] }]
          assert.equal(await session.count({ collection: 'paged', matches }), 2_500)
        },
      ))

    it('streams what has no key as it comes, may be left early, and lets others speak meanwhile', () =>
      withDatabase(server, manyRows('create table big (i int, pad varchar(1000))'), async (database) => {
        await using session = await database.write()
        const isStillSending = async () =>
          (
            await database.query(`select info from information_schema.processlist where db = database()`)
          ).some(([info]) => String(info).includes('from `big`'))
        let rows = 0
        for await (const {
          cells: [i],
        } of session.stream('big', ['i', 'pad'])) {
          if (++rows === 3) assert.equal(i, '3')
          if (rows < 1_000) continue
          assert.ok(await isStillSending(), 'the rest waits in the server, not with us')
          break
        }
        // Told to stop, the server leaves its list of statements in a moment of its own.
        const deadline = Date.now() + 10_000
        while (Date.now() < deadline && (await isStillSending())) await sleep(50)
        assert.ok(!(await isStillSending()), 'nobody listens: it was told to stop')
        let outer = 0
        for await (const _ of session.stream('big', ['i']))
          if (++outer === 10) {
            const match = { fields: ['i'], fold: 'none' as const, values: [['77']] }
            assert.equal(await session.count({ collection: 'big', matches: [match] }), 1)
            for await (const _ of session.stream('big', ['i'])) break
          }
        assert.equal(outer, 20_000)
      }))
  })
