import { negative, outOfReach, problems, wrongUsage } from '../platform/problem.ts'

export const problem = problems({
  /** Identifiers of one person lead to several subjects. params: `count`. */
  'subjects.ambiguous': negative(),
  'subjects.no-unique-identifier': wrongUsage(),
  'subjects.unknown': wrongUsage(404),
  /** The person's key is gone, and with it whatever was sealed for them. */
  'subjects.key-destroyed': negative(410),
  'subjects.key-unreadable': negative(500),
  /** Its key wrapped as often as is safe. */
  'subjects.epoch-exhausted': outOfReach(),
  /** A key of a living subject does not open, so none is moved. params: `epoch`. */
  'subjects.rewrap-stopped': negative(500),
  /** Somebody reads the keys at length, a backup for instance. */
  'subjects.keys-busy': outOfReach(),
  /** params: `epoch`. */
  'subjects.epoch-unknown': wrongUsage(404),
  /** params: `epoch`, `state`. */
  'subjects.epoch-not-retired': negative(),
  /** params: `epoch`, `due`. */
  'subjects.epoch-held': negative(),
  /** params: `epoch`. */
  'subjects.epoch-in-use': negative(),
  /** A key is destroyed after the person has been erased, never before. */
  'subjects.not-erased': negative(),
})
