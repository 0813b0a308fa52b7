import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { makeTargets, type Targets } from '../src/inventory/targets.fixture.ts'
import { type CommandLine, commandLine, type Failure, finished } from '../test/command-line.ts'
import { freshInstallation, type TestInstallation } from '../test/installation.ts'

describe('the commands for systems, scans and the map', () => {
  let installation: TestInstallation
  let targets: Targets
  let dossier: CommandLine
  let map = ''
  before(async () => {
    installation = await freshInstallation()
    targets = await makeTargets(installation.server)
    dossier = commandLine(installation)
    map = join(installation.config.paths.data, 'map.yaml')
  })
  after(async () => {
    await targets[Symbol.asyncDispose]()
    await installation.dispose()
  })

  it('add systems by URL and by relative path, and never print a password again', async () => {
    const { shop, desk } = targets.urls
    const added = await dossier.json<{ system: { engine: string; url: string } }>(
      'systems',
      'add',
      'shop',
      shop,
    )
    assert.equal(added.exit, 0)
    assert.match(added.document.system.engine, /^PostgreSQL \d/)
    const directory = dirname(desk.slice('sqlite:'.length))
    const near = commandLine(installation, {}, directory)
    const file = await near.run(
      'systems',
      'add',
      'desk',
      'sqlite:desk.sqlite',
      '--controller',
      'Example SARL',
    )
    assert.match(file.stdout, /^desk was added: SQLite .* at sqlite:\/.*\nNext: npx dossier scan desk\n$/)
    const list = await dossier.run('systems', 'list')
    assert.match(list.stdout, /^Name +Address +Controller +Load +Scanned +In the map\n/)
    assert.match(list.stdout, /^desk +sqlite:\S+ +Example SARL +80% +never +no$/m)
    const said = JSON.stringify([added, file, list, await dossier.json('systems', 'list')])
    const { password } = new URL(shop)
    assert.ok(password.length > 3 && !said.includes(password) && !said.includes(decodeURIComponent(password)))
  })

  it('take an address from standard input, so that no password stands in the list of processes', async () => {
    const child = dossier.start(['systems', 'add', 'piped', '-', '--json'])
    const ended = finished(child)
    child.stdin?.end(`${targets.urls.shop}\n`)
    assert.equal((await ended).exit, 0)
    assert.equal((await dossier.run('systems', 'remove', 'piped')).exit, 0)
  })

  it('overwrite what was typed in the list of processes', {
    skip: process.platform !== 'linux',
  }, async () => {
    const child = dossier.start(['systems', 'add', 'Canary-name', '-'])
    const ended = finished(child)
    const typed = () => readFile(`/proc/${child.pid}/cmdline`, 'utf8')
    for (const deadline = Date.now() + 5_000; (await typed()).includes('Canary') && Date.now() < deadline; )
      await sleep(20)
    const title = await typed()
    child.stdin?.end('sqlite:nowhere')
    assert.equal((await ended).exit, 2)
    assert.equal(title.replaceAll('\0', ''), 'dossier')
  })

  it('refuse a system that does not answer, with its own reason behind', async () => {
    const wrong = new URL(targets.urls.shop)
    wrong.password = 'Sesame-canary'
    const { exit, document } = await dossier.json<Failure>('systems', 'add', 'other', wrong.href)
    assert.equal(exit, 3)
    assert.equal(document.error.code, 'inventory.system-silent')
    assert.match(document.error.because?.code ?? '', /^connectors\./)
    const people = await dossier.run('systems', 'add', 'other', wrong.href)
    assert.match(people.stderr, /^other does not answer[^\n]*\nBecause: [^\n]+\n$/)
    assert.ok(!`${people.stderr}${JSON.stringify(document)}`.includes('Sesame'))
  })

  it('test what may be read and erased: 0 when well, 3 when out of reach', async () => {
    const well = await dossier.json<{ systems: { name: string; ok: boolean }[] }>('systems', 'test')
    assert.deepEqual(
      [well.exit, well.document.systems.map(({ name, ok }) => [name, ok])],
      [
        0,
        [
          ['desk', true],
          ['shop', true],
        ],
      ],
    ) // prettier-ignore
    const nowhere = 'postgres://u:p@127.0.0.1:1/x?sslmode=disable'
    await dossier.run('systems', 'add', 'cellar', nowhere, '--force')
    const down = await dossier.run('systems', 'test', 'cellar')
    assert.equal(down.exit, 3)
    assert.match(down.stdout, /^cellar +unreachable +unreachable$/m)
    assert.equal((await dossier.run('systems', 'remove', 'cellar')).exit, 0)
    assert.equal((await dossier.run('systems', 'test', 'cellar')).exit, 2)
  })

  it('scan: the JSON a program may rely on, and a table for people', async () => {
    const { exit, document } = await dossier.json<{
      systems: {
        name: string
        collections: { name: string; rows: number; fields: object[]; links: object[] }[]
      }[]
      unreachable: unknown[]
    }>('scan', '--sample', '50')
    assert.equal(exit, 0)
    const customer = document.systems.find(({ name }) => name === 'shop')?.collections[0]
    assert.deepEqual(Object.keys(customer?.fields[0] ?? {}), [
      'name',
      'type',
      'category',
      'identifier',
      'special',
      'confidence',
      'reason',
    ]) // prettier-ignore
    const invoice = document.systems.find(({ name }) => name === 'shop')?.collections[1]
    assert.deepEqual(Object.keys(invoice?.links[0] ?? {}), [
      'from',
      'to',
      'fields',
      'source',
      'confidence',
      'reason',
    ]) // prettier-ignore
    const people = await dossier.run('scan', 'shop')
    assert.match(people.stdout, /^public\.customer · rows: 52$/m)
    assert.match(people.stdout, /^email +email +email +\d+ {2}/m)
    assert.match(people.stdout, /^Nothing personal seen in: public\.product$/m)
    assert.equal(people.stderr, '', 'no progress into a pipe')
  })

  it('accept, show and export the map', async () => {
    assert.equal((await dossier.json('map', 'show')).exit, 1, 'no map is a negative answer')
    const accepted = await dossier.json<{ version: number; notes: { message: string }[] }>(
      'map',
      'accept',
      '--country',
      'fr',
    )
    assert.deepEqual([accepted.exit, accepted.document.version], [0, 1])
    const shown = await dossier.json<{ version: number; map: { systems: object; country: string } }>(
      'map',
      'show',
    )
    assert.deepEqual(Object.keys(shown.document.map.systems), ['desk', 'shop'])
    assert.deepEqual([shown.document.version, shown.document.map.country], [1, 'FR'])
    assert.match(
      (await dossier.run('map', 'show')).stdout,
      /^public\.invoice +clear +.*public\.customer \(owner\)/m,
    )
    const exported = await dossier.json<{ file: string }>('map', 'export', map)
    assert.deepEqual([exported.exit, exported.document.file], [0, map])
    const again = await dossier.json<Failure>('map', 'export', map)
    assert.deepEqual([again.exit, again.document.error.code], [2, 'cli.file-exists'])
    assert.equal((await dossier.run('map', 'export', map, '--force')).exit, 0)
  })

  it('import a changed map, and refuse a wrong one line by line', async () => {
    const text = await readFile(map, 'utf8')
    await writeFile(map, text.replace(/( +)rows: delete/, '$1rows: clear'))
    const imported = await dossier.json<{ version: number }>('map', 'import', map)
    assert.deepEqual([imported.exit, imported.document.version], [0, 2])
    await writeFile(
      map,
      'version: 1\nsystems:\n  shop:\n    collections: {}\n  shopp:\n    collections: {}\nrulez: {}\n',
    )
    const wrong = await dossier.run('map', 'import', map)
    assert.equal(wrong.exit, 2)
    assert.match(wrong.stdout, new RegExp(`^${map}:5:3  .*shopp`, 'm'))
    assert.match(wrong.stdout, new RegExp(`^${map}:7:1  .*rulez`, 'm'))
    const asJson = await dossier.json<Failure & { imported: boolean; problems: { line: number }[] }>(
      'map',
      'import',
      map,
    )
    assert.deepEqual(
      [
        asJson.exit,
        asJson.document.imported,
        asJson.document.error.code,
        asJson.document.problems.map(({ line }) => line),
      ],
      [2, false, 'inventory.map-invalid', [5, 7]],
    )
    await writeFile(map, Buffer.from('version: 1 # é', 'latin1'))
    assert.equal((await dossier.json<Failure>('map', 'import', map)).document.error.code, 'cli.file-not-utf8')
    assert.equal((await dossier.json<Failure>('map', 'import', '/nowhere.yaml')).exit, 2)
    assert.equal((await dossier.json<{ version: number }>('map', 'show')).document.version, 2)
  })

  it('import a Fides dataset beside the map, and tell what could not be taken over', async () => {
    const file = join(installation.config.paths.data, 'fides.yml')
    const text = `dataset:
  - fides_key: letters_list
    collections:
      - name: subscribers.csv
        fields:
          - name: email
            data_categories: [user.contact.email]
            fides_meta: {identity: email}
          - name: shoe_size
            data_categories: [user.behavior]
`
    await writeFile(file, text)
    await dossier.run('systems', 'add', 'letters', targets.urls.letters)
    await dossier.run('scan', 'letters')
    const refused = await dossier.run('map', 'import', file)
    assert.equal(refused.exit, 2)
    assert.match(refused.stdout, new RegExp(`^${file}:2:\\d+  There is no system named letters-list`, 'm'))
    const imported = await dossier.run('map', 'import', file, '--system', 'letters')
    assert.equal(imported.exit, 0)
    assert.match(imported.stdout, new RegExp(`^${file}:9:\\d+  subscribers.csv has no field shoe_size`, 'm'))
    const shown = await dossier.json<{ map: { systems: object } }>('map', 'show')
    assert.deepEqual(Object.keys(shown.document.map.systems), ['desk', 'shop', 'letters'])
    await writeFile(file, 'version: 1\nsystems: {}\n')
    const idle = await dossier.json<Failure>('map', 'import', file, '--system', 'letters')
    assert.deepEqual([idle.exit, idle.document.error.code], [2, 'inventory.system-not-for-maps'])
    assert.equal((await dossier.run('systems', 'remove', 'letters', '--force')).exit, 0)
  })

  it('show the purposes: on which basis, and until when', async () => {
    const file = join(installation.config.paths.data, 'kept.yaml')
    assert.equal((await dossier.run('map', 'export', file)).exit, 0)
    const text = await readFile(file, 'utf8')
    const purposes = [
      'purposes:',
      '  orders: {basis: contract, retention: {years: 3, from: last order}}',
      '  seating: {basis: consent, art9: a}',
    ]
    await writeFile(file, `${text}${purposes.join('\n')}\n`)
    assert.equal((await dossier.run('map', 'import', file)).exit, 0)
    const { stdout } = await dossier.run('map', 'show')
    assert.match(stdout, /^orders +contract +years: 3, from: last order/m)
    assert.match(stdout, /^seating +consent · GDPR 9\(2\)\(a\) +not written down/m)
  })

  it('draw the map as a picture, in force or from a file, and replace none unasked', async () => {
    const out = join(installation.config.paths.data, 'map.svg')
    const drawn = await dossier.json<{ file: string }>('map', 'draw', '--out', out)
    assert.deepEqual([drawn.exit, drawn.document.file], [0, out])
    const svg = await readFile(out, 'utf8')
    assert.match(svg, /^<\?xml [\s\S]*<title>shop\/public\.customer: /)
    const again = await dossier.json<Failure>('map', 'draw', '--out', out)
    assert.deepEqual([again.exit, again.document.error.code], [2, 'cli.file-exists'])
    const file = join(installation.config.paths.data, 'small.yaml')
    await writeFile(file, 'version: 1\nsystems: {crm: {collections: {person: {rows: delete}}}}\n')
    assert.equal((await dossier.run('map', 'draw', '--map', file, '--out', out, '--force')).exit, 0)
    assert.match(await readFile(out, 'utf8'), /crm\/person/)
  })

  it('show for every field what becomes of it', async () => {
    const { exit, document } = await dossier.json<{
      fields: { collection: string; field: string; erased: string }[]
    }>('map', 'coverage')
    assert.equal(exit, 0)
    const total = document.fields.find(
      ({ collection, field }) => collection === 'public.invoice' && field === 'total',
    )
    assert.equal(total?.erased, 'keep')
    assert.match(
      (await dossier.run('map', 'coverage')).stdout,
      /^shop +public\.product +name +not mapped +no +never$/m,
    )
  })

  it('remove a mapped system only with force', async () => {
    const refused = await dossier.json<Failure>('systems', 'remove', 'desk')
    assert.deepEqual([refused.exit, refused.document.error.code], [1, 'inventory.system-in-map'])
    const forced = await dossier.json<{ removed: { mapVersion: number } }>(
      'systems',
      'remove',
      'desk',
      '--force',
    )
    assert.deepEqual([forced.exit, forced.document.removed.mapVersion], [0, 6])
  })

  it('speak French to those who do', async () => {
    const french = commandLine(installation, { DOSSIER_LANGUAGE: 'fr' })
    assert.match(
      (await french.run('systems', 'list')).stdout,
      /^Nom +Adresse +Responsable +Charge +Examiné +Dans la carte\n/,
    )
    assert.match(
      (await french.run('systems', 'test', 'nulle-part')).stderr,
      /^Aucun système ne s’appelle nulle-part\./,
    )
  })

  it('end in peace when nobody reads on', async () => {
    const child = dossier.start(['map', 'coverage', '--json'])
    child.stdout?.destroy()
    const { exit, stderr } = await finished(child)
    assert.deepEqual([exit, stderr], [0, ''])
  })

  it('leave evidence that is signed by the time they end', async () => {
    const { document } = await dossier.json<{
      checks: { name: string; facts: { entries?: number; checkpoint?: number } }[]
    }>('doctor')
    const facts = document.checks.find(({ name }) => name === 'evidence')?.facts
    assert.ok((facts?.entries ?? 0) >= 8 && facts?.entries === facts?.checkpoint)
  })
})
