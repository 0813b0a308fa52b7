import type { FoundRow, Match, ReadSession } from '../connectors/public.ts'
import { tupleOf, tuplesOf } from './cells.ts'
import type { Seeds } from './find-in-system.ts'
import { collectionOf, type MappedCollection, type MappedSystem, type ResolvedLink } from './mapped-system.ts'
import { namesSomebodyElse } from './person.ts'
import type { Term } from './spans.ts'
import { indexTerms, type TermIndex } from './term-index.ts'

/** A row with every field of its collection. */
export interface WholeRow {
  readonly collection: MappedCollection
  readonly row: FoundRow
}

export const labelOf = ({ collection, row }: WholeRow): string => JSON.stringify([collection.name, row.key])

/** What is known to be the person's: it makes nobody else an owner. */
export interface Hers {
  /** Of the terms those that may stand in a text. */
  readonly termsIn: (text: string) => readonly Term[]
  /** Labels of rows. */
  readonly rows: ReadonlySet<string>
}

export const hersOf = (terms: readonly Term[], staying: Seeds['staying'] = []): Hers => ({
  termsIn: terms.length > fewTerms ? termsByText(terms) : () => terms,
  rows: new Set(staying.map(({ collection, key }) => JSON.stringify([collection, key]))),
})

/** So few are sooner looked for than looked up. */
const fewTerms = 12

/** Of a thousand people's terms few stand in any one text. */
function termsByText(terms: readonly Term[]): Hers['termsIn'] {
  let index: TermIndex | undefined
  return (text) => {
    index ??= indexTerms(terms.map((term) => [term]))
    return [...index.peopleIn([text])].flatMap((place) => terms[place] ?? [])
  }
}

/**
 * Those of some rows that are anybody else's, by label. A row that an erasure emptied, or that bears nothing but the
 * person's own name, and one that hangs on nothing but such rows, is nobody's: else what two people shared would outlast
 * them both.
 */
export async function livingRows(
  session: ReadSession,
  system: MappedSystem,
  rows: readonly WholeRow[],
  hers: Hers,
): Promise<ReadonlySet<string>> {
  const seen = new Set<string>()
  const living = new Set<string>()
  const hangingOn = new Map<string, Set<string>>()
  for (let fresh = rows; fresh.length > 0; ) {
    const news = fresh.filter((one) => !seen.has(labelOf(one)) && !hers.rows.has(labelOf(one)))
    for (const one of news) seen.add(labelOf(one))
    for (const one of news) if (isAlive(one, system, hers)) living.add(labelOf(one))
    fresh = await ownersOf(
      session,
      system,
      news.filter((one) => !living.has(labelOf(one))),
      hangingOn,
    ) // prettier-ignore
  }
  // A Set hands out what is added while it is walked.
  for (const owner of living) for (const label of hangingOn.get(owner) ?? []) living.add(label)
  return living
}

/** Whether a row says by itself that it is somebody's. Of what can be nobody's by the map, nobody can tell. */
export function isAlive({ collection, row }: WholeRow, system: MappedSystem, { termsIn }: Hers): boolean {
  if (namesSomebodyElse(collection, row.cells, termsIn)) return true
  const owners = collection.links.filter(({ role }) => role === 'owner')
  const elsewhere = owners.filter((link) => link.system !== system.name)
  const hangsElsewhere = elsewhere.some(({ fields }) => tupleOf(collection, row.cells, fields) !== undefined)
  const findsPeople = collection.identifiers.some(({ field }) => !collection.partyFields.has(field))
  return hangsElsewhere || (owners.length === 0 && !findsPeople)
}

/** The rows that rows hang on; notes who hangs on whom. */
async function ownersOf(
  session: ReadSession,
  system: MappedSystem,
  rows: readonly WholeRow[],
  hangingOn: Map<string, Set<string>>,
): Promise<readonly WholeRow[]> {
  const found: WholeRow[] = []
  for (const collection of new Set(rows.map((one) => one.collection)))
    for (const link of collection.links.filter((one) => one.role === 'owner' && one.system === system.name)) {
      const parent = collectionOf(system, link.collection)
      const hanging = rows.filter((one) => one.collection === collection)
      if (!parent) continue
      const byTuple = Map.groupBy(hanging, ({ row }) =>
        JSON.stringify(tupleOf(collection, row.cells, link.fields)),
      )
      for await (const owner of rowsAt(session, parent, link, collection, hanging)) {
        const place = tupleOf(parent, owner.row.cells, link.toFields)
        const dependants = hangingOn.get(labelOf(owner)) ?? new Set()
        hangingOn.set(labelOf(owner), dependants)
        for (const one of byTuple.get(JSON.stringify(place)) ?? []) dependants.add(labelOf(one))
        found.push(owner)
      }
    }
  return found
}

async function* rowsAt(
  session: ReadSession,
  parent: MappedCollection,
  link: ResolvedLink,
  collection: MappedCollection,
  hanging: readonly WholeRow[],
): AsyncIterable<WholeRow> {
  const cells = hanging.map(({ row }) => row.cells)
  const matches: Match[] = [
    { fields: link.toFields, fold: 'none', values: tuplesOf(collection, cells, link.fields) },
  ]
  for await (const row of session.find({ collection: parent.name, matches, fields: parent.fields }))
    yield { collection: parent, row }
}
