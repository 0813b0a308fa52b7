import type { Driver, ParsedUrl, ProbeResult, ReadSession, SessionLimits, WriteSession } from './connector.ts'
import { readingDocuments, writingDocuments } from './documents/session.ts'
import { problem } from './problems.ts'

/** A driver's libraries are loaded when a system of its kind is first used. */
const drivers: ReadonlyMap<string, () => Promise<Driver>> = new Map([
  ['postgres', async () => (await import('./postgres/driver.ts')).driver],
  ['mysql', async () => (await import('./mysql/driver.ts')).driver],
  ['sqlite', async () => (await import('./sqlite/driver.ts')).driver],
  ['files', async () => (await import('./files/driver.ts')).driver],
])

const aliases: ReadonlyMap<string, string> = new Map([
  ['postgresql', 'postgres'],
  ['mariadb', 'mysql'],
])

const used = new Set<Driver>()

/** Where a system is: what is stored of its address. */
export interface Target {
  readonly scheme: string
  /** See `ParsedUrl`: sealed before it is stored, never logged. */
  readonly secret: string
}

/**
 * Takes an address apart: `postgres://…`, `mysql://…`, `sqlite:<path>`, `files:<directory>`. Relative paths are taken from
 * `baseDirectory`. Throws `connectors.unknown-scheme` or `connectors.url`; neither repeats the address.
 */
export async function parseUrl(url: string, baseDirectory: string): Promise<Target & ParsedUrl> {
  const [, written] = /^([a-z][a-z0-9+.-]*):/i.exec(url.trim()) ?? []
  if (written === undefined)
    throw problem('connectors.url', { scheme: schemes.join(', '), reason: 'it is not a URL' })
  const lower = written.toLowerCase()
  const scheme = aliases.get(lower) ?? lower
  const driver = await driverOf(scheme)
  return { scheme, ...driver.parse(url.trim(), baseDirectory) }
}

/** Throws `connectors.unreachable`, `connectors.refused` or `connectors.corrupt` where the target does not answer. */
export async function probe(target: Target, limits: SessionLimits): Promise<ProbeResult> {
  return (await driverOf(target.scheme)).probe(target.secret, limits)
}

export async function openRead(target: Target, limits: SessionLimits): Promise<ReadSession> {
  return readingDocuments(await (await driverOf(target.scheme)).openRead(target.secret, limits))
}

export async function openWrite(target: Target, limits: SessionLimits): Promise<WriteSession> {
  return writingDocuments(await (await driverOf(target.scheme)).openWrite(target.secret, limits))
}

/** Hangs up wherever a connection was kept for the next session: for whoever ends. Nothing waits for them otherwise. */
export async function closeKeptConnections(): Promise<void> {
  await Promise.all([...used].map((driver) => driver.close?.()))
}

/** The schemes that exist, in the form in which they are written. */
export const schemes: readonly string[] = [...drivers.keys()]

async function driverOf(scheme: string): Promise<Driver> {
  const load = drivers.get(scheme)
  if (!load)
    throw problem('connectors.unknown-scheme', { scheme: scheme.slice(0, 30), known: schemes.join(', ') })
  const driver = await load()
  used.add(driver)
  return driver
}
