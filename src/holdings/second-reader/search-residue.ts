import type { ReadSession, RowKey, SystemDescription } from '../../connectors/public.ts'
import { needlesOf } from './coarse-needles.ts'
import { rowReader } from './read-row.ts'
import type { ResidueReport, ResidueSearch } from './residue.ts'
import { reporting, searchableFields } from './residue-report.ts'
import { startTally } from './tally.ts'

/** Reads every text of every collection of a system, mapped or not, for the person's identifiers and full names. */
export async function searchResidue(
  session: ReadSession,
  description: SystemDescription,
  search: ResidueSearch,
  onProgress?: (collection: string, done: number, total: number) => void,
): Promise<ResidueReport> {
  const needles = needlesOf(search)
  const [read, tally] = [rowReader(search), startTally(search)]
  const { collections } = description
  for (const [i, collection] of collections.entries()) {
    const { name } = collection
    onProgress?.(name, i, collections.length)
    const fields = searchableFields(collection)
    if (fields.length === 0 || needles.length === 0) continue
    const unseen = new Set<RowKey>(
      search.undecided.filter((one) => one.collection === name).map(({ key }) => key),
    )
    for await (const row of session.search({ collection: name, fields, needles })) {
      unseen.delete(row.key)
      tally.count(name, fields, row, read(name, fields, row))
    }
    if (unseen.size === 0) continue
    for await (const row of session.find({ collection: name, keys: [...unseen], fields }))
      tally.count(name, fields, row, read(name, fields, row))
  }
  return reporting(description)(needles.length > 0, tally)
}
