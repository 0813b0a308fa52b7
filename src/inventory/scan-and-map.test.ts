import assert from 'node:assert/strict'
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { freshInstallation, type TestInstallation } from '../../test/installation.ts'
import { isProblem } from '../platform/problem.ts'
import { sql } from '../platform/sql.ts'
import { say } from '../platform/texts.ts'
import { acceptMap } from './accept-map.ts'
import { addSystem } from './add-system.ts'
import { exportMap } from './export-map.ts'
import { importMap } from './import-map.ts'
import { latestDrift } from './latest-drift.ts'
import { mapCoverage } from './map-coverage.ts'
import { currentMap } from './map-version.ts'
import { removeSystem } from './remove-system.ts'
import { type ScanResult, scanSystems } from './scan-systems.ts'
import { canaries, makeTargets, type Targets } from './targets.fixture.ts'

describe('a company in three systems', () => {
  let installation: TestInstallation
  let targets: Targets
  let scan: ScanResult
  const ctx = () => installation.ctx

  before(async () => {
    installation = await freshInstallation()
    targets = await makeTargets(installation.server)
  })
  after(async () => {
    await targets[Symbol.asyncDispose]()
    await installation.dispose()
  })

  const refuses = (work: Promise<unknown>, code: string) =>
    assert.rejects(work, (error) => isProblem(error, code) || assert.fail(String(error)))

  it('has no map before it was scanned', async () => {
    await refuses(currentMap(ctx()), 'inventory.no-map')
    await refuses(acceptMap(ctx()), 'inventory.nothing-scanned')
    for (const [name, url] of Object.entries(targets.urls))
      await addSystem(ctx(), { name, url, baseDirectory: '/', controller: 'Example SARL' })
    await refuses(acceptMap(ctx()), 'inventory.nothing-scanned')
  })

  it('is scanned: every field of every collection, with category, confidence and a reason', async () => {
    const seen: string[] = []
    scan = await scanSystems(ctx(), {}, (what, done, total) => seen.push(`${what} ${done}/${total}`))
    assert.deepEqual(scan.unreachable, [])
    assert.deepEqual(
      scan.systems.map(({ name, collections }) => [name, collections.map((collection) => collection.name)]),
      [
        ['desk', ['requester', 'ticket']],
        ['letters', ['subscribers.csv']],
        ['shop', ['public.customer', 'public.invoice', 'public.product']],
      ],
    )
    const shop = scan.systems.find(({ name }) => name === 'shop')
    const [customer, invoice, product] = shop?.collections ?? []
    const email = customer?.fields.find(({ name }) => name === 'email')
    assert.deepEqual(
      [email?.type, email?.category, email?.identifier, email?.special],
      ['text', 'email', 'email', false],
    )
    assert.ok(email && email.confidence > 0.8 && email.confidence <= 1)
    assert.equal(customer?.rows, 52)
    assert.deepEqual(invoice?.links, [
      {
        from: 'public.invoice',
        to: 'public.customer',
        fields: { customer_id: 'customer_id' },
        source: 'foreign-key',
        confidence: 1,
        reason: null,
      },
    ])
    assert.ok(product?.fields.every(({ category }) => category === 'none'))
    assert.ok(seen.includes('shop: public.product 2/3') && seen.includes('shop 3/3'))
  })

  it('gives its reasons as sentences, in the language of the reader', async () => {
    const french = await scanSystems({ ...ctx(), language: 'fr' }, { names: ['shop'] })
    const reasons = (result: ScanResult) =>
      result.systems.flatMap(({ name, collections }) =>
        name === 'shop' ? collections.flatMap(({ fields }) => fields.map(({ reason }) => reason)) : [],
      )
    for (const reason of [...reasons(scan), ...reasons(french)])
      assert.doesNotMatch(reason, /inventory\.|{{|^$/)
    assert.notDeepEqual(reasons(french), reasons(scan))
  })

  it('says of a file it cannot read why, where, and in the language of the reader', async () => {
    const broken = join(targets.urls.letters.slice('files:'.length), 'broken.csv')
    await writeFile(broken, 'email;name\na@example.org;Ada\nb@example.org;Bob;more\n')
    const read = async (language: 'en' | 'fr') => {
      const { systems } = await scanSystems({ ...ctx(), language }, { names: ['letters'] })
      return systems[0]?.collections.find(({ name }) => name === 'broken.csv')?.unreadable
    }
    assert.match((await read('en')) ?? '', /^line 3: the number of values differs from the header$/)
    assert.match((await read('fr')) ?? '', /^ligne 3 : (?!the )/)
    await rm(broken)
    await scanSystems(ctx(), { names: ['letters'] })
  })

  it('leaves no sampled value in the answer, in the database or in evidence', async () => {
    const rows = await ctx().db.rows<{ text: string }>(
      sql`select c::text as text from inventory.scan c union all select e::text from evidence.entry e`,
    )
    const kept = JSON.stringify([scan, rows.map(({ text }) => text)])
    assert.ok(kept.length > 5_000)
    for (const canary of canaries) assert.ok(!kept.includes(canary), canary)
  })

  it('is scanned again and again without its scans growing for ever', async () => {
    for (let i = 0; i < 12; i += 1) await scanSystems(ctx(), { names: ['letters'], sample: 5 })
    const row = await ctx().db.row<{ scans: number }>(
      sql`select count(*) as scans from inventory.scan c join inventory.system s on s.id = c.system_id
          where s.name = 'letters'`,
    )
    assert.equal(row?.scans, 10)
  })

  it('gets a map with all that is personal, none of what is not, and the name of its controller', async () => {
    const accepted = await acceptMap(ctx(), { country: 'FR' })
    assert.deepEqual([accepted.version, accepted.changed], [1, true])
    const { map, origin } = await currentMap(ctx())
    assert.equal(origin, 'accepted')
    assert.deepEqual(Object.keys(map.systems), ['desk', 'letters', 'shop'])
    assert.deepEqual(Object.keys(map.systems.shop?.collections ?? {}), ['public.customer', 'public.invoice'])
    assert.equal(map.systems.shop?.controller, 'Example SARL')
    assert.equal(map.country, 'FR')
    const again = await acceptMap(ctx())
    assert.deepEqual([again.version, again.changed, again.sha256], [1, false, accepted.sha256])
  })

  it('is told what fell below the threshold', async () => {
    const { ctx: other, dispose } = await freshInstallation()
    try {
      await addSystem(other, { name: 'shop', url: targets.urls.shop, baseDirectory: '/' })
      await scanSystems(other)
      const { counts, notes } = await acceptMap(other, { minConfidence: 1 })
      const left = notes.filter(({ field }) => field !== undefined)
      assert.ok(
        left.some(({ collection, field }) => collection === 'public.customer' && field === 'first_name'),
      )
      assert.ok(counts.fields < 8)
    } finally {
      await dispose()
    }
  })

  it('can be exported, changed by hand and imported again', async () => {
    const text = await exportMap(ctx())
    const same = await importMap(ctx(), text)
    assert.deepEqual(same.imported && [same.version, same.changed], [1, false])
    const changed = text.replace(/first_name: .*\n/, 'first_name: {category: person-name, erase: keep}\n')
    assert.notEqual(changed, text)
    const result = await importMap(ctx(), changed)
    assert.deepEqual(result.imported && [result.version, result.changed], [2, true])
  })

  it('refuses a file with errors, names the line of each, and stores nothing', async () => {
    const text = [
      'version: 1',
      'systems:',
      '  shop:',
      '    collections:',
      '      public.customer:',
      '        rows: shred',
      '        fields:',
      '          email: {category: email}',
      '          phone: {category: phone, identifeir: phone}',
      '      public.invoyce: {rows: delete, fields: {}}',
      '      public.invoice: {rows: delete, fields: {totl: {category: financial}}}',
      '  shopp: {collections: {}}',
      'rules: {}',
    ].join('\n')
    const result = await importMap(ctx(), text)
    assert.equal(result.imported, false)
    const errors = result.findings.filter(({ severity }) => severity === 'error')
    assert.deepEqual(
      errors.map(({ line }) => line),
      [6, 9, 10, 11, 12],
    )
    for (const { code, params } of errors) assert.doesNotMatch(say('en', code, params), /^inventory\.|{{/)
    assert.equal((await currentMap(ctx())).number, 2)
  })

  it('keeps what a person changed when a later scan adds fields', async () => {
    await targets.query(
      `alter table customer add column birth_date date; update customer set birth_date = '1980-05-06'`,
    )
    await scanSystems(ctx(), { names: ['shop'] })
    const accepted = await acceptMap(ctx())
    assert.deepEqual([accepted.version, accepted.added], [3, { systems: 0, collections: 0, fields: 1 }])
    const customer = (await currentMap(ctx())).map.systems.shop?.collections['public.customer']
    assert.equal(customer?.fields.birth_date?.category, 'birth-date')
    const [names] = Object.values((await currentMap(ctx())).map.systems).flatMap(({ collections }) =>
      Object.values(collections).flatMap(({ fields }) =>
        fields.first_name?.erase ? [fields.first_name.erase] : [],
      ),
    )
    assert.equal(names, 'keep')
  })

  it('is told what is gone, and forgets it only when that is asked for', async () => {
    await targets.query('alter table customer drop column birth_date')
    const { drift } = await scanSystems(ctx(), { names: ['shop'] })
    const gone = drift.map(({ change, since, what, field }) => [since, change, what, field])
    assert.ok(gone.some((one) => one.join(' ') === 'last-scan gone field birth_date'))
    assert.ok(gone.some((one) => one.join(' ') === 'map gone field birth_date'))
    assert.deepEqual(
      (await latestDrift(ctx())).filter(({ system }) => system === 'shop'),
      drift,
      'it can be asked for later',
    )
    const told = await acceptMap(ctx())
    assert.deepEqual(
      told.notes.filter(({ code }) => code.startsWith('gone-')),
      [
        {
          system: 'shop',
          collection: 'public.customer',
          field: 'birth_date',
          code: 'gone-field',
          params: {},
        },
      ],
    )
    assert.equal(told.changed, false)
    const dropped = await acceptMap(ctx(), { dropGone: true })
    assert.deepEqual([dropped.changed, dropped.version], [true, 4])
    assert.equal(
      (await currentMap(ctx())).map.systems.shop?.collections['public.customer']?.fields.birth_date,
      undefined,
    )
  })

  it('shows for every field whether it is copied, how it is erased and what keeps it', async () => {
    const { fields, unscanned } = await mapCoverage(ctx())
    const of = (collection: string, field: string) =>
      fields.find((one) => one.collection === collection && one.field === field)
    assert.deepEqual(unscanned, [])
    assert.equal(of('public.customer', 'email')?.exported, true)
    assert.equal(of('public.invoice', 'billing_address')?.via, 'link')
    assert.ok((of('public.invoice', 'total')?.kept.length ?? 0) > 0)
    const lamp = of('public.product', 'name')
    assert.deepEqual([lamp?.category, lamp?.erased, lamp?.via], [null, 'never', 'unreached'])
  })

  it('has one winner when two people change the map at once, and the other is told', async () => {
    const text = await exportMap(ctx())
    const withArticle = (article: string) => text.replace(/article: .*/, `article: ${article}`)
    const results = await Promise.allSettled(
      ['one', 'two', 'three'].map((one) => importMap(ctx(), withArticle(one))),
    )
    const won = results.filter(({ status }) => status === 'fulfilled')
    for (const result of results)
      if (result.status === 'rejected') assert.ok(isProblem(result.reason, 'inventory.map-changed-meanwhile'))
    assert.ok(won.length >= 1)
    assert.equal((await currentMap(ctx())).number, 4 + won.length)
  })

  it('goes on when one of its systems is down, and says which', async () => {
    await addSystem(ctx(), {
      name: 'cellar',
      url: 'postgres://nobody:nothing@127.0.0.1:1/cellar?sslmode=disable',
      baseDirectory: '/',
      force: true,
    }) // prettier-ignore
    const { systems, unreachable } = await scanSystems(ctx())
    assert.deepEqual(
      systems.map(({ name }) => name),
      ['desk', 'letters', 'shop'],
    )
    assert.deepEqual(
      unreachable.map(({ name, code }) => [name, code]),
      [['cellar', 'connectors.unreachable']],
    )
    assert.ok(!JSON.stringify(unreachable).includes('nothing'))
    await refuses(scanSystems(ctx(), { names: ['nowhere'] }), 'inventory.unknown-system')
  })

  it('loses a mapped system only when that is asked for, from the map as well', async () => {
    const before = (await currentMap(ctx())).number
    await refuses(removeSystem(ctx(), 'desk'), 'inventory.system-in-map')
    const removed = await removeSystem(ctx(), 'desk', { force: true })
    assert.equal(removed.mapVersion, before + 1)
    const { map, origin } = await currentMap(ctx())
    assert.deepEqual([Object.keys(map.systems), origin], [['letters', 'shop'], 'system-removed'])
  })

  it('leaves an entry of evidence for each of these acts', async () => {
    const entries = await ctx().db.rows<{ kind: string }>(
      sql`select distinct e.kind from evidence.entry e order by e.kind`,
    )
    assert.deepEqual(
      entries.map(({ kind }) => kind),
      [
        'drift-found',
        'map-accepted',
        'map-imported',
        'map-system-removed',
        'scanned',
        'system-added',
        'system-removed',
      ].map((kind) => `inventory.${kind}`),
    )
  })
})
