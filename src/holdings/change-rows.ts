import type { CollectionDescription, RowChange, WriteSession } from '../connectors/public.ts'
import { isProblem, type Problem } from '../platform/problem.ts'
import type { RowOperation } from './plan.ts'
import { problem } from './problems.ts'

/** Which candidate of each field to write; the first, where nothing is said. */
type Choice = ReadonlyMap<string, number>

/**
 * Changes rows, all in one statement where the target takes it. Where it refuses a value the rows are halved until the
 * one is found that it means, and that row's candidates are tried in turn: a CHECK nobody can read is asked, not
 * guessed, and what one row cannot take is no reason to write less into another. Returns the rows changed.
 */
export async function changeRows(
  session: WriteSession,
  system: string,
  collection: Pick<CollectionDescription, 'name' | 'fields' | 'checks' | 'uniques'>,
  rows: readonly RowOperation[],
): Promise<number> {
  const { name } = collection
  // What the target took in place of what it refused; texts of others are always tried whole first.
  const learnt = new Map<string, number>()
  const write = (some: readonly RowOperation[], choice: (row: RowOperation) => Choice) =>
    session.savepoint(() =>
      session.change(
        name,
        some.map((row) => asChange(row, choice(row))),
      ),
    ) // prettier-ignore
  // From its first candidates on: what another row took need not be what this one takes.
  const changeOne = async (row: RowOperation): Promise<number> => {
    // What is taken by chance (a unique value) is no rule for the other rows.
    let isRule = true
    for (const choice = new Map<string, number>(); ; ) {
      try {
        const changed = await write([row], () => choice)
        if (isRule) for (const [field, place] of choice) learnt.set(field, place)
        return changed
      } catch (error) {
        const refusal = asRefusal(error)
        const fields = involved(collection, String(refusal.params['constraint'] ?? ''))
        const isNamed = fields.length > 0
        isRule &&= isNamed
        // Where it does not say: a unique value is taken more often than anything else is wrong.
        const first = isNamed ? fields : collection.uniques.flat()
        if (!advance(row, choice, first) && (isNamed || !advance(row, choice, [])))
          throw noReplacement(system, name, refusal)
      }
    }
  }
  const changeSome = async (some: readonly RowOperation[]): Promise<number> => {
    const [row] = some
    if (!row) return 0
    try {
      return await write(some, (one) => startFor(one, learnt))
    } catch (error) {
      asRefusal(error)
      if (some.length === 1) return await changeOne(row)
      const half = Math.ceil(some.length / 2)
      return (await changeSome(some.slice(0, half))) + (await changeSome(some.slice(half)))
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

const startFor = ({ set }: RowOperation, learnt: Choice): Choice =>
  new Map([...learnt].filter(([field]) => set.get(field)?.action !== 'redact'))

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
