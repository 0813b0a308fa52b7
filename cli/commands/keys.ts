import type { Command } from 'commander'
import { type ApiKey, createApiKey, listApiKeys, revokeApiKey } from '../../src/access/public.ts'
import type { Context } from '../../src/platform/context.ts'
import { scopes } from '../../src/platform/scopes.ts'
import { type Answer, bad, good, quiet, type Text, verbatim, warning } from '../answer.ts'
import { registerEpochs } from '../epoch-commands.ts'
import { t } from '../language.ts'
import { several, wholeNumber } from '../option-values.ts'
import { withInstallation } from '../with-installation.ts'

const msPerDay = 86_400_000

export function register(program: Command): void {
  const keys = program.command('keys').description(t('summary-keys'))
  keys
    .command('create <name>')
    .description(t('keys-create'))
    .requiredOption('--scope <scope>', t('keys-create-scope'), several)
    .option('--expires <days>', t('keys-create-expires'), wholeNumber('--expires', 1, 3_650))
    .addHelpText('after', `\n${t('keys-create-scopes', { scopes: scopes.join(', ') })}`)
    .action((name: string, options: CreateOptions, command: Command) =>
      withInstallation(command, (ctx) => create(ctx, name, options)),
    )
  keys
    .command('list')
    .description(t('keys-list'))
    .action((_: unknown, command: Command) => withInstallation(command, list))
  keys
    .command('revoke <id>')
    .description(t('keys-revoke'))
    .action((id: string, _: unknown, command: Command) => withInstallation(command, (ctx) => revoke(ctx, id)))
  registerEpochs(keys)
}

interface CreateOptions {
  /** Each may name several, parted by commas. */
  readonly scope: readonly string[]
  readonly expires?: number
}

async function create(ctx: Context, name: string, { scope, expires }: CreateOptions): Promise<Answer> {
  const wanted = scope.flatMap((one) => one.split(',')).map((one) => one.trim())
  const expiresAt =
    expires === undefined ? {} : { expiresAt: new Date(ctx.now().getTime() + expires * msPerDay) }
  const key = await createApiKey(ctx, { name, scopes: wanted, ...expiresAt })
  return {
    json: { key },
    blocks: [t('keys-created', { id: key.id }), '', verbatim(key.token), '', warning(t('keys-created-once'))],
  }
}

async function list(ctx: Context): Promise<Answer> {
  const keys = await listApiKeys(ctx)
  if (keys.length === 0) return { json: { keys }, blocks: [t('keys-none')] }
  const columns = ['id', 'name', 'scopes', 'created', 'expires', 'state'].map((key) => ({
    header: t(`column-${key}`),
    wrap: key === 'scopes',
  }))
  const rows = keys.map((key) => [
    key.id,
    key.name,
    quiet(key.scopes.join(', ')),
    day(key.createdAt),
    key.expiresAt === null ? quiet(t('never')) : day(key.expiresAt),
    stateOf(key, ctx.now()),
  ])
  return { json: { keys }, blocks: [{ columns, rows }] }
}

function stateOf({ revokedAt, expiresAt }: ApiKey, now: Date): Text {
  if (revokedAt !== null) return bad(t('keys-revoked-state'))
  return expiresAt !== null && expiresAt <= now
    ? warning(t('keys-expired-state'))
    : good(t('keys-valid-state'))
}

const day = (date: Date): string => date.toISOString().slice(0, 10)

async function revoke(ctx: Context, id: string): Promise<Answer> {
  const key = await revokeApiKey(ctx, { id })
  return { json: { key }, blocks: [t('keys-revoked', { id: key.id, name: key.name })] }
}
