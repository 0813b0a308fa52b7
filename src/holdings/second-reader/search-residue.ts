import type {
  CollectionDescription,
  FieldKind,
  Needle,
  ReadSession,
  RowKey,
  SystemDescription,
} from '../../connectors/public.ts'
import { cellsSpellingName, kindsInCell } from './read-cell.ts'
import { digitsOf, formsOf, isSearchable, type Wanted, type WantedKind, words } from './wanted.ts'

export interface Residue {
  readonly collection: string
  readonly field: string
  readonly kinds: readonly WantedKind[]
  readonly rows: number
}

export interface ResidueReport {
  readonly residue: readonly Residue[]
  /** Traces found in rows and fields that are kept with a ground. */
  readonly keptTraces: number
  readonly searched: { readonly collections: number; readonly fields: number; readonly rows: number }
  /** What was not looked at, and why: unknown is a state with a name. */
  readonly notSearched: readonly {
    readonly collection: string
    readonly field: string | null
    readonly why: NotSearched
  }[]
}

export type NotSearched = 'view' | 'binary' | 'unreadable'

/** Says whether a cell is one that stays with a ground. */
export type IsKept = (collection: string, key: RowKey, field: string) => boolean

const withoutText: ReadonlySet<FieldKind> = new Set(['boolean', 'date', 'timestamp', 'time'])

/** Reads every text of every collection of a system, mapped or not, for the person's identifiers and full names. */
export async function searchResidue(
  session: ReadSession,
  description: SystemDescription,
  wanted: readonly Wanted[],
  isKept: IsKept,
  onProgress?: (collection: string, done: number, total: number) => void,
): Promise<ResidueReport> {
  const forms = formsOf(wanted)
  const needles = needlesOf(wanted)
  const counts = new Map<
    string,
    { collection: string; field: string; kinds: Set<WantedKind>; rows: number }
  >()
  const notSearched: ResidueReport['notSearched'][number][] = []
  const searched = { collections: 0, fields: 0, rows: 0 }
  let keptTraces = 0
  const total = description.collections.length
  for (const [i, collection] of description.collections.entries()) {
    onProgress?.(collection.name, i, total)
    const why = reasonToSkip(collection)
    if (why) {
      notSearched.push({ collection: collection.name, field: null, why })
      continue
    }
    const fields = collection.fields
      .filter(({ kind }) => kind !== 'binary' && !withoutText.has(kind))
      .map(({ name }) => name)
    for (const { name, kind } of collection.fields)
      if (kind === 'binary') notSearched.push({ collection: collection.name, field: name, why: 'binary' })
    if (fields.length === 0 || needles.length === 0) continue
    searched.collections += 1
    searched.fields += fields.length
    searched.rows += collection.rows
    for await (const row of session.search({ collection: collection.name, fields, needles })) {
      const hits = new Map<string, Set<WantedKind>>()
      for (const [place, cell] of row.cells.entries()) {
        const kinds = cell === null ? new Set<WantedKind>() : kindsInCell(cell, forms)
        if (kinds.size > 0) hits.set(fields[place] ?? '', new Set(kinds))
      }
      for (const place of cellsSpellingName(row.cells, forms)) {
        const field = fields[place] ?? ''
        hits.set(field, (hits.get(field) ?? new Set<WantedKind>()).add('name'))
      }
      for (const [field, kinds] of hits) {
        if (isKept(collection.name, row.key, field)) {
          keptTraces += 1
          continue
        }
        const label = JSON.stringify([collection.name, field])
        const count = counts.get(label) ?? {
          collection: collection.name,
          field,
          kinds: new Set<WantedKind>(),
          rows: 0,
        }
        counts.set(label, count)
        count.rows += 1
        for (const kind of kinds) count.kinds.add(kind)
      }
    }
  }
  const residue = [...counts.values()].map(({ kinds, ...one }) => ({ ...one, kinds: [...kinds] }))
  return { residue, keptTraces, searched, notSearched }
}

/** A view shows what its tables hold: those are read. A materialised one holds a copy. */
function reasonToSkip(collection: CollectionDescription): NotSearched | undefined {
  if (collection.unreadable !== null) return 'unreadable'
  return collection.kind === 'view' && !collection.materialised ? 'view' : undefined
}

/** Coarse forms for the target; a row that comes back is taken apart here. */
function needlesOf(wanted: readonly Wanted[]): readonly Needle[] {
  const texts = wanted.filter(isSearchable).flatMap(({ kind, value }): readonly Needle[] => {
    if (kind === 'phone') return [{ fold: 'digits', text: digitsOf(value).slice(-9) }]
    if (kind === 'email') return [{ fold: 'lower', text: value.toLowerCase() }]
    if (kind === 'name') return namesToFind(value)
    const digits = digitsOf(value)
    const written: Needle = { fold: 'lower', text: value.toLowerCase() }
    return digits.length >= 5 ? [written, { fold: 'digits', text: digits }] : [written]
  })
  return [...new Map(texts.map((needle) => [`${needle.fold} ${needle.text}`, needle])).values()]
}

/** The longest word of a name, as written and without its accents. */
function namesToFind(name: string): readonly Needle[] {
  const written =
    name
      .toLowerCase()
      .split(/[^\p{L}\p{N}\p{M}]+/u)
      .toSorted((a, b) => b.length - a.length)[0] ?? ''
  const folded = words(written).join('')
  return [...new Set([written, folded])]
    .filter((text) => text.length > 1)
    .map((text) => ({ fold: 'lower', text }))
}
