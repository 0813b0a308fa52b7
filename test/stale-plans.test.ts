import assert from 'node:assert/strict'
import { test } from 'node:test'
import { latestDrift, scanSystems } from '../src/inventory/public.ts'
import {
  approvePlan,
  askedIdentifiers,
  planRequest,
  receiveRequest,
  stalePlans,
} from '../src/requests/public.ts'
import { commandLine } from './command-line.ts'
import { freshInstallation } from './installation.ts'
import { postgresServer } from './servers.ts'
import { smallCompany } from './small-company.ts'

test('a scan tells which open erasures a change of the schema has made stale, and of which nothing is lost', async () => {
  await using installation = await freshInstallation()
  const { ctx } = installation
  await using company = await smallCompany(ctx, await postgresServer())
  const planned = async (identifier: string) => {
    const asked = await askedIdentifiers(ctx, identifier)
    const request = await receiveRequest(ctx, { kind: 'erasure', asked, identityProof: 'operator-attested' })
    return planRequest(ctx, request)
  }
  const anna = await planned('anna@example.org')
  const approved = await planned('carla@example.net')
  await approvePlan(ctx, approved.plan.id)
  const before = await scanSystems(ctx, { names: ['shop'] })
  assert.deepEqual(await stalePlans(ctx, before.fingerprints), [])

  await company.run('alter table person add column birth_date date')
  const dossier = commandLine(installation)
  const { exit, document } = await dossier.json<{
    readonly drift: readonly { readonly field: string; readonly personal: boolean }[]
    readonly stalePlans: readonly { readonly requestId: string; readonly systems: readonly string[] }[]
  }>('scan', 'shop')
  assert.equal(exit, 0)
  assert.ok(document.drift.some(({ field, personal }) => field === 'birth_date' && personal))
  const stale = [anna, approved].map(({ request }) => ({ requestId: request.id, systems: ['shop'] }))
  assert.deepEqual(
    document.stalePlans.toSorted((a, b) => a.requestId.localeCompare(b.requestId)),
    stale.toSorted((a, b) => a.requestId.localeCompare(b.requestId)),
  )

  await planRequest(ctx, anna.request)
  const again = await dossier.run('scan', 'shop')
  assert.match(again.stdout, new RegExp(`^Open erasures .*: 1 \\(${approved.request.id}\\)`, 'm'))
  assert.match(again.stdout, /^shop · public\.person · birth_date \(personal\) +new +field +not in the map/m)
  assert.deepEqual(
    (await latestDrift(ctx)).filter(({ since }) => since === 'last-scan'),
    [],
    'what the scan before saw is no news any more',
  )
})
