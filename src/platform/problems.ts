import { negative, outOfReach, problems, wrongUsage } from './problem.ts'

export const problem = problems({
  'platform.config': wrongUsage(),
  'platform.port-in-use': outOfReach(),
  'platform.directory-in-use': outOfReach(),
  /** The database server that comes with Dossier may not enter it. */
  'platform.directory-unusable': outOfReach(),
  /** params: `directory`, `reason` (an errno). */
  'platform.directory-unwritable': outOfReach(),
  'platform.postgres-missing': outOfReach(),
  'platform.postgres-failed': outOfReach(),
  'platform.database-unreachable': outOfReach(),
  'platform.database-version': outOfReach(),
  'platform.database-newer': outOfReach(),
  /** Somebody else's tables are in it, and none of ours. params: `tables`. */
  'platform.database-foreign': wrongUsage(),
  /** It is Dossier's, and not the one this address should lead to: main and keys are mixed up. params: `migration`. */
  'platform.database-other': wrongUsage(),
  /** Another installation's database of keys, or an empty one in place of ours. */
  'platform.keys-database-other': outOfReach(),
  'platform.migration-changed': outOfReach(),
  'platform.key-missing': outOfReach(),
  'platform.key-unreadable': outOfReach(),
  /** Keys and database belong to two installations. params: `key`. */
  'platform.key-of-another': outOfReach(),
  /** What a restore replaces may not belong together until it has run through. params: `directory`. */
  'platform.restore-unfinished': outOfReach(),
  /** Keys were made by a provider that is not set any more. params: `provider`. */
  'platform.provider-missing': outOfReach(),
  /** params: `server`, `reason` (an errno, or a status). */
  'platform.transit-unreachable': outOfReach(),
  /** The token is not one it takes, or may not do this. params: `server`, `path`. */
  'platform.transit-refused': outOfReach(),
  /** The key service waits to be opened by its own keepers. params: `server`. */
  'platform.transit-sealed': outOfReach(),
  /** params: `server`, `key`. */
  'platform.transit-key-missing': outOfReach(),
  /** Another kind of key, or one that can be copied out and therefore never destroyed. params: `key`, `reason`. */
  'platform.transit-key-unfit': outOfReach(),
  /** Not what a transit engine answers. params: `server`, `path`. */
  'platform.transit-strange': outOfReach(),
  /** params: `reason`. */
  'platform.transit-token': outOfReach(),
  'platform.sealed-mismatch': negative(500),
  'platform.not-found': wrongUsage(404),
  'platform.invalid': wrongUsage(),
  'platform.unexpected': outOfReach(500),
})
