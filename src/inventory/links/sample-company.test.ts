import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { type SamplePlace, samplePlace } from '../../../sample/sample-fixture.ts'
import { sampleTruth } from '../../../sample/truth.ts'
import { freshInstallation, type TestInstallation } from '../../../test/installation.ts'
import { postgresServer } from '../../../test/servers.ts'
import { acceptMap, addSystem, currentMap, type ScanResult, scanSystems } from '../public.ts'

describe('three systems that know nothing of each other', () => {
  let installation: TestInstallation
  let place: SamplePlace
  let scan: ScanResult
  before(async () => {
    installation = await freshInstallation()
    place = await samplePlace(await postgresServer())
    await place.generate({ customers: 300 })
    // Foreign keys gone, as in systems whose framework never made them.
    await place.shop(`do $$ declare one record; begin
      for one in select conrelid::regclass as t, conname from pg_constraint where contype = 'f' loop
        execute format('alter table %s drop constraint %I', one.t, one.conname);
      end loop; end $$`)
    const systems = {
      shop: place.shopUrl,
      support: `sqlite:${place.directory}/support.sqlite`,
      newsletter: `files:${place.directory}/newsletter`,
    }
    for (const [name, url] of Object.entries(systems))
      await addSystem(installation.ctx, { name, url, baseDirectory: '/' })
    scan = await scanSystems(installation.ctx)
  })
  after(async () => {
    await place[Symbol.asyncDispose]()
    await installation.dispose()
  })

  const shown = () =>
    new Set(
      scan.systems.flatMap(({ name, collections }) =>
        collections.flatMap(({ links }) =>
          links.map(({ from, to, fields }) => {
            const target = to.includes('/') ? to : `${name}/${to}`
            return JSON.stringify([`${name}/${from}`, target, fields])
          }),
        ),
      ),
    )

  it('are joined by every link their authors left undeclared', () => {
    const found = shown()
    const missed = sampleTruth().undeclaredLinks.filter(
      ({ from, to, on }) => !found.has(JSON.stringify([from, to, on])),
    )
    assert.deepEqual(missed, [])
  })
  it('give a reason for each proposal, in a sentence without a value', () => {
    for (const { collections } of scan.systems)
      for (const { links } of collections)
        for (const { source, reason, confidence } of links) {
          if (source === 'foreign-key') continue
          assert.ok(confidence > 0 && confidence < 1)
          assert.match(reason ?? '', /^[^{}@]+$/)
        }
  })
  it('lead to a map in which orders, invoices and gifts are still their customers’', async () => {
    await acceptMap(installation.ctx, { country: 'FR' })
    const { map } = await currentMap(installation.ctx)
    const owners = (name: string) =>
      map.systems.shop?.collections[name]?.links?.flatMap(({ to, on, role }) =>
        role === 'owner' ? [`${Object.keys(on).join()} → ${to}`] : [],
      )
    assert.deepEqual(owners('public.order'), ['customer_id → public.customer'])
    assert.deepEqual(owners('public.gift'), ['giver_id → public.customer'])
    assert.ok(owners('public.invoice')?.includes('customer_id → public.customer'))
    assert.ok(owners('public.customer_history')?.includes('customer_id → public.customer'))
    for (const [system, collections] of Object.entries(sampleTruth().systems))
      for (const [name, { of }] of Object.entries(collections))
        if (of === 'nobody') assert.equal(map.systems[system]?.collections[name], undefined, name)
  })
  it('are linked across systems by nobody but a person', async () => {
    const { map } = await currentMap(installation.ctx)
    for (const { collections } of Object.values(map.systems))
      for (const { links = [] } of Object.values(collections))
        assert.ok(links.every(({ to }) => !to.includes('/')))
  })
})
