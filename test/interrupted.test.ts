import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { entriesOf, sequence, verifyLog } from '../src/evidence/public.ts'
import { addSystem, importMap, removeSystem, scanSystems } from '../src/inventory/public.ts'
import { sql } from '../src/platform/sql.ts'
import {
  approvePlan,
  askedIdentifiers,
  carryOut,
  outcomeOf,
  planRequest,
  receiveRequest,
  workDue,
} from '../src/requests/public.ts'
import { freshInstallation, type TestInstallation } from './installation.ts'
import { administer, postgresServer, postgresServers, type TestServer } from './servers.ts'
import { contentsOf, type SmallCompany, smallCompany, smallMap } from './small-company.ts'

/** A command in a process of its own, on the test's installation. */
function dossier({ config, urls }: TestInstallation, ...args: readonly string[]) {
  return spawn(process.execPath, [join(import.meta.dirname, '..', 'cli', 'main.ts'), ...args], {
    stdio: 'ignore',
    env: {
      ...process.env,
      DOSSIER_DATA: config.paths.data,
      DATABASE_URL: urls.main,
      KEYS_DATABASE_URL: urls.keys,
    },
  })
}

async function plannedErasure({ ctx }: TestInstallation, identifier: string) {
  const asked = await askedIdentifiers(ctx, identifier)
  const request = await receiveRequest(ctx, { kind: 'erasure', asked, identityProof: 'operator-attested' })
  return { request, plan: (await planRequest(ctx, request)).plan }
}

/** Nobody gets in any more, and whoever is in is thrown out. */
async function closeDatabase(server: TestServer, name: string): Promise<void> {
  await administer(server, `alter database ${name} allow_connections false`)
  await administer(server, `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${name}'`)
}

/** What happened, once each: several looks and several write-aheads are allowed, a second "done" is not. */
async function checkEvidence(installation: TestInstallation, requestId: string) {
  await sequence(installation.ctx)
  const entries = await entriesOf(installation.ctx, { requestId })
  const count = (kind: string) => entries.filter((entry) => entry.kind === kind).length
  assert.equal(count('requests.approved'), 1)
  assert.equal(count('requests.step-done'), 1)
  assert.ok(count('requests.found') >= 1)
  assert.equal(count('requests.completed'), 1)
  const done = entries.find(({ kind }) => kind === 'requests.step-done')
  assert.ok(
    entries.some(
      ({ kind, facts }) => kind === 'requests.found' && facts['summary'] === done?.facts['summary'],
    ),
    'what was done is what was written ahead',
  )
  assert.ok(Number(done?.facts['delete']) > 0, 'a resumed step does not claim to have deleted nothing')
  assert.equal((await verifyLog(installation.ctx)).ok, true)
}

/** Until a session of the target waits for a lock, at most half a minute. */
async function untilSomebodyWaits(company: SmallCompany): Promise<void> {
  const deadline = Date.now() + 30_000
  for (;;) {
    await company.run('select pg_stat_clear_snapshot()')
    const [waiting] = await company.query(
      "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
    )
    if (waiting !== '0') return
    if (Date.now() > deadline) throw new Error('nobody waits')
    await sleep(50)
  }
}

describe('an erasure that is interrupted', () => {
  it('is resumed after kill -9 at any point, done once, with the evidence right', {
    timeout: 170_000,
  }, async () => {
    const server = await postgresServer()
    const expected = await (async () => {
      await using installation = await freshInstallation()
      await using company = await smallCompany(installation.ctx, server)
      const { request, plan } = await plannedErasure(installation, 'bert@example.org')
      await approvePlan(installation.ctx, plan.id)
      await carryOut(installation.ctx, request.id)
      return await contentsOf(company)
    })()
    for (const [round, first] of [250, 420, 480, 540, 600, 700].entries()) {
      await using installation = await freshInstallation()
      await using company = await smallCompany(installation.ctx, server)
      const { request, plan } = await plannedErasure(installation, 'bert@example.org')
      let kills = 0
      for (let pause = first; kills < 2; pause += 37 * (round + 1)) {
        const child = dossier(installation, 'erase', '--approve', plan.id)
        const ended = once(child, 'exit')
        await Promise.race([sleep(pause), ended])
        if (child.exitCode !== null) break
        child.kill('SIGKILL')
        await ended
        kills += 1
      }
      const child = dossier(installation, 'erase', '--approve', plan.id)
      const [code] = await once(child, 'exit')
      assert.equal(code, 0, `killed ${kills} times from ${first} ms on`)
      assert.deepEqual(await contentsOf(company), expected)
      await checkEvidence(installation, request.id)
    }
  })

  it('is done once by two workers beside each other', { timeout: 60_000 }, async () => {
    await using installation = await freshInstallation()
    await using company = await smallCompany(installation.ctx, await postgresServer())
    const { request, plan } = await plannedErasure(installation, 'bert@example.org')
    const children = [1, 2, 3].map(() => dossier(installation, 'erase', '--approve', plan.id))
    const codes = await Promise.all(children.map(async (child) => (await once(child, 'exit'))[0]))
    assert.deepEqual(codes, [0, 0, 0])
    await checkEvidence(installation, request.id)
    assert.deepEqual(await company.query('select count(*) from visit'), ['3'])
  })

  it('does not count what a frozen worker writes after another has taken over', {
    timeout: 60_000,
  }, async () => {
    await using installation = await freshInstallation()
    await using company = await smallCompany(installation.ctx, await postgresServer())
    const { request, plan } = await plannedErasure(installation, 'bert@example.org')
    // Held by somebody's open transaction, the first worker waits inside its own with the step in hand.
    await company.run('begin')
    await company.run('select * from person where person_id = 2 for update')
    const frozen = dossier(installation, 'erase', '--approve', plan.id)
    const ended = once(frozen, 'exit')
    try {
      await untilSomebodyWaits(company)
      frozen.kill('SIGSTOP')
      await company.run('rollback')
      // Longer than a lease: the step is anybody's, while the target still holds what the frozen one locked.
      await sleep(9_000)
      const second = await carryOut(installation.ctx, request.id)
      assert.notEqual(second.state, 'completed', 'the second says so rather than waiting for ever')
      frozen.kill('SIGCONT')
      await ended
    } finally {
      frozen.kill('SIGKILL')
    }
    const later = { ...installation.ctx, now: () => new Date(Date.now() + 7 * 3_600_000) }
    await workDue(later)
    assert.equal((await outcomeOf(installation.ctx, request.id)).state, 'completed')
    await checkEvidence(installation, request.id)
  })
})

describe('a target that does not play along', () => {
  it('is named when it is down, the others go on, and it is done when it is back', {
    timeout: 60_000,
  }, async () => {
    await using installation = await freshInstallation()
    const [first, second] = await postgresServers()
    if (!first) throw new Error('no server')
    await using shop = await smallCompany(installation.ctx, first, 'shop')
    await using desk = await smallCompany(installation.ctx, second ?? first, 'desk')
    const both = smallMap('shop').replace(
      'rules:',
      `${smallMap('desk').split('systems:\n')[1]?.split('rules:')[0]}rules:`,
    )
    await importMap(installation.ctx, both)
    const name = new URL(desk.url).pathname.slice(1)
    const admin = second ?? first
    await closeDatabase(admin, name)
    const { request, plan } = await plannedErasure(installation, 'anna@example.org')
    assert.deepEqual(
      plan.summary.unreachable.map((one) => one.name),
      ['desk'],
    )
    await approvePlan(installation.ctx, plan.id)
    const outcome = await carryOut(installation.ctx, request.id)
    assert.deepEqual(
      outcome.systems.map(({ name: system, state }) => `${system} ${state}`),
      ['desk unreachable', 'shop kept'],
    )
    assert.equal(outcome.state, 'incomplete')
    assert.equal(outcome.certificate, null)
    assert.deepEqual(await shop.query('select count(*) from person where person_id = 1'), ['0'])
    await administer(admin, `alter database ${name} allow_connections true`)
    const later = { ...installation.ctx, now: () => new Date(Date.now() + 7 * 3_600_000) }
    await workDue(later)
    const after = await outcomeOf(installation.ctx, request.id)
    assert.equal(after.state, 'completed', JSON.stringify(after.systems.map(({ problem }) => problem?.code)))
    assert.ok(after.certificate)
  })

  it('is tried again soon, also when a clock that was 400 days ahead put it off', {
    timeout: 60_000,
  }, async () => {
    await using installation = await freshInstallation()
    const { ctx } = installation
    const server = await postgresServer()
    await using company = await smallCompany(ctx, server)
    const { request, plan } = await plannedErasure(installation, 'anna@example.org')
    await approvePlan(ctx, plan.id)
    await company.run('alter table person rename to people')
    const wrong = { ...ctx, now: () => new Date(Date.now() + 400 * 86_400_000) }
    assert.notEqual((await carryOut(wrong, request.id)).state, 'completed')
    await company.run('alter table people rename to person')
    await workDue(ctx)
    assert.equal((await outcomeOf(ctx, request.id)).state, 'completed')
    await checkEvidence(installation, request.id)
  })

  it('is certified soon where its worker died between the last look and the certificate', {
    timeout: 60_000,
  }, async () => {
    await using installation = await freshInstallation()
    const { ctx } = installation
    await using _ = await smallCompany(ctx, await postgresServer())
    const { request, plan } = await plannedErasure(installation, 'anna@example.org')
    await approvePlan(ctx, plan.id)
    const nowhere = { ...ctx, paths: { ...ctx.paths, certificates: join(ctx.paths.data, 'nowhere') } }
    await assert.rejects(carryOut(nowhere, request.id), { code: 'ENOENT' })
    const before = await outcomeOf(ctx, request.id)
    assert.deepEqual([before.state, before.certificate], ['completed', null])
    assert.equal((await workDue(ctx)).resumed, 1)
    assert.ok((await outcomeOf(ctx, request.id)).certificate)
    assert.equal((await workDue(ctx)).resumed, 0, 'nothing is owed any more')
    await checkEvidence(installation, request.id)
  })

  it('is looked at again soon, also when a clock that was 400 days ahead appointed the look', {
    timeout: 60_000,
  }, async () => {
    await using installation = await freshInstallation()
    const { ctx } = installation
    const server = await postgresServer()
    await using company = await smallCompany(ctx, server)
    const { request, plan } = await plannedErasure(installation, 'anna@example.org')
    await approvePlan(ctx, plan.id)
    const dies = () => {
      throw new Error('the worker dies here')
    }
    await assert.rejects(carryOut(ctx, request.id, { onVerify: dies }), /dies here/)
    const name = new URL(company.url).pathname.slice(1)
    await closeDatabase(server, name)
    const wrong = { ...ctx, now: () => new Date(Date.now() + 400 * 86_400_000) }
    const blind = await carryOut(wrong, request.id)
    assert.deepEqual([blind.state, blind.systems[0]?.state], ['incomplete', 'unreachable'])
    await administer(server, `alter database ${name} allow_connections true`)
    await workDue(ctx)
    assert.equal((await outcomeOf(ctx, request.id)).state, 'incomplete', 'an hour has not passed')
    await workDue({ ...ctx, now: () => new Date(Date.now() + 2 * 3_600_000) })
    assert.equal((await outcomeOf(ctx, request.id)).state, 'completed')
    const due = () =>
      ctx.db.rows(
        sql`select v.stage, v.due_at from requests.verification v where v.done_at is null order by v.due_at`,
      )
    const before = await due()
    assert.equal(before.length, 2)
    await workDue({ ...ctx, now: () => new Date(Date.now() - 400 * 86_400_000) })
    assert.deepEqual(await due(), before, 'a clock that is behind brings no look forward')
    await checkEvidence(installation, request.id)
  })

  it('is named when it refuses a right, and nothing in it was changed', { timeout: 60_000 }, async () => {
    await using installation = await freshInstallation()
    const server = await postgresServer()
    await using company = await smallCompany(installation.ctx, server)
    const role = `reader_${Date.now()}`
    await administer(server, `create role ${role} login password 'a test password'`)
    try {
      await company.run(`grant select on all tables in schema public to ${role}`)
      await company.run(`grant update, delete on visit, message to ${role}`)
      const url = new URL(company.url)
      url.username = role
      await removeSystem(installation.ctx, 'shop', { force: true })
      await addSystem(installation.ctx, { name: 'shop', url: String(url), baseDirectory: '/' })
      await scanSystems(installation.ctx, {}, () => undefined)
      await importMap(installation.ctx, smallMap('shop'))
      const { request, plan } = await plannedErasure(installation, 'anna@example.org')
      await approvePlan(installation.ctx, plan.id)
      const outcome = await carryOut(installation.ctx, request.id)
      assert.equal(outcome.systems[0]?.state, 'unreachable')
      assert.equal(outcome.systems[0]?.problem?.code, 'connectors.refused')
      assert.deepEqual(await company.query('select count(*) from visit'), ['3'])
    } finally {
      await company.run(`drop owned by ${role}`)
      await administer(server, `drop role ${role}`)
    }
  })
})
