import type { Cell, Keep, KeepRule, Row, Table, World } from '../world.ts'
import { eraseOf } from './clearing.ts'
import { areEqual, type Placed } from './whose-rows.ts'

/** Why a row, or some of it, stays although it is the person's. */
export interface Ground {
  readonly rule: string
  /** The last day; null while nobody can tell. */
  readonly until: string | null
  readonly fields: readonly string[]
}

/** The grounds of each of the person's rows, today. */
export function groundsOf(
  world: World,
  own: readonly Placed[],
  today: string,
): ReadonlyMap<Row, readonly Ground[]> {
  const grounds = new Map<Row, Ground[]>()
  const add = (row: Row, ground: Ground) => grounds.set(row, [...(grounds.get(row) ?? []), ground])
  for (const one of own)
    for (const keep of one.table.map?.keep ?? []) {
      const rule = world.rules[keep.rule]
      const until = rule && lastDay(rule, keep, one.row)
      if (until === undefined || (until !== null && until < today)) continue
      const held = new Map([[one.row, new Set(keep.fields)]])
      holdAbove(own, [one], keep, held)
      for (const [row, fields] of held) add(row, { rule: keep.rule, until, fields: [...fields] })
    }
  return grounds
}

/** Undefined: the rule says nothing of this row. */
function lastDay(rule: KeepRule, keep: Keep, row: Row): string | null | undefined {
  if (rule.while) {
    const cell = row[rule.while.column] ?? null
    const isUnknown = rule.while.value !== null && cell === null
    if (!isUnknown && cell !== rule.while.value) return undefined
  }
  return rule.years === null || keep.from === undefined
    ? null
    : yearsAfter(rule, rule.years, row[keep.from] ?? null)
}

function yearsAfter({ roundTo }: KeepRule, years: number, cell: Cell): string | null {
  const [, year, day] = /^(\d{4})-(\d\d-\d\d)$/.exec(cell ?? '') ?? []
  if (!year || !day) return null
  const last = Number(year) + years
  if (roundTo === 'end-of-year') return `${last}-12-31`
  const isLeap = last % 4 === 0 && (last % 100 !== 0 || last % 400 === 0)
  return `${last}-${day === '02-29' && !isLeap ? '02-28' : day}`
}

/**
 * What must stay of the rows a kept one hangs on: what the map names, and on the way there every row, and every link that
 * erasing would break.
 */
function holdAbove(
  own: readonly Placed[],
  way: readonly Placed[],
  keep: Keep,
  held: Map<Row, Set<string>>,
): void {
  const from = way.at(-1)
  for (const link of from?.table.map?.links ?? [])
    for (const to of own) {
      const isAbove =
        link.role === 'owner' && link.to === to.table.name && from && areEqual(from.row, to.row, link.on)
      if (!isAbove || way.includes(to)) continue
      const named = keep.also[to.table.name]
      if (named) {
        for (const one of [...way, to]) held.set(one.row, held.get(one.row) ?? new Set())
        for (const column of named) held.get(to.row)?.add(column)
      }
      holdAbove(own, [...way, to], keep, held)
      // A link stays with the row it leads to.
      const ends = Object.entries(link.on)
      const mayBreak = ends.some(([here, there]) => goes(from.table, here) || goes(to.table, there))
      if (!held.has(to.row) || !mayBreak) continue
      for (const [here, there] of ends) {
        held.get(from.row)?.add(here)
        held.get(to.row)?.add(there)
      }
    }
}

const goes = (table: Table, column: string): boolean =>
  table.map?.fields[column] !== undefined && !['stay', 'keep'].includes(String(eraseOf(table, column)))
