import { readFileSync } from 'node:fs'
import { type Category, categories, specialCategories } from '../../src/inventory/data-map.ts'
import type { Judged } from './measure.ts'
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

/** A sealed set of another author, values and all: no generator of the other sets had a part in it. */
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
