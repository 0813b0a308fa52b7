import { hash } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import pg from 'pg'
import { freshDatabase, type TestServer } from '../test/servers.ts'
import { generateSample, type SampleOptions, type SampleSummary } from './generate-sample.ts'

/** For tests: a place for a sample, and the sample in it. */
export interface SamplePlace extends AsyncDisposable {
  readonly shopUrl: string
  readonly directory: string
  generate(change?: Partial<SampleOptions>): Promise<SampleSummary>
  /** Rows of the shop. */
  shop<Row extends pg.QueryResultRow>(query: string): Promise<Row[]>
  /** Rows of the support desk. */
  desk(query: string): Record<string, unknown>[]
  file(name: string): Promise<Buffer>
  /** A hash of everything in every system, per table and file, in the order in which it is stored. */
  fingerprint(): Promise<Record<string, string>>
}

export const sampleDay = '2026-08-31'

export async function samplePlace(server: TestServer): Promise<SamplePlace> {
  const database = await freshDatabase(server)
  const directory = await mkdtemp(join(tmpdir(), 'dossier-sample-'))
  const client = new pg.Client({ connectionString: database.url })
  await client.connect()
  const shop = async <Row extends pg.QueryResultRow>(query: string) => (await client.query<Row>(query)).rows
  const desk = (query: string) => {
    using support = new DatabaseSync(join(directory, 'support.sqlite'), { readOnly: true })
    return support.prepare(query).all()
  }
  const file = (name: string) => readFile(join(directory, 'newsletter', name))

  async function fingerprint(): Promise<Record<string, string>> {
    const prints: Record<string, string> = {}
    for (const { table } of await shop<{ table: string }>(
      `select format('%I.%I', schemaname, tablename) as table from pg_tables
       where schemaname in ('public', 'marketing') order by 1`,
    ))
      prints[table] = hash('sha256', JSON.stringify(await shop(`select t::text from ${table} t`)))
    for (const { name } of desk("select name from sqlite_schema where type = 'table' order by name"))
      prints[`desk ${name}`] = hash('sha256', JSON.stringify(desk(`select * from ${name}`)))
    for (const name of await readdir(join(directory, 'newsletter')))
      prints[name] = hash('sha256', await file(name))
    return prints
  }

  return {
    shopUrl: database.url,
    directory,
    shop,
    desk,
    file,
    fingerprint,
    generate: (change = {}) =>
      generateSample({
        customers: 60,
        seed: 'test',
        shopUrl: database.url,
        directory,
        today: sampleDay,
        ...change,
      }),
    async [Symbol.asyncDispose]() {
      await client.end()
      await database.drop()
      await rm(directory, { recursive: true })
    },
  }
}
