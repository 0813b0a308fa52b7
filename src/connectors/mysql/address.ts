import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { ConnectionOptions } from 'mysql2'
import type { ParsedUrl } from '../connector.ts'
import { problem } from '../problems.ts'
import type { Reason } from '../reasons.ts'

const fileParameters = ['sslrootcert', 'sslcert', 'sslkey'] as const
const parameters = new Set<string>(['socket', 'ssl', 'sslmode', ...fileParameters])
const sslmodes = new Set(['disable', 'require', 'verify-ca', 'verify-full'])
const defaultPort = 3306

/** Everything a connection needs, from a `secret` that `parseAddress` made. */
export interface Address {
  readonly shown: string
  /** Where to: a host and port, or a socket of this machine. */
  readonly place: { readonly host: string; readonly port: number } | { readonly path: string }
  readonly client: Pick<ConnectionOptions, 'host' | 'user' | 'password' | 'database' | 'ssl'>
}

/**
 * Takes `mysql://user:password@host:3306/database` apart; a Unix socket goes into `?socket=`. TLS as for PostgreSQL:
 * without `sslmode` (or `ssl`, as MySQL's own addresses call it) the server must prove itself by certificate, except on
 * this machine; `require` means the same, for what is encrypted but not verified can be read by whoever stands between.
 */
export function parseAddress(text: string, baseDirectory: string): ParsedUrl {
  const url = asUrl(text)
  const port = portOf(url)
  const options = url.searchParams
  if (port < 1) throw mistake('the port is not a number from 1 to 65535')
  if (decoded(url.pathname.slice(1)) === '') throw mistake('no database is given')
  if (decoded(url.username) === '') throw mistake('no user is given')
  if (hostOf(url) === '' && !options.has('socket')) throw mistake('no host is given')
  if ([...options.keys()].some((key) => !parameters.has(key))) throw mistake('a parameter is not known')
  const mode = sslmodeIn(options)
  if (mode !== null && !sslmodes.has(mode))
    throw mistake('sslmode must be disable, require, verify-ca or verify-full')
  if (mode === 'verify-ca' && !options.has('sslrootcert'))
    throw mistake('sslmode=verify-ca needs sslrootcert')
  for (const key of ['socket', ...fileParameters]) {
    const path = options.get(key)
    if (path !== null) options.set(key, resolve(baseDirectory, path))
  }
  return { shown: shownAddress(url), secret: url.href }
}

/** What mysql2 needs. Certificates are read when connecting, so that a renewed one counts at once. */
export async function readAddress(secret: string): Promise<Address> {
  const url = asUrl(secret)
  const path = url.searchParams.get('socket')
  const host = hostOf(url)
  const ssl = await tlsOptions(url)
  return {
    shown: shownAddress(url),
    place: path === null ? { host, port: portOf(url) } : { path },
    client: {
      host,
      user: decoded(url.username),
      password: decoded(url.password),
      database: decoded(url.pathname.slice(1)),
      ...(ssl && { ssl }),
    },
  }
}

async function tlsOptions(url: URL): Promise<Exclude<ConnectionOptions['ssl'], string>> {
  const options = url.searchParams
  const isHere = options.has('socket') || isLocal(hostOf(url))
  const mode = sslmodeIn(options) ?? (isHere ? 'disable' : 'verify-full')
  if (mode === 'disable') return undefined
  const [ca, cert, key] = await Promise.all(fileParameters.map((one) => certificate(options.get(one))))
  return {
    ...(ca && { ca }),
    ...(cert && { cert }),
    ...(key && { key }),
    minVersion: 'TLSv1.2',
    rejectUnauthorized: true,
    // The chain is verified all the same: `verify-ca` leaves out the host name alone.
    verifyIdentity: mode !== 'verify-ca',
  }
}

/** MySQL's own addresses say `ssl=true` or `ssl=false`. */
function sslmodeIn(options: URLSearchParams): string | null {
  const written = options.get('sslmode') ?? options.get('ssl')
  if (written === 'true') return 'require'
  return written === 'false' ? 'disable' : written
}

async function certificate(path: string | null): Promise<string | undefined> {
  if (path === null) return undefined
  return readFile(path, 'utf8').catch(() => {
    throw mistake('a certificate file cannot be read')
  })
}

function asUrl(text: string): URL {
  const url = urlOrNull(text)
  if (url) return url
  const isPort = urlOrNull(text.replace(/(\/\/.*):[^:@/\]]*(?=\/|$)/, '$1')) !== null
  throw mistake(isPort ? 'the port is not a number from 1 to 65535' : 'it is not a URL')
}

function urlOrNull(text: string): URL | null {
  try {
    return new URL(text)
  } catch {
    return null
  }
}

const portOf = (url: URL): number => (url.port === '' ? defaultPort : Number(url.port))

const hostOf = (url: URL): string => decoded(url.hostname).replace(/^\[(.*)\]$/, '$1')

const isLocal = (host: string): boolean =>
  host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host)

function shownAddress(url: URL): string {
  const where = url.searchParams.get('socket') ?? `${url.hostname}:${portOf(url)}`
  return `mysql://${where}${url.pathname}`
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw mistake('it is not a URL')
  }
}

const mistake = (reason: Reason) => problem('connectors.url', { scheme: 'mysql', reason })
