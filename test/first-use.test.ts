import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { sampleStory } from '../sample/public.ts'
import { readConfig } from '../src/platform/config.ts'
import { type Cluster, openCluster } from '../src/platform/embedded-postgres.ts'
import { version } from '../src/version.ts'
import { type CommandLine, commandLine, type Failure } from './command-line.ts'
import { databaseContents, sqliteContents } from './database-contents.ts'
import { call, json } from './http-client.ts'
import { startServerProcess } from './server-process.ts'
import { unzip } from './unzip.ts'

/** What becomes of a person of the story: a state per system, and the grounds on which something stays. */
interface Fate {
  readonly states: Readonly<Record<'newsletter' | 'shop' | 'support', 'verified-absent' | 'kept'>>
  /** `collection rule`, and `while` where the end is not a date. */
  readonly kept: readonly string[]
}

const inShop = { newsletter: 'verified-absent', shop: 'kept', support: 'verified-absent' } as const
const nowhere = { ...inShop, shop: 'verified-absent' } as const
const invoice = 'public.invoice accounting'

/** By the number of the story; the two whom the shop never saw come last. */
const fates: ReadonlyMap<number, Fate> = new Map([
  [1, { states: inShop, kept: [invoice, invoice] }],
  [2, { states: inShop, kept: [invoice, invoice] }],
  [3, { states: inShop, kept: [invoice, 'public.invoice unpaid while'] }],
  [
    4,
    {
      states: inShop,
      kept: ['public.customer running while', invoice, 'public.subscription running while'],
    },
  ],
  [5, { states: inShop, kept: [invoice] }],
  [7, { states: inShop, kept: ['public.household shared while', invoice] }],
  [9, { states: inShop, kept: [invoice, invoice, invoice] }],
  [13, { states: inShop, kept: [invoice] }],
  [15, { states: inShop, kept: [invoice, invoice] }],
  [17, { states: inShop, kept: [invoice, invoice] }],
  [20, { states: inShop, kept: [invoice] }],
  [21, { states: nowhere, kept: [] }],
  [22, { states: nowhere, kept: [] }],
])

const personAt = (number: number) => {
  const person = sampleStory[number - 1]
  assert.ok(person)
  return person
}

interface Outcome {
  readonly request: string
  readonly state: string
  readonly systems: readonly {
    readonly name: string
    readonly state: string
    readonly kept: readonly {
      readonly collection: string
      readonly rule: string
      readonly until: string | null
    }[]
  }[]
  readonly certificate: string | null
  readonly page: string | null
}

const fateIn = ({ systems }: Outcome): Fate => ({
  states: Object.fromEntries(systems.map(({ name, state }) => [name, state])) as Fate['states'],
  kept: systems
    .flatMap(({ kept }) =>
      kept.map(({ collection, rule, until }) => `${collection} ${rule}${until === null ? ' while' : ''}`),
    )
    .toSorted(),
})

describe('the first half hour with Dossier and its sample', () => {
  let data = ''
  let dossier: CommandLine
  let cluster: Cluster | undefined
  const requests = new Map<number, string>()
  before(async () => {
    data = await mkdtemp(join(tmpdir(), 'dossier-first-use-'))
    dossier = commandLine({ config: readConfig({ DOSSIER_DATA: data }).config })
  })
  after(async () => {
    await cluster?.close()
    await rm(data, { recursive: true, force: true })
  })

  /** In one go, or as somebody does who looks at the plan first. */
  async function erased(email: string, looksFirst: boolean) {
    if (!looksFirst) return dossier.json<Outcome>('erase', email, '--yes')
    const planned = await dossier.json<{ id: string }>('erase', email)
    assert.equal(planned.exit, 0)
    return dossier.json<Outcome>('erase', '--approve', planned.document.id)
  }

  it('makes the sample company and adds its three systems', async () => {
    const { exit, stdout, stderr } = await dossier.run('sample', '--customers', '60', '--add')
    assert.deepEqual([exit, stderr], [0, ''])
    assert.match(stdout, /^Its systems are known to Dossier: shop, support, newsletter\.$/m)
    assert.match(stdout, /^Next: npx dossier scan && npx dossier map accept --country FR$/m)
    // Held open from here on, so that not every command has to start the database anew.
    const password = await readFile(join(data, 'keys', 'postgres.password'), 'utf8')
    cluster = await openCluster({ directory: join(data, 'postgres'), password: password.trim() })
  })

  it('scans them and accepts the map that is proposed', async () => {
    const scanned = await dossier.run('scan')
    assert.deepEqual([scanned.exit, scanned.stderr], [0, ''])
    const accepted = await dossier.json<{ version: number; counts: { systems: number } }>(
      'map',
      'accept',
      '--country',
      'FR',
    )
    assert.deepEqual([accepted.exit, accepted.document.version, accepted.document.counts.systems], [0, 1, 3])
  })

  it('finds a person in each system that holds them, and says nothing of one who is not there', async () => {
    for (const person of [personAt(1), personAt(10), personAt(16)]) {
      const { exit, document } = await dossier.json<{ systems: { name: string; rows: number }[] }>(
        'find',
        person.email,
      )
      const holding = document.systems.filter(({ rows }) => rows > 0).map(({ name }) => name)
      assert.deepEqual([exit, holding.toSorted()], [0, person.systems.toSorted()], person.hard)
    }
    assert.equal((await dossier.run('find', 'nobody.at.all@example.org')).exit, 1)
    const phone = await dossier.json<Failure>('find', personAt(7).phone)
    assert.deepEqual([phone.exit, phone.document.error.code], [2, 'holdings.shared-identifier'])
  })

  it('writes a copy that the person can read without a network, in their language', async () => {
    const leila = personAt(10)
    const file = join(data, 'copy.zip')
    const { exit, document } = await dossier.json<{ rows: number; collections: number }>(
      'access',
      leila.email,
      '--out',
      file,
      '--language',
      'fr',
    )
    assert.equal(exit, 0)
    const files = await unzip(file)
    const page = String(files.get('index.html'))
    assert.match(page, /<html[^>]* lang="fr"/)
    assert.doesNotMatch(page, /(?:src|href)="(?:https?:)?\/\//)
    for (const word of ['ليلى', leila.email, 'الرباط']) assert.ok(page.includes(word), word)
    const tables = [...files].flatMap(([name, content]) =>
      /^data\/.*\.json$/.test(name) ? [JSON.parse(String(content)) as { rows: readonly unknown[] }] : [],
    )
    assert.equal(tables.length, document.collections)
    assert.equal(
      tables.reduce((all, { rows }) => all + rows.length, 0),
      document.rows,
    )
  })

  for (const [number, fate] of fates) {
    const { email, hard } = personAt(number)
    it(`erases customer ${number} of the story: ${hard}`, async () => {
      const { exit, document } = await erased(email, number === 1)
      assert.deepEqual([exit, document.state], [0, 'completed'])
      assert.deepEqual(fateIn(document), fate)
      assert.ok(existsSync(document.certificate ?? '') && existsSync(document.page ?? ''))
      requests.set(number, document.request)
    })
  }

  it('leaves the eighth open, until somebody has looked at the record that may be hers', async () => {
    const { email } = personAt(8)
    const open = await dossier.json<Outcome>('erase', email, '--yes')
    const states = open.document.systems.map(({ name, state }) => `${name} ${state}`)
    assert.deepEqual([open.exit, open.document.state, open.document.certificate], [1, 'incomplete', null])
    assert.ok(states.includes('support residue'))
    const found = await dossier.json<{ possible: { record: string }[] }>('erase', email)
    const records = found.document.possible.map(({ record }) => record)
    assert.deepEqual(
      records.map((record) => record.replace(/\d+$/, '…')),
      ['support/requester/…'],
    )
    const done = await dossier.json<Outcome>('erase', email, '--same', records[0] ?? '', '--yes')
    assert.deepEqual([done.exit, done.document.request], [0, open.document.request])
    assert.deepEqual(fateIn(done.document), { states: inShop, kept: [invoice] })
    requests.set(8, done.document.request)
  })

  it('verifies again what it said', async () => {
    for (const number of [1, 22]) {
      const { exit, document } = await dossier.json<Outcome>('verify', requests.get(number) ?? '')
      assert.deepEqual([exit, fateIn(document)], [0, fates.get(number)])
    }
  })

  it('has left none of their addresses in any of the three systems, but where a contract still runs', async () => {
    const erased = [...requests.keys()].flatMap((number) => [
      personAt(number).email,
      personAt(number).otherEmail,
    ])
    const shop = await databaseContents(cluster?.url('sample_shop') ?? '')
    const files = ['subscribers.csv', 'unsubscribed.csv'].map((file) =>
      join(data, 'sample', 'newsletter', file),
    )
    const newsletter = await Promise.all(files.map((file) => readFile(file, 'latin1')))
    const support = sqliteContents(join(data, 'sample', 'support.sqlite'))
    const everything = [...shop, ...support, ...newsletter].join('\n').toLowerCase()
    assert.ok(everything.includes(personAt(12).email), 'whoever was not erased is still there')
    const left = erased.filter((email) => everything.includes(email.toLowerCase()))
    assert.deepEqual(left, [personAt(4).email])
  })

  it('proves all of it: the log, and one request’s bundle on its own', async () => {
    assert.equal((await dossier.run('evidence', 'verify')).exit, 0)
    const bundle = join(data, 'bundle.zip')
    const made = await dossier.run('evidence', 'bundle', requests.get(1) ?? '', '--out', bundle)
    assert.equal(made.exit, 0, made.stderr)
    assert.equal((await dossier.run('evidence', 'verify', bundle)).exit, 0)
  })

  it('finds itself well, but for the backup nobody has made', async () => {
    const { exit, document } = await dossier.json<{ checks: { name: string; state: string }[] }>('doctor')
    const states = document.checks.filter(({ state }) => state !== 'good').map(({ name }) => name)
    assert.deepEqual([exit, states.filter((name) => name !== 'disk')], [0, ['backup']])
  })

  it('then serves the same directory: health for a monitor, a page for a person', async () => {
    await cluster?.close()
    cluster = undefined
    const server = await startServerProcess({ DOSSIER_DATA: data })
    const health = json<{ status: string; version: string; evidence: { state: string; entries: number } }>(
      await call(server.url, '/api/health'),
    )
    assert.deepEqual([health.status, health.version, health.evidence.state], ['ok', version, 'current'])
    assert.ok(health.evidence.entries > fates.size * 8)
    const home = await call(server.url, '/', { headers: { 'accept-language': 'fr' } })
    assert.equal(home.status, 200)
    assert.match(home.text, /<html[^>]* lang="fr"/)
    assert.ok(home.text.includes(version))
    assert.equal(await server.end('SIGTERM'), 0)
  })
})
