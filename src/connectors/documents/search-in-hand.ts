import type { FieldDescription, Needle } from '../connector.ts'
import { type RowTest, searchTest } from '../match-rows.ts'
import { needlesInDocuments } from './needles.ts'

/**
 * What `search` would say of rows that are at hand anyway: the columns it looks at, and its test of their cells. An engine
 * that compares letters more loosely finds more; callers test each hit again in either case.
 */
export function searchInHand(fields: readonly FieldDescription[], needles: readonly Needle[]): RowTest {
  const columns = [...new Set(fields.map(({ name, within }) => within?.field ?? name))]
  return searchTest(columns, fields.some(({ within }) => within) ? needlesInDocuments(needles) : needles)
}
