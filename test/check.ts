// Everything a change has to pass: lint and format, types, tests. With patterns as arguments, only those tests.
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { join, relative } from 'node:path'
import { finished } from 'node:stream/promises'
import { run } from 'node:test'
import { spec } from 'node:test/reporters'

const repository = join(import.meta.dirname, '..')
const patterns = process.argv.slice(2)
const whole = patterns.length === 0
const started = Date.now()
const fileWithinMs = 180_000

const lint = whole ? await tool('biome', ['check']) : true
const types = whole ? await tool('tsc', ['--noEmit', '-p', '.']) : true
const tests = await runTests(whole ? ['{src,test,cli,sample}/**/*.test.ts'] : patterns)

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

async function runTests(globPatterns: string[]) {
  const outcome = { ok: false, passed: 0, failed: 0, skipped: 0 }
  // Two at a time: most files wait for a database, and small machines have two cores.
  const stream = run({
    globPatterns,
    concurrency: 2,
    cwd: repository,
    timeout: fileWithinMs,
    // What a failed test left running must not keep its file from ending.
    forceExit: true,
  })
  const watch = watchOver(stream)
  stream.on('test:summary', ({ file, success, counts }) => {
    if (file !== undefined) return
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
  return outcome
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
    for (const file of open) console.log(`  ${relative(repository, file)}`)
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
