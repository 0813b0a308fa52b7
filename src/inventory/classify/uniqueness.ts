import type { Cell, CollectionDescription } from '../../connectors/public.ts'
import type { IdentifierKind } from '../data-map.ts'
import { foldText, splitWords } from './fold-text.ts'

export interface Uniqueness {
  /** Is one value one person? Null where nothing tells. */
  readonly unique: boolean | null
  /** Share of the values seen beside different people. */
  readonly shared: number
}

/** Household phones and joint accounts belong to several people; a user name to one of each system only. */
const sharedByNature: ReadonlySet<IdentifierKind> = new Set(['phone', 'bank-account', 'username'])
/** `17` is a customer number of every system that counts its customers. */
const shortestNumber = 5
/** One pair in a sample is a slip of somebody's pen; more is a habit. */
const fewestShared = 2
const mostShared = 0.03

/**
 * Whether one value of an identifier is one person, from constraints and from the sample: a value that stands beside two
 * different names is not. `nameColumns` holds the cells of the collection's person-name fields.
 */
export function uniquenessOf(
  kind: IdentifierKind,
  field: string,
  cells: readonly Cell[],
  description: CollectionDescription,
  nameColumns: readonly (readonly Cell[])[],
): Uniqueness {
  if (sharedByNature.has(kind)) return { unique: false, shared: 0 }
  if (kind === 'number' && isShort(cells)) return { unique: false, shared: 0 }
  const declared = [description.key, ...description.uniques].some(
    (fields) => fields.length === 1 && fields[0] === field,
  )
  if (declared) return { unique: true, shared: 0 }
  const values = cells.filter((cell) => cell !== null && cell.trim() !== '')
  if (values.length === 0) return { unique: null, shared: 0 }
  const shared = sharedShare(cells, nameColumns)
  return { unique: shared <= mostShared, shared }
}

function isShort(cells: readonly Cell[]): boolean {
  const values = cells.flatMap((cell) => (cell === null || cell.trim() === '' ? [] : [cell.trim()]))
  return (
    values.length > 0 && values.filter((value) => value.length < shortestNumber).length > values.length / 2
  )
}

/** Share of the distinct values that stand beside two people's names. */
function sharedShare(cells: readonly Cell[], nameColumns: readonly (readonly Cell[])[]): number {
  const rows = new Map<string, number[]>()
  for (const [row, cell] of cells.entries()) {
    const value = cell?.trim().toLowerCase() ?? ''
    const isNamed = value !== '' && nameColumns.some((column) => (column[row] ?? '').trim() !== '')
    if (!isNamed) continue
    const known = rows.get(value)
    if (known === undefined) rows.set(value, [row])
    else known.push(row)
  }
  const shared = [...rows.values()].filter((places) => areShared(places, nameColumns)).length
  return shared < fewestShared ? 0 : shared / rows.size
}

/** Whether one of the rows names a person who cannot be the first one's. */
function areShared(places: readonly number[], nameColumns: readonly (readonly Cell[])[]): boolean {
  if (places.length < 2) return false
  const named = places.map((row) => initialsOf(nameColumns.map((column) => column[row] ?? '').join(' ')))
  const [first, ...others] = named.filter((initials) => initials.size > 0)
  return first !== undefined && others.some((other) => areTwoPeople(first, other))
}

const initialsOf = (names: string): ReadonlySet<string> =>
  new Set(splitWords(foldText(names)).map((word) => word.charAt(0)))

/** `Zoé Martin`, `MARTIN Z.` and `Zoé` may be one person, `Jean Martin` is another. */
const areTwoPeople = (one: ReadonlySet<string>, other: ReadonlySet<string>): boolean =>
  !one.isSubsetOf(other) && !other.isSubsetOf(one)
