import assert from 'node:assert/strict'
import { mkdir, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir, userInfo } from 'node:os'
import { join, relative } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { serveAndAsk } from './canary-calls.ts'
import { canaryCompany } from './canary-company.ts'
import { overheardInstallation } from './canary-installation.ts'
import {
  beginJob,
  breakInside,
  bringBack,
  canListProcesses,
  eraseAgainstResistance,
  eraseInPeace,
  findAndCopy,
  type Job,
  mistype,
  type Place,
  setUp,
} from './canary-run.ts'
import { canaries, canariesIn, fullName } from './canary-words.ts'
import { databaseContents } from './database-contents.ts'
import { postgresServer } from './servers.ts'
import { unzip } from './unzip.ts'

describe('two people who stand in three systems, through the whole job', () => {
  const stack = new AsyncDisposableStack()
  let job: Job
  let ownLog = ''
  let targetLog = ''
  let scratch = ''
  before(async () => {
    scratch = await mkdtemp(join(tmpdir(), 'dossier-canary-'))
    stack.defer(() => rm(scratch, { recursive: true, force: true }))
    const temporary = join(scratch, 'tmp')
    await mkdir(temporary)
    const server = await postgresServer()
    const readTargetLog = await tailOf(
      join(tmpdir(), `dossier-test-${userInfo().uid}`, server.name, 'postgres.log'),
    )
    const installation = stack.use(await overheardInstallation())
    const company = stack.use(await canaryCompany(server))
    job = beginJob(company, installation, temporary)
    const watches = [installation.adminUrl, server.url('postgres')].map((url) =>
      stack.use(watchActivity(url)),
    )
    const look = async (by: string) => {
      for (const [name, url] of Object.entries(installation.urls))
        job.sightings.push({
          place: 'contents of databases',
          by: `${name}, ${by}`,
          text: (await databaseContents(url)).join('\n'),
        })
    }
    await setUp(job)
    await findAndCopy(job)
    await look('after the scan')
    await eraseAgainstResistance(job)
    await look('amid an erasure')
    await eraseInPeace(job)
    await bringBack(job)
    await mistype(job)
    await breakInside(job)
    await serveAndAsk(job)
    await look('at the end')
    for (const { seen } of watches)
      job.sightings.push({
        place: 'activity of databases',
        by: 'pg_stat_activity',
        text: [...seen].join('\n'),
      })
    await readFiles(job)
    ownLog = await installation.serverLog()
    targetLog = await readTargetLog()
  })
  after(() => stack.disposeAsync())

  const texts = (place: Place) => job.sightings.filter((one) => one.place === place)

  /** Nothing there names them, and there was something to look at. */
  const isClean = (place: Place, least: number) => {
    const seen = texts(place)
    assert.ok(seen.reduce((all, { text }) => all + text.length, 0) >= least, `${place}: too little was seen`)
    const leaks = seen.flatMap(({ by, text }) => canariesIn(text).map((leak) => ({ by, ...leak })))
    assert.deepEqual(leaks, [])
  }

  it('are seen by the search itself, in every spelling', () => {
    for (const one of canaries)
      for (const text of [
        fullName(one).toUpperCase(),
        fullName(one).normalize('NFD'),
        `?q=${encodeURIComponent(one.email)}`,
        `tel:${one.phoneAbroad.replaceAll(' ', '')}`,
        one.phone.replaceAll(' ', '.'),
        one.iban.replaceAll(' ', ''),
        Buffer.from(`x${one.family}`).toString('base64'),
        Buffer.from(`{"who":"${one.email}"}`).toString('base64url'),
        `\\x${Buffer.from(one.saying).toString('hex')}`,
      ])
        assert.notDeepEqual(canariesIn(text), [], text)
    assert.deepEqual(canariesIn('Ada Byron, person12@example.org, +33 1 99 00 12 12, 2026-11-21'), [])
  })

  it('stand in the copy they are entitled to', async () => {
    const files = await unzip(join(scratch, 'copy.zip'))
    const words = canariesIn([...files.values()].join('\n')).map(({ word }) => word)
    assert.ok(new Set(words).size >= 8, String(words))
  })

  it('stand in no answer of a command but that copy', () => isClean('answers of commands', 20_000))
  it('stand in no complaint of a command, with debugging on', () => isClean('complaints of commands', 5_000))
  it('stand in no answer of the server but that copy', () => isClean('answers of the server', 10_000))
  it('stand nowhere in what the server logs', () => isClean('output of the server', 5_000))
  it(
    'stand in no list of processes once a program could overwrite what was typed before it began',
    {
      skip: !canListProcesses,
    },
    () => isClean('list of processes', 100),
  )
  it('stand in no statement that an administrator of a database sees running', () =>
    isClean('activity of databases', 1_000))
  it('stand in neither database of Dossier, sealed values included', () =>
    isClean('contents of databases', 100_000))
  it('stand in no file below the data directory, nor among temporary files', () => isClean('files', 10_000))

  it('stand nowhere in the log of a server that writes down every statement with its values', () => {
    assert.ok(ownLog.length > 500_000)
    assert.deepEqual(canariesIn(ownLog), [])
  })

  it('stand nowhere in the log of a target with the settings Dossier gives its own server', () => {
    assert.match(targetLog, /terminating connection/, 'what befell our connections is written there')
    assert.deepEqual(canariesIn(targetLog), [])
  })
})

/** What is added to a file from now on. */
async function tailOf(file: string): Promise<() => Promise<string>> {
  const { size } = await stat(file)
  return async () => (await readFile(file)).subarray(size).toString('utf8')
}

/** Collects every statement of ours that `pg_stat_activity` shows. */
function watchActivity(url: string): AsyncDisposable & { readonly seen: ReadonlySet<string> } {
  const seen = new Set<string>()
  const stopping = new AbortController()
  const watch = async () => {
    const client = new pg.Client({ connectionString: url, application_name: 'dossier test' })
    await client.connect()
    for (; !stopping.signal.aborted; await sleep(40)) {
      const { rows } = await client.query<{ shown: string }>(
        `select pg_catalog.concat_ws(' ', a.datname, a.application_name, a.query) as shown
         from pg_catalog.pg_stat_activity a
         where a.application_name like 'dossier%' and a.application_name not like 'dossier test%'`,
      )
      for (const { shown } of rows) seen.add(shown)
    }
    await client.end()
  }
  const watched = watch()
  const stop = () => {
    stopping.abort()
    return watched
  }
  return { seen, [Symbol.asyncDispose]: stop }
}

/** Every file Dossier left, and what it is called. */
async function readFiles({ installation, temporary, sightings }: Job): Promise<void> {
  for (const root of [installation.config.paths.data, temporary])
    for (const file of await readdir(root, { recursive: true, withFileTypes: true })) {
      const path = join(file.parentPath, file.name)
      const text = file.isFile() ? await readFile(path, 'utf8') : ''
      sightings.push({ place: 'files', by: relative(root, path), text: `${path}\n${text}` })
    }
}
