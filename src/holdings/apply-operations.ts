import type {
  CollectionDescription,
  RowChange,
  SystemDescription,
  WriteSession,
} from '../connectors/public.ts'
import { isProblem } from '../platform/problem.ts'
import type { MappedSystem } from './mapped-system.ts'
import type { CollectionOperations, FieldOperation, RowOperation, SystemOperations } from './plan.ts'
import { problem } from './problems.ts'
import { cyclicFields } from './removal-order.ts'

/** What the target says it wrote, and what it was told to write: rows, by collection. */
export type Written = ReadonlyMap<string, Counts>

interface Counts {
  toRemove: number
  removed: number
  toChange: number
  changed: number
}

/** Does the work in one transaction of the target: references first, then removal from the leaves inward, then fields. */
export async function applyOperations(
  session: WriteSession,
  system: MappedSystem,
  operations: SystemOperations,
): Promise<Written> {
  const written = new Map<string, Counts>()
  const count = (name: string) => {
    const known = written.get(name) ?? { toRemove: 0, removed: 0, toChange: 0, changed: 0 }
    written.set(name, known)
    return known
  }
  for (const { name, change } of operations.collections) {
    const unlinks = change.flatMap((row) => only(row, (operation) => operation.action === 'unlink'))
    count(name).toChange += unlinks.length
    count(name).changed += await changeRows(session, system, name, unlinks)
  }
  await cutCycles(session, system, operations)
  for (const name of operations.removalOrder) {
    const keys = operations.collections.find((one) => one.name === name)?.remove ?? []
    if (keys.length === 0) continue
    count(name).toRemove += keys.length
    count(name).removed += await session.remove(name, keys)
  }
  for (const { name, change } of operations.collections) {
    const rest = change.flatMap((row) => only(row, (operation) => operation.action !== 'unlink'))
    count(name).toChange += rest.length
    count(name).changed += await changeRows(session, system, name, rest)
  }
  return written
}

function only(row: RowOperation, wanted: (operation: FieldOperation) => boolean): readonly RowOperation[] {
  const set = new Map([...row.set].filter(([, operation]) => wanted(operation)))
  return set.size === 0 ? [] : [{ key: row.key, set }]
}

async function cutCycles(
  session: WriteSession,
  system: MappedSystem,
  operations: SystemOperations,
): Promise<void> {
  for (const [name, fields] of cyclicFields(system.description, operations.removalOrder)) {
    const keys = operations.collections.find((one) => one.name === name)?.remove ?? []
    const set = Object.fromEntries(fields.map((field) => [field, null]))
    if (keys.length > 0)
      await session.change(
        name,
        keys.map((key) => ({ key, set })),
      ) // prettier-ignore
  }
}

/** Tries the candidates in turn where the target refuses one: a CHECK nobody can read is asked, not guessed. */
async function changeRows(
  session: WriteSession,
  system: MappedSystem,
  name: string,
  rows: readonly RowOperation[],
): Promise<number> {
  if (rows.length === 0) return 0
  const description = system.description.collections.find((one) => one.name === name)
  const choice = new Map<string, number>()
  for (;;) {
    try {
      return await session.savepoint(() =>
        session.change(
          name,
          rows.map((row) => asChange(row, choice)),
        ),
      ) // prettier-ignore
    } catch (error) {
      if (!isProblem(error, 'connectors.constraint')) throw error
      if (!advance(rows, choice, involved(description, String(error.params['constraint'] ?? ''))))
        throw problem(
          'holdings.no-replacement',
          { system: system.name, collection: name, constraint: error.params['constraint'] ?? '?' },
          error,
        )
    }
  }
}

function asChange(row: RowOperation, choice: ReadonlyMap<string, number>): RowChange {
  const set = [...row.set].map(([field, { candidates }]) => {
    const place = Math.min(choice.get(field) ?? 0, candidates.length - 1)
    return [field, candidates[place] ?? null] as const
  })
  return { key: row.key, set: Object.fromEntries(set) }
}

/** The fields a constraint speaks of; empty when it is not known which. */
function involved(description: CollectionDescription | undefined, constraint: string): readonly string[] {
  const check = description?.checks.find((one) => one.name === constraint)
  if (check) return check.fields
  return description?.fields.some((field) => field.name === constraint) ? [constraint] : []
}

function advance(
  rows: readonly RowOperation[],
  choice: Map<string, number>,
  fields: readonly string[],
): boolean {
  let moved = false
  const longest = new Map<string, number>()
  for (const { set } of rows)
    for (const [field, { candidates }] of set)
      longest.set(field, Math.max(longest.get(field) ?? 0, candidates.length))
  for (const [field, length] of longest) {
    const now = choice.get(field) ?? 0
    if ((fields.length > 0 && !fields.includes(field)) || now + 1 >= length) continue
    choice.set(field, now + 1)
    moved = true
  }
  return moved
}

/**
 * Where the target wrote less than it was told. Rows with a key are looked for again instead of counted: those that ON
 * DELETE CASCADE took along when another of them went are gone, though no removal of theirs was counted.
 */
export const shortfall = (
  written: Written,
  { collections }: SystemDescription,
): CollectionOperations['name'][] =>
  [...written]
    .filter(([name, { toRemove, removed, toChange, changed }]) => {
      const hasKey = collections.some((one) => one.name === name && one.key.length > 0)
      return changed < toChange || (!hasKey && removed < toRemove)
    })
    .map(([name]) => name)
