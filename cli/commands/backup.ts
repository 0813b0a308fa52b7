import type { Command } from 'commander'
import { asPassphrase, backUp, drawRecoveryKey, type Secret } from '../../src/backup/public.ts'
import type { Context } from '../../src/platform/context.ts'
import { type Answer, type Block, good, quiet, verbatim, warning } from '../answer.ts'
import { t } from '../language.ts'
import { readTextFile } from '../operators-file.ts'
import { type Terminal, withInstallation } from '../with-installation.ts'

interface Options {
  readonly passphraseFile?: string
  readonly keysPassphraseFile?: string
  readonly verify: boolean
}

export function register(program: Command): void {
  program
    .command('backup <directory>')
    .description(t('summary-backup'))
    .option('--passphrase-file <file>', t('backup-passphrase'))
    .option('--keys-passphrase-file <file>', t('backup-keys-passphrase'))
    .option('--no-verify', t('backup-no-verify'))
    .action((directory: string, options: Options, command: Command) =>
      withInstallation(command, (ctx, terminal) => backup(ctx, terminal, directory, options)),
    )
}

async function backup(
  ctx: Context,
  { progress }: Terminal,
  directory: string,
  { passphraseFile, keysPassphraseFile, verify }: Options,
): Promise<Answer> {
  const secrets = { main: await secretFrom(passphraseFile), keys: await secretFrom(keysPassphraseFile) }
  const report = await backUp(ctx, { directory, secrets, verify, onProgress: progress.update })
  const drawn = ({ kind, text }: Secret) => (kind === 'recovery-key' ? text : null)
  const recoveryKeys = { main: drawn(secrets.main), keys: drawn(secrets.keys) }
  const { at, rows, entries, files, verified } = report
  const megabytes = Math.ceil(files.reduce((sum, { bytes }) => sum + bytes, 0) / 1_048_576)
  return {
    json: { ...report, recoveryKeys },
    blocks: [
      good(t('backup-made', { directory: report.directory, rows, entries, megabytes })),
      ...(ctx.keyring.provider.name === 'file'
        ? [quiet(t('backup-keys-until', { until: dayAfter(at) }))]
        : []),
      verified ? good(t('backup-verified')) : warning(t('backup-unverified')),
      ...keyBlocks('backup-key-main', recoveryKeys.main),
      ...keyBlocks('backup-key-keys', recoveryKeys.keys),
      ...((recoveryKeys.main ?? recoveryKeys.keys) ? [warning(t('backup-keys-once'))] : []),
    ],
  }
}

/** With a week until the rotation, an epoch key in it is in no copy three weeks after somebody's key was deleted. */
const keptDays = 14
const dayAfter = (at: Date): string =>
  new Date(at.getTime() + keptDays * 86_400_000).toISOString().slice(0, 10)

const secretFrom = async (file: string | undefined): Promise<Secret> =>
  file === undefined ? drawRecoveryKey() : asPassphrase(await readTextFile(file))

const keyBlocks = (text: string, key: string | null): readonly Block[] =>
  key === null ? [] : ['', t(text), verbatim(key)]
