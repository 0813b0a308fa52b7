import { type ChildProcess, spawn } from 'node:child_process'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import type { TestInstallation } from './installation.ts'

export interface Ran {
  readonly exit: number | null
  readonly stdout: string
  readonly stderr: string
}

/** What `--json` answers when a command fails. */
export interface Failure {
  readonly error: {
    readonly code: string
    readonly message: string
    readonly because?: { readonly code: string }
  }
}

/** The command line as a person runs it, on an installation of a test. */
export interface CommandLine {
  run(...args: readonly string[]): Promise<Ran>
  /** With `--json`; the one document it answers with, and the exit code. */
  json<Document = Record<string, unknown>>(
    ...args: readonly string[]
  ): Promise<{ readonly exit: number | null; readonly document: Document }>
  start(args: readonly string[]): ChildProcess
}

/** For the environment of a process of the product: halves what it needs to start, and tests start hundreds. */
export const compiledOnce = {
  NODE_COMPILE_CACHE:
    process.env.NODE_COMPILE_CACHE ?? join(tmpdir(), `dossier-test-${userInfo().uid}`, 'compile-cache'),
}

const main = join(import.meta.dirname, '..', 'cli', 'main.ts')

/**
 * A command line whose processes share the data directory of an installation, and its databases; without `urls` they
 * start the database that comes with Dossier.
 */
export function commandLine(
  { urls, config }: Pick<TestInstallation, 'config'> & Partial<Pick<TestInstallation, 'urls'>>,
  env: Readonly<Record<string, string>> = {},
  cwd = config.paths.data,
): CommandLine {
  const start = (args: readonly string[]): ChildProcess =>
    spawn(process.execPath, [main, ...args], {
      cwd,
      stdio: 'pipe',
      env: {
        PATH: process.env.PATH,
        ...(urls && { DATABASE_URL: urls.main, KEYS_DATABASE_URL: urls.keys }),
        DOSSIER_DATA: config.paths.data,
        DOSSIER_LANGUAGE: 'en',
        ...compiledOnce,
        ...env,
      },
    })
  const run = (...args: readonly string[]): Promise<Ran> => {
    const child = start(args)
    child.stdin?.end()
    return finished(child)
  }
  return {
    start,
    run,
    async json<Document>(...args: readonly string[]) {
      const { exit, stdout } = await run(...args, '--json')
      return { exit, document: JSON.parse(stdout) as Document }
    },
  }
}

/** What a process said until it ended. */
export async function finished(child: ChildProcess): Promise<Ran> {
  let stdout = ''
  let stderr = ''
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
  })
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  const exit = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  })
  return { exit, stdout, stderr }
}
