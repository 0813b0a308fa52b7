import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, before, describe, it } from 'node:test'
import { openRead, parseUrl, type ReadSession } from '../../connectors/public.ts'
import type { Sketches } from './link-proposal.ts'
import { readSketches } from './read-sketches.ts'

const sample = 50

describe('sketches of a real database', () => {
  let directory: string
  let sketches: Sketches
  let streamed: { collection: string; fields: readonly string[]; rows: number }[]
  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'dossier-sketches-'))
    const file = join(directory, 'shop.sqlite')
    const database = new DatabaseSync(file)
    database.exec(`
      create table customer (id integer primary key, email text unique, name text);
      create table setting (name text primary key, value text);
      create table log (id integer primary key, customer_id integer, line text);
      with recursive n(i) as (select 1 union all select i + 1 from n where i < 30000)
        insert into log select i, i % 900 + 1, 'x' from n;
      insert into customer select id, 'c' || id || '@example.org', 'Ada' from log where id <= 900;
      insert into setting values ('colour', 'blue'), ('size', 'large');`)
    database.close()
    const limits = { statementTimeoutMs: 10_000, lockTimeoutMs: 1_000 }
    await using session = await openRead(await parseUrl(`sqlite:${file}`, '/'), limits)
    streamed = []
    const watched: ReadSession = {
      ...session,
      describe: () => session.describe(),
      sample: (collection, limit) => session.sample(collection, limit),
      async *stream(collection, fields) {
        const one = { collection, fields, rows: 0 }
        streamed.push(one)
        for await (const row of session.stream(collection, fields)) {
          one.rows += 1
          yield row
        }
      },
    }
    const { collections } = await session.describe()
    const samples = new Map<string, readonly (readonly (string | null)[])[]>()
    for (const { name, fields } of collections) {
      const rows = await session.sample(name, sample)
      samples.set(
        name,
        fields.map((_, i) => rows.map((row) => row.cells[i] ?? null)),
      )
    }
    const also = new Map([['customer', ['email']]])
    sketches = await readSketches(watched, { collections, samples, sample, key: 'a test', also })
  })
  after(() => rm(directory, { recursive: true, force: true }))

  it('read only keys and identifiers, once, and leave a large table early', () => {
    const read = Object.fromEntries(streamed.map(({ collection, ...one }) => [collection, one]))
    assert.deepEqual(read, {
      customer: { fields: ['id', 'email'], rows: 900 },
      log: { fields: ['id'], rows: 20_001 },
    })
  })
  it('know what they have seen all of', () => {
    assert.equal(sketches.get('customer')?.get('email')?.complete, true)
    assert.equal(sketches.get('customer')?.get('email')?.distinct, 900)
    assert.equal(sketches.get('log')?.get('id')?.complete, false)
    assert.equal(sketches.get('setting')?.get('name')?.complete, true)
    assert.equal(sketches.get('log')?.get('customer_id')?.rows, sample)
  })
})
