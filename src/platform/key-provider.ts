import type { Place } from './sealing.ts'

/**
 * Who keeps epoch keys: random keys outside PostgreSQL that wrap subjects' keys. A provider numbers its keys upwards and never
 * uses a number twice; what was wrapped by a destroyed one opens nowhere any more.
 */
export interface KeyProvider {
  readonly name: ProviderName
  /** Numbers of the keys that still exist, ascending. */
  list(): Promise<readonly number[]>
  /** A key numbered above `after`: one that was made there by whoever was killed before noting it, or else a new one. */
  create(after: number): Promise<number>
  /** In the order given. Each is bound to its place. */
  wrap(version: number, pieces: readonly Unwrapped[]): Promise<readonly Buffer[]>
  /** Throws `platform.key-missing` without the key, `platform.sealed-mismatch` when one of them does not open. */
  unwrap(version: number, pieces: readonly Wrapped[]): Promise<readonly Buffer[]>
  /** Wraps nothing more with it, or with an older one. */
  retire(version: number): Promise<void>
  /** For ever, with all older ones. Done already is done. */
  destroy(version: number): Promise<void>
}

export const providerNames = ['file', 'transit'] as const
export type ProviderName = (typeof providerNames)[number]

export interface Unwrapped {
  readonly plain: Buffer
  readonly place: Place
}

export interface Wrapped {
  readonly wrapped: Buffer
  readonly place: Place
}
