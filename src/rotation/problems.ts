import { negative, problems } from '../platform/problem.ts'

export const problem = problems({
  /** Losing the table of keys in a rotation would erase everybody. params: `days`. */
  'rotation.no-recent-backup': negative(),
})
