import { createInterface } from 'node:readline/promises'
import type { Command } from 'commander'
import { readSecret, restoreBackup, type Secret } from '../../src/backup/public.ts'
import { readConfig } from '../../src/platform/config.ts'
import { type Answer, bad, good, quiet, strong } from '../answer.ts'
import { t } from '../language.ts'
import { readTextFile } from '../operators-file.ts'
import { problem } from '../problems.ts'
import type { Progress } from '../progress.ts'
import { wantsJson } from '../with-installation.ts'
import { withoutInstallation } from '../without-installation.ts'

interface Options {
  readonly secretFile?: string
  readonly withKeys?: boolean
  readonly keysSecretFile?: string
  readonly force?: boolean
  readonly confirm?: string
}

export function register(program: Command): void {
  program
    .command('restore <directory>')
    .description(t('summary-restore'))
    .option('--secret-file <file>', t('restore-secret'))
    .option('--with-keys', t('restore-with-keys'))
    .option('--keys-secret-file <file>', t('restore-keys-secret'))
    .option('--force', t('restore-force'))
    .option('--confirm <name>', t('restore-confirm'))
    .action(async (directory: string, options: Options, command: Command) => {
      // Before the line of progress: it would be drawn over the question.
      const confirmed = await confirmation(options, wantsJson(command))
      await withoutInstallation(command, (progress) => restore(progress, directory, options, confirmed))
    })
}

/** What would be replaced is named by hand: in a terminal, or with --confirm where nobody sits. */
async function confirmation({ force, confirm }: Options, json: boolean): Promise<string | undefined> {
  if (!force || confirm !== undefined || json || !process.stdin.isTTY) return confirm
  const { config } = readConfig(process.env)
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  try {
    return (await terminal.question(`${t('restore-question', { directory: config.paths.data })} `)).trim()
  } finally {
    terminal.close()
  }
}

async function restore(
  progress: Progress,
  directory: string,
  { secretFile, withKeys, keysSecretFile, force }: Options,
  confirmed: string | undefined,
): Promise<Answer> {
  const { config, urls } = readConfig(process.env)
  const mainSecret = await secretFrom(secretFile, '--secret-file', 'DOSSIER_BACKUP_SECRET')
  const keysSecret = withKeys
    ? await secretFrom(keysSecretFile, '--keys-secret-file', 'DOSSIER_BACKUP_KEYS_SECRET')
    : undefined
  const report = await restoreBackup({
    config,
    urls,
    actor: { kind: 'operator', id: 'terminal' },
    directory,
    mainSecret,
    ...(keysSecret && { keysSecret }),
    force: force === true,
    ...(confirmed !== undefined && { confirmed }),
    onProgress: progress.update,
  })
  const { at, rows, keys, evidence, tombstones } = report
  return {
    json: report,
    blocks: [
      good(t('restore-done', { at, rows })),
      quiet(t(`restore-keys-${keys}`)),
      quiet(t(`restore-evidence-${evidence}`)),
      quiet(t(`restore-tombstones-${tombstones}`)),
      bad(t('restore-shut')),
      strong(t('restore-next')),
    ],
  }
}

async function secretFrom(file: string | undefined, option: string, variable: string): Promise<Secret> {
  const text = file === undefined ? process.env[variable] : await readTextFile(file)
  if (text === undefined || text.trim() === '') throw problem('cli.missing-option', { what: option })
  return readSecret(text)
}
