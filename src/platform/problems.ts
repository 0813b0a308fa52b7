import { negative, outOfReach, problems, wrongUsage } from './problem.ts'

export const problem = problems({
  'platform.config': wrongUsage(),
  'platform.port-in-use': outOfReach(),
  'platform.directory-in-use': outOfReach(),
  'platform.directory-unusable': outOfReach(),
  'platform.postgres-missing': outOfReach(),
  'platform.postgres-failed': outOfReach(),
  'platform.database-unreachable': outOfReach(),
  'platform.database-version': outOfReach(),
  'platform.database-newer': outOfReach(),
  'platform.migration-changed': outOfReach(),
  'platform.key-missing': outOfReach(),
  'platform.key-unreadable': outOfReach(),
  'platform.sealed-mismatch': negative(500),
  'platform.not-found': wrongUsage(404),
  'platform.invalid': wrongUsage(),
  'platform.unexpected': outOfReach(500),
})
