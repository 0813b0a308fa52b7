import { randomUUID } from 'node:crypto'
import type {
  CollectionDescription,
  FieldDescription,
  FieldKind,
  RowKey,
  WriteSession,
} from '../connectors/public.ts'
import { isProblem } from '../platform/problem.ts'

/**
 * Whether a session may delete and change rows of a collection. A target checks rights when a statement starts, so it is
 * asked for a row that does not exist; what the statement did is undone all the same.
 */
export async function mayErase(session: WriteSession, collection: CollectionDescription): Promise<boolean> {
  if (!collection.writable) return false
  const key = absentKey(collection)
  // Keys of a few known values: the row may exist, and its triggers would run.
  if (key === null) return true
  const field = collection.fields.find((one) => !one.generated && !collection.key.includes(one.name))
  const undo = new Error('undo')
  try {
    await session.savepoint(async () => {
      await session.remove(collection.name, [key])
      if (field) await session.change(collection.name, [{ key, set: { [field.name]: null } }])
      throw undo
    })
  } catch (error) {
    // Whatever keeps the target from doing this will keep it from erasing; only a lost connection says nothing of rights.
    if (isProblem(error) && error.code !== 'connectors.unreachable') return false
    if (error !== undo) throw error
  }
  return true
}

/** A key of the right kinds that no row has; null where that cannot be known. */
function absentKey(collection: CollectionDescription): RowKey | null {
  // A place of PostgreSQL's where no row is; elsewhere no key at all.
  if (collection.key.length === 0) return JSON.stringify(['1', '(0,0)', '0'])
  const fields = new Map(collection.fields.map((field) => [field.name, field]))
  const parts = collection.key.map((name) => fields.get(name))
  const isOpen = (field: FieldDescription | undefined) => field?.values === null && field.kind !== 'boolean'
  return parts.some(isOpen) ? JSON.stringify(parts.map(absentValue)) : null
}

const absentValues: Readonly<Partial<Record<FieldKind, string>>> = {
  integer: '-32749',
  decimal: '-32749.0625',
  boolean: 'false',
  date: '0001-01-01',
  timestamp: '0001-01-01 00:00:00.000001',
  time: '23:59:59.999999',
}

const absentValue = (field: FieldDescription | undefined): string =>
  field?.values?.[0] ?? (field && absentValues[field.kind]) ?? randomUUID()
