import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import pg from 'pg'
import { administer, type TestServer } from '../../../test/servers.ts'
import type { ReadSession } from '../connector.ts'
import { foldText } from '../fold.ts'
import { limits, servers, withDatabase } from './database.fixture.ts'
import { driver } from './driver.ts'

async function withEncoding(
  server: TestServer,
  encoding: string,
  work: (client: pg.Client, session: ReadSession) => Promise<void>,
) {
  const name = `test_${randomUUID().replaceAll('-', '')}`
  await administer(
    server,
    `create database ${name} template template0 encoding '${encoding}' locale_provider libc locale 'C'`,
  )
  const client = new pg.Client({ connectionString: server.url(name), application_name: 'dossier test' })
  await client.connect()
  try {
    await client.query('create table person (id int primary key, name text collate "C")')
    await using session = await driver.openRead(driver.parse(server.url(name), '/').secret, limits)
    await work(client, session)
  } finally {
    await client.end()
    await administer(server, `drop database ${name} with (force)`)
  }
}

const collection = 'public.person'

async function found(
  session: ReadSession,
  fold: 'none' | 'lower' | 'digits',
  ...texts: string[]
): Promise<readonly (string | null | undefined)[]> {
  const matches = [{ fields: ['name'], fold, values: texts.map((text) => [foldText(fold, text)]) }]
  const cells = await Array.fromAsync(
    session.find({ collection, matches, fields: ['id'] }),
    (row) => row.cells[0],
  )
  return cells.sort()
}

for (const server of servers)
  describe(`PostgreSQL (${server.name}): folding`, () => {
    it('misses nobody whom JavaScript takes for the same, in a UTF-8 database of the C locale', () =>
      withEncoding(server, 'UTF8', async (client, session) => {
        const letters = fc.constantFrom(...'aAéÉßẞiIİıſsKkΣσςЯяÅåǅǆⅣⅳⒶ　\u00a0\u2009\ufeff \t1.@-')
        const names = fc.array(letters, { maxLength: 8 }).map((parts) => parts.join(''))
        await fc.assert(
          fc.asyncProperty(fc.array(names, { minLength: 1, maxLength: 60 }), async (stored) => {
            await client.query('delete from person')
            await client.query('insert into person select * from unnest($1::int[], $2::text[])', [
              stored.map((_, i) => i),
              stored,
            ])
            for (const wanted of new Set(stored)) {
              const same = stored.flatMap((name, i) =>
                foldText('lower', name) === foldText('lower', wanted) ? [String(i)] : [],
              )
              const rows = new Set(await found(session, 'lower', wanted))
              assert.deepEqual(
                same.filter((id) => !rows.has(id)),
                [],
              )
            }
          }),
          { numRuns: 12 },
        )
      }))

    it('misses nobody where the server knows ASCII letters alone, and asks nothing its encoding cannot hold', async () => {
      await withEncoding(server, 'SQL_ASCII', async (client, session) => {
        await client.query(`insert into person values (1, 'ÉLODIE'), (2, 'ADA'), (3, 'Иван')`)
        assert.deepEqual(await found(session, 'lower', 'ada'), ['2'])
        assert.ok((await found(session, 'lower', 'élodie')).includes('1'))
        assert.ok((await found(session, 'lower', 'иван')).includes('3'))
        assert.deepEqual(await found(session, 'none', 'Иван'), ['3'])
      })
      await withEncoding(server, 'LATIN1', async (client, session) => {
        await client.query(`insert into person values (1, 'ÉLODIE'), (2, 'Ada'), (3, 'x')`)
        assert.deepEqual(await found(session, 'none', 'Иван', 'ÉLODIE', '€'), ['1'])
        assert.deepEqual(await found(session, 'lower', 'ada', '李'), ['2'])
        assert.ok((await found(session, 'lower', 'élodie')).includes('1'))
        const needles = [
          { fold: 'lower' as const, text: '李' },
          { fold: 'lower' as const, text: 'LODI' },
        ]
        const rows = await Array.fromAsync(
          session.search({ collection, fields: ['name'], needles }),
          ({ key }) => key,
        )
        assert.deepEqual(rows, ['["1"]'])
      })
    })

    it('finds by key through the index, and a handful of numbers without reading them all apart', () =>
      withDatabase(
        server,
        [
          `create table big (id bigint primary key, phone varchar(30), code varchar(20) unique not null, at date)`,
          `insert into big select i, '+33 6 ' || lpad((i % 1000000)::text, 8, '0'), 'c' || i, '2026-01-01'::date + i % 100 from generate_series(1, 200000) i`,
          'analyze big',
        ],
        async (database) => {
          await using session = await database.write()
          const timed = async (work: () => Promise<unknown>): Promise<number> => {
            let best = Number.POSITIVE_INFINITY
            for (let i = 0; i < 3; i++) {
              const start = performance.now()
              await work()
              best = Math.min(best, performance.now() - start)
            }
            return best
          }
          const count = (
            fields: readonly string[],
            fold: 'none' | 'digits',
            values: readonly (readonly string[])[],
          ) => session.count({ collection: 'public.big', matches: [{ fields, fold, values }] })
          const whole = await timed(() =>
            session.count({
              collection: 'public.big',
              matches: [{ fields: ['phone'], fold: 'lower', values: [['x']] }],
            }),
          )
          for (const [fields, values] of [
            [['id'], [['77'], ['78']]],
            [['code'], [['c77']]],
            [
              ['id', 'code'],
              [
                ['77', 'c77'],
                ['78', 'c79'],
              ],
            ],
          ] as const)
            assert.ok((await timed(() => count(fields, 'none', values))) < whole / 4, fields.join())
          const keys = Array.from({ length: 500 }, (_, i) => `["${i * 7 + 1}"]`)
          const changes = keys.map((key) => ({ key, set: { phone: null } }))
          assert.ok((await timed(() => session.change('public.big', changes))) < whole / 2, 'change')
          assert.ok((await timed(() => count(['phone'], 'digits', [['600000077']]))) < whole, 'digits')
        },
      ))
  })
