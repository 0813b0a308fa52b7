import type { Cell, CollectionDescription, RowChange, RowKey, WriteSession } from '../connectors/public.ts'
import { isProblem, type Problem } from '../platform/problem.ts'
import type { RowOperation } from './plan.ts'
import { problem } from './problems.ts'

/** Which candidate of each field to write; the first, where nothing is said. */
type Choice = ReadonlyMap<string, number>

/**
 * What a target took in place of what a CHECK refused, by what that CHECK looks at: which of its fields were changed, and
 * what the others of the row hold. It says the same of every row that is alike, so none is written less into than by itself.
 */
export type Learnt = Map<string, Choice>

/** What is known of the rows from before. */
export interface RowsKnown {
  readonly learnt: Learnt
  /** Undefined where it was not read. */
  readonly cellOf: (key: RowKey, field: string) => Cell | undefined
}

export interface ChangedRows {
  /** As the target counted them. */
  readonly changed: number
  /** What was written into each in the end. */
  readonly written: readonly RowChange[]
}

/**
 * Changes rows, all of them at once where the target takes it. Where it refuses a value, those that lose the same fields go
 * by themselves, and are halved until the row is found that it means. That row's candidates are tried in turn: a CHECK
 * nobody can read is asked, not guessed, and what one row cannot take is no reason to write less into another.
 */
export async function changeRows(
  session: WriteSession,
  system: string,
  collection: Pick<CollectionDescription, 'name' | 'fields' | 'checks' | 'uniques'>,
  rows: readonly RowOperation[],
  known: RowsKnown,
): Promise<ChangedRows> {
  const { name } = collection
  // What one row took is where those begin that lose the same fields; texts of others are always tried whole first.
  const taken = new Map<string, Choice>()
  const start = (row: RowOperation): Choice => {
    const choices = [taken.get(fieldsOf(row)) ?? nothing, ...choicesOf(collection, row, known)]
    const places = choices.flatMap((choice) => [...choice])
    return new Map(places.filter(([field]) => row.set.get(field)?.action !== 'redact'))
  }
  const write = async (some: readonly RowOperation[], choice: (row: RowOperation) => Choice) => {
    const written = some.map((row) => asChange(row, choice(row)))
    return { changed: await session.savepoint(() => session.change(name, written)), written }
  }
  // From its first candidates on: what another row took need not be what this one takes.
  const changeOne = async (row: RowOperation): Promise<ChangedRows> => {
    // What is taken by chance (a unique value) is no rule for the other rows.
    let isRule = true
    const refused = new Map<string, readonly string[]>()
    for (const choice = new Map<string, number>(); ; ) {
      try {
        const changed = await write([row], () => choice)
        if (isRule) taken.set(fieldsOf(row), choice)
        learn(known.learnt, refused, choice)
        return changed
      } catch (error) {
        const refusal = asRefusal(error)
        const fields = involved(collection, String(refusal.params['constraint'] ?? ''))
        const isNamed = fields.length > 0
        isRule &&= isNamed
        const label = labelOf(collection, row, String(refusal.params['constraint'] ?? ''), known)
        if (label !== null) refused.set(label, fields)
        // Where it does not say: a unique value is taken more often than anything else is wrong.
        const first = isNamed ? fields : collection.uniques.flat()
        if (!advance(row, choice, first) && (isNamed || !advance(row, choice, [])))
          throw noReplacement(system, name, refusal)
      }
    }
  }
  const changeSome = async (some: readonly RowOperation[]): Promise<ChangedRows> => {
    const [row] = some
    if (!row) return { changed: 0, written: [] }
    try {
      return await write(some, start)
    } catch (error) {
      asRefusal(error)
      if (some.length === 1) return await changeOne(row)
      const alike = [...Map.groupBy(some, fieldsOf).values()]
      const half = Math.ceil(some.length / 2)
      let all: ChangedRows = { changed: 0, written: [] }
      for (const part of alike.length > 1 ? alike : [some.slice(0, half), some.slice(half)]) {
        const { changed, written } = await changeSome(part)
        all = { changed: all.changed + changed, written: [...all.written, ...written] }
      }
      return all
    }
  }
  return changeSome(rows)
}

function asRefusal(error: unknown): Problem {
  if (!isProblem(error, 'connectors.constraint')) throw error
  return error
}

const noReplacement = (system: string, collection: string, refusal: Problem): Problem =>
  problem(
    'holdings.no-replacement',
    { system, collection, constraint: refusal.params['constraint'] ?? '?' },
    refusal,
  )

const nothing: Choice = new Map()

const fieldsOf = ({ set }: RowOperation): string => JSON.stringify([...set.keys()].toSorted())

/** A CHECK over what differs in every row would otherwise fill the memory. */
const mostLearnt = 1_000

function learn(learnt: Learnt, refused: ReadonlyMap<string, readonly string[]>, taken: Choice): void {
  for (const [label, fields] of refused)
    if (learnt.size < mostLearnt)
      learnt.set(label, new Map([...taken].filter(([field]) => fields.includes(field))))
}

/** What is known of a CHECK's word on a row, before it is asked. */
function choicesOf(
  collection: Pick<CollectionDescription, 'name' | 'checks'>,
  row: RowOperation,
  known: RowsKnown,
): readonly Choice[] {
  if (known.learnt.size === 0) return []
  return collection.checks.flatMap(({ name }) => {
    const label = labelOf(collection, row, name, known)
    const choice = label === null ? undefined : known.learnt.get(label)
    return choice ? [choice] : []
  })
}

/** All that a CHECK looks at; null where that is not known. */
function labelOf(
  { name, checks }: Pick<CollectionDescription, 'name' | 'checks'>,
  { key, set }: RowOperation,
  constraint: string,
  { cellOf }: RowsKnown,
): string | null {
  const fields = checks.find((one) => one.name === constraint)?.fields ?? []
  const staying = fields.filter((field) => !set.has(field)).map((field) => cellOf(key, field))
  if (staying.length === fields.length || staying.includes(undefined)) return null
  const changing = fields.map((field) => [set.get(field)?.action, set.get(field)?.candidates.length])
  return JSON.stringify([name, constraint, changing, staying])
}

function asChange({ key, set }: RowOperation, choice: Choice): RowChange {
  const cells = [...set].map(([field, { candidates }]) => {
    const place = Math.min(choice.get(field) ?? 0, candidates.length - 1)
    return [field, candidates[place] ?? null] as const
  })
  return { key, set: Object.fromEntries(cells) }
}

/** The fields a constraint speaks of; empty when it is not known which. */
function involved(
  { checks, fields }: Pick<CollectionDescription, 'fields' | 'checks'>,
  constraint: string,
): readonly string[] {
  const check = checks.find((one) => one.name === constraint)
  if (check) return check.fields
  return fields.some((field) => field.name === constraint) ? [constraint] : []
}

/** The next candidate of the fields involved, or of all; false where there is none left. */
function advance({ set }: RowOperation, choice: Map<string, number>, fields: readonly string[]): boolean {
  let moved = false
  for (const [field, { candidates }] of set) {
    const now = choice.get(field) ?? 0
    if ((fields.length > 0 && !fields.includes(field)) || now + 1 >= candidates.length) continue
    choice.set(field, now + 1)
    moved = true
  }
  return moved
}
