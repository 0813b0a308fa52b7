import { readFileSync } from 'node:fs'
import { type Category, categories, specialCategories } from '../../src/inventory/data-map.ts'
import type { Judged } from './measure.ts'
import { randomOf } from './random.ts'
import type { Labelled } from './schema.ts'

interface FreshColumn {
  readonly column: string
  readonly type: string
  readonly truth: Category
  readonly special: boolean
  readonly lookAlike?: true
  readonly untold?: true
  readonly values: string
}

interface FreshTable {
  readonly table: string
  readonly language: string
  readonly domain: string
  readonly style: string
  readonly columns: readonly FreshColumn[]
}

/**
 * Sets of other authors, values and all: no generator of the other sets had a part in them. `fresh` was opened and teaches now:
 * what is measured on it is measured by models that were not shown the domain (`leave-out.ts`).
 */
export function freshColumns(folder: 'fresh' | 'sealed-2' = 'fresh'): readonly Labelled[] {
  const text = readFileSync(new URL(`./${folder}/schemas.json`, import.meta.url), 'utf8')
  const { tables } = JSON.parse(text) as { tables: readonly FreshTable[] }
  return tables.flatMap(({ columns, ...place }) =>
    columns.map(({ column, type, truth, special, lookAlike, untold, values }) => {
      if (!categories.includes(truth) || special !== specialCategories.has(truth))
        throw new Error(`${place.table}: ${truth} is mislabelled`)
      const list = values.split('|').map((value) => (value === '\\N' ? null : value))
      return {
        ...place,
        column,
        type,
        truth,
        values: list,
        isTold: untold === undefined,
        isLookAlike: lookAlike === true,
      }
    }),
  )
}

/** Its domains fall into parts, so that a model can be measured on those it was not shown. */
export const freshParts = 4
const domainsOf = (columns: readonly Labelled[]): readonly string[] =>
  [...new Set(columns.map(({ domain }) => domain))].sort()

/** The columns of one part of its domains. */
export function freshPart(part: number): readonly Labelled[] {
  const columns = freshColumns()
  const domains = domainsOf(columns)
  return columns.filter(({ domain }) => domains.indexOf(domain) % freshParts === part)
}

/** Tables to learn from, of all parts but one: as written, without headers, with fewer rows and columns. */
export function freshTaught(half: number, without: number | null, copies: number): readonly Labelled[][] {
  const columns = freshColumns()
  const domains = domainsOf(columns)
  const taught = columns.filter(({ domain }) => {
    const place = domains.indexOf(domain)
    return place % freshParts !== without && randomOf(domain).int(0, 1) === half
  })
  const tables = [...Map.groupBy(taught, ({ table, language }) => `${table} ${language}`).values()]
  return tables.flatMap((table) => Array.from({ length: copies }, (_, i) => varied(table, i)))
}

function varied(table: readonly Labelled[], copy: number): Labelled[] {
  const r = randomOf(`fresh/${table[0]?.table}/${copy}`)
  const isBlank = copy % 3 === 2
  const kept = copy === 0 ? table : table.filter(() => r.chance(0.8))
  const rows = copy === 0 ? Number.POSITIVE_INFINITY : r.int(6, 24)
  const from = copy === 0 ? 0 : r.int(0, 6)
  const recase = r.pick([
    (name: string) => name,
    (name: string) => name.toUpperCase(),
    (name: string) => name,
  ])
  return kept
    .filter(({ isTold }) => !isBlank || isTold !== false)
    .map((column, place) => ({
      ...column,
      column: isBlank ? (r.chance(0.5) ? '' : `c${place + 1}`) : recase(column.column),
      values: column.values.slice(from, from + rows),
    }))
}

/** By special category: how many there are, how many were called special, how many by their own name. */
export function specialCounts(judged: readonly Judged[]) {
  const special = judged.filter(({ truth }) => specialCategories.has(truth))
  return Object.fromEntries(
    [...Map.groupBy(special, ({ truth }) => truth)].map(([truth, columns]) => [
      truth,
      {
        columns: columns.length,
        special: columns.filter(({ found }) => specialCategories.has(found)).length,
        itself: columns.filter(({ found }) => found === truth).length,
      },
    ]),
  )
}

/** What was made of the columns that only look like something: special where nobody is, a person's where they are nobody's. */
export function lookAlikeCounts(judged: readonly Judged[]) {
  const columns = judged.filter(({ isLookAlike }) => isLookAlike)
  const nobodys = columns.filter(({ truth }) => truth === 'none')
  return {
    columns: columns.length,
    calledSpecial: columns.filter(({ found }) => specialCategories.has(found)).length,
    nobodys: nobodys.length,
    calledPersonal: nobodys.filter(({ found }) => found !== 'none').length,
  }
}
