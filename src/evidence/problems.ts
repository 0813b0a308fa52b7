import { negative, outOfReach, problems, wrongUsage } from '../platform/problem.ts'

export const problem = problems({
  /** The database is older than the checkpoint outside it: it was restored. params: `database`, `checkpoint` (sizes). */
  'evidence.behind-checkpoint': outOfReach(),
  /** The database and the checkpoint outside it tell two histories. params: `size`. */
  'evidence.forked-checkpoint': negative(),
  /** params: `file`. */
  'evidence.checkpoint-unreadable': negative(),
  /** A part of the log is missing or changed. params: `place`. */
  'evidence.damaged': negative(),
  'evidence.no-entries': wrongUsage(404),
  'evidence.not-restored': wrongUsage(409),
})
