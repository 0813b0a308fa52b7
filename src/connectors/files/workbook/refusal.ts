import type { Reason } from '../../reasons.ts'

/** Why a workbook, or one of its sheets, is not read. Told to the parent process by its reason and line alone. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly reason: Reason
  /** The row of the sheet, or null where the whole workbook is meant. */
  readonly line: number | null

  constructor(reason: Reason, line: number | null = null) {
    super(reason)
    this.reason = reason
    this.line = line
  }
}

export const damaged = (): Refusal => new Refusal('the workbook is damaged')
