import { sqlState } from './database.ts'
import { isProblem } from './problem.ts'

/** Connection refused or cut, server stopping, database gone, no connection to spare. */
const lost = /^(?:ECONN(?:REFUSED|RESET)|08\w{3}|57P0[1-3]|3D000|53300)$/

/** True for errors by which our own database says that it cannot be asked just now; those of targets are Problems. */
export const isDatabaseLost = (error: unknown): boolean =>
  isProblem(error, 'platform.database-unreachable') || lost.test(sqlState(error) ?? '')
