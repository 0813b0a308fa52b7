import { negative, outOfReach, problems, wrongUsage } from '../src/platform/problem.ts'

export const problem = problems({
  /** params: `tables`, how many were found. */
  'sample.not-empty': negative(),
  /** params: `file`. */
  'sample.files-exist': negative(),
  /** params: `encoding`. */
  'sample.encoding': negative(),
  /** params: `least`, `most`. */
  'sample.customers': wrongUsage(),
  'sample.today': wrongUsage(),
  /** params: `reason`, a code of the server or the operating system. */
  'sample.unreachable': outOfReach(),
  /** params: `reason`. */
  'sample.failed': outOfReach(),
})
