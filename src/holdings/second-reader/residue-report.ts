import type { CollectionDescription, FieldKind, SystemDescription } from '../../connectors/public.ts'
import type { NotSearched, ResidueReport } from './residue.ts'
import type { Tally } from './tally.ts'

const withoutText: ReadonlySet<FieldKind> = new Set(['boolean', 'date', 'timestamp', 'time'])

/** The fields of a collection in which there may be text; none of one that is not read. */
export const searchableFields = (collection: CollectionDescription): readonly string[] =>
  reasonToSkip(collection)
    ? []
    : collection.fields
        .filter(({ kind }) => kind !== 'binary' && !withoutText.has(kind))
        .map(({ name }) => name)

/** Makes the reports of a system. Whoever has nothing that can be looked for is not searched for (`needlesOf`). */
export function reporting(
  description: SystemDescription,
): (isSearched: boolean, tally: Tally | undefined) => ResidueReport {
  const notSearched = notSearchedIn(description)
  const empty = { residue: [], keptTraces: 0, notSearched }
  // One report stands for all of whom nothing was found.
  const nothing = { ...empty, searched: searchedIn(description) }
  const unasked = { ...empty, searched: { collections: 0, fields: 0, rows: 0 } }
  return (isSearched, tally) => {
    const report = isSearched ? nothing : unasked
    return tally ? { ...report, residue: tally.residue(), keptTraces: tally.keptTraces() } : report
  }
}

/** What of a system is not looked at, and why. */
const notSearchedIn = ({ collections }: SystemDescription): readonly NotSearched[] =>
  collections.flatMap((collection): readonly NotSearched[] => {
    const why = reasonToSkip(collection)
    if (why) return [{ collection: collection.name, field: null, why }]
    return collection.fields
      .filter(({ kind }) => kind === 'binary')
      .map(({ name }) => ({ collection: collection.name, field: name, why: 'binary' }))
  })

const searchedIn = ({ collections }: SystemDescription): ResidueReport['searched'] => {
  const read = collections.map((collection) => ({ collection, fields: searchableFields(collection).length }))
  return read
    .filter(({ fields }) => fields > 0)
    .reduce(
      (sum, { collection, fields }) => ({
        collections: sum.collections + 1,
        fields: sum.fields + fields,
        rows: sum.rows + collection.rows,
      }),
      { collections: 0, fields: 0, rows: 0 },
    )
}

/** A view shows what its tables hold: those are read. A materialised one holds a copy. */
function reasonToSkip(collection: CollectionDescription): NotSearched['why'] | undefined {
  if (collection.unreadable !== null) return 'unreadable'
  return collection.kind === 'view' && !collection.materialised ? 'view' : undefined
}
