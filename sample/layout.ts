/** A value as it is written; null is absent. */
export type Cell = string | number | boolean | null

/** The columns of each table, in the order they are written. */
export type Layout = Readonly<Record<string, readonly string[]>>

/** Takes one row of a table, with every column of its layout. */
export type Emit<L extends Layout> = <T extends keyof L & string>(
  table: T,
  row: Readonly<Record<L[T][number], Cell>>,
) => void
