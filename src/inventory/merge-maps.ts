import type { CollectionMap, DataMap, LinkMap } from './data-map.ts'
import { own } from './own.ts'

/** What a person should know about a map that was made for them. Its sentence is `inventory.<code>`. */
export interface MapNote {
  readonly system?: string
  readonly collection?: string
  readonly field?: string
  readonly code: string
  readonly params: Readonly<Record<string, string | number>>
}

export interface MergedMap {
  readonly map: DataMap
  /** Where the new proposal differs from what stands. */
  readonly notes: readonly MapNote[]
  readonly added: { readonly systems: number; readonly collections: number; readonly fields: number }
}

/**
 * A new proposal put beside the map a person confirmed: what stands wins, what it does not name is added. A confirmed
 * collection gains fields, but never a link, a keep rule or another treatment of its rows: a link makes more rows
 * somebody's, and that is for a person to say.
 */
export function mergeMaps(confirmed: DataMap, proposed: DataMap): MergedMap {
  const notes: MapNote[] = []
  const added = { systems: 0, collections: 0, fields: 0 }
  const systems = new Map(Object.entries(confirmed.systems))
  for (const [system, proposal] of Object.entries(proposed.systems)) {
    const standing = systems.get(system)
    if (!standing) added.systems += 1
    const collections = new Map(Object.entries(standing?.collections ?? {}))
    for (const [name, collection] of Object.entries(proposal.collections)) {
      const before = collections.get(name)
      const merged = before ? withNewFields(before, collection) : collection
      if (!before) added.collections += 1
      added.fields += Object.keys(merged.fields).length - Object.keys(before?.fields ?? {}).length
      collections.set(name, merged)
      if (before) notes.push(...differences(system, name, before, collection))
    }
    systems.set(system, { ...proposal, ...standing, collections: Object.fromEntries(collections) })
  }
  return {
    map: { ...beside(confirmed, proposed), systems: Object.fromEntries(systems) },
    notes: [...notes, ...otherRules(confirmed, proposed)],
    added,
  } // prettier-ignore
}

/** All of a map but its systems. */
function beside(confirmed: DataMap, proposed: DataMap): Omit<DataMap, 'systems'> {
  const country = proposed.country ?? confirmed.country
  const purposes = { ...proposed.purposes, ...confirmed.purposes }
  return {
    version: 1,
    ...(country !== undefined && { country }),
    rules: { ...proposed.rules, ...confirmed.rules },
    ...(Object.keys(purposes).length > 0 && { purposes }),
  }
}

function withNewFields(before: CollectionMap, proposal: CollectionMap): CollectionMap {
  const news = Object.entries(proposal.fields).filter(([field]) => !own(before.fields, field))
  return news.length === 0 ? before : { ...before, fields: { ...before.fields, ...Object.fromEntries(news) } }
}

function differences(
  system: string,
  collection: string,
  before: CollectionMap,
  proposal: CollectionMap,
): readonly MapNote[] {
  const note = (code: string, params: MapNote['params']): MapNote => ({ system, collection, code, params })
  const rows =
    before.rows === proposal.rows
      ? []
      : [note('merge-rows', { standing: before.rows, proposed: proposal.rows })]
  const links = (proposal.links ?? [])
    .filter((link) => !before.links?.some((one) => sameWay(one, link)))
    .map((link) => note('merge-link', { to: link.to, fields: Object.keys(link.on).join(', ') }))
  const keeps = (proposal.keep ?? [])
    .filter((keep) => !before.keep?.some((one) => one.rule === keep.rule))
    .map((keep) => note('merge-keep', { rule: keep.rule }))
  return [...rows, ...links, ...keeps]
}

/** The same way between two collections, whatever role a person gave it. */
const sameWay = (one: LinkMap, other: LinkMap): boolean =>
  one.to === other.to && Object.keys(one.on).sort().join('\n') === Object.keys(other.on).sort().join('\n')

const otherRules = (confirmed: DataMap, proposed: DataMap): readonly MapNote[] =>
  Object.entries(proposed.rules).flatMap(([name, rule]) => {
    const standing = own(confirmed.rules, name)
    const differs = standing !== undefined && JSON.stringify(standing) !== JSON.stringify(rule)
    return differs ? [{ code: 'merge-rule', params: { rule: name } }] : []
  })
