import assert from 'node:assert/strict'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { addSystem, importMap, scanSystems } from '../src/inventory/public.ts'
import type { Context } from '../src/platform/context.ts'
import { isProblem } from '../src/platform/problem.ts'
import {
  approvePlan,
  askedIdentifiers,
  carryOut,
  findPerson,
  planRequest,
  receiveRequest,
  verifyAgain,
} from '../src/requests/public.ts'
import { type CommandLine, commandLine, type Failure } from './command-line.ts'
import { databaseContents } from './database-contents.ts'
import { freshInstallation, type TestInstallation } from './installation.ts'
import { commandIsRefused, nothingChanges, sentences } from './refused.ts'
import { postgresServer } from './servers.ts'
import { type SmallCompany, smallCompany, smallMap } from './small-company.ts'
import { wrongMaps } from './wrong-maps.ts'

const nobody = '01a1ffb5-080f-7f2e-a1c3-06a59fe13c97'

/** Runs what has to be refused; returns the refusal's code, exit and English sentence. */
async function refusal(work: () => Promise<unknown>) {
  try {
    await work()
  } catch (error) {
    if (!isProblem(error)) throw error
    return { code: error.code, exit: error.exit, says: sentences(error.code, error.params).en }
  }
  return assert.fail('it was taken for right')
}

describe('wrong input', () => {
  let installation: TestInstallation
  let company: SmallCompany
  let ctx: Context
  let dossier: CommandLine
  let french: CommandLine
  let place = ''
  before(async () => {
    installation = await freshInstallation()
    ctx = installation.ctx
    company = await smallCompany(ctx, await postgresServer())
    place = installation.config.paths.data
    dossier = commandLine(installation)
    french = commandLine(installation, { DOSSIER_LANGUAGE: 'fr' })
  })
  after(async () => {
    await company[Symbol.asyncDispose]()
    await installation.dispose()
  })

  const changesNothing = (work: () => Promise<void>): Promise<void> =>
    nothingChanges(ctx, [installation.urls.main, installation.urls.keys, company.url], work)

  const isRefused = (args: readonly string[], exit: number, code: string, says: RegExp): Promise<void> =>
    commandIsRefused(french, args, { exit, code, says })

  describe('in an address', () => {
    const wrong: readonly (readonly [url: string, code: string, says: RegExp])[] = [
      ['', 'connectors.url', /it is not a URL/],
      ['shop', 'connectors.url', /it is not a URL/],
      ['oracle://u:p@db/x', 'connectors.unknown-scheme', /no driver for oracle.* It knows: postgres, /],
      ['postgres://', 'connectors.url', /no database is given/],
      ['postgres://u:p@db', 'connectors.url', /no database is given/],
      ['postgres://db/shop', 'connectors.url', /no user is given/],
      ['postgres://u:p@db:99999/shop', 'connectors.url', /the port is not a number/],
      ['postgres://u:p/w@db:5432/shop', 'connectors.url', /./],
      ['postgres://u:p@db/shop?sslmode=maybe', 'connectors.url', /sslmode must be/],
      ['postgres://u:p@db/shop?options=-c', 'connectors.url', /a parameter is not known/],
      ['sqlite:', 'connectors.url', /no path is given/],
      ['sqlite::memory:', 'connectors.url', /a database in memory/],
      ['sqlite:a\0b', 'connectors.url', /a NUL character/],
      ['files:', 'connectors.url', /no path is given/],
      ['sqlite:/nowhere/desk.sqlite', 'inventory.system-silent', /does not answer/],
      ['files:/nowhere', 'inventory.system-silent', /does not answer/],
      ['postgres://u:p@127.0.0.1:1/shop', 'inventory.system-silent', /does not answer/],
    ]
    it('says what is wrong with it, whatever the system, and stores nothing', () =>
      changesNothing(async () => {
        for (const [url, code, says] of wrong) {
          const refused = await refusal(() => addSystem(ctx, { name: 'new', url, baseDirectory: place }))
          assert.deepEqual([refused.code, refused.exit], [code, code.endsWith('silent') ? 3 : 2], url)
          assert.match(refused.says, says, url)
          assert.doesNotMatch(refused.says, /u:p/)
        }
      }))

    it('is told at the terminal with the reason behind it', () =>
      changesNothing(async () => {
        await writeFile(join(place, 'no.sqlite'), 'this is no database, whatever it is called')
        await isRefused(['systems', 'add', 'new', 'gopher://x'], 2, 'connectors.unknown-scheme', /gopher/)
        const silent = await dossier.run('systems', 'add', 'new', 'sqlite:no.sqlite')
        assert.deepEqual([silent.exit, silent.stdout], [3, ''])
        assert.match(silent.stderr, /^new does not answer.*\nBecause: .*it is not a SQLite database.*\n$/)
        await isRefused(['systems', 'add', 'New one', 'files:.'], 2, 'inventory.bad-system-name', /no name/)
        await isRefused(
          ['systems', 'add', 'shop', 'files:.'],
          2,
          'inventory.system-name-taken',
          /shop is known/,
        )
      }))
  })

  describe('in an identifier', () => {
    it('is refused where it cannot be one', () =>
      changesNothing(async () => {
        const wrong = [
          '',
          ' \t ',
          'a\0b',
          'x'.repeat(10_000),
          'email:nobody',
          'phone:12',
          'number:',
          'number:\u0007',
        ]
        for (const typed of wrong) {
          const { code, exit } = await refusal(() => askedIdentifiers(ctx, typed))
          assert.deepEqual([code, exit], ['requests.not-an-identifier', 2], typed.slice(0, 20))
        }
        await isRefused(['find', ''], 2, 'requests.not-an-identifier', /e-mail address/)
        await isRefused(['erase', 'x'.repeat(10_000)], 2, 'requests.not-an-identifier', /Nothing was changed/)
        await isRefused(['erase'], 2, 'people.erase-whom', /whom/)
      }))

    it('finds nobody where it is only strange: SQL, emoji, directions of writing', async () => {
      const before = await databaseContents(company.url)
      const strange = [
        "' or 1=1; drop table person; --",
        '"; delete from visit; --',
        '👩‍🚀',
        '\u202eanna',
        '%',
        '_',
        '$1',
      ]
      for (const typed of strange) {
        const found = await findPerson(ctx, await askedIdentifiers(ctx, typed))
        assert.deepEqual([found.systems.map(({ rows }) => rows), found.unreachable], [[0], []], typed)
      }
      assert.deepEqual(await databaseContents(company.url), before)
    })
  })

  describe('in a map', () => {
    for (const [what, [text, line, code]] of Object.entries(wrongMaps))
      it(`names the line of ${what}`, () =>
        changesNothing(async () => {
          const { imported, findings } = await importMap(ctx, text)
          assert.equal(imported, false)
          const [first] = findings.filter(({ severity }) => severity === 'error')
          assert.ok(first)
          sentences(first.code, first.params)
          assert.deepEqual([first.line, first.code], [line, `inventory.${code}`])
        }))

    it('is listed at the terminal as compilers do, and as one JSON document', () =>
      changesNothing(async () => {
        const file = join(place, 'wrong.yaml')
        await writeFile(file, smallMap('shop').replace('years: 10', 'years: ten'))
        const told = await dossier.run('map', 'import', file)
        assert.equal(told.exit, 2)
        assert.match(told.stdout, /wrong\.yaml:\d+:\d+ {2}years must be a whole number/)
        const { exit, document } = await french.json<Failure & { problems: { line: number }[] }>(
          'map',
          'import',
          file,
        )
        assert.deepEqual(
          [exit, document.error.code, document.problems.length],
          [2, 'inventory.map-invalid', 1],
        )
        await isRefused(
          ['map', 'import', join(place, 'none.yaml')],
          2,
          'cli.file-unreadable',
          /none\.yaml.*ENOENT/,
        )
        await isRefused(['map', 'import', place], 2, 'cli.file-unreadable', /EISDIR/)
      }))
  })

  describe('for a plan or a request', () => {
    it('is refused where there is none, or what was typed is no number of one', () =>
      changesNothing(async () => {
        await isRefused(['erase', '--approve', nobody], 2, 'requests.unknown-plan', /no plan 01a1ffb5/)
        await isRefused(['erase', '--approve', 'the last one'], 2, 'requests.bad-id', /not the number/)
        await isRefused(
          ['evidence', 'bundle', nobody, '--out', 'x.zip'],
          2,
          'evidence.no-entries',
          /no evidence/,
        )
        const unknown = await refusal(() => verifyAgain(ctx, nobody))
        assert.deepEqual([unknown.code, unknown.exit], ['requests.unknown', 2])
        assert.equal((await refusal(() => verifyAgain(ctx, 'anna@example.org'))).code, 'requests.bad-id')
      }))

    it('is refused where the plan is somebody else’s, or was overtaken', async () => {
      const asked = await askedIdentifiers(ctx, 'carla@example.net')
      const request = await receiveRequest(ctx, {
        kind: 'erasure',
        asked,
        identityProof: 'operator-attested',
      })
      const { plan } = await planRequest(ctx, request)
      const newer = await planRequest(ctx, request)
      await changesNothing(async () => {
        await isRefused(['erase', '--approve', plan.id], 1, 'requests.plan-stale', /no longer fits/)
        await isRefused(
          ['erase', 'anna@example.org', '--approve', newer.plan.id],
          1,
          'requests.plan-of-another',
          /made for somebody else/,
        )
      })
    })
  })

  describe('in a file of a target', () => {
    const head = 'email;name;remark\r\n'
    const row = 'person@example.org;Ada;hello\r\n'
    const broken: readonly (readonly [content: string | Buffer, line: number, says: RegExp])[] = [
      [`${head}${row}"anna@example.org;Anna;x\r\n${row}`, 3, /a quote is never closed/],
      [`${head}${row}"anna"x;Anna;x\r\n`, 3, /text follows a closing quote/],
      [`${head}${row}an"na;Anna;x\r\n`, 3, /a quote stands inside/],
      [`${head}${row}anna@example.org;Anna\r\n`, 3, /number of values differs/],
      [`${head}${row}anna@example.org;Anna;x;y\r\n`, 3, /number of values differs/],
      [`${head}${row}anna\0@example.org;Anna;x\r\n`, 3, /a NUL byte/],
      [Buffer.from(`${head}${row}`, 'utf16le'), 1, /a NUL byte/],
      [Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from([0xe9, 0x28])]), 1, /not valid UTF-8/],
      [`${row}${row}`, 1, /looks like data/],
    ]
    let file = ''
    before(async () => {
      await mkdir(join(place, 'letters'))
      file = join(place, 'letters', 'people.csv')
      await writeFile(file, `${head}${row}`)
      await addSystem(ctx, { name: 'letters', url: `files:${join(place, 'letters')}`, baseDirectory: '/' })
      await scanSystems(ctx, { names: ['letters'] }, () => undefined)
      const letters = `  letters:
    collections:
      people.csv:
        rows: delete
        fields:
          email: {category: email, identifier: email}
          name: {category: person-name}
          remark: {category: free-text}
rules:`
      assert.ok((await importMap(ctx, smallMap('shop').replace('rules:', letters))).imported)
    })

    it('is named with its line, and the file stays as it is to the byte', async () => {
      for (const [content, line, says] of broken) {
        await writeFile(file, content)
        const found = await findPerson(ctx, await askedIdentifiers(ctx, 'anna@example.org'))
        const [silent] = found.unreachable
        assert.deepEqual([silent?.name, silent?.code], ['letters', 'connectors.corrupt'])
        assert.deepEqual([silent?.params['file'], silent?.params['line']], ['people.csv', line])
        assert.match(sentences(silent?.code ?? '', silent?.params ?? {}).en, says)
        assert.deepEqual(await readFile(file), Buffer.from(content))
      }
      const { exit, stdout } = await dossier.run('find', 'anna@example.org')
      assert.equal(exit, 3)
      assert.match(stdout, /^letters: people\.csv cannot be read, line 1: .*Repair it/m)
    })

    it('keeps an erasure open: the other systems go on, and nothing is called done', async () => {
      const content = String(broken[0]?.[0])
      await writeFile(file, content)
      const { exit, document } = await dossier.json<{ state: string; certificate: null }>(
        'erase',
        'bert@example.org',
        '--yes',
      )
      assert.deepEqual([exit, document.state, document.certificate], [3, 'incomplete', null])
      assert.equal(await readFile(file, 'utf8'), content)
      assert.deepEqual(await company.query("select count(*) from person where email like 'Bert%'"), ['0'])
    })

    it('is not a cell of a million characters: it is searched, redacted and left alone around', async () => {
      const words = (letter: string) => `${letter} `.repeat(250_000)
      await writeFile(file, `${head}person@example.org;Ada;"${words('a')}anna@example.org ${words('b')}"\r\n`)
      await company.run(`update message set body = repeat('a ', 250000) || 'anna@example.org' || repeat(' b', 250000)
        where message_id = 3`)
      const asked = await askedIdentifiers(ctx, 'anna@example.org')
      const request = await receiveRequest(ctx, {
        kind: 'erasure',
        asked,
        identityProof: 'operator-attested',
      })
      const { plan } = await planRequest(ctx, request)
      await approvePlan(ctx, plan.id)
      const outcome = await carryOut(ctx, request.id)
      assert.equal(outcome.state, 'completed')
      const redacted = `${words('a')}[erased] ${words('b')}`
      assert.equal(await readFile(file, 'utf8'), `${head}person@example.org;Ada;"${redacted}"\r\n`)
      const [body] = await company.query('select body from message where message_id = 3')
      assert.equal(body, `${words('a')}[erased]${' b'.repeat(250_000)}`)
    })
  })

  describe('on the command line', () => {
    it('is one JSON document for every command that is refused or done', async () => {
      const lines: readonly (readonly [args: readonly string[], exit: number])[] = [
        [['find'], 2],
        [['find', 'nobody@example.org'], 1],
        [['find', 'a', 'b'], 2],
        [['erase', 'x', '--colour'], 2],
        [['scan', 'nowhere'], 2],
        [['scan', '--sample', 'many'], 2],
        [['map', 'show'], 0],
        [['map'], 2],
        [['keys', 'create', 'robot', '--scope', 'everything'], 2],
        [['keys', 'revoke', 'k1'], 2],
        [['evidence', 'verify'], 0],
        [['nonsense'], 2],
        [['work'], 0],
      ]
      for (const [args, exit] of lines) {
        const ran = await dossier.run('--json', ...args)
        assert.deepEqual([ran.exit, ran.stderr], [exit, ''], args.join(' '))
        assert.equal(typeof JSON.parse(ran.stdout), 'object')
      }
    })

    it('does not take --json with a value', () =>
      isRefused(['find', 'anna@example.org', '--json=yes'], 2, 'cli.no-such-option', /no such option/))

    it('names the file that cannot be written, before a request is received', () =>
      changesNothing(async () => {
        const copy = (out: string) => ['access', 'carla@example.net', '--out', out]
        await isRefused(copy(join(place, 'none', 'x.zip')), 2, 'cli.file-unwritable', /x\.zip.*ENOENT/)
        await isRefused(copy(place), 2, 'cli.file-unwritable', /EISDIR/)
        await isRefused(['access', 'carla@example.net'], 2, 'cli.missing-option', /--out/)
        await writeFile(join(place, 'taken.yaml'), 'mine')
        await isRefused(['map', 'export', join(place, 'taken.yaml')], 2, 'cli.file-exists', /--force/)
        assert.equal(await readFile(join(place, 'taken.yaml'), 'utf8'), 'mine')
      }))
  })
})
