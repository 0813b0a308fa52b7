import { negative, problems, wrongUsage } from '../platform/problem.ts'

export const problem = problems({
  'access.key-needed': wrongUsage(401),
  'access.key-unknown': wrongUsage(401),
  'access.key-expired': wrongUsage(401),
  'access.key-revoked': wrongUsage(401),
  /** params: `scope`, the one that is missing. */
  'access.scope-missing': negative(403),
  /** params: `seconds` to wait. */
  'access.too-many-calls': negative(429),
  'access.no-such-key': wrongUsage(404),
  'access.bad-name': wrongUsage(),
  'access.no-scope': wrongUsage(),
  /** params: `known`. */
  'access.unknown-scope': wrongUsage(),
  'access.expiry-past': wrongUsage(),
})
