import type { FoundRow } from '../../connectors/public.ts'
import type { FoundInRow } from './read-row.ts'
import type { Residue, ResidueSearch } from './residue.ts'
import type { WantedKind } from './wanted.ts'

/** Counts for one person what rows said of them. */
export interface Tally {
  count(collection: string, fields: readonly string[], row: FoundRow, found: FoundInRow): void
  residue(): readonly Residue[]
  /** Traces found in what is kept. */
  keptTraces(): number
}

export function startTally({ isKept }: Pick<ResidueSearch, 'isKept'>): Tally {
  const counts = new Map<string, Omit<Residue, 'kinds'> & { kinds: Set<WantedKind>; rows: number }>()
  let kept = 0
  const add = (place: Pick<Residue, 'collection' | 'field' | 'doubtful'>, kinds: ReadonlySet<WantedKind>) => {
    const label = JSON.stringify([place.collection, place.field, place.doubtful])
    const count = counts.get(label) ?? { ...place, kinds: new Set<WantedKind>(), rows: 0 }
    counts.set(label, count)
    count.rows += 1
    for (const kind of kinds) count.kinds.add(kind)
  }
  return {
    count(collection, fields, { key, cells }, { certain, possible, inKept }) {
      kept += inKept
      for (const [hits, doubtful] of [
        [certain, false],
        [possible, true],
      ] as const)
        for (const [place, kinds] of hits) {
          const field = fields[place] ?? ''
          if (isKept(collection, key, field, cells[place] ?? '')) kept += 1
          else add({ collection, field, doubtful }, kinds)
        }
    },
    residue: () => [...counts.values()].map(({ kinds, ...one }) => ({ ...one, kinds: [...kinds] })),
    keptTraces: () => kept,
  }
}
