import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { type Category, categories, specialCategories } from '../../src/inventory/data-map.ts'
import { type Random, randomOf } from './random.ts'
import type { Labelled } from './schema.ts'

interface HandColumn {
  readonly column: string
  readonly type: string
  readonly truth: Category
  readonly special: boolean
  readonly lookAlike?: boolean
  readonly untold?: boolean
  readonly values: string
}

interface HandTable {
  readonly table: string
  readonly language: string
  readonly domain: string
  readonly style: string
  readonly columns: readonly HandColumn[]
}

/** A table as its author wrote it. */
export type Written = readonly Labelled[]

const folder = new URL('./hands/', import.meta.url)

/** Whoever wrote tables for the classifier, values and all: no generator had a part in them. */
export const hands: readonly string[] = readdirSync(folder)
  .filter((name) => existsSync(new URL(`${name}/schemas.json`, folder)))
  .sort()

export const tablesOfHand = (hand: string): readonly Written[] =>
  readTables(new URL(`${hand}/schemas.json`, folder))

/** Reads a set of tables and refuses one that is mislabelled. */
export function readTables(file: string | URL): readonly Written[] {
  const { tables } = JSON.parse(readFileSync(file, 'utf8')) as { tables: readonly HandTable[] }
  return tables.map(({ columns, ...place }) =>
    columns.map(({ column, type, truth, special, lookAlike, untold, values }) => {
      if (!categories.includes(truth) || special !== specialCategories.has(truth))
        throw new Error(`${place.table}.${column}: ${truth} is mislabelled`)
      return {
        table: place.table,
        language: place.language,
        domain: place.domain,
        style: place.style,
        column,
        type,
        truth,
        values: values.split('|').map((value) => (value === '\\N' ? null : value)),
        isTold: untold !== true,
        isLookAlike: lookAlike === true,
      }
    }),
  )
}

/** A table to learn from; what `withoutGrams` and `withoutLists` hide is told in examples.ts. */
export interface Copy {
  readonly name: string
  readonly columns: readonly Labelled[]
  readonly withoutGrams: boolean
  readonly withoutLists: boolean
}

/** The tables of some hands as they are, and copies in which little stands where it stood. */
export function copiesOf(from: readonly string[], copies: number): readonly Copy[] {
  const tables = from.flatMap(tablesOfHand).filter((table) => table.length > 0)
  const lent = lendersOf(tables.flat())
  return tables.flatMap((table, place) =>
    Array.from({ length: copies }, (_, copy) => {
      const name = table[0]?.table ?? ''
      if (copy === 0) return { name, columns: table, withoutGrams: false, withoutLists: false }
      const r = randomOf(`${name}/${place}/${copy}`)
      return {
        columns: changed(r, table, tables, lent),
        name: r.chance(0.25) ? r.pick(oddNames) : name,
        withoutGrams: r.chance(0.15),
        withoutLists: r.chance(0.25),
      }
    }).filter(({ columns }) => columns.length > 0),
  )
}

const oddNames = ['t', 'table_1', 'data', 'export', '']

type Lenders = (column: Labelled) => { readonly own: readonly Labelled[]; readonly any: readonly Labelled[] }

/** Columns whose values are of the same kind by themselves, in the same language and in any. */
function lendersOf(columns: readonly Labelled[]): Lenders {
  const told = columns.filter(({ isTold, truth }) => isTold === true && truth !== 'none')
  const any = Map.groupBy(told, ({ truth }) => truth)
  const own = Map.groupBy(told, ({ truth, language }) => `${truth} ${language}`)
  return (column) => ({
    own: own.get(`${column.truth} ${column.language}`) ?? [],
    any: any.get(column.truth) ?? [column],
  })
}

/** Other rows, fewer columns, one of another table; headers in other letters or none, and some over values of others. */
function changed(r: Random, table: Written, tables: readonly Written[], lent: Lenders): readonly Labelled[] {
  const isBlank = r.chance(0.25)
  const most = r.pick([1, 0.9, 0.7, 0.5])
  const kept = table.filter(() => r.chance(most))
  const strange = r.chance(0.3) ? strangersFor(r, r.pick(tables)) : []
  for (const column of strange) kept.splice(r.int(0, kept.length), 0, column)
  const ordered = r.chance(0.3) ? kept.toSorted(() => r.next() - 0.5) : kept
  const [rows, from] = [r.int(5, 24), r.int(0, 8)]
  const recase = r.pick(cases)
  return ordered
    .filter(({ isTold }) => !isBlank || isTold === true)
    .map((column, place) => {
      const isTold = column.isTold === true
      const borrows = isTold && column.truth !== 'none' && r.chance(0.3)
      const { type, values } = borrows ? lenderFor(r, column, lent) : column
      const hides = isBlank || (isTold && r.chance(0.08))
      const header = hides ? (r.chance(0.5) ? '' : `c${place + 1}`) : recase(column.column)
      return { ...column, type, column: header, values: values.slice(from, from + rows) }
    })
}

const strangersFor = (r: Random, table: Written): readonly Labelled[] =>
  Array.from({ length: r.int(1, 4) }, () => r.pick(table)).filter(({ isTold }) => isTold === true)

function lenderFor(r: Random, column: Labelled, lent: Lenders): Labelled {
  const { own, any } = lent(column)
  return r.pick(own.length > 0 && r.chance(0.6) ? own : any)
}

const cases: readonly ((header: string) => string)[] = [
  (header) => header,
  (header) => header,
  (header) => header.toUpperCase(),
  (header) => header.toLowerCase(),
  (header) => header.replaceAll('_', ' '),
  (header) => header.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase()),
]
