import { isPeople } from './classify/collection-kind.ts'
import type { FieldProposal } from './classify/proposal.ts'
import { fieldsOf, isCondition, parseCondition } from './condition.ts'
import type {
  CollectionMap,
  DataMap,
  FieldMap,
  IdentifierKind,
  KeepMap,
  LinkMap,
  Rule,
  SystemMap,
} from './data-map.ts'
import type { MapNote } from './merge-maps.ts'
import {
  type Draft,
  type DraftLink,
  draftSystem,
  isReachedByItself,
  otherPerson,
  type ProposedSystem,
} from './propose-draft.ts'
import { type ProposedKeep, proposeKeep } from './propose-keep.ts'
import { proposeLinks } from './propose-links.ts'
import { proposeRows } from './propose-rows.ts'

export type { ProposedSystem } from './propose-draft.ts'

export interface ProposeMap {
  readonly systems: readonly ProposedSystem[]
  /** ISO 3166-1 alpha-2 of the organisation: decides the starter rules. */
  readonly country?: string | undefined
  /** Proposals below this are told about and left out; 0 to 1. */
  readonly minConfidence: number
  readonly controller?: string | undefined
}

export interface ProposedMap {
  readonly map: DataMap
  /** What was left out or guessed, and what needs a person's or a lawyer's eye. */
  readonly notes: readonly MapNote[]
}

/**
 * A data map from what scans found: collections that hold personal data or hang on ones that do, how their rows reach a
 * person, what erasing does to them, and what the starter rules keep. Pure and deterministic; everything in the order of
 * the descriptions.
 */
export function proposeMap({ systems, country, minConfidence, controller }: ProposeMap): ProposedMap {
  const notes: MapNote[] = []
  const maps: [string, SystemMap][] = []
  let rules: Readonly<Record<string, Rule>> = {}
  for (const system of systems) {
    const proposed = proposeSystem(system, minConfidence, country, rules)
    rules = { ...rules, ...proposed.rules }
    notes.push(...proposed.notes)
    maps.push([
      system.name,
      { ...(controller !== undefined && { controller }), collections: proposed.collections },
    ])
  }
  const map: DataMap = {
    version: 1,
    ...(country !== undefined && { country }),
    systems: Object.fromEntries(maps),
    rules,
  }
  return { map, notes }
}

interface SystemProposal {
  readonly collections: Readonly<Record<string, CollectionMap>>
  readonly rules: Readonly<Record<string, Rule>>
  readonly notes: readonly MapNote[]
}

function proposeSystem(
  system: ProposedSystem,
  minConfidence: number,
  country: string | undefined,
  known: Readonly<Record<string, Rule>>,
): SystemProposal {
  const { drafts, notes } = draftSystem(system, minConfidence)
  const linked = proposeLinks(drafts, system.links?.within, minConfidence)
  const mapped = drafts.filter(({ name, personal }) => personal || linked.reaching.has(name))
  const names = new Set(mapped.map(({ name }) => name))
  const links = linked.links.filter(({ from, link }) => names.has(from) && names.has(link.to))
  const { keeps, ...kept } = proposeKeep({ ...linked, drafts: mapped, links, country, rules: known })
  const keepers = keeps.map(({ from }) => from)
  const proposal = {
    links,
    keeps,
    rules: { ...known, ...kept.rules },
    rows: proposeRows(mapped, links, linked.identities, keepers),
  }
  const collections = mapped.map((draft) => [draft.name, collectionMap(draft, proposal)])
  const inSystem = [
    ...linked.notes.filter(({ collection }) => collection === undefined || names.has(collection)),
    ...kept.notes,
    ...mapped.flatMap((draft) => shortcomings(draft, linked.reaching, links)),
  ]
  return {
    collections: Object.fromEntries(collections),
    rules: kept.rules,
    notes: [...notes, ...inSystem.map((note) => ({ system: system.name, ...note })), ...matchNotes(system)],
  }
}

/** The same people in another system: told, and left to a person to say what that means. */
const matchNotes = ({ links }: ProposedSystem): readonly MapNote[] =>
  (links?.matches ?? []).flatMap(({ from, to }) =>
    from.system === to.system
      ? []
      : [
          {
            system: from.system,
            collection: from.collection,
            field: from.field,
            code: 'note-identifier-match',
            params: { to: `${to.system}/${to.collection} (${to.field})` },
          },
        ],
  )

interface Settled {
  readonly links: readonly DraftLink[]
  readonly keeps: readonly ProposedKeep[]
  readonly rules: Readonly<Record<string, Rule>>
  readonly rows: ReadonlyMap<string, CollectionMap['rows']>
}

function collectionMap(draft: Draft, settled: Settled): CollectionMap {
  const links = settled.links.flatMap(({ from, link }) => (from === draft.name ? [link] : []))
  const keep = settled.keeps.flatMap(({ from, keep: one }) => (from === draft.name ? [one] : []))
  return {
    rows: settled.rows.get(draft.name) ?? 'delete',
    fields: fieldMaps(draft, links, keep, settled),
    ...(links.length > 0 && { links }),
    ...(keep.length > 0 && { keep }),
  }
}

/** Personal fields, and those that links, keep rules and conditions lean on. */
function fieldMaps(
  draft: Draft,
  links: readonly LinkMap[],
  keep: readonly KeepMap[],
  { links: all, rules }: Settled,
): Readonly<Record<string, FieldMap>> {
  const joined = new Set([
    ...links.flatMap(({ on }) => Object.keys(on)),
    ...all.flatMap(({ link }) => (link.to === draft.name ? Object.values(link.on) : [])),
  ])
  const kept = new Set(keep.flatMap((one) => [...one.fields, one.from, ...conditionFields(rules[one.rule])]))
  const cleared = new Set(links.flatMap(({ clears }) => clears ?? []))
  const maps = draft.description.fields.flatMap(({ name, generated }): readonly [string, FieldMap][] => {
    const accepted = draft.accepted.get(name)
    if (accepted !== undefined) return [[name, fieldMap(draft, accepted, cleared.has(name), generated)]]
    if (joined.has(name)) return [[name, { category: 'generic-id' }]]
    if (cleared.has(name)) return [[name, { category: 'free-text' }]]
    return kept.has(name) ? [[name, { category: 'none' }]] : []
  })
  return Object.fromEntries(maps)
}

function conditionFields(rule: Rule | undefined): readonly string[] {
  const condition = rule?.while === undefined ? null : parseCondition(rule.while)
  return condition !== null && isCondition(condition) ? fieldsOf(condition) : []
}

function fieldMap(draft: Draft, proposal: FieldProposal, ofParty: boolean, generated: boolean): FieldMap {
  const { category, identifier, unique } = proposal
  // By somebody else's identifier a row would be found as theirs and go with them, unless a party's link says better.
  const usable = identifier !== null && !generated && (ofParty || otherPerson(proposal) === null)
  return {
    category,
    ...(usable && { identifier, unique: unique ?? uniqueByNature.has(identifier) }),
    // On a document an amount is nobody's once the name is gone; a salary on a person's own row goes.
    ...(category === 'financial' && isPeople(draft.kind) && { erase: 'clear' }),
  }
}

const uniqueByNature: ReadonlySet<IdentifierKind> = new Set(['email', 'number', 'national-id'])

/** What a person must look at, lest a request find less than there is, or the map promise more than can be done. */
function shortcomings(
  draft: Draft,
  reaching: ReadonlySet<string>,
  links: readonly DraftLink[],
): readonly Omit<MapNote, 'system'>[] {
  const note = (code: string, params: MapNote['params'] = {}) => ({ collection: draft.name, code, params })
  const cleared = links.flatMap(({ from, link }) => (from === draft.name ? (link.clears ?? []) : []))
  const others = [...draft.accepted.values()].flatMap((proposal) => {
    const word = otherPerson(proposal)
    const told = word !== null && !cleared.includes(proposal.field)
    return told ? [{ ...note('note-other-person', { word }), field: proposal.field }] : []
  })
  const isReached = reaching.has(draft.name) || isReachedByItself(draft)
  return [
    ...others,
    ...(isReached ? [] : [note('note-unreached')]),
    ...(draft.description.writable ? [] : [note('note-not-writable')]),
  ]
}
