import { spawn, spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { text } from 'node:stream/consumers'
import { serversAreRequired } from './servers.ts'

const verifiers = join(import.meta.dirname, '..', 'verifier')

/** The verifiers that anyone can run: the one in every bundle, and one written apart in another language. */
export const standalone: readonly (readonly [name: string, command: string, script: string])[] = [
  ['verify.mjs', process.execPath, join(verifiers, 'verify.mjs')],
  ...(hasPython() ? [['verify.py', 'python3', join(verifiers, 'verify.py')] as const] : []),
]

function hasPython(): boolean {
  if (spawnSync('python3', ['--version']).status === 0) return true
  if (serversAreRequired) throw new Error('Python 3 is required and not installed')
  console.log('# skipped, said aloud: no Python 3 on this machine')
  return false
}

/** The files as whoever received the zip has them on disk. */
export function unpackTo(folder: string, files: ReadonlyMap<string, Buffer>): string {
  mkdirSync(folder, { recursive: true })
  for (const [path, content] of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), content)
  }
  return folder
}

export interface Verdict {
  readonly holds: boolean
  /** All that was said of this folder. */
  readonly said: string
}

/** One verdict for each folder, and the exit code. Without any of our surroundings: no data directory, no settings. */
export async function runVerifier(
  [, command, script]: (typeof standalone)[number],
  folders: readonly string[],
  ...options: readonly string[]
): Promise<{ readonly exit: number | null; readonly verdicts: readonly Verdict[]; readonly errors: string }> {
  const env = { PATH: process.env['PATH'], PYTHONDONTWRITEBYTECODE: '1', PYTHONIOENCODING: 'utf-8' }
  const child = spawn(command, [script, ...folders, ...options], { env, stdio: ['ignore', 'pipe', 'pipe'] })
  const exited = new Promise<number | null>((resolve) => child.on('close', resolve))
  const [said, errors, exit] = await Promise.all([text(child.stdout), text(child.stderr), exited])
  const pieces = said.split(/(?<=^[✓✗] The bundle (?:holds|does not hold)\.\n)/m).filter(Boolean)
  return { exit, errors, verdicts: pieces.map((one) => ({ holds: /^✓/m.test(one), said: one })) }
}
