import type { Command } from 'commander'
import type { Answer } from './answer.ts'
import { type Progress, startProgress } from './progress.ts'
import { print, wantsJson } from './with-installation.ts'

/** For commands that only read what they are pointed at: no database of ours, no keys, nothing to close or to undo. */
export async function withoutInstallation(
  command: Command,
  work: (progress: Progress) => Promise<Answer>,
): Promise<void> {
  const json = wantsJson(command)
  print(await working(work, json), json)
}

async function working(work: (progress: Progress) => Promise<Answer>, silent: boolean): Promise<Answer> {
  using progress = startProgress(process.stderr, silent)
  return await work(progress)
}
