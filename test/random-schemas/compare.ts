import type { Outcome, Told } from './erasers.ts'
import { type CellFate, type Expected, openIn, tracesIn } from './oracle/expected.ts'
import type { Snapshot } from './target.ts'
import type { Cell, Row, World } from './world.ts'

/** Every row and every cell: what the oracle says, and nothing else. */
export function differences(before: Snapshot, after: Snapshot, expected: Expected): readonly string[] {
  return Object.entries(before).flatMap(([table, rows]) => {
    const left = after[table] ?? new Map<string, Row>()
    const added = [...left.keys()]
      .filter((key) => !rows.has(key))
      .map((key) => `${table} ${key}: came from nowhere`)
    return [
      ...added,
      ...[...rows].flatMap(([key, row]) => rowDifferences(`${table} ${key}`, row, left.get(key), expected)),
    ]
  })
}

function rowDifferences(
  label: string,
  row: Row,
  left: Row | undefined,
  expected: Expected,
): readonly string[] {
  const isGone = expected.removed.has(row)
  if (isGone) return left ? [`${label}: should be gone`] : []
  if (!left) return [`${label}: should still be there`]
  const fates = expected.cells.get(row)
  return Object.entries(row).flatMap(([column, cell]) => {
    const wrong = cellDifference(cell, left[column] ?? null, fates?.get(column))
    return wrong ? [`${label}.${column}: ${wrong} (${cell} → ${left[column] ?? null})`] : []
  })
}

function cellDifference(before: Cell, after: Cell, fate: CellFate | undefined): string | undefined {
  if (!fate) return before === after ? undefined : 'should be as it was'
  if (fate.must === 'any') return undefined
  if (fate.must === 'text')
    return after !== null && fate.texts.includes(after) ? undefined : `should be ${fate.texts.join(' or ')}`
  if (fate.must === 'empty') return after === null ? undefined : 'should be empty'
  if (fate.must === 'filled' && after === null) return 'should be filled'
  return after === before ? 'should be something else' : undefined
}

/** The plan against what happened in the database. */
export function countDifferences(
  told: readonly Told[],
  before: Snapshot,
  after: Snapshot,
  prefix: string,
): readonly string[] {
  return Object.entries(before).flatMap(([table, rows]) => {
    const plan = told.find(({ name }) => name === prefix + table)
    const left = after[table] ?? new Map<string, Row>()
    const removed = [...rows.keys()].filter((key) => !left.has(key)).length
    const changed = new Map<string, number>()
    for (const [key, row] of rows)
      for (const [column, cell] of Object.entries(row)) {
        const now = left.get(key)
        if (now && now[column] !== cell) changed.set(column, (changed.get(column) ?? 0) + 1)
      }
    const planned = new Map<string, number>()
    for (const { field, count } of plan?.change ?? []) planned.set(field, (planned.get(field) ?? 0) + count)
    const wrong =
      plan && plan.delete !== removed ? [`${table}: ${plan.delete} rows planned to go, ${removed} went`] : []
    const columns = [...new Set([...changed.keys(), ...planned.keys()])]
    return [
      ...wrong,
      ...(!plan && removed > 0 ? [`${table}: ${removed} rows went, none was planned to`] : []),
      ...columns
        .filter((column) => changed.get(column) !== planned.get(column))
        .map(
          (column) =>
            `${table}.${column}: ${planned.get(column) ?? 0} changes planned, ${changed.get(column) ?? 0} made`,
        ),
    ]
  })
}

const sorted = (fields: readonly string[]): string => fields.toSorted().join()

/** What is said to be kept, against the oracle. */
export function keptDifferences(
  told: readonly Told[],
  world: World,
  before: Snapshot,
  expected: Expected,
  prefix: string,
): readonly string[] {
  const write = (counts: ReadonlyMap<string, number>) =>
    [...counts]
      .map(([label, count]) => `${count} × ${label}`)
      .toSorted()
      .join('; ')
  return world.tables.flatMap(({ name }) => {
    const wanted = new Map<string, number>()
    const count = (label: string) => wanted.set(label, (wanted.get(label) ?? 0) + 1)
    for (const row of before[name]?.values() ?? []) {
      for (const label of groundLabels(expected, row)) count(label)
      const shared = expected.shared.get(row)
      if (shared) count(JSON.stringify(['shared', null, sorted(shared)]))
    }
    const said = new Map<string, number>()
    for (const { count: rows, rule, until, fields } of told.find((one) => one.name === prefix + name)?.keep ??
      []) {
      const label = JSON.stringify([rule, until, sorted(fields)])
      said.set(label, (said.get(label) ?? 0) + rows)
    }
    return write(said) === write(wanted)
      ? []
      : [`${name}: said to be kept ${write(said)}, should be ${write(wanted)}`]
  })
}

/** Several rows may keep the same fields of one: they stay until the last of those ends. */
function groundLabels(expected: Expected, row: Row): readonly string[] {
  const last = new Map<string, string | null>()
  for (const { rule, until, fields } of expected.grounds.get(row) ?? []) {
    const label = JSON.stringify([rule, sorted(fields)])
    const known = last.get(label)
    const later =
      known === undefined ? until : known === null || until === null ? null : until > known ? until : known
    last.set(label, later)
  }
  return [...last].map(([label, until]) => {
    const [rule, fields] = JSON.parse(label) as readonly [string, string]
    return JSON.stringify([rule, until, fields])
  })
}

/** Whether the product says what is true: complete only when the person is gone, and else where they are left. */
export function stateDifferences(
  outcome: Outcome,
  world: World,
  before: Snapshot,
  after: Snapshot,
  expected: Expected,
  prefix: string,
): readonly string[] {
  const open = openIn(world, after, expected)
  const told = outcome.residue.map(({ collection, field }) => `${collection.slice(prefix.length)}.${field}`)
  const isOpen = told.some((one) => open.has(one))
  const said = new Set(told.filter((one) => !open.has(one)))
  const traces = new Set(
    [...tracesIn(world, after, before, expected)].filter((one) => said.has(one) || !open.has(one)),
  )
  const isKept = expected.grounds.size + expected.shared.size > 0
  const state = traces.size > 0 || isOpen ? 'residue' : isKept ? 'kept' : 'verified-absent'
  const request = traces.size > 0 || isOpen ? 'incomplete' : 'completed'
  return [
    ...(outcome.problem ? [`failed: ${outcome.problem.code} ${JSON.stringify(outcome.problem.params)}`] : []),
    ...(said.symmetricDifference(traces).size > 0
      ? [`residue said in [${[...said].join()}], is in [${[...traces].join()}]`]
      : []),
    ...(outcome.system === state ? [] : [`the system is said to be ${outcome.system}, is ${state}`]),
    ...(outcome.request === request ? [] : [`the request is said to be ${outcome.request}, is ${request}`]),
  ]
}
