import type { ConnectionOptions } from 'mysql2'
import type { ParsedUrl } from '../connector.ts'
import {
  checkAddress,
  isSocket,
  readTls,
  type ServerAddress,
  type ServerKind,
  takeApart,
} from '../server-address.ts'

const mysql: ServerKind = {
  scheme: 'mysql',
  defaultPort: 3306,
  parameters: ['socket', 'ssl'],
  paths: ['socket'],
  placeOf: (options) => options.get('socket'),
  sslmodeOf,
}

/** Everything a connection needs, from a `secret` that `parseAddress` made. */
export interface Address {
  readonly shown: string
  /** Where to: a host and port, or a socket of this machine. */
  readonly place: { readonly host: string; readonly port: number } | { readonly path: string }
  readonly client: Pick<ConnectionOptions, 'host' | 'user' | 'password' | 'database' | 'ssl'>
}

/** Takes `mysql://user:password@host:3306/database` apart; a Unix socket goes into `?socket=`. */
export function parseAddress(text: string, baseDirectory: string): ParsedUrl {
  const address = checkAddress(mysql, text, baseDirectory)
  return { shown: shownAddress(address), secret: address.url.href }
}

/** What mysql2 needs. */
export async function readAddress(secret: string): Promise<Address> {
  const address = takeApart(mysql, secret)
  const { host, port, user, password, database } = address
  const tls = await readTls(mysql, address)
  return {
    shown: shownAddress(address),
    place: isSocket(host) ? { path: host } : { host, port },
    client: {
      host,
      user,
      password,
      database,
      ...(tls && {
        ssl: {
          ...tls.files,
          minVersion: 'TLSv1.2',
          rejectUnauthorized: true,
          verifyIdentity: tls.verifiesName,
        },
      }),
    },
  }
}

/** MySQL's own addresses say `ssl=true` or `ssl=false`. */
function sslmodeOf(options: URLSearchParams): string | null {
  const written = options.get('sslmode') ?? options.get('ssl')
  if (written === 'true') return 'require'
  return written === 'false' ? 'disable' : written
}

const shownAddress = ({ url, host, port }: ServerAddress): string =>
  `mysql://${isSocket(host) ? host : `${url.hostname}:${port}`}${url.pathname}`
