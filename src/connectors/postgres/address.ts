import type { ConnectionOptions } from 'node:tls'
import type { ClientConfig } from 'pg'
import type { ParsedUrl } from '../connector.ts'
import {
  checkAddress,
  readTls,
  type ServerAddress,
  type ServerKind,
  type ServerTls,
  takeApart,
} from '../server-address.ts'

const postgres: ServerKind = {
  scheme: 'postgres',
  defaultPort: 5432,
  parameters: ['host'],
  paths: [],
  placeOf: (options) => options.get('host'),
  sslmodeOf: (options) => options.get('sslmode'),
}

/** Everything a connection needs, from a `secret` that `parseAddress` made. */
export interface Address {
  readonly shown: string
  readonly client: ClientConfig
}

/** Takes `postgres://user:password@host:5432/database` apart. A directory of a Unix socket goes into `?host=`. */
export function parseAddress(text: string, baseDirectory: string): ParsedUrl {
  const address = checkAddress(postgres, text, baseDirectory)
  return { shown: shownAddress(address), secret: address.url.href }
}

/** What node-postgres needs. */
export async function readAddress(secret: string): Promise<Address> {
  const address = takeApart(postgres, secret)
  const tls = await readTls(postgres, address)
  return {
    shown: shownAddress(address),
    client: {
      host: address.host,
      port: address.port,
      user: address.user,
      database: address.database,
      // A function, because for an empty password node-postgres would take ours from the environment or ~/.pgpass.
      password: () => address.password,
      ssl: tls === null ? false : tlsOptions(tls),
      // A blank, for the same reason: PGOPTIONS is about our own database.
      options: ' ',
    },
  }
}

const tlsOptions = ({ files, verifiesName }: ServerTls): ConnectionOptions => ({
  ...files,
  ...(verifiesName ? {} : { checkServerIdentity: () => undefined }),
})

const shownAddress = ({ url, port }: ServerAddress): string =>
  `postgres://${postgres.placeOf(url.searchParams) ?? url.hostname}:${port}${url.pathname}`
