import { negative, outOfReach, problems, wrongUsage } from '../platform/problem.ts'

export const problem = problems({
  /** Several people share the identifier. params: `people`. */
  'holdings.shared-identifier': wrongUsage(409),
  /** One identifier led to more rows of persons than one person can have. params: `rows`. */
  'holdings.too-wide': negative(),
  /** The map names something the system no longer has. params: `system`, `collection`. */
  'holdings.map-stale': outOfReach(),
  /** The system's shape changed since the plan was made. params: `system`. */
  'holdings.schema-changed': negative(),
  /** A text that is no record's name, as `find` prints it. */
  'holdings.no-record-name': wrongUsage(),
  /** None of the replacement values fits. params: `system`, `collection`, `constraint`. */
  'holdings.no-replacement': negative(),
})
