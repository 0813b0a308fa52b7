import { type Erase, type FieldMap, nameOf, type Table } from '../world.ts'

/** What happens to a field of a row that stays, as docs/data-map.md has it; what no map names is a party's text. */
export function eraseOf(table: Table, column: string): Erase | 'stay' {
  const map = table.map?.fields[column]
  return map ? (map.erase ?? defaultOf(table, column, map)) : 'clear'
}

function defaultOf(table: Table, column: string, { category }: FieldMap): 'clear' | 'stay' {
  if (category === 'none' || category === 'financial') return 'stay'
  const isLink =
    table.references.some(({ columns }) => columns.includes(column)) ||
    (table.map?.links ?? []).some(({ on }) => column in on)
  const namesNobody = category === 'generic-id' || category === 'customer-number'
  return namesNobody && (isLink || nameOf(table).includes(column)) ? 'stay' : 'clear'
}
