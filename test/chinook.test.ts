import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { chmod, copyFile, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, before, describe, it } from 'node:test'
import pg from 'pg'
import yauzl from 'yauzl'
import {
  acceptMap,
  addSystem,
  currentMap,
  exportMap,
  importMap,
  scanSystems,
} from '../src/inventory/public.ts'
import type { Context } from '../src/platform/context.ts'
import {
  approvePlan,
  askedIdentifiers,
  carryOut,
  giveAccess,
  planRequest,
  receiveRequest,
  verifyAgain,
  workDue,
} from '../src/requests/public.ts'
import { freshInstallation, type TestInstallation } from './installation.ts'
import { freshDatabase, postgresServer } from './servers.ts'

/** The Chinook sample database (Luis Rocha and contributors), as two systems of one company. It lies outside the repository. */
const chinook = join(import.meta.dirname, '..', '..', 'shared', 'data', 'chinook')
const present = existsSync(join(chinook, 'chinook.sqlite'))
if (!present) console.log('# skipped, said aloud: the Chinook database is not on this machine')

const luis = 'luisg@embraer.com.br'
/** Its invoices run from 2021 to 2025; on this day four years back cut through those of this customer. */
const someDay = new Date('2026-11-21T12:00:00Z')
const musicTables = [
  'album',
  'artist',
  'genre',
  'media_type',
  'mediatype',
  'playlist',
  'playlist_track',
  'playlisttrack',
  'track',
]

type Row = Readonly<Record<string, unknown>>

interface Company extends AsyncDisposable {
  /** Every table of both systems as rows, with a filler's random part levelled. */
  contents(): Promise<ReadonlyMap<string, readonly Row[]>>
}

async function openCompany(ctx: Context): Promise<Company> {
  const database = await freshDatabase(await postgresServer())
  const client = new pg.Client({ connectionString: database.url })
  await client.connect()
  const script = await readFile(join(chinook, 'postgresql.sql'), 'utf8')
  await client.query(script.replace(/^(\\c|DROP DATABASE|CREATE DATABASE).*$/gm, ''))
  const directory = await mkdtemp(join(tmpdir(), 'chinook-'))
  const file = join(directory, 'chinook.sqlite')
  await copyFile(join(chinook, 'chinook.sqlite'), file)
  await chmod(file, 0o600)
  await addSystem(ctx, { name: 'shop', url: database.url, baseDirectory: '/' })
  await addSystem(ctx, { name: 'desk', url: `sqlite:${file}`, baseDirectory: '/' })
  return {
    async contents() {
      const all = new Map<string, readonly Row[]>()
      const { rows: tables } = await client.query<{ name: string }>(
        "select tablename as name from pg_tables where schemaname = 'public' order by 1",
      )
      for (const { name } of tables)
        all.set(`shop ${name}`, (await client.query<Row>(`select * from ${name} order by 1, 2`)).rows)
      const desk = new DatabaseSync(file, { readOnly: true })
      const named = desk
        .prepare(
          "select name from sqlite_master where type = 'table' and name not like 'sqlite_%' order by 1",
        )
        .all()
      for (const { name } of named)
        all.set(`desk ${String(name)}`, desk.prepare(`select * from "${String(name)}" order by 1, 2`).all())
      desk.close()
      return all
    },
    async [Symbol.asyncDispose]() {
      await client.end()
      await database.drop()
      await rm(directory, { recursive: true, force: true })
    },
  }
}

/** Rows that differ, as `system table: key`. */
function changed(
  before: ReadonlyMap<string, readonly Row[]>,
  after: ReadonlyMap<string, readonly Row[]>,
): readonly string[] {
  return [...before].flatMap(([table, rows]) => {
    const now = after.get(table) ?? []
    assert.equal(now.length, rows.length, `${table} lost or gained rows`)
    return rows.flatMap((row, i) =>
      JSON.stringify(row) === JSON.stringify(now[i]) ? [] : [`${table}: ${String(Object.values(row)[0])}`],
    )
  })
}

const setYears = async (ctx: Context, years: number) => {
  const text = (await exportMap(ctx)).replace(/years: \d+/, `years: ${years}`)
  const imported = await importMap(ctx, text)
  assert.ok(imported, 'the exported map, with another number, is a valid map')
}

async function erase(ctx: Context) {
  const asked = await askedIdentifiers(ctx, luis)
  const request = await receiveRequest(ctx, { kind: 'erasure', asked, identityProof: 'operator-attested' })
  const { plan } = await planRequest(ctx, request)
  await approvePlan(ctx, plan.id)
  return { plan, outcome: await carryOut(ctx, request.id) }
}

describe('Chinook, with no hand-written map', { skip: !present }, () => {
  let installation: TestInstallation
  let company: Company
  let ctx: Context
  before(async () => {
    installation = await freshInstallation({ now: () => someDay })
    ctx = installation.ctx
    company = await openCompany(ctx)
    await scanSystems(ctx, {}, () => undefined)
    await acceptMap(ctx, { minConfidence: 0.8, country: 'FR' })
  })
  after(async () => {
    await company[Symbol.asyncDispose]()
    await installation.dispose()
  })

  it('covers every personal column of customer, employee and invoice, and none of the music', async () => {
    const { map } = await currentMap(ctx)
    const expected: Readonly<Record<string, readonly string[]>> = {
      customer: [
        'first_name',
        'last_name',
        'company',
        'address',
        'city',
        'state',
        'country',
        'postal_code',
        'phone',
        'fax',
        'email',
      ],
      employee: [
        'last_name',
        'first_name',
        'title',
        'birth_date',
        'hire_date',
        'address',
        'city',
        'state',
        'country',
        'postal_code',
        'phone',
        'fax',
        'email',
      ],
      invoice: ['billing_address', 'billing_city', 'billing_state', 'billing_country', 'billing_postal_code'],
    }
    const camel = (name: string) =>
      name.replace(/(^|_)([a-z])/g, (_, __, letter: string) => letter.toUpperCase())
    for (const [table, fields] of Object.entries(expected)) {
      for (const field of fields) {
        assert.ok(
          map.systems['shop']?.collections[`public.${table}`]?.fields[field]?.category !== 'none' &&
            map.systems['shop']?.collections[`public.${table}`]?.fields[field],
          `shop ${table}.${field}`,
        )
        assert.ok(
          map.systems['desk']?.collections[camel(table)]?.fields[camel(field)],
          `desk ${table}.${field}`,
        )
      }
    }
    const mapped = Object.values(map.systems).flatMap((system) =>
      Object.keys(system.collections).map((name) => name.replace(/^public\./, '').toLowerCase()),
    )
    assert.deepEqual(
      mapped.filter((name) => musicTables.includes(name)),
      [],
    )
  })

  it('copies exactly that customer’s rows of both systems', async () => {
    const file = join(installation.config.paths.data, 'luis.zip')
    const given = await giveAccess(ctx, {
      asked: await askedIdentifiers(ctx, luis),
      identityProof: 'operator-attested',
      file,
      language: 'en',
    })
    const rows = given.holdings.systems.flatMap(({ name, collections }) =>
      collections.filter((one) => one.rows.length > 0).map((one) => `${name} ${one.name} ${one.rows.length}`),
    )
    assert.deepEqual(rows.toSorted(), [
      'desk Customer 1',
      'desk Invoice 7',
      'desk InvoiceLine 38',
      'shop public.customer 1',
      'shop public.invoice 7',
      'shop public.invoice_line 38',
    ])
    assert.ok((await entriesOfZip(file)).includes('index.html'))
  })

  it('keeps all invoices under a rule of ten years, and says until when', async () => {
    const request = await receiveRequest(ctx, {
      kind: 'erasure',
      asked: await askedIdentifiers(ctx, luis),
      identityProof: 'operator-attested',
    })
    const { planned } = await planRequest(ctx, request)
    for (const system of planned.plan.systems) {
      const invoices = system.collections.find(({ name }) => /invoice$/i.test(name))
      assert.equal(
        invoices?.keep.reduce((all, { count }) => all + count, 0),
        7,
      )
      assert.deepEqual(invoices?.change, [])
      assert.equal(invoices?.keep.at(-1)?.until, '2035-08-07')
    }
  })

  it('under a rule of four years clears what is past it, keeps what is inside, and touches nothing else', async () => {
    await setYears(ctx, 4)
    const untouched = await company.contents()
    const { plan, outcome } = await erase(ctx)
    assert.equal(outcome.state, 'completed')
    assert.deepEqual(
      outcome.systems.map(({ name, state }) => `${name} ${state}`),
      ['desk kept', 'shop kept'],
    )
    const now = await company.contents()
    assert.deepEqual(changed(untouched, now), [
      'shop customer: 1',
      'shop invoice: 98',
      'shop invoice: 121',
      'shop invoice: 143',
      'desk Customer: 1',
      'desk Invoice: 98',
      'desk Invoice: 121',
      'desk Invoice: 143',
    ])
    const [customer] = now.get('shop customer') ?? []
    assert.deepEqual(
      { ...customer, email: String(customer?.['email']).replace(/erased-[0-9a-f]+/, 'erased') },
      {
        customer_id: 1,
        first_name: 'Luís',
        last_name: 'Gonçalves',
        company: null,
        address: null,
        city: null,
        state: null,
        country: null,
        postal_code: null,
        phone: null,
        fax: null,
        email: 'erased@erased.invalid',
        support_rep_id: 3,
      },
    )
    const kept = outcome.systems.flatMap((system) => system.kept)
    assert.deepEqual([...new Set(kept.map(({ until }) => until))].toSorted(), [
      '2027-05-06',
      '2028-10-27',
      '2028-12-07',
      '2029-08-07',
    ])
    assert.ok(
      kept.every(({ article, ground }) => ground === 'legal-obligation' && article.includes('17(3)(b)')),
    )
    const left = [...now].flatMap(([table, rows]) =>
      rows
        .filter((row) => /luisg|Brigadeiro|3923-55/.test(JSON.stringify(row)))
        .map((row) => `${table} ${String(Object.values(row)[0])}`),
    )
    assert.deepEqual(
      left,
      [195, 316, 327, 382]
        .flatMap((id) => `shop invoice ${id}`)
        .concat([195, 316, 327, 382].map((id) => `desk Invoice ${id}`)),
    )
    assert.equal((await verifyAgain(ctx, outcome.request)).state, 'completed')
    assert.equal(plan.summary.systems.length, 2)
  })

  it('lets the rest go once the clock is past the end', async () => {
    const later = { ...ctx, now: () => new Date('2029-08-08T12:00:00Z') }
    await workDue(later)
    const now = await company.contents()
    const left = [...now].flatMap(([table, rows]) =>
      rows.filter((row) => /luisg|Gonçalves|Brigadeiro/.test(JSON.stringify(row))).map(() => table),
    )
    assert.deepEqual(left, [])
    assert.equal(now.get('shop invoice')?.length, 412, 'the documents stay, and say nothing of anybody')
  })
})

function entriesOfZip(file: string): Promise<readonly string[]> {
  return new Promise((resolve, reject) => {
    yauzl.open(file, (error, zip) => {
      if (error) return reject(error)
      const names: string[] = []
      zip.on('entry', (entry: { fileName: string }) => names.push(entry.fileName))
      zip.on('end', () => resolve(names))
      zip.on('error', reject)
    })
  })
}
