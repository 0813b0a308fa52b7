import assert from 'node:assert/strict'
import { access, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import pg from 'pg'
import { makeTargets, type Targets } from '../src/inventory/targets.fixture.ts'
import { type CommandLine, commandLine, type Failure } from '../test/command-line.ts'
import { freshInstallation, type TestInstallation } from '../test/installation.ts'
import { freshDatabase, postgresServer } from '../test/servers.ts'

interface Document {
  readonly ok: boolean
  readonly findings: readonly {
    rule: string
    field: string | null
    line: number
    add: { line: number; text: string } | null
  }[]
  readonly accepted: number
  readonly unreachable: readonly { name: string; code: string }[]
}

const map = `version: 1
systems:
  shop:
    collections:
      public.customer:
        rows: delete
        purposes: [orders]
        fields:
          email: {category: email, identifier: email}
purposes:
  orders: {basis: contract, retention: {years: 3, from: last order}}
`

describe('the check in a pipeline', () => {
  let directory = ''
  let database: Awaited<ReturnType<typeof freshDatabase>>
  let dossier: CommandLine
  let file = ''
  before(async () => {
    database = await freshDatabase(await postgresServer())
    await statement('create table customer (id integer primary key, email text not null unique)')
    directory = await mkdtemp(join(tmpdir(), 'dossier-pipeline-'))
    file = join(directory, 'map.yaml')
    await writeFile(file, map)
    // Nothing of an installation is there, and addresses of its databases that lead nowhere.
    const nowhere = 'postgres://u:p@127.0.0.1:1/nowhere'
    const config = { paths: { data: join(directory, 'data') } } as TestInstallation['config']
    dossier = commandLine({ urls: { main: nowhere, keys: nowhere }, config }, {}, directory)
  })
  after(async () => {
    await database.drop()
    await rm(directory, { recursive: true, force: true })
  })

  async function statement(text: string): Promise<void> {
    const client = new pg.Client({ connectionString: database.url })
    await client.connect()
    await client.query(text)
    await client.end()
  }

  const check = (...more: readonly string[]) =>
    dossier.json<Document>('check', '--map', 'map.yaml', '--url', `shop=${database.url}`, ...more)

  it('passes a migrated database that the map covers, with no installation and without making one', async () => {
    const { exit, document } = await check()
    assert.deepEqual([exit, document.ok, document.findings], [0, true, []])
    await assert.rejects(access(join(directory, 'data')))
  })

  it('fails when a migration adds a personal column, and names the line that is missing', async () => {
    await statement('alter table customer add column date_of_birth date')
    const { exit, document } = await check()
    assert.equal(exit, 1)
    const [finding] = document.findings
    assert.deepEqual(
      [finding?.rule, finding?.field, finding?.line],
      ['unmapped-personal-field', 'date_of_birth', 5],
    )
    assert.deepEqual(finding?.add, {
      line: 10,
      inside: false,
      text: '          date_of_birth: {category: birth-date}',
    })
    const people = await dossier.run('check', '--map', 'map.yaml', '--url', `shop=${database.url}`)
    assert.equal(people.exit, 1)
    assert.match(people.stdout, /^map\.yaml:5:7 {2}unmapped-personal-field \(ERA-05, PRI-01, /m)
    assert.match(
      people.stdout,
      /^Add as line 10 of map\.yaml:\n {10}date_of_birth: \{category: birth-date\}$/m,
    )
  })

  it('answers CI systems in their own formats, and with nothing else on standard output', async () => {
    const asked = ['check', '--map', 'map.yaml', '--url', `shop=${database.url}`, '--format']
    const sarif = await dossier.run(...asked, 'sarif')
    assert.equal(sarif.exit, 1)
    assert.equal((JSON.parse(sarif.stdout) as { version: string }).version, '2.1.0')
    const junit = await dossier.run(...asked, 'junit')
    assert.equal(junit.exit, 1)
    assert.match(
      junit.stdout,
      /^<\?xml [\s\S]*<failure type="unmapped-personal-field"[\s\S]*<\/testsuites>\n$/,
    )
    const json = await dossier.run(...asked, 'json')
    assert.deepEqual(JSON.parse(json.stdout), (await check()).document)
  })

  it('accepts what it found before when that is the baseline, and nothing newer', async () => {
    await writeFile(join(directory, 'baseline.json'), JSON.stringify((await check()).document))
    const { exit, document } = await check('--baseline', 'baseline.json')
    assert.deepEqual([exit, document.findings, document.accepted], [0, [], 1])
    await statement('alter table customer add column phone text')
    assert.deepEqual(
      (await check('--baseline', 'baseline.json')).document.findings.map(({ field }) => field),
      ['phone'],
    )
    await statement('alter table customer drop column phone')
    await writeFile(join(directory, 'wrong.json'), '[]')
    const wrong = await dossier.json<Failure>(
      'check',
      '--map',
      'map.yaml',
      '--url',
      'shop=sqlite:x',
      '--baseline',
      'wrong.json',
    )
    assert.deepEqual([wrong.exit, wrong.document.error.code], [2, 'cli.bad-baseline'])
  })

  it('passes once the line is written', async () => {
    const [finding] = (await check()).document.findings
    assert.ok(finding?.add)
    const lines = map.split('\n').toSpliced(finding.add.line - 1, 0, finding.add.text)
    await writeFile(file, lines.join('\n'))
    assert.equal((await check()).exit, 0)
    await writeFile(file, map)
  })

  it('tells a wrong call (2) from a system out of reach (3), and repeats no address', async () => {
    const wrong = await dossier.json<Failure>(
      'check',
      '--map',
      'map.yaml',
      '--url',
      'postgres://u:Sesame@h/d',
    )
    assert.deepEqual([wrong.exit, wrong.document.error.code], [2, 'cli.check-bad-url'])
    assert.ok(!JSON.stringify(wrong).includes('Sesame'))
    const other = await dossier.json<Failure>(
      'check',
      '--map',
      'map.yaml',
      '--url',
      'shop=sqlite:x',
      '--systems',
      'crm',
    )
    assert.deepEqual([other.exit, other.document.error.code], [2, 'cli.check-unknown-system'])
    await writeFile(file, map.replace('category: email', 'category: emial'))
    const invalid = await dossier.run('check', '--map', 'map.yaml', '--url', `shop=${database.url}`)
    assert.equal(invalid.exit, 2)
    assert.match(invalid.stderr, /^map\.yaml:9:\d+ {2}.*emial|^map\.yaml:9:\d+ {2}.*email/m)
    await writeFile(file, map)
    const down = await dossier.json<Document>(
      'check',
      '--map',
      'map.yaml',
      '--url',
      'shop=postgres://u:p@127.0.0.1:1/x?sslmode=disable',
    )
    assert.deepEqual([down.exit, down.document.ok, down.document.unreachable[0]?.name], [3, false, 'shop'])
  })
})

describe('the check beside an installation', () => {
  let installation: TestInstallation
  let targets: Targets
  let dossier: CommandLine
  before(async () => {
    installation = await freshInstallation()
    targets = await makeTargets(installation.server)
    dossier = commandLine(installation)
    await dossier.run('systems', 'add', 'shop', targets.urls.shop)
    await dossier.run('scan')
    await dossier.run('map', 'accept')
  })
  after(async () => {
    await targets[Symbol.asyncDispose]()
    await installation.dispose()
  })

  it('judges the map in force and points at the lines it has when exported', async () => {
    const { exit, document } = await dossier.json<Document>('check')
    assert.equal(exit, 1)
    assert.deepEqual([...new Set(document.findings.map(({ rule }) => rule))], ['no-purpose'])
    const exported = join(installation.config.paths.data, 'exported.yaml')
    await dossier.run('map', 'export', exported)
    const lines = (await readFile(exported, 'utf8')).split('\n')
    for (const { line } of document.findings) assert.match(lines[line - 1] ?? '', /^ {6}public\.\w+:$/)
  })

  it('stores nothing: neither a scan nor a version of the map', async () => {
    const before = await dossier.json('map', 'coverage')
    await targets.query('alter table customer add column birth_date date')
    const { document } = await dossier.json<Document>('check', '--systems', 'shop')
    assert.ok(document.findings.some(({ field }) => field === 'birth_date'))
    assert.deepEqual(await dossier.json('map', 'coverage'), before)
  })
})
