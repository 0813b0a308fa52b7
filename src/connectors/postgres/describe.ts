import { isProblem, type Problem } from '../../platform/problem.ts'
import { toQuery } from '../../platform/sql.ts'
import type { CollectionDescription, SessionLimits, SystemDescription } from '../connector.ts'
import { fingerprint } from '../fingerprint.ts'
import type { Reason } from '../reasons.ts'
import type { Connection } from './connection.ts'
import type { Relation, Shape } from './shape.ts'
import { type Transaction, within } from './transaction.ts'

/** Where the target has no estimate, so much is read to count rows. */
const countedBytes = 16_000_000
/** A view is asked for this many rows, and not for longer than this. */
const viewRows = 1_000
const viewMs = 500

const bytesOfARow = 100

const counting = 'counting rows'

/** What a description is made from. */
interface Described {
  readonly connection: Connection
  readonly transaction: Transaction
  readonly shape: Shape
  readonly engine: string
}

/** The shape with row counts, and what cannot be read. A transaction for each collection: none is locked while others are counted. */
export async function describeCounted(
  { connection, transaction, shape, engine }: Described,
  limits: SessionLimits,
): Promise<SystemDescription> {
  const collections: CollectionDescription[] = []
  for (const relation of shape.values()) {
    const found =
      knownRows(relation) ?? (await within(transaction, () => rowsOf(connection, relation, limits)))
    const unreadable = unreadableReason(relation) ?? (typeof found === 'number' ? null : found)
    collections.push({ ...relation.description, rows: typeof found === 'number' ? found : 0, unreadable })
  }
  return { engine, collections, fingerprint: fingerprint(collections) }
}

/** By shape: as long as nothing changes sessions share it, and with it what follows from it alone. */
const uncounted = new WeakMap<Shape, SystemDescription>()

/** The shape as the catalogue tells it; nothing is asked. */
export function describeUncounted({ shape, engine }: Described): SystemDescription {
  const known = uncounted.get(shape)
  if (known) return known
  const collections = [...shape.values()].map(
    (relation): CollectionDescription => ({
      ...relation.description,
      rows: guessedRows(relation),
      unreadable: unreadableReason(relation),
    }),
  )
  const description = { engine, collections, fingerprint: fingerprint(collections) }
  uncounted.set(shape, description)
  return description
}

/** Where nobody ever analysed a table, its size says more than nothing. */
const guessedRows = ({ catalogue: { estimate, bytes } }: Relation): number =>
  Math.round(estimate ?? bytes / bytesOfARow)

function unreadableReason({ catalogue }: Relation): Reason | null {
  if (!catalogue.maySelect) return 'no right to read it'
  return catalogue.hidesRows ? 'row-level security hides rows' : null
}

/** The target's own estimate. */
function knownRows(relation: Relation): number | null {
  const { estimate } = relation.catalogue
  if (unreadableReason(relation) !== null) return Math.round(estimate ?? 0)
  return relation.identity === 'digest' || estimate === null ? null : Math.round(estimate)
}

/** A count; or why it cannot be read. */
async function rowsOf(
  connection: Connection,
  relation: Relation,
  limits: SessionLimits,
): Promise<number | Reason> {
  const { bytes } = relation.catalogue
  const table = toQuery(relation.table).text
  if (relation.identity === 'digest') return rowsOfView(connection, table, limits)
  // Of a larger table, as many blocks as a small one has stand for all.
  const part = Math.min(1, countedBytes / bytes)
  const some = part < 1 ? ` tablesample system (${100 * part}) repeatable (1)` : ''
  const answers = await connection.attempt([`select pg_catalog.count(*) from ${table}${some}`], counting)
  return isProblem(answers) ? reasonOf(answers) : Math.round(Number(answers[0]?.rows[0]?.[0] ?? 0) / part)
}

async function rowsOfView(
  connection: Connection,
  table: string,
  limits: SessionLimits,
): Promise<number | Reason> {
  const answers = await connection.attempt(
    [
      `set local statement_timeout = ${viewMs}`,
      // Printed, for what is only counted is not computed, and would not fail.
      `select pg_catalog.count((x.*)::text) from (select v.* from ${table} v limit ${viewRows}) x`,
      `set local statement_timeout = ${limits.statementTimeoutMs}`,
    ],
    counting,
  )
  if (isProblem(answers))
    return answers.code === 'connectors.timeout' ? plannedRows(connection, table) : reasonOf(answers)
  const rows = Number(answers[1]?.rows[0]?.[0] ?? 0)
  return rows < viewRows ? rows : plannedRows(connection, table)
}

/** What PostgreSQL's planner expects: it looks at the size of the file where nobody ever counted. */
async function plannedRows(connection: Connection, table: string): Promise<number | Reason> {
  const answers = await connection.attempt([`explain (format json) select from ${table}`], counting)
  if (isProblem(answers)) return reasonOf(answers)
  const plans: readonly { readonly Plan: { readonly 'Plan Rows': number } }[] = JSON.parse(
    answers[0]?.rows[0]?.[0] ?? '[]',
  )
  return plans[0]?.Plan['Plan Rows'] ?? 0
}

function reasonOf({ code }: Problem): Reason {
  if (code === 'connectors.refused') return 'no right to read it'
  return code === 'connectors.locked' ? 'somebody else has locked it' : 'the target cannot compute it'
}
