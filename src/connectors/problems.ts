import { negative, outOfReach, problems, wrongUsage } from '../platform/problem.ts'

export const problem = problems({
  /** params: `reason` (a short English phrase without values), `scheme`. */
  'connectors.url': wrongUsage(),
  'connectors.unknown-scheme': wrongUsage(),
  'connectors.unknown-system': wrongUsage(404),
  'connectors.name-taken': wrongUsage(409),
  'connectors.bad-name': wrongUsage(),
  /** Cannot connect, or lost the connection. params: `system`, `reason`. */
  'connectors.unreachable': outOfReach(),
  /** The target refuses a right. params: `what` (e.g. `delete on public.customer`). */
  'connectors.refused': outOfReach(),
  'connectors.timeout': outOfReach(504),
  'connectors.locked': outOfReach(),
  /** params: `kind` check|unique|not-null|length|foreign-key|type, `constraint`, `collection`. */
  'connectors.constraint': negative(),
  'connectors.unknown-collection': wrongUsage(404),
  'connectors.unknown-field': wrongUsage(404),
  /** A file that is not what it says. params: `file`, `line`, `reason`. */
  'connectors.corrupt': outOfReach(),
  /** params: `file`: someone else wrote it while it was being rewritten. */
  'connectors.changed-meanwhile': outOfReach(),
  /** params: `sqlstate`. Anything else the target said. */
  'connectors.target-error': outOfReach(),
})
