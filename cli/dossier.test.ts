import assert from 'node:assert/strict'
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFile, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'

const launcher = ['dossier.mjs', 'right-node.mjs', 'follow-parent.mjs']

/** A Node before 24.12, as a machine's own may be: the launcher must leave it. */
const oldNode = [...new Set((process.env.PATH ?? '').split(':')), '/usr/local/bin', '/usr/bin']
  .map((directory) => join(directory, 'node'))
  .find((node) => /^v(1\d|2[0-3])\./.test(versionOf(node)))
if (!oldNode) console.log('# skipped, said aloud: no Node before 24 on this machine')

function versionOf(node: string): string {
  try {
    return execFileSync(node, ['--version'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
  } catch {
    return ''
  }
}

describe('the dossier command', { skip: !oldNode }, () => {
  let clone = ''
  before(async () => {
    clone = await mkdtemp(join(tmpdir(), 'dossier-launcher-'))
    for (const directory of ['cli', 'src']) await mkdir(join(clone, directory))
    for (const file of launcher) await copyFile(join(import.meta.dirname, file), join(clone, 'cli', file))
    await writeFile(join(clone, 'package.json'), '{ "type": "module" }')
    await writeFile(
      join(clone, 'cli', 'main.ts'),
      `const [, , ...args]: string[] = process.argv
       const wait = args[0] === 'wait' && setTimeout(() => {}, 20_000)
       process.on('SIGTERM', () => process.exit(7))
       console.log(JSON.stringify({ pid: process.pid, version: process.versions.node, args }))
       if (!wait) process.exitCode = args.length`,
    )
    await writeFile(
      join(clone, 'src', 'main.ts'),
      `console.log('the server', process.argv.slice(2).join(' '))`,
    )
  })
  after(() => rm(clone, { recursive: true, force: true }))

  const install = async (place: string) => {
    await rm(join(clone, 'node_modules'), { recursive: true, force: true })
    const file = join(clone, 'node_modules', place)
    await mkdir(dirname(file), { recursive: true })
    await symlink(process.execPath, file)
  }

  const run = (args: readonly string[], env: Readonly<Record<string, string>> = {}): ChildProcess =>
    spawn(oldNode ?? '', [join(clone, 'cli', 'dossier.mjs'), ...args], {
      env: { PATH: '/usr/bin:/bin', LANG: 'C.UTF-8', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })

  const outcome = async (child: ChildProcess) => {
    const text = { out: '', err: '' }
    child.stdout?.on('data', (chunk: Buffer) => {
      text.out += chunk
    })
    child.stderr?.on('data', (chunk: Buffer) => {
      text.err += chunk
    })
    const [code] = await once(child, 'close')
    return { code: code as number | null, ...text }
  }

  const platform = `${process.platform}-${process.arch}`
  for (const place of [
    'node/bin/node',
    `node-${platform}/bin/node`,
    `node/node_modules/node-bin-${platform}/bin/node`,
  ])
    it(`hands over to the Node that npm put at ${place}, with arguments and exit code`, async () => {
      await install(place)
      const { code, out } = await outcome(run(['erase', '--json', 'a b']))
      const said = JSON.parse(out)
      assert.equal(said.version, process.versions.node)
      assert.deepEqual(said.args, ['erase', '--json', 'a b'])
      assert.equal(code, 3)
    })

  it('starts the server for “start”', async () => {
    await install('node/bin/node')
    const { code, out } = await outcome(run(['start', '--quietly']))
    assert.equal(out, 'the server --quietly\n')
    assert.equal(code, 0)
  })

  it('passes a signal on, and ends as its command ended', async () => {
    await install('node/bin/node')
    const child = run(['wait'])
    child.stdout?.once('data', () => child.kill('SIGTERM'))
    assert.equal((await outcome(child)).code, 7)
  })

  it('does not show in the list of processes what was typed', {
    skip: process.platform !== 'linux',
  }, async () => {
    await install('node/bin/node')
    const child = run(['wait', 'ada@example.org'])
    await once(child.stdout ?? child, 'data')
    const shown = await readFile(`/proc/${child.pid}/cmdline`, 'utf8')
    child.kill('SIGTERM')
    await once(child, 'close')
    assert.equal(shown.replaceAll('\0', ''), 'dossier')
  })

  it('leaves no command behind when it is killed outright', async () => {
    await install('node/bin/node')
    const child = run(['wait'])
    const [first] = await once(child.stdout ?? child, 'data')
    const { pid } = JSON.parse(String(first))
    child.kill('SIGKILL')
    const gone = async () => {
      for (const deadline = Date.now() + 5_000; Date.now() < deadline; await sleep(50))
        if (!isAlive(pid)) return true
      return false
    }
    assert.equal(await gone(), true)
  })

  it('names the one command that mends an installation whose install scripts were refused', async () => {
    await rm(join(clone, 'node_modules'), { recursive: true, force: true })
    await mkdir(join(clone, 'node_modules', 'node'), { recursive: true })
    const english = await outcome(run(['start']))
    assert.equal(english.code, 3)
    assert.match(
      english.err,
      /^Dossier needs Node\.js 24\.12 .* Run: npm rebuild node --ignore-scripts=false\n$/,
    )
    const french = await outcome(run(['start'], { LANG: 'fr_FR.UTF-8' }))
    assert.match(french.err, /^Dossier a besoin .* Lancez : npm rebuild node --ignore-scripts=false\n$/)
  })

  it('asks for npm ci in a clone where nothing is installed yet', async () => {
    await rm(join(clone, 'node_modules'), { recursive: true, force: true })
    const { code, err } = await outcome(run(['start']))
    assert.equal(code, 3)
    assert.match(err, /Run: npm ci\n$/)
  })
})

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
