import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { languages, loadTexts } from '../src/platform/texts.ts'
import { compiledOnce, finished, type Ran } from '../test/command-line.ts'
import { commands } from './commands.ts'

const main = join(import.meta.dirname, 'main.ts')

describe('the command line, before it opens anything', () => {
  let data = ''
  before(async () => {
    data = await mkdtemp(join(tmpdir(), 'dossier-usage-'))
  })
  after(() => rm(data, { recursive: true, force: true }))

  const run = (args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ran> =>
    finished(
      spawn(process.execPath, [main, ...args], {
        env: { PATH: process.env.PATH, DOSSIER_DATA: data, DOSSIER_LANGUAGE: 'en', ...compiledOnce, ...env },
      }),
    )

  it('lists every command, in both languages', async () => {
    for (const language of languages) {
      const { exit, stdout, stderr } = await run(['--help'], { DOSSIER_LANGUAGE: language })
      assert.deepEqual([exit, stderr], [0, ''])
      for (const { name } of commands) assert.match(stdout, new RegExp(`^ {2}${name} +\\S`, 'm'))
      assert.match(stdout, language === 'en' ? /^Usage: dossier/ : /^Utilisation : dossier/)
      assert.doesNotMatch(stdout, /summary-|group-|option-|help-/)
    }
  })

  it('answers wrong usage with exit 2, a sentence, and nothing on stdout', async () => {
    const wrong: readonly (readonly [args: readonly string[], says: RegExp])[] = [
      [['systms'], /“systms”\. Did you mean systems\?/],
      [['ada@example.org'], /^There is no such command\. /],
      [['systems', 'list', '--jsn'], /no option --jsn here\. Did you mean --json\?/],
      [['find', 'x', '--ada@example.org'], /^There is no such option here\. /],
      [['systems', 'add', 'shop'], /value for <url>/],
      [['scan', 'a', 'b'], /more values than it takes/],
      [['scan', '--sample', 'many'], /--sample takes a number from 1 to 10000\. /],
      [['scan', '--sample'], /--sample <rows> needs a value/],
      [['map', 'accept', '--min-confidence', '1.5'], /from 0 to 1\. /],
      [['map', 'accept', '--country', 'France'], /two letters such as FR/],
      [['keys', 'create', 'robot'], /needs the option --scope/],
      [['systems'], /Say which of these commands/],
    ]
    const answers = await Promise.all(wrong.map(([args]) => run(args)))
    for (const [i, { exit, stdout, stderr }] of answers.entries()) {
      assert.deepEqual([exit, stdout], [2, ''], wrong[i]?.[0].join(' '))
      assert.match(stderr, wrong[i]?.[1] ?? /^$/)
    }
  })

  it('answers wrong usage with one JSON document when JSON was asked for', async () => {
    const { exit, stdout, stderr } = await run(['systems', 'ad', '--json'], { DOSSIER_LANGUAGE: 'fr' })
    assert.deepEqual([exit, stderr], [2, ''])
    const { error } = JSON.parse(stdout)
    assert.equal(error.code, 'cli.unknown-command')
    assert.match(error.message, /n’existe pas.*Vouliez-vous dire/)
    assert.equal(error.params.what, 'ad')
  })

  it('answers help and the version with one JSON document too', async () => {
    for (const args of [['--version'], ['--help'], ['help', 'find'], ['map', 'import', '--help']]) {
      const { exit, stdout, stderr } = await run([...args, '--json'])
      assert.deepEqual([exit, stderr], [0, ''], args.join(' '))
      assert.ok(JSON.parse(stdout).text.length > 4)
    }
    for (const args of [[], ['map'], ['help', 'nothing']]) {
      const { exit, stdout, stderr } = await run([...args, '--json'])
      assert.deepEqual([exit, stderr, JSON.parse(stdout).error.code], [2, '', 'cli.missing-command'])
    }
  })

  it('shows nothing of a bug but an id, and notes its place without its message, debugging or not', async () => {
    const script = `import('${join(import.meta.dirname, 'failure.ts')}').then(async (failure) => {
      process.exitCode = await failure.reportFailure(new TypeError('of ada@example.org'), false)
    })`
    const child = spawn(process.execPath, ['-e', script], {
      env: { DOSSIER_DATA: data, DOSSIER_LANGUAGE: 'en', DOSSIER_DEBUG: '1' },
    })
    const { exit, stdout, stderr } = await finished(child)
    assert.deepEqual([exit, stdout], [70, ''])
    const noted = await readFile(join(data, 'unexpected.log'), 'utf8')
    const { id, error } = JSON.parse(noted)
    assert.ok(stderr.includes(id) && error.kind === 'TypeError' && error.at.length > 0)
    assert.ok(!`${stderr}${noted}`.includes('ada'))
  })

  it('says the same in English and in French', () => {
    const texts = loadTexts()
    for (const area of ['cli', 'inventory']) {
      const [en, fr] = languages.map((language) => texts[language]?.[area] as Record<string, string>)
      assert.deepEqual(Object.keys(en ?? {}).sort(), Object.keys(fr ?? {}).sort())
      for (const [key, sentence] of Object.entries(en ?? {})) {
        const holes = (text: string) => [...text.matchAll(/{{\w+}}/g)].map(String).sort()
        assert.deepEqual(holes(fr?.[key] ?? ''), holes(sentence), `${area}.${key}`)
      }
    }
  })
})
