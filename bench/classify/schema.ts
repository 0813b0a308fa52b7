import { readFileSync } from 'node:fs'
import { type Category, categories } from '../../src/inventory/data-map.ts'
import { lives } from './lives.ts'
import type { Maker, Part } from './maker.ts'
import { numbers } from './numbers.ts'
import { people } from './people.ts'
import { randomOf } from './random.ts'
import { things } from './things.ts'

/** How the headers of a table are written: `clear` and `short` as they stand, `codes` and `blank` say nothing. */
export interface Labelled {
  readonly table: string
  readonly column: string
  readonly type: string
  readonly values: readonly (string | null)[]
  readonly truth: Category
  readonly language: string
  readonly domain: string
  readonly style: string
  /** Whether the values are of its kind by themselves: a date is a baptism's by its header alone. */
  readonly isTold?: boolean
  /** Resembles something it is not. */
  readonly isLookAlike?: boolean
}

export interface Schema {
  readonly table: string
  readonly language: string
  readonly domain: string
  readonly style: string
  readonly columns: readonly { readonly header: string; readonly maker: Maker; readonly truth: Category }[]
}

const makers: Readonly<Record<string, Maker>> = { ...people, ...numbers, ...lives, ...things }

/** Reads `table language domain style` and `header=maker:truth header=maker …`; `~` is a blank header. */
export function readSchema(head: string, body: string): Schema {
  const [table = '', language = 'en', domain = '', style = 'clear'] = head.trim().split(/\s+/)
  const columns = body
    .trim()
    .split(/\s+/)
    .map((text) => {
      const [header = '', name = '', said] = text.split(/[=:]/)
      const maker = makers[name]
      if (maker === undefined) throw new Error(`${table}: no maker ${name}`)
      const truth = said === undefined ? maker.truth : categories.find((category) => category === said)
      if (truth === undefined) throw new Error(`${table}: no category ${said}`)
      return { header: header === '~' ? '' : header, maker, truth }
    })
  return { table, language, domain, style, columns }
}

export function seenSchemas(): readonly Schema[] {
  const lines = readFileSync(new URL('./schemas-seen.txt', import.meta.url), 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.startsWith('#'))
  return lines.flatMap((head, i) => (i % 2 === 0 ? [readSchema(head, lines[i + 1] ?? '')] : []))
}

export function unseenSchemas(): readonly Schema[] {
  const text = readFileSync(new URL('./unseen/schemas.json', import.meta.url), 'utf8')
  const { tables } = JSON.parse(text) as { tables: readonly string[] }
  return tables.map((line) => {
    const [head = '', body = ''] = line.split('|')
    return readSchema(head, body)
  })
}

/** Columns written down value by value: no generator had a part in them. */
export function byHand(): readonly Labelled[] {
  const { tables } = JSON.parse(readFileSync(new URL('./by-hand.json', import.meta.url), 'utf8')) as {
    tables: readonly {
      table: string
      language: string
      columns: readonly (readonly [string, Category, string])[]
    }[]
  }
  return tables.flatMap(({ table, language, columns }) =>
    columns.map(([column, truth, values]) => {
      const list = values.split('|')
      return {
        table,
        column,
        type: typeOf(list),
        values: list,
        truth,
        language,
        domain: 'by hand',
        style: 'by hand',
      }
    }),
  )
}

const mostRows = 60

/** A schema's columns with values as real files have them: gaps, stray blanks, a slip here and there. */
export function fill(schema: Schema, part: Part, seed: string, exactly?: number): readonly Labelled[] {
  const r = randomOf(`${part}/${seed}/${schema.table}`)
  const rows = exactly ?? r.pick([r.int(4, 10), r.int(10, 25), r.int(25, mostRows)])
  const { table, language, domain, style } = schema
  return schema.columns.map(({ header, maker, truth }, i) => {
    const place = { r: randomOf(`${part}/${seed}/${table}/${i}/${header}`), lang: language, part }
    const value = maker.make(place)
    const gaps = place.r.chance(0.35) ? place.r.pick([0.05, 0.2, 0.5]) : 0
    const blank = place.r.pick([null, '', 'N/A', null, '-'])
    const padded = place.r.chance(0.06)
    const values = Array.from({ length: rows }, () => {
      const made = value()
      if (place.r.chance(gaps)) return blank
      return padded ? `${made} ` : made
    })
    const isTold = maker.truth === truth
    return { table, column: header, type: typeOf(values), values, truth, language, domain, style, isTold }
  })
}

/** The type a database would declare for such values. */
export function typeOf(values: readonly (string | null)[]): string {
  const filled = values.filter((value) => value !== null && value !== '')
  const all = (pattern: RegExp) => filled.length > 0 && filled.every((value) => pattern.test(value ?? ''))
  if (all(/^(?:0|-?[1-9]\d{0,8})$/)) return 'integer'
  if (all(/^-?\d{1,9}\.\d+$/)) return 'numeric'
  if (all(/^\d{4}-\d\d-\d\d$/)) return 'date'
  if (all(/^\d{4}-\d\d-\d\d[T ]\d\d:\d\d/)) return 'timestamp'
  return 'text'
}
