import type { Cell, FoundRow, Match, Needle, RowKey, RowQuery } from './connector.ts'
import { foldInside, foldText } from './fold.ts'

/** What a query asks of a row, for drivers that look at every row themselves. */
export interface RowTest {
  /** The fields the test looks at, each once: rows are handed over with these cells in this order. */
  readonly fields: readonly string[]
  passes(row: FoundRow): boolean
}

/** True for the rows a query finds. */
export function queryTest(query: Omit<RowQuery, 'fields'>): RowTest {
  const matches = query.matches ?? []
  const fields = [...new Set(matches.flatMap((match) => match.fields))]
  const keys = new Set<RowKey>(query.keys)
  const tests = matches.map((match) => matchTest(match, fields))
  return { fields, passes: (row) => keys.has(row.key) || tests.some((test) => test(row.cells)) }
}

function matchTest(match: Match, fields: readonly string[]): (cells: readonly Cell[]) => boolean {
  const places = match.fields.map((field) => fields.indexOf(field))
  const fold = (tuple: readonly string[]) => tuple.map((text) => foldText(match.fold, text))
  const wanted = new Set(match.values.map(fold).filter(isWanted).map(tupleText))
  const cellsAt = (cells: readonly Cell[]) => places.map((place) => cells[place] ?? null)
  return (cells) => {
    const tuple = cellsAt(cells)
    return tuple.every((cell) => cell !== null) && wanted.has(tupleText(fold(tuple)))
  }

  function isWanted(tuple: readonly string[]): boolean {
    return tuple.length === places.length && (match.fold !== 'digits' || tuple.every((text) => text !== ''))
  }
}

const tupleText = (tuple: readonly string[]): string =>
  tuple.length === 1 ? (tuple[0] ?? '') : JSON.stringify(tuple)

/** True for rows with a needle in one of the fields. */
export function searchTest(fields: readonly string[], needles: readonly Needle[]): RowTest {
  const folded = (fold: Needle['fold']) =>
    needles
      .filter((needle) => needle.fold === fold)
      .map((needle) => foldInside(fold, needle.text))
      .filter((text) => text !== '')
  const [lower, digits] = [folded('lower'), folded('digits')]
  const has = (cell: Cell, fold: Needle['fold'], texts: readonly string[]): boolean => {
    if (cell === null || texts.length === 0) return false
    const haystack = foldInside(fold, cell)
    return texts.some((text) => haystack.includes(text))
  }
  return {
    fields,
    passes: (row) => row.cells.some((cell) => has(cell, 'lower', lower) || has(cell, 'digits', digits)),
  }
}
