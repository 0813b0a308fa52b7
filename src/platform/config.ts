import { readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { Temporal } from 'temporal-polyfill'
import { problem } from './problems.ts'
import { isLanguage, type Language } from './texts.ts'

export interface Paths {
  readonly data: string
  readonly keys: string
  /** Tiles and checkpoints of the evidence log, outside the database. */
  readonly evidence: string
  /** The ledger of tombstones, outside the database: keyed hashes of whom it must not bring back. */
  readonly tombstones: string
  readonly certificates: string
  readonly cluster: string
}

/** Where checkpoints are shown outside this house: a directory, or a witness who cosigns them (its key is name+id+base64). */
export type WitnessAddress =
  | { readonly kind: 'directory'; readonly path: string }
  | { readonly kind: 'http'; readonly url: string; readonly key: string }

/** Who keeps epoch keys: the key directory, or a transit engine of HashiCorp Vault or OpenBao. */
export type EpochKeys = { readonly kind: 'file' } | ({ readonly kind: 'transit' } & TransitKey)

export interface TransitKey {
  /** `https://host:port`. */
  readonly server: string
  /** Where the engine is mounted: `transit`. */
  readonly mount: string
  readonly key: string
  readonly namespace: string | undefined
  /** PEM of whoever signed the server's certificate; the machine's authorities without it. */
  readonly caFile: string | undefined
  /** Read anew for each call: a file may be renewed by an agent. A function, so that no log can hold it. */
  readonly token: () => Promise<string>
}

/** Settings without secrets: may be logged. */
export interface Config {
  readonly host: string
  readonly port: number
  /** Names by which the server may be addressed, beside localhost and addresses in numbers; lower case. */
  readonly hosts: readonly string[]
  readonly paths: Paths
  readonly witnesses: readonly WitnessAddress[]
  readonly language: Language
  readonly epochKeys: EpochKeys
  /** How long a retired epoch key is held before it is destroyed. */
  readonly keyHoldDays: number
  /** The real time, or a rehearsal's: `DOSSIER_CLOCK=+P5Y` or an instant. */
  readonly now: () => Date
  readonly clockIsMoved: boolean
  readonly usesOwnServer: boolean
}

export interface DatabaseUrls {
  readonly main: string | undefined
  readonly keys: string | undefined
}

type Environment = Readonly<Record<string, string | undefined>>

/** Reads and checks the environment. Throws `platform.config` naming the variable. */
export function readConfig(env: Environment): { readonly config: Config; readonly urls: DatabaseUrls } {
  const data = resolve((env['DOSSIER_DATA'] ?? './data').replace(/^~(?=\/|$)/, homedir()))
  const keys = env['DOSSIER_KEYS'] ? resolve(env['DOSSIER_KEYS']) : join(data, 'keys')
  const urls = { main: databaseUrl(env, 'DATABASE_URL'), keys: databaseUrl(env, 'KEYS_DATABASE_URL') }
  if ((urls.main === undefined) !== (urls.keys === undefined))
    throw problem('platform.config', { variable: 'KEYS_DATABASE_URL', reason: 'needed-together' })
  const clock = readClock(env['DOSSIER_CLOCK'])
  return {
    urls,
    config: {
      host: env['HOST'] ?? '127.0.0.1',
      port: readPort(env['PORT'] ?? '8420'),
      hosts: readHosts(env['DOSSIER_HOSTS'] ?? ''),
      language: readLanguage(env),
      witnesses: readWitnesses(env['DOSSIER_WITNESS'] ?? ''),
      epochKeys: readEpochKeys(env),
      keyHoldDays: readKeyHold(env['DOSSIER_KEY_HOLD_DAYS'] ?? '7'),
      now: clock ?? (() => new Date()),
      clockIsMoved: clock !== undefined,
      usesOwnServer: urls.main === undefined,
      paths: {
        data,
        keys,
        evidence: join(data, 'evidence'),
        tombstones: join(data, 'tombstones'),
        certificates: join(data, 'certificates'),
        cluster: join(data, 'postgres'),
      },
    },
  }
}

function databaseUrl(env: Environment, variable: string): string | undefined {
  const url = env[variable]
  if (!url) return undefined
  if (!/^postgres(ql)?:\/\//.test(url) || !URL.canParse(url))
    throw problem('platform.config', { variable, reason: 'postgres-url' })
  return url
}

function readPort(text: string): number {
  const port = Number(text)
  if (!/^\d+$/.test(text) || port > 65_535)
    throw problem('platform.config', { variable: 'PORT', reason: 'port' })
  return port
}

function readHosts(text: string): readonly string[] {
  const hosts = text
    .toLowerCase()
    .split(/[\s,]+/)
    .filter(Boolean)
  if (!hosts.every((host) => /^[a-z0-9._-]+$/.test(host)))
    throw problem('platform.config', { variable: 'DOSSIER_HOSTS', reason: 'host-names' })
  return hosts
}

/** `dir:/path` or `https://witness.example/prefix#key`, several apart by spaces. */
function readWitnesses(text: string): readonly WitnessAddress[] {
  return text
    .split(/\s+/)
    .filter(Boolean)
    .map((address) => {
      const path = /^dir:(.+)$/.exec(address)?.[1]
      if (path) return { kind: 'directory', path: resolve(path) }
      const [, url, key] = /^(https?:\/\/[^\s#]+)#(\S+)$/.exec(address) ?? []
      if (!url || !key || !URL.canParse(url) || /^https?:\/\/[^/]*@/.test(url))
        throw problem('platform.config', { variable: 'DOSSIER_WITNESS', reason: 'witness' })
      return { kind: 'http', url: url.replace(/\/+$/, ''), key }
    })
}

/** The key's address, as its API has it: `https://vault.example:8200/v1/transit/keys/dossier`. */
function readEpochKeys(env: Environment): EpochKeys {
  const address = env['DOSSIER_TRANSIT']
  if (!address) return { kind: 'file' }
  const [, server, mount, key] =
    /^(https?:\/\/[^\s/?#@]+)\/v1\/([\w.-]+(?:\/[\w.-]+)*)\/keys\/([\w.-]+)$/.exec(address) ?? []
  // A token in the clear is a token for everybody on the way; on this machine nobody is.
  const isOwn =
    server !== undefined && /^http:\/\/(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:\d+)?$/.test(server)
  if (!server || !mount || !key || !URL.canParse(address) || !(isOwn || server.startsWith('https:')))
    throw problem('platform.config', { variable: 'DOSSIER_TRANSIT', reason: 'transit' })
  return {
    kind: 'transit',
    server,
    mount,
    key,
    namespace: env['DOSSIER_TRANSIT_NAMESPACE'] || undefined,
    caFile: env['DOSSIER_TRANSIT_CA'] || undefined,
    token: readToken(env),
  }
}

function readToken(env: Environment): () => Promise<string> {
  const [file, token] = [env['DOSSIER_TRANSIT_TOKEN_FILE'], env['DOSSIER_TRANSIT_TOKEN']]
  if ((file === undefined || file === '') === (token === undefined || token === ''))
    throw problem('platform.config', { variable: 'DOSSIER_TRANSIT_TOKEN_FILE', reason: 'transit-token' })
  return async () => (file ? await readFile(file, 'utf8') : (token ?? '')).trim()
}

/** At most so many that a week, a day for the backup and the hold stay below three weeks (`subjects/epoch.ts`). */
const longestHoldDays = 12

function readKeyHold(text: string): number {
  const days = Number(text)
  if (!/^\d{1,2}$/.test(text) || days < 1 || days > longestHoldDays)
    throw problem('platform.config', { variable: 'DOSSIER_KEY_HOLD_DAYS', reason: 'key-hold' })
  return days
}

function readLanguage(env: Environment): Language {
  const wanted = (
    env['DOSSIER_LANGUAGE'] ??
    env['LC_ALL'] ??
    env['LC_MESSAGES'] ??
    env['LANG'] ??
    'en'
  ).slice(0, 2)
  return isLanguage(wanted) ? wanted : 'en'
}

/** `+P5Y` moves the clock; an instant starts it there. It goes on from that point at its usual speed. */
function readClock(text: string | undefined): (() => Date) | undefined {
  if (!text) return undefined
  const started = Date.now()
  try {
    const target = /^[+-]?P/.test(text)
      ? Temporal.Now.zonedDateTimeISO('UTC').add(Temporal.Duration.from(text.replace(/^\+/, '')))
          .epochMilliseconds
      : Temporal.Instant.from(text).epochMilliseconds
    return () => new Date(target + Date.now() - started)
  } catch (cause) {
    throw problem('platform.config', { variable: 'DOSSIER_CLOCK', reason: 'clock' }, cause)
  }
}
