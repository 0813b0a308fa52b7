import { negative, outOfReach, problems, wrongUsage } from '../platform/problem.ts'

/** `reason` is always one of `reasons.ts`; `what` names an act and a collection; neither holds a value of the target. */
export const problem = problems({
  /** params: `scheme`, `reason`. */
  'connectors.url': wrongUsage(),
  /** params: `scheme`, `known`. */
  'connectors.unknown-scheme': wrongUsage(),
  /** Cannot connect, or lost the connection. params: `system` (its address without secrets), `reason`. */
  'connectors.unreachable': outOfReach(),
  /** The target refuses a right. params: `what` (e.g. `delete on public.customer`). */
  'connectors.refused': outOfReach(),
  /** params: `system`, `engine` (e.g. `MySQL 5.7`), `oldest` that can be connected. */
  'connectors.too-old': outOfReach(),
  /** params: `system`, `what`. */
  'connectors.timeout': outOfReach(504),
  /** Somebody else is writing. params: `system`, `what`. */
  'connectors.locked': outOfReach(),
  /** params: `kind` check|unique|not-null|length|foreign-key|type|generated, `constraint`, `collection`. */
  'connectors.constraint': negative(),
  /** params: `collection`. */
  'connectors.unknown-collection': wrongUsage(404),
  /** params: `collection`, `field`. */
  'connectors.unknown-field': wrongUsage(404),
  /** A file that is not what it says. params: `file`, `line` (1 where the whole of it is meant), `reason`. */
  'connectors.corrupt': outOfReach(),
  /** params: `file`: someone else wrote it while it was being read or rewritten. */
  'connectors.changed-meanwhile': outOfReach(),
  /** A text is no JSON where the map names a path in it. params: `collection`, `field`. */
  'connectors.no-document': outOfReach(),
  /** Other elements than were read, or the target keeps something else than it was told. params: `collection`, `field`. */
  'connectors.document-differs': outOfReach(),
  /** Anything else the target said. params: `sqlstate`, `what`. */
  'connectors.target-error': outOfReach(),
})
