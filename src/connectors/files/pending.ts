import type { Cell } from '../connector.ts'
import type { Revision } from './rewrite.ts'

/** What a write session has done so far and nobody outside sees. Savepoints lie on top of each other like sheets. */
export interface Pending {
  change(collection: string, record: number, cells: ReadonlyMap<number, Cell>): void
  remove(collection: string, record: number): void
  isRemoved(collection: string, record: number): boolean
  /** New cells of a record, by their place in it. */
  changesOf(collection: string, record: number): ReadonlyMap<number, Cell> | undefined
  savepoint(): { release(): void; undo(): void }
  collections(): readonly string[]
  revision(collection: string): Revision
}

interface Sheet {
  readonly changed: Map<number, ReadonlyMap<number, Cell>>
  readonly removed: Set<number>
}

export function pendingWork(): Pending {
  const base = new Map<string, Sheet>()
  let sheets: readonly Map<string, Sheet>[] = [base]
  const onTop = (collection: string): Sheet => {
    const top = sheets.at(-1) ?? base
    const sheet = top.get(collection) ?? { changed: new Map(), removed: new Set() }
    top.set(collection, sheet)
    return sheet
  }
  const change = (collection: string, record: number, cells: ReadonlyMap<number, Cell>) => {
    const { changed } = onTop(collection)
    changed.set(record, new Map([...(changed.get(record) ?? []), ...cells]))
  }
  return {
    change,
    remove: (collection, record) => onTop(collection).removed.add(record),
    isRemoved: (collection, record) => sheets.some((sheet) => sheet.get(collection)?.removed.has(record)),
    changesOf(collection, record) {
      const all = sheets
        .map((sheet) => sheet.get(collection)?.changed.get(record))
        .filter((set) => set !== undefined)
      return all.length > 1 ? new Map(all.flatMap((set) => [...set])) : all[0]
    },
    savepoint() {
      const below = sheets
      const sheet = new Map<string, Sheet>()
      sheets = [...below, sheet]
      const undo = () => {
        sheets = below
      }
      const release = () => {
        undo()
        for (const [collection, { changed, removed }] of sheet) {
          for (const [record, cells] of changed) change(collection, record, cells)
          for (const record of removed) onTop(collection).removed.add(record)
        }
      }
      return { release, undo }
    },
    collections: () => [...base.keys()],
    revision: (collection) => base.get(collection) ?? { changed: new Map(), removed: new Set() },
  }
}
