import { negative, outOfReach, problems, wrongUsage } from '../src/platform/problem.ts'

export const problem = problems({
  /** Close to one there is. params: `what`, `guess`. */
  'cli.unknown-command': wrongUsage(),
  'cli.unknown-option': wrongUsage(),
  /** Close to none: what was typed may be anything, a person's address too, and is not said back. */
  'cli.no-such-command': wrongUsage(),
  'cli.no-such-option': wrongUsage(),
  'cli.missing-argument': wrongUsage(),
  'cli.missing-option': wrongUsage(),
  'cli.missing-value': wrongUsage(),
  'cli.missing-command': wrongUsage(),
  'cli.too-many-arguments': wrongUsage(),
  'cli.bad-usage': wrongUsage(),
  /** params: `option`, `min`, `max`. */
  'cli.not-a-number': wrongUsage(),
  'cli.not-a-country': wrongUsage(),
  /** params: `option`, `allowed`. */
  'cli.not-a-choice': wrongUsage(),
  /** Neither may repeat the address: it may hold a password. */
  'cli.check-bad-url': wrongUsage(),
  /** params: `system`, `known`. */
  'cli.check-unknown-system': wrongUsage(),
  /** params: `file`. */
  'cli.bad-baseline': wrongUsage(),
  /** A file the operator named. params: `file`, `reason` (an errno). */
  'cli.file-unreadable': wrongUsage(),
  'cli.file-not-utf8': wrongUsage(),
  'cli.file-unwritable': wrongUsage(),
  'cli.file-exists': wrongUsage(),
  'cli.sample-exists': negative(),
  'cli.sample-needs-server': wrongUsage(),
  /** params: `system`. */
  'cli.sample-name-taken': negative(),
  'cli.classify-no-input': wrongUsage(),
  'cli.classify-not-json': wrongUsage(),
  /** params: `epoch`. */
  'cli.epoch-not-confirmed': wrongUsage(),
  'cli.stopped': outOfReach(),
})
