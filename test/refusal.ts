import assert from 'node:assert/strict'
import { isProblem, type Problem } from '../src/platform/problem.ts'

/** The problem with which something is refused. */
export async function refusal(act: Promise<unknown>): Promise<Problem> {
  const error = await act.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  assert.ok(isProblem(error), 'it is refused')
  return error
}
