// Everything a change has to pass: lint and format, types, tests. With patterns as arguments, only those tests.
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative, resolve } from 'node:path'
import { finished } from 'node:stream/promises'
import { run } from 'node:test'
import { spec } from 'node:test/reporters'
import { pathToFileURL } from 'node:url'

const repository = join(import.meta.dirname, '..')
const patterns = process.argv.slice(2)
const whole = patterns.length === 0
const started = Date.now()
const fileWithinMs = 180_000
/** More than the cores of a small machine: two at a time left them idle for a third of the time, waiting for databases. */
const filesAtOnce = 3

// A third of what a file of tests costs that starts the product is compiling it: done once for all, and their children.
const compiled = mkdtempSync(join(tmpdir(), 'dossier-compiled-'))
process.env.NODE_COMPILE_CACHE = compiled
process.on('exit', () => rmSync(compiled, { recursive: true, force: true }))

const named = (file: string) => relative(repository, file)
const lint = whole ? await tool('biome', ['check']) : true
// Beside the tests, which wait more than they work.
const [types, tests] = await Promise.all([
  whole ? tool('tsc', ['--noEmit', '-p', '.']) : true,
  runTests(whole ? ['{src,test,cli,sample}/**/*.test.ts'] : patterns),
])

const mark = (ok: boolean) => (ok ? '✔' : '✖')
const seconds = Math.round((Date.now() - started) / 1000)
console.log(
  `${whole ? `${mark(lint)} lint  ${mark(types)} types  ` : ''}${mark(tests.ok)} tests: ` +
    `${tests.passed} passed, ${tests.failed} failed, ${tests.skipped} skipped (${seconds} s)`,
)
process.exitCode = lint && types && tests.ok ? 0 : 1

/** Started with our own Node: the one on the path may be older. */
async function tool(name: string, args: readonly string[]): Promise<boolean> {
  const child = spawn(process.execPath, [join(repository, 'node_modules', '.bin', name), ...args], {
    cwd: repository,
    stdio: 'inherit',
  })
  const [code] = await once(child, 'exit')
  return code === 0
}

/** A file that told of no test is no file that passed. */
async function runTests(globPatterns: string[]) {
  const outcome = { ok: false, passed: 0, failed: 0, skipped: 0 }
  const silent = new Set<string>()
  const stream = run({
    globPatterns,
    concurrency: filesAtOnce,
    cwd: repository,
    timeout: fileWithinMs,
    // What a failed test left running must not keep its file from ending.
    forceExit: true,
    execArgv: ['--import', pathToFileURL(join(import.meta.dirname, 'blocking-output.ts')).href],
  })
  const watch = watchOver(stream)
  // A file comes by its own name; tests come with the file that holds them, which may be one that others import.
  stream.on('test:dequeue', ({ file, name }) => {
    if (file !== undefined && file === resolve(repository, name)) silent.add(file)
  })
  stream.on('test:summary', ({ file, success, counts }) => {
    // A suite that is skipped, because what it needs is not on this machine, is a word too.
    if (file !== undefined) return void (counts.tests + counts.suites > 0 && silent.delete(file))
    const failed = counts.tests - counts.passed - counts.skipped - counts.todo
    Object.assign(outcome, {
      ok: success && counts.tests > 0,
      passed: counts.passed,
      failed,
      skipped: counts.skipped,
    })
  })
  const report = stream.compose(new spec())
  report.pipe(process.stdout, { end: false })
  await finished(report, { writable: false })
  watch.end()
  for (const file of silent) console.log(`✖ no word from ${named(file)}`)
  return { ...outcome, ok: outcome.ok && silent.size === 0 }
}

/**
 * The runner's own limit ends a test, not its file: a process that a file left behind holds its output open, and the
 * runner then waits for ever. Where nothing was heard for longer than a file may take, the files are named and all ends.
 */
function watchOver(stream: ReturnType<typeof run>): { end(): void } {
  const open = new Set<string>()
  stream.on('test:dequeue', ({ file, nesting }) => void (nesting === 0 && file && open.add(file)))
  stream.on('test:summary', ({ file }) => void (file && open.delete(file)))
  const giveUp = () => {
    console.log(`✖ nothing was heard for ${(2 * fileWithinMs) / 1000} s; not ended:`)
    for (const file of open) console.log(`  ${named(file)}`)
    console.log(
      String(spawnSync('ps', ['-eo', 'pid,ppid,pgid,etimes,stat,comm', '--sort=start_time']).stdout),
    )
    process.exit(1)
  }
  let timer = setTimeout(giveUp, 2 * fileWithinMs)
  stream.on('data', () => {
    clearTimeout(timer)
    timer = setTimeout(giveUp, 2 * fileWithinMs)
  })
  return { end: () => clearTimeout(timer) }
}
