import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import pg from 'pg'
import { freshInstallation, type TestInstallation } from '../../test/installation.ts'
import { administer, freshDatabase } from '../../test/servers.ts'
import { isProblem, Problem } from '../platform/problem.ts'
import { sql } from '../platform/sql.ts'
import { addSystem } from './add-system.ts'
import { listSystems } from './list-systems.ts'
import { openForErasing, openForReading } from './open-system.ts'
import { removeSystem } from './remove-system.ts'
import { testSystem } from './test-system.ts'

const password = 'Sesame-4711-canary'
const shape = `
  create table customer (id int primary key, email text);
  create table note (id int primary key, body text);
  insert into customer values (1, 'ada@example.org');`

describe('a system', () => {
  let installation: TestInstallation
  let shop: Awaited<ReturnType<typeof freshDatabase>>
  const reader = `reader_${process.pid}`
  const eraser = `eraser_${process.pid}`

  before(async () => {
    installation = await freshInstallation()
    shop = await freshDatabase(installation.server)
    for (const role of [reader, eraser])
      await administer(installation.server, `create role ${role} login password '${password}'`)
    const client = new pg.Client({ connectionString: shop.url })
    await client.connect()
    await client.query(`${shape}
      grant select on all tables in schema public to ${reader}, ${eraser};
      grant update, delete on customer to ${eraser}`)
    await client.end()
  })
  after(async () => {
    await shop.drop()
    for (const role of [reader, eraser]) await administer(installation.server, `drop role ${role}`)
    await installation.dispose()
  })

  const urlAs = (user: string, secret = password): string => {
    const url = new URL(shop.url)
    url.username = user
    url.password = secret
    return url.href
  }
  const add = (name: string, more: Partial<Parameters<typeof addSystem>[1]> = {}) =>
    addSystem(installation.ctx, { name, url: urlAs(reader), baseDirectory: '/', ...more })

  const throwsProblem = async (work: Promise<unknown>, code: string): Promise<Problem> => {
    const error = await work.then(
      () => undefined,
      (thrown: unknown) => thrown,
    )
    assert.ok(isProblem(error, code), `${code} expected, not ${String(error)}`)
    return error
  }

  it('is added with an address that shows neither user nor password', async () => {
    const system = await add('shop', { eraseUrl: urlAs(eraser), controller: 'Example SARL' })
    assert.match(system.engine ?? '', /^PostgreSQL \d/)
    const [listed] = await listSystems(installation.ctx)
    assert.deepEqual(
      {
        name: listed?.name,
        controller: listed?.controller,
        mapped: listed?.mapped,
        scannedAt: listed?.scannedAt,
      },
      { name: 'shop', controller: 'Example SARL', mapped: false, scannedAt: null },
    )
    for (const text of [JSON.stringify(system), JSON.stringify(listed)]) {
      assert.ok(!text.includes(password) && !text.includes(reader) && !text.includes(eraser))
      assert.ok(text.includes(shop.name))
    }
  })

  it('is read four fifths of the time at most, or as much as its operator grants', async () => {
    const loadOf = async () => (await listSystems(installation.ctx)).find(({ name }) => name === 'shop')?.load
    assert.equal(await loadOf(), 80)
    await add('shop', { eraseUrl: urlAs(eraser), load: 25, replace: true })
    assert.equal(await loadOf(), 25)
    await add('shop', { eraseUrl: urlAs(eraser), replace: true })
    assert.equal(await loadOf(), 25, 'what is not given stays')
  })

  it('leaves an entry of evidence, and no secret anywhere in the database', async () => {
    const entries = await installation.ctx.db.rows<{ kind: string; facts: unknown }>(
      sql`select e.kind, e.facts from evidence.entry e where e.kind = 'inventory.system-added'`,
    )
    assert.equal(entries.length, 1)
    const rows = await installation.ctx.db.rows<{ text: string }>(
      sql`select s::text || pg_catalog.encode(s.sealed_secret, 'escape')
            || pg_catalog.encode(s.sealed_erase_secret, 'escape') as text from inventory.system s
          union all select e::text from evidence.entry e`,
    )
    assert.ok(rows.length >= 2)
    for (const { text } of rows)
      for (const secret of [password, reader, eraser]) assert.ok(!text.includes(secret))
  })

  it('reads with one set of credentials and erases with the other', async () => {
    await using reading = await openForReading(installation.ctx, 'shop')
    assert.equal(await reading.count({ collection: 'public.customer', keys: ['["1"]'] }), 1)
    await using erasing = await openForErasing(installation.ctx, 'shop')
    assert.equal(await erasing.remove('public.customer', ['["1"]']), 1)
    const withoutRight = erasing.savepoint(() => erasing.remove('public.note', ['["1"]']))
    await throwsProblem(withoutRight, 'connectors.refused')
  })

  it('is tested for both uses, and told what erasing may not touch', async () => {
    const report = await testSystem(installation.ctx, 'shop')
    assert.ok(report.read.reachable && report.erase.reachable)
    assert.deepEqual(report.read.refused, [])
    assert.deepEqual(report.erase.refused, ['public.note'])
    assert.deepEqual(report.lacking, [], 'no map asks for more')
    assert.equal(report.erase.ownCredentials, true)
    assert.equal(report.sameShape, true)
  })

  it('is not added when the password is wrong, unless that is forced', async () => {
    const error = await throwsProblem(
      add('locked', { url: urlAs(reader, 'wrong-Sesame') }),
      'inventory.system-silent',
    )
    assert.ok(error.cause instanceof Problem, 'the answer of the target is kept')
    assert.ok(!JSON.stringify([error.params, error.cause.params]).includes('Sesame'))
    assert.deepEqual(
      (await listSystems(installation.ctx)).map(({ name }) => name),
      ['shop'],
    )

    const forced = await add('locked', { url: urlAs(reader, 'wrong-Sesame'), force: true })
    assert.equal(forced.engine, null)
    const report = await testSystem(installation.ctx, 'locked')
    assert.ok(!report.read.reachable && report.read.problem.code.startsWith('connectors.'))
  })

  it('gets new credentials without losing itself', async () => {
    const [before] = (await listSystems(installation.ctx)).filter(({ name }) => name === 'locked')
    await throwsProblem(add('locked'), 'inventory.system-name-taken')
    await add('locked', { replace: true })
    const [changed] = (await listSystems(installation.ctx)).filter(({ name }) => name === 'locked')
    assert.deepEqual([changed?.id, changed?.addedAt], [before?.id, before?.addedAt])
    assert.ok((await testSystem(installation.ctx, 'locked')).read.reachable)
    await throwsProblem(
      add('locked', { replace: true, url: 'sqlite:/x.sqlite' }),
      'inventory.system-kinds-differ',
    )
  })

  it('keeps its credentials for erasing when only the others change, but never at an address it left', async () => {
    const own = async () => (await testSystem(installation.ctx, 'shop')).erase.ownCredentials
    await add('shop', { replace: true })
    assert.equal(await own(), true)
    const elsewhere = new URL(urlAs(reader))
    elsewhere.pathname = '/postgres'
    const moved = { replace: true, url: elsewhere.href }
    await throwsProblem(add('shop', moved), 'inventory.erase-url-needed')
    await add('shop', { ...moved, url: urlAs(reader), eraseUrl: urlAs(eraser) })
    const [listed] = (await listSystems(installation.ctx)).filter(({ name }) => name === 'shop')
    assert.equal(listed?.controller, 'Example SARL')
  })

  it('does not open with the sealed secret of another system', async () => {
    await installation.ctx.db.run(
      sql`update inventory.system s set sealed_secret = o.sealed_secret from inventory.system o
          where s.name = 'locked' and o.name = 'shop'`,
    )
    await throwsProblem(openForReading(installation.ctx, 'locked'), 'platform.sealed-mismatch')
  })

  it('has a plain name, a known kind, and two addresses of one kind', async () => {
    for (const name of ['Shop', '1shop', 'a b', '', 'x'.repeat(64), 'shop/x', 'été'])
      await throwsProblem(add(name), 'inventory.bad-system-name')
    await throwsProblem(add('other', { eraseUrl: 'sqlite:/x.sqlite' }), 'inventory.system-kinds-differ')
    await throwsProblem(add('other', { url: 'gopher://x' }), 'connectors.unknown-scheme')
    const error = await throwsProblem(
      add('other', { url: `postgres://u:${password}@h:99999999/db` }),
      'connectors.url',
    )
    assert.ok(!JSON.stringify(error.params).includes(password))
  })

  it('is forgotten with its credentials and its scans', async () => {
    const removed = await removeSystem(installation.ctx, 'locked')
    assert.deepEqual(removed, { name: 'locked', mapVersion: null })
    await throwsProblem(openForReading(installation.ctx, 'locked'), 'inventory.unknown-system')
    await throwsProblem(removeSystem(installation.ctx, 'locked'), 'inventory.unknown-system')
  })
})
