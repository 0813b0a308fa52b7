import { negative, problems, wrongUsage } from './problem.ts'

export const problem = problems({
  'http.unknown-host': wrongUsage(421),
  'http.cross-site': negative(403),
  'http.not-json': wrongUsage(),
  'http.media-type': wrongUsage(415),
  /** params: `bytes`, the most that is read. */
  'http.too-large': wrongUsage(413),
  'http.idempotency-key': wrongUsage(),
  'http.idempotency-other': wrongUsage(422),
  'http.idempotency-running': negative(409),
})
