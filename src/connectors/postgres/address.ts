import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { ConnectionOptions } from 'node:tls'
import type { ClientConfig } from 'pg'
import type { ParsedUrl } from '../connector.ts'
import { problem } from '../problems.ts'
import type { Reason } from '../reasons.ts'

const fileParameters = ['sslrootcert', 'sslcert', 'sslkey'] as const
const parameters = new Set<string>(['host', 'sslmode', ...fileParameters])
const sslmodes = new Set(['disable', 'require', 'verify-ca', 'verify-full'])

/** Everything a connection needs, from a `secret` that `parseAddress` made. */
export interface Address {
  readonly shown: string
  readonly client: ClientConfig
}

/**
 * Takes `postgres://user:password@host:5432/database` apart. A directory of a Unix socket goes into `?host=`. Without
 * `sslmode` the server must prove itself by certificate, except on this machine; `require` means the same, for a
 * connection that is encrypted but not verified can be read by whoever stands in between.
 */
export function parseAddress(text: string, baseDirectory: string): ParsedUrl {
  const url = asUrl(text)
  const port = url.port === '' ? 5432 : Number(url.port)
  if (port < 1) throw mistake('the port is not a number from 1 to 65535')
  if (decoded(url.pathname.slice(1)) === '') throw mistake('no database is given')
  if (decoded(url.username) === '') throw mistake('no user is given')
  if (hostOf(url) === '') throw mistake('no host is given')
  const options = url.searchParams
  if ([...options.keys()].some((key) => !parameters.has(key))) throw mistake('a parameter is not known')
  const mode = options.get('sslmode')
  if (mode !== null && !sslmodes.has(mode))
    throw mistake('sslmode must be disable, require, verify-ca or verify-full')
  if (mode === 'verify-ca' && !options.has('sslrootcert'))
    throw mistake('sslmode=verify-ca needs sslrootcert')
  for (const key of fileParameters) {
    const path = options.get(key)
    if (path !== null) options.set(key, resolve(baseDirectory, path))
  }
  return { shown: shownAddress(url), secret: url.href }
}

/** What node-postgres needs. Certificates are read when connecting, so that a renewed one counts at once. */
export async function readAddress(secret: string): Promise<Address> {
  const url = asUrl(secret)
  const password = decoded(url.password)
  return {
    shown: shownAddress(url),
    client: {
      host: hostOf(url),
      port: url.port === '' ? 5432 : Number(url.port),
      user: decoded(url.username),
      database: decoded(url.pathname.slice(1)),
      // A function, because for an empty password node-postgres would take ours from the environment or ~/.pgpass.
      password: () => password,
      ssl: await tlsOptions(url),
      // A blank, for the same reason: PGOPTIONS is about our own database.
      options: ' ',
    },
  }
}

async function tlsOptions(url: URL): Promise<ConnectionOptions | false> {
  const options = url.searchParams
  const mode = options.get('sslmode') ?? (isLocal(hostOf(url)) ? 'disable' : 'verify-full')
  if (mode === 'disable') return false
  const [ca, cert, key] = await Promise.all(fileParameters.map((name) => certificate(options.get(name))))
  return {
    ...(ca && { ca }),
    ...(cert && { cert }),
    ...(key && { key }),
    // The chain is verified all the same: this leaves out the host name alone, as libpq's verify-ca does.
    ...(mode === 'verify-ca' && { checkServerIdentity: () => undefined }),
  }
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

/** The query's `host` is for sockets, whose paths do not fit before the path. */
const hostOf = (url: URL): string =>
  url.searchParams.get('host') ?? decoded(url.hostname).replace(/^\[(.*)\]$/, '$1')

const isLocal = (host: string): boolean =>
  host.startsWith('/') || host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host)

function shownAddress(url: URL): string {
  const socket = url.searchParams.get('host')
  const where = socket ?? url.hostname
  return `postgres://${where}${url.port === '' ? ':5432' : `:${url.port}`}${url.pathname}`
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw mistake('it is not a URL')
  }
}

const mistake = (reason: Reason) => problem('connectors.url', { scheme: 'postgres', reason })
