import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { problem } from './problems.ts'
import type { Reason } from './reasons.ts'

/** What distinguishes the addresses of one kind of database server: `<scheme>://user:password@host:port/database?…`. */
export interface ServerKind {
  readonly scheme: string
  readonly defaultPort: number
  /** Parameters an address may have besides those of TLS. */
  readonly parameters: readonly string[]
  /** Those of them that are paths, and may be written relative. */
  readonly paths: readonly string[]
  /** What a parameter says of where it leads, instead of the host: the way to write a socket of this machine. */
  placeOf(options: URLSearchParams): string | null
  /** How encryption is asked for, in libpq's words; null where nothing is said of it. */
  sslmodeOf(options: URLSearchParams): string | null
}

/** The parts of an address, decoded. */
export interface ServerAddress {
  readonly url: URL
  /** A name, a number, or the absolute path of a socket of this machine. */
  readonly host: string
  readonly port: number
  readonly user: string
  readonly password: string
  readonly database: string
}

/** How the server proves itself, with the certificates that takes. */
export interface ServerTls {
  /** The chain is verified all the same: `verify-ca` leaves out the host name alone. */
  readonly verifiesName: boolean
  readonly files: { readonly ca?: string; readonly cert?: string; readonly key?: string }
}

const certificateFiles = { ca: 'sslrootcert', cert: 'sslcert', key: 'sslkey' } as const
const certificateParameters = Object.values(certificateFiles)
const sslmodes = new Set(['disable', 'require', 'verify-ca', 'verify-full'])

/** Takes an address apart. Throws `connectors.url`, which does not repeat it. */
export function takeApart(kind: ServerKind, text: string): ServerAddress {
  const url = asUrl(kind, text)
  const decoded = (part: string) => decodedPart(kind, part)
  return {
    url,
    host: kind.placeOf(url.searchParams) ?? decoded(url.hostname).replace(/^\[(.*)\]$/, '$1'),
    port: url.port === '' ? kind.defaultPort : Number(url.port),
    user: decoded(url.username),
    password: decoded(url.password),
    database: decoded(url.pathname.slice(1)),
  }
}

/** The address with its paths made absolute, once nothing is missing from it or strange in it. Throws `connectors.url`. */
export function checkAddress(kind: ServerKind, text: string, baseDirectory: string): ServerAddress {
  const address = takeApart(kind, text)
  const options = address.url.searchParams
  if (address.port < 1) throw mistake(kind, 'the port is not a number from 1 to 65535')
  if (address.database === '') throw mistake(kind, 'no database is given')
  if (address.user === '') throw mistake(kind, 'no user is given')
  if (address.host === '') throw mistake(kind, 'no host is given')
  const known = new Set<string>(['sslmode', ...certificateParameters, ...kind.parameters])
  if ([...options.keys()].some((key) => !known.has(key))) throw mistake(kind, 'a parameter is not known')
  const mode = kind.sslmodeOf(options)
  if (mode !== null && !sslmodes.has(mode))
    throw mistake(kind, 'sslmode must be disable, require, verify-ca or verify-full')
  if (mode === 'verify-ca' && !options.has('sslrootcert'))
    throw mistake(kind, 'sslmode=verify-ca needs sslrootcert')
  for (const key of [...kind.paths, ...certificateParameters]) {
    const path = options.get(key)
    if (path !== null) options.set(key, resolve(baseDirectory, path))
  }
  return takeApart(kind, address.url.href)
}

/**
 * Without `sslmode` the server must prove itself by certificate, except on this machine; `require` means the same, for a
 * connection that is encrypted but not verified can be read by whoever stands in between. Null for no encryption.
 * Certificates are read when connecting, so that a renewed one counts at once.
 */
export async function readTls(kind: ServerKind, address: ServerAddress): Promise<ServerTls | null> {
  const options = address.url.searchParams
  const mode = kind.sslmodeOf(options) ?? (isThisMachine(address.host) ? 'disable' : 'verify-full')
  if (mode === 'disable') return null
  const files = await Promise.all(
    Object.entries(certificateFiles).map(async ([part, parameter]) => {
      const path = options.get(parameter)
      return path === null ? [] : [[part, await certificate(kind, path)] as const]
    }),
  )
  return { verifiesName: mode !== 'verify-ca', files: Object.fromEntries(files.flat()) }
}

const certificate = (kind: ServerKind, path: string): Promise<string> =>
  readFile(path, 'utf8').catch(() => {
    throw mistake(kind, 'a certificate file cannot be read')
  })

export const isSocket = (host: string): boolean => host.startsWith('/')

const isThisMachine = (host: string): boolean =>
  isSocket(host) || host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host)

function asUrl(kind: ServerKind, text: string): URL {
  const url = URL.parse(text)
  if (url) return url
  const isPort = URL.canParse(text.replace(/(\/\/.*):[^:@/\]]*(?=\/|$)/, '$1'))
  throw mistake(kind, isPort ? 'the port is not a number from 1 to 65535' : 'it is not a URL')
}

function decodedPart(kind: ServerKind, text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw mistake(kind, 'it is not a URL')
  }
}

const mistake = ({ scheme }: ServerKind, reason: Reason) => problem('connectors.url', { scheme, reason })
