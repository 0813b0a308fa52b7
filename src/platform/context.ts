import type { Logger } from 'pino'
import type { Paths, WitnessAddress } from './config.ts'
import type { Db } from './database.ts'
import type { Keyring } from './keyring.ts'
import type { Language } from './texts.ts'

/** Who acts. Ids only: an operator at a terminal, an API key, a staff account, or the product itself. */
export interface Actor {
  readonly kind: 'operator' | 'api-key' | 'staff' | 'system'
  readonly id: string
}

/** The first argument of every verb: all that an act needs of the world. */
export interface Context {
  /** The main database, or the transaction in progress. */
  readonly db: Db
  /** The database of wrapped subject keys: another database, another backup. */
  readonly keys: Db
  readonly keyring: Keyring
  readonly paths: Paths
  readonly witnesses: readonly WitnessAddress[]
  /** How long a retired epoch key is held before it is destroyed. */
  readonly keyHoldDays: number
  readonly now: () => Date
  readonly actor: Actor
  readonly language: Language
  readonly log: Logger
}

/** The same context inside one transaction of the main database. */
export const inTransaction = <T>(ctx: Context, work: (tx: Context) => Promise<T>): Promise<T> =>
  ctx.db.transaction((db) => work({ ...ctx, db }))
