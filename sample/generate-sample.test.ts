import assert from 'node:assert/strict'
import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { suite, test } from 'node:test'
import { parse } from 'csv-parse/sync'
import iconv from 'iconv-lite'
import { isProblem } from '../src/platform/problem.ts'
import { postgresServer, postgresServers } from '../test/servers.ts'
import { generateSample } from './generate-sample.ts'
import { dialects } from './newsletter/columns.ts'
import { type SamplePlace, sampleDay, samplePlace } from './sample-fixture.ts'
import { sampleTruth } from './truth.ts'

const servers = await postgresServers()
const server = await postgresServer()

/** No table, no file: as if nobody had tried. */
async function assertUntouched(place: SamplePlace) {
  assert.deepEqual(
    await place.shop("select 1 from pg_tables where schemaname in ('public', 'marketing')"),
    [],
  )
  assert.deepEqual(await readdir(place.directory), [])
}

const refusal = (code: string) => (error: unknown) => isProblem(error, code)

suite('the sample', () => {
  for (const { name } of servers)
    test(`is the same for the same seed and day, and another for another seed, on ${name}`, async () => {
      const here = servers.find((candidate) => candidate.name === name) ?? server
      await using first = await samplePlace(here)
      await using second = await samplePlace(here)
      await using third = await samplePlace(here)
      assert.deepEqual(await first.generate(), await second.generate())
      await third.generate({ seed: 'another' })
      const [one, two, other] = [
        await first.fingerprint(),
        await second.fingerprint(),
        await third.fingerprint(),
      ]
      assert.deepEqual(one, two)
      for (const table of ['public.customer', 'desk requester', 'subscribers.csv'])
        assert.notEqual(one[table], other[table], table)
    })

  test('begins with the same people whatever its size', async () => {
    await using small = await samplePlace(server)
    await using large = await samplePlace(server)
    await small.generate({ customers: 40 })
    await large.generate({ customers: 90 })
    const people = 'select * from public.customer where customer_id <= 40 order by customer_id'
    const orders = 'select * from public."order" where customer_id <= 40 order by order_id'
    assert.deepEqual(await small.shop(people), await large.shop(people))
    assert.deepEqual(await small.shop(orders), await large.shop(orders))
  })

  test('counts what it wrote', async () => {
    await using place = await samplePlace(server)
    const { rows } = await place.generate()
    for (const [table, count] of Object.entries(rows.shop)) {
      const quoted = table
        .split('.')
        .map((part) => `"${part}"`)
        .join('.')
      assert.deepEqual(
        await place.shop(`select count(*)::integer as count from ${quoted}`),
        [{ count }],
        table,
      )
    }
    for (const [table, count] of Object.entries(rows.support))
      assert.deepEqual(
        place.desk(`select count(*) as count from ${table}`).map((row) => row.count),
        [count],
      )
    for (const [file, { delimiter, encoding, bom }] of Object.entries(dialects)) {
      const bytes = await place.file(file)
      assert.equal(bytes.subarray(0, 3).equals(Buffer.from('\ufeff')), bom)
      const lines = parse(iconv.decode(bytes, encoding), { delimiter, columns: true })
      assert.equal(lines.length, rows.newsletter[file], file)
    }
  })

  test('leaves no reference hanging', async () => {
    await using place = await samplePlace(server)
    await place.generate({ customers: 200 })
    const kinds = await place.shop(`
      select count(*)::integer as keys, bool_and(convalidated) as held, bool_or(condeferrable) as some_wait,
        bool_or(conrelid = confrelid) as some_self, bool_or(cardinality(conkey) > 1) as some_composite,
        bool_or(confdeltype = 'c') as some_cascade, bool_or(confdeltype = 'n') as some_set_null
      from pg_constraint where contype = 'f'`)
    const all = { held: true, some_wait: true, some_self: true, some_composite: true }
    assert.deepEqual(kinds, [{ keys: 27, ...all, some_cascade: true, some_set_null: true }])
    assert.deepEqual(place.desk('pragma foreign_key_check'), [])
  })

  test('is known by its truth, field by field', async () => {
    await using place = await samplePlace(server)
    await place.generate()
    const { shop, support, newsletter } = sampleTruth().systems
    const columns = await place.shop<{ table: string; columns: string[] }>(`
      select format('%s.%s', table_schema, table_name) as table, array_agg(column_name::text) as columns
      from information_schema.columns where table_schema in ('public', 'marketing') group by 1`)
    assert.deepEqual(Object.keys(shop).sort(), columns.map(({ table }) => table).sort())
    for (const found of columns)
      assert.deepEqual(Object.keys(shop[found.table]?.fields ?? {}).sort(), found.columns.sort(), found.table)
    for (const [table, { fields }] of Object.entries(support))
      assert.deepEqual(
        Object.keys(fields),
        place.desk(`select name from pragma_table_info('${table}')`).map((row) => row.name),
      )
    for (const [file, { fields }] of Object.entries(newsletter)) {
      const dialect = dialects[file as keyof typeof dialects]
      const text = iconv.decode(await place.file(file), dialect.encoding)
      assert.deepEqual(Object.keys(fields), parse(text, { delimiter: dialect.delimiter, to: 1 })[0])
    }
  })

  test('goes on counting where its rows end', async () => {
    await using place = await samplePlace(server)
    await place.generate()
    const added = await place.shop(`
      insert into public.customer (customer_number, email, last_name, language, marketing_consent, created_at)
      values ('BA-00000000', 'someone@example.com', 'Someone', 'fr', false, now()) returning customer_id::integer as id`)
    assert.deepEqual(added, [{ id: 61 }])
  })
})

suite('the sample refuses', () => {
  test('a database that is not empty, and leaves it alone', async () => {
    await using place = await samplePlace(server)
    await place.shop('create table public.mine (id integer)')
    await assert.rejects(place.generate(), refusal('sample.not-empty'))
    assert.deepEqual(await place.shop("select tablename from pg_tables where schemaname = 'public'"), [
      { tablename: 'mine' },
    ])
    assert.deepEqual(await readdir(place.directory), [])
  })

  test('a directory that has its files, and leaves them alone', async () => {
    await using place = await samplePlace(server)
    await writeFile(join(place.directory, 'support.sqlite'), 'mine')
    await assert.rejects(place.generate(), refusal('sample.files-exist'))
    assert.deepEqual(await readdir(place.directory), ['support.sqlite'])
  })

  test('fewer customers than its story has, a day that is none, and a server that is not there', async () => {
    await using place = await samplePlace(server)
    await assert.rejects(place.generate({ customers: 19 }), refusal('sample.customers'))
    await assert.rejects(place.generate({ customers: 20.5 }), refusal('sample.customers'))
    for (const today of ['2026-02-30', '31.08.2026', ''])
      await assert.rejects(place.generate({ today }), refusal('sample.today'))
    await assert.rejects(
      place.generate({ shopUrl: 'postgres://nobody@127.0.0.1:1/none' }),
      refusal('sample.unreachable'),
    )
    await assertUntouched(place)
  })

  test('to end as half of itself when the server goes away', async () => {
    await using place = await samplePlace(server)
    let ended: Promise<unknown> | undefined
    const options = {
      customers: 9_000,
      seed: 'test',
      shopUrl: place.shopUrl,
      directory: place.directory,
      today: sampleDay,
    }
    const attempt = generateSample(options, () => {
      ended ??= place.shop(
        "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name = 'dossier sample'",
      )
    })
    await assert.rejects(attempt, refusal('sample.failed'))
    await ended
    await assertUntouched(place)
  })

  test('to leave half of itself behind', async () => {
    await using place = await samplePlace(server)
    const options = {
      customers: 60,
      seed: 'test',
      shopUrl: place.shopUrl,
      directory: place.directory,
      today: sampleDay,
    }
    for (const moment of ['customers', 'rules'])
      await assert.rejects(
        generateSample(options, (done, _, what) => {
          if (what === moment && done > 0) throw new Error('interrupted')
        }),
        /interrupted/,
      )
    await assertUntouched(place)
  })
})
