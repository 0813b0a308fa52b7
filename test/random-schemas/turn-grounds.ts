import type { Snapshot, Target } from './target.ts'
import { type Cell, type KeepRule, mark, type Row, type World } from './world.ts'

/** What becomes of the cell that decides whether a row is kept. */
export type Turn = (condition: NonNullable<KeepRule['while']>, cell: Cell, row: Row) => Cell

/** Invoices are paid: no ground holds any more. */
export const endAll: Turn = ({ value, over }, cell) => (cell === value ? over : cell)

/** Some are paid, and others are written, or turn out not to be. */
export const turnEveryOther: Turn = ({ value, over }, cell, row) => {
  if (Number(row[mark]) % 2 > 0) return cell
  return cell === value ? over : cell === over ? value : cell
}

/** The rows as they will be, and what makes them so. */
export function turnGrounds(
  world: World,
  rows: Snapshot,
  turn: Turn,
): { readonly rows: Snapshot; readonly carryOut: (target: Target) => Promise<void> } {
  const after: Record<string, ReadonlyMap<string, Row>> = { ...rows }
  const statements: string[] = []
  for (const { name, map } of world.tables)
    for (const { rule } of map?.keep ?? []) {
      const condition = world.rules[rule]?.while
      if (!condition) continue
      const { column } = condition
      const turned = new Map(after[name])
      for (const [key, row] of turned) {
        const cell = turn(condition, row[column] ?? null, row)
        if (cell === (row[column] ?? null)) continue
        turned.set(key, { ...row, [column]: cell })
        const value = cell === null ? 'null' : `'${cell}'`
        statements.push(`update ${name} set ${column} = ${value} where ${mark} = ${key}`)
      }
      after[name] = turned
    }
  const carryOut = async (target: Target) => {
    for (const statement of statements) await target.run(statement)
  }
  return { rows: after, carryOut }
}
