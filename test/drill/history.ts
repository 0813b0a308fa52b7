import assert from 'node:assert/strict'
import { copyFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { restoreState, sequence, verifyLog } from '../../src/evidence/public.ts'
import { addSystem, importMap, scanSystems } from '../../src/inventory/public.ts'
import { type Installation, openInstallation } from '../../src/platform/installation.ts'
import { isProblem } from '../../src/platform/problem.ts'
import { sql } from '../../src/platform/sql.ts'
import { askedIdentifiers, findPerson, sweepSystems, workDue } from '../../src/requests/public.ts'
import { isTombstoned, ledgerState } from '../../src/subjects/public.ts'
import { eraseNow } from '../erase-now.ts'
import { freshInstallation, type TestInstallation } from '../installation.ts'
import { administer } from '../servers.ts'

/**
 * A drill: people are erased, backups of the shop and of Dossier are made and restored at random, with and without the
 * database of keys, months pass; and after every sweep nobody erased before is readable anywhere.
 */
export interface DrillResult {
  readonly steps: readonly string[]
  readonly erased: number
  readonly restores: number
  /** People a restore brought back, and a sweep erased again. */
  readonly returned: number
}

const people = 5
const stepsPerHistory = 9
const day = 86_400_000

const map = `
version: 1
country: FR
systems:
  shop:
    controller: Example SARL
    collections:
      customer:
        rows: delete
        fields:
          email: {category: email, identifier: email, unique: true}
          name: {category: person-name}
      ticket:
        rows: delete
        links: [{to: customer, on: {customer_id: id}, role: owner}]
        fields:
          body: {category: free-text}
rules: {}
`

const emailOf = (person: number): string => `person${person}@drill.example`
const nameOf = (person: number): string => `Drillname${person}`

function fillShop(file: string): void {
  using shop = new DatabaseSync(file)
  shop.exec(`create table customer (id integer primary key, email text not null unique, name text not null);
    create table ticket (id integer primary key, customer_id integer not null references customer (id), body text)`)
  const customer = shop.prepare('insert into customer values (?, ?, ?)')
  const ticket = shop.prepare('insert into ticket values (?, ?, ?)')
  for (let i = 0; i < people; i += 1) {
    customer.run(i, emailOf(i), nameOf(i))
    ticket.run(i, i, `${nameOf(i)} asks about an order`)
  }
}

/** mulberry32: the same seed, the same history. */
function randomFrom(seed: number): (below: number) => number {
  let state = seed >>> 0
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) % below
  }
}

interface Backup {
  readonly main: string
  readonly keys: string
}

interface Drill {
  readonly at: TestInstallation
  readonly shop: string
  readonly shopBackups: string[]
  readonly backups: Backup[]
  readonly erased: Set<number>
  /** Commitments of keys that were destroyed, as the drill itself remembers them. */
  readonly destroyed: Set<string>
  readonly steps: string[]
  readonly stack: AsyncDisposableStack
  installation: Installation
  urls: Backup
  now: Date
  copies: number
  returned: number
  restores: number
}

export async function playHistory(seed: number): Promise<DrillResult> {
  const random = randomFrom(seed)
  await using stack = new AsyncDisposableStack()
  const clock = { now: new Date('2026-01-05T10:00:00Z') }
  const at = stack.use(await freshInstallation({ now: () => clock.now }))
  const shop = join(at.config.paths.data, 'shop.sqlite')
  fillShop(shop)
  await addSystem(at.ctx, { name: 'shop', url: `sqlite:${shop}`, baseDirectory: '/' })
  await scanSystems(at.ctx, { names: ['shop'] }, () => undefined)
  await importMap(at.ctx, map)
  await sequence(at.ctx)
  const drill: Drill = {
    at,
    shop,
    shopBackups: [],
    backups: [],
    erased: new Set(),
    destroyed: new Set(),
    steps: [],
    stack,
    installation: await open(at, at.urls),
    urls: at.urls,
    get now() {
      return clock.now
    },
    set now(value) {
      clock.now = value
    },
    copies: 0,
    returned: 0,
    restores: 0,
  }
  stack.defer(() => drill.installation[Symbol.asyncDispose]())
  try {
    await backUpShop(drill)
    await backUp(drill)
    for (let i = 0; i < stepsPerHistory; i += 1) await step(drill, random)
    await restore(drill, random)
  } catch (error) {
    throw new Error(`drill: seed ${seed} fails after ${drill.steps.join(', ')}`, { cause: error })
  }
  const { steps, erased, restores, returned } = drill
  return { steps, erased: erased.size, restores, returned }
}

const open = ({ config, ctx }: TestInstallation, urls: Backup): Promise<Installation> =>
  openInstallation({ config, urls, actor: ctx.actor, role: 'drill', logLevel: 'silent' })

async function step(drill: Drill, random: (below: number) => number): Promise<void> {
  const living = Array.from({ length: people }, (_, i) => i).filter((person) => !drill.erased.has(person))
  const person = living[random(Math.max(living.length, 1))]
  const choice = random(10)
  if (choice < 3 && person !== undefined) return erase(drill, person)
  if (choice === 3) return backUpShop(drill)
  if (choice === 4 || choice === 5) return backUp(drill)
  if (choice === 6 || choice === 7) return passMonth(drill)
  if (choice === 8) {
    await restoreShop(drill, random)
    return sweepAndCheck(drill)
  }
  return restore(drill, random)
}

async function erase(drill: Drill, person: number): Promise<void> {
  drill.steps.push(`erase ${person}`)
  drill.now = new Date(drill.now.getTime() + day)
  const { state } = await eraseNow(drill.installation.ctx, emailOf(person))
  assert.equal(state, 'completed')
  drill.erased.add(person)
  await sequence(drill.installation.ctx)
}

/** The looks that are due are taken, and keys go of which nothing more is needed. */
async function passMonth(drill: Drill): Promise<void> {
  drill.steps.push('a month passes')
  drill.now = new Date(drill.now.getTime() + 31 * day)
  const { ctx } = drill.installation
  const before = await commitments(drill)
  for (let i = 0; i < 2; i += 1) await workDue(ctx)
  await sequence(ctx)
  const left = new Set(await commitments(drill))
  for (const one of before) if (!left.has(one)) drill.destroyed.add(one)
  assert.equal(left.size, 0, 'keys of the erased')
}

async function backUpShop(drill: Drill): Promise<void> {
  drill.steps.push('back up the shop')
  const copy = `${drill.shop}.${drill.shopBackups.length}`
  await copyFile(drill.shop, copy)
  drill.shopBackups.push(copy)
}

async function restoreShop(drill: Drill, random: (below: number) => number): Promise<void> {
  const from = random(drill.shopBackups.length)
  drill.steps.push(`restore backup ${from} of the shop`)
  drill.restores += 1
  await copyFile(drill.shopBackups[from] ?? '', drill.shop)
}

async function copyOf(drill: Drill, url: string): Promise<string> {
  const from = new URL(url)
  const name = from.pathname.slice(1)
  drill.copies += 1
  const to = `${new URL(drill.at.urls.main).pathname.slice(1)}_${drill.copies}`
  const { server } = drill.at
  // A database is copied only while nobody is connected; the pool connects again by itself.
  await administer(
    server,
    `select pg_terminate_backend(a.pid) from pg_stat_activity a where a.datname = '${name}'`,
  )
  await administer(server, `create database ${to} template ${name} owner dossier`)
  drill.stack.defer(() => administer(server, `drop database if exists ${to} with (force)`))
  from.pathname = `/${to}`
  return from.href
}

async function backUp(drill: Drill): Promise<void> {
  drill.steps.push('back up Dossier')
  const { main, keys } = drill.urls
  drill.backups.push({ main: await copyOf(drill, main), keys: await copyOf(drill, keys) })
}

/** Dossier's own databases, and as a rule the shop's too: then whoever was erased since stands there again. */
async function restore(drill: Drill, random: (below: number) => number): Promise<void> {
  // Half the time the newest, as people do.
  const from = random(2) === 0 ? drill.backups.length - 1 : random(drill.backups.length)
  const withKeys = random(2) === 0
  drill.steps.push(`restore backup ${from} of Dossier${withKeys ? ' with its keys' : ''}`)
  drill.restores += 1
  const backup = drill.backups[from]
  assert.ok(backup)
  await drill.installation[Symbol.asyncDispose]()
  drill.urls = {
    main: await copyOf(drill, backup.main),
    keys: withKeys ? await copyOf(drill, backup.keys) : drill.urls.keys,
  }
  drill.installation = await open(drill.at, drill.urls)
  if (random(2) === 0) await restoreShop(drill, random)
  const { ctx } = drill.installation
  if ((await restoreState(ctx)).state === 'behind')
    await assert.rejects(
      findPerson(ctx, await askedIdentifiers(ctx, emailOf(0))),
      (error) => isProblem(error, 'inventory.restored'),
      'the doors are shut',
    )
  await sweepAndCheck(drill)
}

async function sweepAndCheck(drill: Drill): Promise<void> {
  const { ctx } = drill.installation
  // Killed work goes on by itself; a sweep that had to wait for it is made again.
  const report = await sweepSystems(ctx, { restored: 'replay', erase: true })
  drill.returned += report.found.length
  assert.deepEqual(
    report.found.map(({ verdict, state }) => [verdict, state]),
    report.found.map(() => ['returned', 'completed']),
  )
  assert.ok(report.restored === null || report.restored.released)
  await sequence(ctx)
  checkShop(drill)
  for (let person = 0; person < people; person += 1) {
    const asked = await askedIdentifiers(ctx, emailOf(person))
    const { systems } = await findPerson(ctx, asked)
    const rows = systems.flatMap(({ collections }) => collections).length
    assert.equal(rows > 0, !drill.erased.has(person), `person ${person}`)
    assert.equal(await isTombstoned(ctx, asked), drill.erased.has(person), `tombstone of ${person}`)
  }
  await checkKeys(drill)
  assert.deepEqual((await verifyLog(ctx)).findings, [])
  assert.equal((await ledgerState(ctx)).state, 'current')
}

/** Nothing of the erased, and the others as they were. */
function checkShop({ shop, erased }: Drill): void {
  using database = new DatabaseSync(shop, { readOnly: true })
  const customers = database.prepare('select id, email, name from customer order by id').all()
  const tickets = database.prepare('select id, customer_id, body from ticket order by id').all()
  const living = Array.from({ length: people }, (_, i) => i).filter((person) => !erased.has(person))
  assert.deepEqual(
    customers.map((row) => [row['id'], row['email'], row['name']]),
    living.map((person) => [person, emailOf(person), nameOf(person)]),
  )
  assert.deepEqual(
    tickets.map((row) => [row['id'], row['customer_id'], row['body']]),
    living.map((person) => [person, person, `${nameOf(person)} asks about an order`]),
  )
}

/** Of the keys of whoever was erased. */
async function commitments({ installation: { ctx } }: Drill): Promise<readonly string[]> {
  const subjects = await ctx.db.rows<{ subjectId: string }>(
    sql`select s.subject_id from subjects.subject s where s.erased_at is not null`,
  )
  const keys = await ctx.keys.rows<{ commitment: Buffer }>(
    sql`select k.commitment from subjects.subject_key k
        where k.subject_id = any(${subjects.map(({ subjectId }) => subjectId)}::uuid[])`,
  )
  return keys.map(({ commitment }) => commitment.toString('hex'))
}

/** A destroyed key is never there again, whatever backup came back; and no lookup leads to anybody erased. */
async function checkKeys(drill: Drill): Promise<void> {
  const { ctx } = drill.installation
  const keys = await commitments(drill)
  assert.deepEqual(
    keys.filter((one) => drill.destroyed.has(one)),
    [],
    'keys that were destroyed',
  )
  const led = await ctx.db.rows<{ erased: boolean }>(
    sql`select s.erased_at is not null as erased from subjects.lookup l
        join subjects.subject s on s.subject_id = l.subject_id`,
  )
  assert.ok(led.every(({ erased }) => !erased))
}
