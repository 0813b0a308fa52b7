import { readConfig } from '../src/platform/config.ts'
import type { Db } from '../src/platform/database.ts'
import { openInstallation } from '../src/platform/installation.ts'
import type { KeyProvider } from '../src/platform/key-provider.ts'
import type { Sql } from '../src/platform/sql.ts'
import { tendKeys } from '../src/rotation/public.ts'
import { beginEpoch } from '../src/subjects/public.ts'

/**
 * Tends keys until what KILL_AT names is reached, and is killed there: `before drop table`, `after create`. The words are a
 * piece of a statement to the database of keys, or a provider's act.
 */
const { config, urls } = readConfig(process.env)
const now = () => new Date(Date.now() + Number(process.env['AHEAD_MS'] ?? 0))
const actor = { kind: 'system', id: 'test' } as const
const { ctx } = await openInstallation({
  config: { ...config, now },
  urls,
  actor,
  role: 'test',
  logLevel: 'silent',
})
const [, when, what = ''] = /^(before|after) (.*)$/.exec(process.env['KILL_AT'] ?? '') ?? []

async function around<T>(text: string, work: () => Promise<T>): Promise<T> {
  const isHere = text.includes(what)
  if (isHere && when === 'before') process.kill(process.pid, 'SIGKILL')
  const result = await work()
  if (isHere && when === 'after') process.kill(process.pid, 'SIGKILL')
  return result
}

const watched = (db: Db): Db => {
  const textOf = (statement: Sql) => statement.parts.join('$').replace(/\s+/g, ' ')
  return {
    rows: (statement) => around(textOf(statement), () => db.rows(statement)),
    row: (statement) => around(textOf(statement), () => db.row(statement)),
    run: (statement) => around(textOf(statement), () => db.run(statement)),
    transaction: (work) => db.transaction((tx) => work(watched(tx))),
  }
}

const provider: KeyProvider = {
  ...ctx.keyring.provider,
  create: (after) => around('create', () => ctx.keyring.provider.create(after)),
  destroy: (version) => around('destroy', () => ctx.keyring.provider.destroy(version)),
}
const keyring = { ...ctx.keyring, provider, providerNamed: () => provider }
const killable = { ...ctx, keys: watched(ctx.keys), keyring }
if (process.env['ROTATE'] === '1') await beginEpoch(killable)
await tendKeys(killable)
process.stdout.write('not killed\n')
process.exit(0)
