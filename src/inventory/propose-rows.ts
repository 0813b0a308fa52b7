import { isThing } from './classify/collection-kind.ts'
import type { CollectionMap } from './data-map.ts'
import type { Draft, DraftLink } from './propose-draft.ts'

type Rows = CollectionMap['rows']

/**
 * What erasing their owner does to rows. They go, unless something that stays needs them: rows with a ground to be kept,
 * what hangs on those, and what those point at. A company's row is never its contact person's to delete.
 */
export function proposeRows(
  mapped: readonly Draft[],
  links: readonly DraftLink[],
  identities: ReadonlySet<string>,
  kept: readonly string[],
): ReadonlyMap<string, Rows> {
  const names = new Set(mapped.map(({ name }) => name))
  const staying = new Set([...kept, ...mapped.filter(({ kind }) => isThing(kind)).map(({ name }) => name)])
  const owners = links.filter(({ link }) => link.role === 'owner')
  const keptWith = new Set(kept)
  // A Set hands out what is added while it is walked.
  for (const name of keptWith)
    for (const { from, link, upward } of owners) if (link.to === name && !upward) keptWith.add(from)
  for (const name of keptWith) staying.add(name)
  const byName = new Map(mapped.map((draft) => [draft.name, draft]))
  for (const name of staying) {
    for (const { to } of byName.get(name)?.description.foreignKeys ?? []) if (names.has(to)) staying.add(to)
    if (identities.has(name)) continue
    // An order's lines stay with the order, and so does what says nothing without the document it hangs on.
    for (const { from, link, upward } of owners)
      if (link.to === name && !upward && isPartOf(byName.get(from), byName.get(name))) staying.add(from)
  }
  return new Map(
    mapped.map(({ name, description }): [string, Rows] => [
      name,
      !description.writable ? 'keep' : staying.has(name) ? 'clear' : 'delete',
    ]),
  )
}

const isPartOf = (part: Draft | undefined, whole: Draft | undefined): boolean =>
  part?.personal === false || (part?.kind === 'transaction' && whole?.kind === 'transaction')
