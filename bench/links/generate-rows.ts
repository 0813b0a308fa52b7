import type { BenchField, BenchLink, BenchTable } from './schema-file.ts'

export type BenchRow = Record<string, string | number | null>
type Random = () => number

/** Rows for every table, the same for the same name: first what nothing else decides, then links, parents before children. */
export function generateRows(
  schema: string,
  tables: readonly BenchTable[],
): ReadonlyMap<string, readonly BenchRow[]> {
  const made = new Map<string, readonly BenchRow[]>()
  for (const table of tables) {
    const random = randomFrom(`${schema}/${table.name}`)
    const rows = Array.from({ length: table.rows }, (): BenchRow => ({}))
    made.set(table.name, rows)
    for (const field of table.fields)
      if (field.kind !== null && !field.kind.startsWith('nth('))
        fillField(rows, field, field.kind, table, random)
  }
  for (const table of parentsFirst(tables)) {
    const random = randomFrom(`${schema}/${table.name}/links`)
    const rows = made.get(table.name) ?? []
    for (const link of table.links) if (link.fills) fillLink(rows, link, made, random)
    for (const field of table.fields)
      if (field.kind?.startsWith('nth(')) fillNth(rows, field.name, field.kind)
    made.set(table.name, distinctRows(rows, table))
  }
  return made
}

function parentsFirst(tables: readonly BenchTable[]): readonly BenchTable[] {
  const sorted: BenchTable[] = []
  const visit = (table: BenchTable, path: readonly string[]) => {
    if (sorted.includes(table)) return
    for (const { to, fills } of table.links) {
      const parent = tables.find(({ name }) => name === to)
      if (!fills || parent === undefined || path.includes(to) || to === table.name) continue
      visit(parent, [...path, table.name])
    }
    sorted.push(table)
  }
  for (const table of tables) visit(table, [])
  return sorted
}

function fillField(
  rows: readonly BenchRow[],
  { name, unique, nulls }: BenchField,
  kind: string,
  table: BenchTable,
  random: Random,
): void {
  const isKey = unique || (table.key.length === 1 && table.key[0] === name)
  const [, base = '', args = ''] = /^(\w+)(?:\((.*)\))?$/.exec(kind) ?? []
  const seen = new Set<string | number>()
  let serial = args === '' ? 1 : Number(args)
  for (const [i, row] of rows.entries()) {
    if (base === 'serial') {
      // A few rows were deleted since.
      if (random() < 0.03) serial += 1 + Math.floor(random() * 3)
      row[name] = serial++
      continue
    }
    let value = makeValue(base, args, i, random)
    for (let attempt = 0; isKey && seen.has(value) && attempt < 200; attempt++)
      value = makeValue(base, args, i + attempt, random)
    seen.add(value)
    row[name] = random() * 100 < nulls ? null : value
  }
}

const hex = (random: Random, length: number): string =>
  Array.from({ length }, () => Math.floor(random() * 16).toString(16)).join('')
const digits = (random: Random, length: number): string =>
  Array.from({ length }, (_, i) => Math.floor(random() * (i === 0 ? 9 : 10)) + (i === 0 ? 1 : 0)).join('')
const letters = (random: Random, length: number): string =>
  Array.from({ length }, () => String.fromCharCode(65 + Math.floor(random() * 26))).join('')
const pick = <T>(random: Random, list: readonly T[]): T => list[Math.floor(random() * list.length)] as T

const isoCodes = 'FR,DE,ES,IT,PT,NL,PL,BE,AT,CH,GB,IE,SE,DK,FI,NO,CZ'.split(',')
const cities = 'Lyon,Kiel,Porto,Gdansk,Parma,Sevilla,Leiden,Gent,Graz,Cork'.split(',')
const words = 'river blue market letter stone garden winter paper silver north table light'.split(' ')

function makeValue(base: string, args: string, i: number, random: Random): string | number {
  switch (base) {
    case 'uuid': {
      const all = hex(random, 32)
      return [all.slice(0, 8), all.slice(8, 12), all.slice(12, 16), all.slice(16, 20), all.slice(20)].join(
        '-',
      )
    }
    case 'sparse':
      return Number(digits(random, Number(args)))
    case 'code':
      return `${args}-${String(10_000 + i)}`
    case 'code2':
      return digits(random, 2)
    case 'code3':
      return letters(random, 3)
    case 'icd':
      return `${letters(random, 1)}${digits(random, 2)}.${digits(random, 1)}`
    case 'plate':
      return `${letters(random, 2)}-${digits(random, 3)}-${letters(random, 2)}`
    case 'nif':
      return `${digits(random, 8)}${letters(random, 1)}`
    case 'int': {
      const [from = 0, to = 0] = args.split('..').map(Number)
      return from + Math.floor(random() * (to - from + 1))
    }
    case 'words':
      return pick(random, args.split('|'))
    case 'iso':
      return isoCodes[i % isoCodes.length] ?? 'FR'
    case 'digits':
      return digits(random, Number(args))
    case 'hex':
      return hex(random, Number(args))
    case 'email':
      return `${letters(random, 6).toLowerCase()}${i}@example.org`
    case 'phone':
      return `+33 6 ${digits(random, 8)}`
    case 'money':
      return (random() * 900).toFixed(2)
    case 'bool':
      return random() < 0.5 ? 0 : 1
    case 'date':
    case 'ts': {
      const day = new Date(Date.UTC(2020, 0, 1) + Math.floor(random() * 1_800) * 86_400_000)
      return base === 'date' ? day.toISOString().slice(0, 10) : day.toISOString().slice(0, 19)
    }
    case 'city':
      return pick(random, cities)
    case 'text':
      return `${pick(random, words)} ${pick(random, words)}`
    default:
      throw new Error(`no such kind of values: ${base}`)
  }
}

/** Popular parents have more children than others; some children lost theirs. */
function fillLink(
  rows: readonly BenchRow[],
  { fields, to, toFields, orphans, nulls, spelling }: BenchLink,
  made: ReadonlyMap<string, readonly BenchRow[]>,
  random: Random,
): void {
  const parents = made.get(to) ?? []
  const parentRow = (): BenchRow => {
    // Squared: the first tenth of the parents has a third of the children.
    const place = random() < 0.5 ? random() : random() ** 2
    return parents[Math.floor(place * parents.length)] ?? {}
  }
  for (const row of rows) {
    const isNull = random() * 100 < nulls
    const isOrphan = random() * 100 < orphans
    const parent = parentRow()
    for (const [i, field] of fields.entries()) {
      const value = parent[toFields[i] ?? ''] ?? null
      row[field] = isNull || value === null ? null : isOrphan ? lost(value, random) : spelt(value, spelling)
    }
  }
}

const lost = (value: string | number, random: Random): string | number =>
  typeof value === 'number'
    ? value + 1_000_000 + Math.floor(random() * 1_000)
    : `${value.slice(0, -2)}${hex(random, 6)}`

const spelt = (value: string | number, spelling: BenchLink['spelling']): string | number =>
  spelling === 'same' ? value : spelling === 'upper' ? String(value).toUpperCase() : String(value)

/** The how manieth row of its parent: 1, 2, 3 … */
function fillNth(rows: readonly BenchRow[], name: string, kind: string): void {
  const of = kind.slice('nth('.length, -1)
  const counts = new Map<unknown, number>()
  for (const row of rows) {
    const next = (counts.get(row[of]) ?? 0) + 1
    counts.set(row[of], next)
    row[name] = next
  }
}

function distinctRows(rows: readonly BenchRow[], { key }: BenchTable): BenchRow[] {
  if (key.length === 0) return [...rows]
  return [...new Map(rows.map((row) => [JSON.stringify(key.map((field) => row[field])), row])).values()]
}

/** The same numbers for the same seed (mulberry32, public domain algorithm). */
function randomFrom(seed: string): Random {
  let state = [...seed].reduce(
    (sum, letter) => Math.imul(sum ^ letter.charCodeAt(0), 16_777_619),
    2_166_136_261,
  )
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
