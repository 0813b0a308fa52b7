import { createInterface } from 'node:readline/promises'
import type { Command } from 'commander'
import { backupOldAfterDays } from '../src/backup/public.ts'
import type { Context } from '../src/platform/context.ts'
import { type KeysTended, tendKeys } from '../src/rotation/public.ts'
import { destroyEpoch, type EpochReport, type KeyLife, keyLife } from '../src/subjects/public.ts'
import { type Answer, type Block, bad, good, quiet, type Text, warning } from './answer.ts'
import { t } from './language.ts'
import { wholeNumber } from './option-values.ts'
import { problem } from './problems.ts'
import { type Terminal, wantsJson, withInstallation } from './with-installation.ts'

/** `keys epochs`, `keys rotate`, `keys destroy`: the keys that protect those of people. */
export function registerEpochs(keys: Command): void {
  keys
    .command('epochs')
    .description(t('keys-epochs'))
    .action((_: unknown, command: Command) => withInstallation(command, epochs))
  keys
    .command('rotate')
    .description(t('keys-rotate'))
    .action((_: unknown, command: Command) => withInstallation(command, rotate))
  keys
    .command('destroy <epoch>')
    .description(t('keys-destroy'))
    .option('--confirm <epoch>', t('keys-destroy-confirm'))
    .action(async (text: string, { confirm }: { readonly confirm?: string }, command: Command) => {
      const epoch = wholeNumber('<epoch>', 1, 999_999_999)(text)
      const confirmed = confirm ?? (await ask(epoch, wantsJson(command)))
      await withInstallation(command, (ctx) => destroy(ctx, epoch, confirmed))
    })
}

async function epochs(ctx: Context): Promise<Answer> {
  const life = await keyLife(ctx)
  return { json: life, blocks: blocksOf(life) }
}

async function rotate(ctx: Context, { progress }: Terminal): Promise<Answer> {
  const before = (await keyLife(ctx)).epochs.reduce((sum, { keys }) => sum + keys, 0)
  const done = await tendKeys(ctx, {
    rotate: true,
    onProgress: (moved) => progress.update(t('keys-rotate-progress'), moved, before),
  })
  const life = await keyLife(ctx)
  return {
    json: { done, ...life },
    blocks: [good(t('keys-rotated', { keys: done.moved ?? 0 })), ...keyBlocks(done), '', ...blocksOf(life)],
  }
}

/** What came to its end, and what waits for a backup. */
export function keyBlocks({ waiting, retired, destroyed, shredded }: KeysTended): readonly Block[] {
  const each = (text: string, numbers: readonly number[]) => numbers.map((epoch) => good(t(text, { epoch })))
  return [
    ...(waiting === null ? [] : [warning(t('keys-waiting', { epoch: waiting, days: backupOldAfterDays }))]),
    ...each('keys-retired', retired),
    ...each('keys-destroyed', destroyed),
    ...(shredded > 0 ? [good(t('keys-shredded', { people: shredded }))] : []),
  ]
}

async function destroy(ctx: Context, epoch: number, confirmed: string | undefined): Promise<Answer> {
  if (confirmed !== String(epoch)) throw problem('cli.epoch-not-confirmed', { epoch })
  await destroyEpoch(ctx, epoch)
  const { shredded } = await tendKeys(ctx)
  return {
    json: { epoch, shredded },
    blocks: [good(t('keys-destroyed', { epoch })), quiet(t('keys-shredded', { people: shredded }))],
  }
}

/** What cannot be undone is named by hand: in a terminal, or with --confirm where nobody sits. */
async function ask(epoch: number, json: boolean): Promise<string | undefined> {
  if (json || !process.stdin.isTTY) return undefined
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  try {
    return (await terminal.question(`${t('keys-destroy-question', { epoch })} `)).trim()
  } finally {
    terminal.close()
  }
}

function blocksOf({ epochs: all, shredding }: KeyLife): readonly Block[] {
  if (all.length === 0) return [t('keys-epochs-none')]
  const columns = ['epoch', 'provider', 'state', 'keys', 'began', 'next'].map((key) => ({
    header: t(`column-${key}`),
  }))
  const rows = all.map((epoch) => [
    String(epoch.epoch),
    epoch.provider === 'file' ? epoch.provider : `${epoch.provider} v${epoch.version}`,
    stateOf(epoch),
    String(epoch.keys),
    day(epoch.createdAt),
    epoch.dueAt === null ? quiet(t(`keys-next-${epoch.state}`)) : day(epoch.dueAt),
  ])
  const { waiting, overdue } = shredding
  return [
    { columns, rows },
    '',
    ...(waiting > 0 ? [t('keys-shredding', { people: waiting })] : []),
    ...(overdue > 0 ? [bad(t('keys-overdue', { people: overdue }))] : []),
    ...(all.some(({ state }) => state === 'rewrapped') ? [warning(t('keys-need-backup'))] : []),
  ]
}

function stateOf({ state, returned }: EpochReport): Text {
  const text = t(`keys-state-${state}`)
  if (returned && state !== 'destroyed') return bad(t('keys-returned', { state: text }))
  return state === 'current' ? good(text) : quiet(text)
}

const day = (date: Date): string => date.toISOString().slice(0, 10)
