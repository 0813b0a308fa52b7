import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Config, readConfig } from '../src/platform/config.ts'
import { openPool } from '../src/platform/database.ts'
import { openCluster } from '../src/platform/embedded-postgres.ts'
import { makeDatabase } from '../src/platform/installation.ts'

/** A Dossier whose databases lie on a server that writes down all it is told. */
export interface OverheardInstallation extends AsyncDisposable {
  readonly config: Config
  readonly urls: { readonly main: string; readonly keys: string }
  /** Every statement with its values, and every error with its rows. */
  serverLog(): Promise<string>
  /** A superuser's, for looking on. */
  readonly adminUrl: string
}

/** What an administrator may switch on in a server of their own; Dossier cannot keep them from it. */
const talkative = {
  log_statement: 'all',
  log_min_messages: 'info',
  log_min_error_statement: 'info',
  log_error_verbosity: 'verbose',
  log_min_duration_statement: '0',
  log_connections: 'on',
  log_parameter_max_length: '-1',
  log_parameter_max_length_on_error: '-1',
  update_process_title: 'on',
  fsync: 'off',
}

const role = { name: 'dossier', password: 'a test password' }

export async function overheardInstallation(): Promise<OverheardInstallation> {
  await using stack = new AsyncDisposableStack()
  const directory = await mkdtemp(join(tmpdir(), 'dossier-overheard-'))
  stack.defer(() => rm(directory, { recursive: true, force: true }))
  // The server runs as another user and has to reach its files.
  await chmod(directory, 0o711)
  const cluster = await openCluster({
    directory: join(directory, 'server', 'postgres'),
    password: role.password,
    settings: talkative,
  })
  stack.defer(() => cluster.close())
  const url = (database: string) => {
    const own = new URL(cluster.url(database))
    own.username = role.name
    return own.href
  }
  await using admin = openPool(cluster.url('postgres'), 'dossier test', { max: 1 })
  for (const database of ['main', 'keys']) await makeDatabase(admin, role, database)
  const resources = stack.move()
  return {
    config: readConfig({ DOSSIER_DATA: join(directory, 'data') }).config,
    urls: { main: url('main'), keys: url('keys') },
    serverLog: () => readFile(join(directory, 'server', 'postgres.log'), 'utf8'),
    adminUrl: cluster.url('postgres'),
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  }
}
