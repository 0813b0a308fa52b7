import type { Cell, CollectionDescription } from '../../connectors/public.ts'
import type { IdentifierKind } from '../data-map.ts'
import { distinctOf } from './distinct-values.ts'
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
  if (!cells.some(isFilled)) return { unique: null, shared: 0 }
  const shared = sharedShare(cells, nameColumns)
  return { unique: shared <= mostShared, shared }
}

const isFilled = (cell: Cell | undefined): boolean =>
  cell !== null && cell !== undefined && cell.trim() !== ''

function isShort(cells: readonly Cell[]): boolean {
  let [filled, short] = [0, 0]
  for (const cell of cells) {
    const length = cell?.trim().length ?? 0
    if (length > 0) filled++
    if (length > 0 && length < shortestNumber) short++
  }
  return short > filled / 2
}

/** Share of the distinct values that stand beside two people's names. */
function sharedShare(cells: readonly Cell[], nameColumns: readonly (readonly Cell[])[]): number {
  if (nameColumns.length === 0) return 0
  const values = cells.map((cell) => cell?.trim().toLowerCase() ?? '')
  const { distinct, filled } = distinctOf(values)
  // As for most: who stands where need not be asked.
  if (distinct.length === filled) return 0
  const first = new Map<string, number>()
  const repeated = new Map<string, number[]>()
  for (const [row, value] of values.entries()) {
    if (value === '' || !nameColumns.some((column) => isFilled(column[row]))) continue
    const before = first.get(value)
    if (before === undefined) {
      first.set(value, row)
      continue
    }
    const rows = repeated.get(value)
    if (rows === undefined) repeated.set(value, [before, row])
    else rows.push(row)
  }
  const shared = [...repeated.values()].filter((rows) => areShared(rows, nameColumns)).length
  return shared < fewestShared ? 0 : shared / first.size
}

/** Whether one of the rows names a person who cannot be the first one's. */
function areShared(places: readonly number[], nameColumns: readonly (readonly Cell[])[]): boolean {
  const named = places.map((row) => initialsOf(nameColumns.map((column) => column[row] ?? '').join(' ')))
  const [first, ...others] = named.filter((initials) => initials.size > 0)
  return first !== undefined && others.some((other) => areTwoPeople(first, other))
}

const initialsOf = (names: string): ReadonlySet<string> =>
  new Set(splitWords(foldText(names)).map((word) => word.charAt(0)))

/** `Zoé Martin`, `MARTIN Z.` and `Zoé` may be one person, `Jean Martin` is another. */
const areTwoPeople = (one: ReadonlySet<string>, other: ReadonlySet<string>): boolean =>
  !one.isSubsetOf(other) && !other.isSubsetOf(one)
