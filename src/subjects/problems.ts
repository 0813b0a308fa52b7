import { negative, problems, wrongUsage } from '../platform/problem.ts'

export const problem = problems({
  /** Identifiers of one person lead to several subjects. params: `count`. */
  'subjects.ambiguous': negative(),
  'subjects.no-unique-identifier': wrongUsage(),
  'subjects.unknown': wrongUsage(404),
  /** The person's key is gone, and with it whatever was sealed for them. */
  'subjects.key-destroyed': negative(410),
  'subjects.key-unreadable': negative(500),
  /** A key is destroyed after the person has been erased, never before. */
  'subjects.not-erased': negative(),
})
