import { recordEvidence } from '../evidence/public.ts'
import { findHoldings, type Holdings, type Identifier, type PossibleMatch } from '../holdings/public.ts'
import { type Context, inTransaction } from '../platform/context.ts'

/** What is held, for staff: counts, fields and ways, no values. */
export interface FoundPerson {
  readonly systems: readonly FoundSystem[]
  readonly unreachable: Holdings['unreachable']
  /** Records that may be this person's and may be another's, for somebody to look at. */
  readonly possible: readonly PossibleRecord[]
  readonly notFollowed: Holdings['notFollowed']
}

export type PossibleRecord = Omit<PossibleMatch, 'key'>

export interface FoundSystem {
  readonly name: string
  readonly rows: number
  readonly collections: readonly {
    readonly name: string
    readonly rows: number
    readonly shared: number
    readonly party: number
    readonly mentions: number
    readonly fields: readonly string[]
    /** How the rows were reached: `email` (an identifier's field) or `customer_id → public.customer.customer_id`. */
    readonly via: readonly string[]
  }[]
}

/** Looks a person up in every mapped system. Looking is an act: it leaves evidence, without what was looked for. */
export async function findPerson(
  ctx: Context,
  asked: readonly Identifier[],
  onProgress?: (system: string, done: number, total: number) => void,
): Promise<FoundPerson> {
  await inTransaction(ctx, (tx) =>
    recordEvidence(tx, {
      kind: 'requests.looked-up',
      facts: { kinds: asked.map(({ kind }) => kind).join(',') },
    }),
  )
  const holdings = await findHoldings(ctx, { asked, ...(onProgress && { onProgress }) })
  const systems = holdings.systems.map(({ name, collections }) => {
    const held = collections.filter(({ rows, mentions }) => rows.length + mentions.length > 0).map(describe)
    return { name, rows: held.reduce((all, one) => all + one.rows, 0), collections: held }
  })
  return {
    systems,
    unreachable: holdings.unreachable,
    possible: possibleRecords(holdings),
    notFollowed: holdings.notFollowed,
  }
}

/** Possible matches as staff see them: by the name one rules on. */
export const possibleRecords = ({ possible }: Holdings): readonly PossibleRecord[] =>
  possible.map(({ system, collection, record, signs }) => ({ system, collection, record, signs }))

function describe({
  name,
  fields,
  rows,
  mentions,
}: Holdings['systems'][number]['collections'][number]): FoundSystem['collections'][number] {
  const count = (role: string) => rows.filter((row) => row.role === role).length
  const via = rows.map((row) => {
    if (row.via.by === 'identifier') return row.via.field
    if (row.via.by === 'known') return '='
    const { to, on } = row.via
    return Object.entries(on)
      .map(([here, there]) => `${here} → ${to}.${there}`)
      .join(', ') // prettier-ignore
  })
  // Only fields in which something stands: an empty column holds nothing of anybody.
  const filled = fields.filter((_, i) =>
    rows.some(
      (row) => (row.role === 'party' ? row.clears.includes(fields[i] ?? '') : true) && row.cells[i] != null,
    ),
  )
  return {
    name,
    rows: rows.length,
    shared: count('shared'),
    party: count('party'),
    mentions: mentions.length,
    fields: filled,
    via: [...new Set(via)],
  }
}
