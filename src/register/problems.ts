import { problems, wrongUsage } from '../platform/problem.ts'

export const problem = problems({
  /** params: `system`, `known`. */
  'register.unknown-system': wrongUsage(404),
})
