import type { Cell, FoundRow, ReadSession, RowKey, WriteSession } from '../connectors/public.ts'
import type { MappedSystem } from './mapped-system.ts'
import { inEach } from './side-by-side.ts'

/** A session that notes what it finds, so that what was worked out of it can be trusted under lock. */
export interface RowsRead {
  readonly session: ReadSession
  /** Those of the rows that were found; told apart before anything is locked, for they may be very many. */
  those(system: MappedSystem, isMeant: (collection: string, key: RowKey) => boolean): RowsMeant
}

export interface RowsMeant {
  /** Locks the rows, and says whether each still holds what it held. */
  areStill(session: WriteSession): Promise<boolean>
}

/** What was read of a row, by field. */
type Read = Map<string, Cell>

export function notingReads(session: ReadSession): RowsRead {
  const rows = new Map<string, Map<RowKey, Read>>()
  return {
    session: {
      ...session,
      async *find(query) {
        const ofCollection = rows.get(query.collection) ?? new Map<RowKey, Read>()
        rows.set(query.collection, ofCollection)
        for await (const row of session.find(query)) {
          const known = ofCollection.get(row.key) ?? new Map<string, Cell>()
          ofCollection.set(row.key, known)
          for (const [i, field] of query.fields.entries()) known.set(field, row.cells[i] ?? null)
          yield row
        }
      },
    },
    those({ description }, isMeant) {
      // What cannot be written to cannot be locked either.
      const read = description.collections.flatMap(({ name, writable }) => {
        const ofCollection = writable && rows.get(name)
        const meant = ofCollection ? [...ofCollection].filter(([key]) => isMeant(name, key)) : []
        return meant.length > 0 ? [[name, new Map(meant)] as const] : []
      })
      return {
        async areStill(writing) {
          const areAll = await inEach(read, ([name, ofCollection]) => isAllStill(writing, name, ofCollection))
          return areAll.every((isAll) => isAll)
        },
      }
    },
  }
}

async function isAllStill(
  session: WriteSession,
  collection: string,
  read: ReadonlyMap<RowKey, Read>,
): Promise<boolean> {
  const fields = [...new Set([...read.values()].flatMap((cells) => [...cells.keys()]))]
  const isSame = (row: FoundRow) => {
    const cells = read.get(row.key)
    return cells !== undefined && fields.every((field, i) => !differs(cells.get(field), row.cells[i]))
  }
  let seen = 0
  for await (const row of session.find({ collection, keys: [...read.keys()], fields }))
    if (isSame(row)) seen += 1
    else return false
  return seen === read.size
}

/** A cell that nobody asked for before may hold anything. */
const differs = (before: Cell | undefined, now: Cell | undefined): boolean =>
  before !== undefined && before !== (now ?? null)
