import assert from 'node:assert/strict'
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, it } from 'node:test'
import { entriesOf } from '../src/evidence/public.ts'
import { addSystem, importMap, scanSystems } from '../src/inventory/public.ts'
import type { Context } from '../src/platform/context.ts'
import { outcomeOf, type SweepReport, sweepSystems, workDue } from '../src/requests/public.ts'
import { eraseNow } from './erase-now.ts'
import { freshInstallation } from './installation.ts'

const map = `
version: 1
country: FR
systems:
  desk:
    collections:
      member:
        rows: delete
        fields:
          email: {category: email, identifier: email, unique: true}
          name: {category: person-name}
      note:
        rows: delete
        links: [{to: member, on: {member_id: id}, role: owner}]
        fields:
          body: {category: free-text}
  letters:
    collections:
      list.csv:
        rows: delete
        fields:
          Mail: {category: email, identifier: email, unique: true}
          Name: {category: person-name}
rules: {}
`

interface Desk {
  readonly ctx: Context
  /** Moves the installation's clock. */
  later(days: number): void
  readonly file: string
  readonly list: string
  sqlite<T>(work: (database: DatabaseSync) => T): T
}

/** A support desk in SQLite and a list of letters in CSV, both with Ada and Boris. */
const each = (title: string, work: (desk: Desk) => Promise<void>) =>
  it(title, async () => {
    let moved = 0
    const now = () => new Date(Date.now() + moved * 86_400_000)
    await using installation = await freshInstallation({ now })
    const { ctx } = installation
    const later = (days: number) => {
      moved += days
    }
    const directory = join(ctx.paths.data, 'letters')
    const [file, list] = [join(ctx.paths.data, 'desk.sqlite'), join(directory, 'list.csv')]
    const sqlite = <T>(use: (database: DatabaseSync) => T): T => {
      using database = new DatabaseSync(file)
      return use(database)
    }
    sqlite((database) =>
      database.exec(`
        create table member (id integer primary key, email text unique, name text, created_at text);
        create table note (id integer primary key, member_id integer references member, body text);
        insert into member values (1, 'ada@example.org', 'Ada', '2024-01-01 10:00:00'), (2, 'boris@example.org', 'Boris', '2024-01-02 10:00:00');
        insert into note values (1, 1, 'prefers mornings'), (2, 2, 'calls often');`),
    )
    await mkdir(directory)
    await writeFile(list, 'Mail,Name\nada@example.org,Ada\nboris@example.org,Boris\n')
    await addSystem(ctx, { name: 'desk', url: `sqlite:${file}`, baseDirectory: '/' })
    await addSystem(ctx, { name: 'letters', url: `files:${directory}`, baseDirectory: '/' })
    await scanSystems(ctx, { names: ['desk', 'letters'] }, () => undefined)
    await importMap(ctx, map)
    await work({ ctx, later, file, list, sqlite })
  })

const verdicts = ({ found }: SweepReport) => found.map(({ verdict, state }) => `${verdict} ${state}`)
const members = ({ sqlite }: Desk) =>
  sqlite((database) =>
    database
      .prepare('select email from member order by id')
      .all()
      .map((row) => String(row['email'])),
  )
const states = ({ systems }: SweepReport) =>
  systems.flatMap(({ name, collections }) => collections.map((one) => `${name} ${one.name} ${one.state}`))

const keysDestroyed = async (ctx: Context, requestId: string) => {
  const entries = await entriesOf(ctx, { requestId })
  return entries.filter(({ kind }) => kind === 'requests.search-terms-ended').length
}

describe('a sweep of files', () => {
  each('finds who is back in a restored SQLite file and in a list imported again', async (desk) => {
    const { ctx, file, list } = desk
    await copyFile(file, `${file}.backup`)
    const letters = await readFile(list, 'utf8')
    const { request, state } = await eraseNow(ctx, 'ada@example.org')
    assert.equal(state, 'completed')
    assert.deepEqual(verdicts(await sweepSystems(ctx)), [])
    await copyFile(`${file}.backup`, file)
    await writeFile(list, letters.replace('ada@', 'ADA@'))
    const report = await sweepSystems(ctx, { erase: true })
    assert.deepEqual(verdicts(report), ['returned completed'])
    assert.deepEqual(report.found[0]?.request, request)
    assert.deepEqual(
      report.found[0]?.places.map(({ system, decidedBy }) => [system, decidedBy]),
      [
        ['desk', 'created_at'],
        ['letters', null],
      ],
      'and says by what it was decided',
    )
    assert.deepEqual(await members(desk), ['boris@example.org'])
    assert.equal(await readFile(list, 'utf8'), 'Mail,Name\nboris@example.org,Boris\n')
  })

  each('leaves somebody alone who came again by themselves', async (desk) => {
    const { ctx, sqlite } = desk
    const { request } = await eraseNow(ctx, 'ada@example.org')
    sqlite((database) =>
      database.exec(`insert into member values (7, 'Ada@Example.org', 'Ada', '2999-05-05T10:00:00Z')`),
    )
    const report = await sweepSystems(ctx, { erase: true })
    assert.deepEqual(verdicts(report), ['fresh completed'])
    assert.deepEqual(await members(desk), ['boris@example.org', 'Ada@Example.org'])
    assert.equal((await outcomeOf(ctx, request)).state, 'completed')
  })

  each(
    'erases nothing when the person is back and also came again, not even where only the return is looked at',
    async (desk) => {
      const { ctx, sqlite, list } = desk
      const { request } = await eraseNow(ctx, 'ada@example.org')
      sqlite((database) =>
        database.exec(`insert into member values (7, 'ada@example.org', 'Ada', '2999-05-05T10:00:00Z')`),
      )
      const letters = 'Mail,Name\nada@example.org,Ada\n'
      await writeFile(list, letters)
      assert.deepEqual(
        (await sweepSystems(ctx, { systems: ['letters'], erase: true })).found.map(({ verdict }) => verdict),
        ['contested'],
      )
      assert.deepEqual(
        (await sweepSystems(ctx, { erase: true })).found.map(({ verdict }) => verdict),
        ['contested'],
      )
      assert.equal(
        (await outcomeOf(ctx, request)).state,
        'completed',
        'the erasure they asked for was carried out',
      )
      assert.equal(await readFile(list, 'utf8'), letters)
      assert.deepEqual(await members(desk), ['boris@example.org', 'ada@example.org'])
    },
  )

  each('erases again also when the person’s key was destroyed', async ({ ctx, later, list }) => {
    const { request } = await eraseNow(ctx, 'ada@example.org')
    later(31)
    await workDue(ctx)
    await workDue(ctx)
    assert.equal(await keysDestroyed(ctx, request), 1)
    await writeFile(list, 'Mail,Name\nada@example.org,Ada\n')
    const report = await sweepSystems(ctx, { erase: true })
    assert.deepEqual(verdicts(report), ['returned completed'])
    assert.equal(report.found[0]?.problem, null)
    assert.equal(await readFile(list, 'utf8'), 'Mail,Name\n')
    assert.equal(await keysDestroyed(ctx, request), 1, 'the new key stays for the looks to come')
    later(31)
    await workDue(ctx)
    await workDue(ctx)
    assert.equal(await keysDestroyed(ctx, request), 2, 'and then goes the same way')
  })

  each('goes on where it was cut off', async ({ ctx, sqlite }) => {
    await eraseNow(ctx, 'ada@example.org')
    sqlite((database) => database.exec(`insert into member values (7, 'ada@example.org', 'Ada', null)`))
    const stop = new AbortController()
    const onProgress = (what: string) => {
      if (what.startsWith('letters')) stop.abort()
    }
    await assert.rejects(sweepSystems(ctx, { onProgress, signal: stop.signal }))
    const report = await sweepSystems(ctx)
    assert.equal(report.resumed, true)
    assert.deepEqual(verdicts(report), ['returned incomplete'], 'whoever was found before is not forgotten')
    assert.equal((await sweepSystems(ctx)).resumed, false)

    sqlite((database) => database.exec('delete from member where id = 7'))
    const again = new AbortController()
    const cutOff = (what: string) => (what.startsWith('letters') ? again.abort() : undefined)
    await assert.rejects(sweepSystems(ctx, { onProgress: cutOff, signal: again.signal }))
    assert.deepEqual(states(await sweepSystems(ctx)), [
      'desk member read-before',
      'letters list.csv unchanged',
    ])
  })

  each(
    'reads an unchanged table once, and one with somebody in it until nobody is',
    async ({ ctx, list }) => {
      await eraseNow(ctx, 'ada@example.org')
      await sweepSystems(ctx)
      assert.deepEqual(states(await sweepSystems(ctx)), [
        'desk member unchanged',
        'letters list.csv unchanged',
      ])
      await writeFile(list, 'Mail,Name\nada@example.org,Ada\n')
      for (const _ of [1, 2]) {
        const report = await sweepSystems(ctx)
        assert.deepEqual(states(report), ['desk member unchanged', 'letters list.csv read'])
        assert.deepEqual(
          report.found.map(({ verdict }) => verdict),
          ['returned'],
        )
      }
    },
  )

  each('says what it could not read, and opens nothing by it', async ({ ctx, list, file }) => {
    await eraseNow(ctx, 'ada@example.org')
    await writeFile(file, 'no database at all')
    await writeFile(list, 'Mail,Name\nada@example.org,Ada\n')
    const report = await sweepSystems(ctx, { erase: true })
    assert.deepEqual(
      report.systems.map(({ name, state }) => `${name} ${state}`),
      ['desk unreachable', 'letters swept'],
    )
    assert.deepEqual(
      verdicts(report),
      ['returned incomplete'],
      'it waits for the system that may know better',
    )
  })
})
