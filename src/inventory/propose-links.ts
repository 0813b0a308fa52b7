import { isThing } from './classify/collection-kind.ts'
import { wordsOf } from './classify/name-words.ts'
import type { LinkMap } from './data-map.ts'
import { inferLinks } from './links/infer-links.ts'
import type { LinkProposal } from './links/link-proposal.ts'
import type { MapNote } from './merge-maps.ts'
import { type Draft, type DraftLink, mayBePeople, ownIdentifiers } from './propose-draft.ts'
import { type Reference, referencesOf } from './propose-references.ts'

export interface ProposedLinks {
  readonly links: readonly DraftLink[]
  /** Collections whose rows are persons. */
  readonly identities: ReadonlySet<string>
  /** Collections whose rows lead to a person, by their own identifiers or by links. */
  readonly reaching: ReadonlySet<string>
  readonly notes: readonly Omit<MapNote, 'system'>[]
}

interface Linking {
  readonly drafts: ReadonlyMap<string, Draft>
  readonly references: ReadonlyMap<string, readonly Reference[]>
  readonly identities: ReadonlySet<string>
  readonly reaching: Set<string>
  readonly links: DraftLink[]
  readonly notes: Omit<MapNote, 'system'>[]
}

const anotherPerson = "points at another person's own record"
const atWork = 'names somebody who dealt with the row, not whose it is'

/** A lookup is shared by far more rows than a household or an address is by people. */
const mostPerParent = 20

/**
 * How the rows of a system's collections belong to its people: along foreign keys, and along what was inferred where
 * there are none. Names alone decide where a scan brought no links.
 * First what points at people, then what hangs on that, then what people point at themselves (an address, a household).
 */
export function proposeLinks(
  drafts: readonly Draft[],
  inferred: readonly LinkProposal[] | undefined,
  minConfidence: number,
): ProposedLinks {
  const descriptions = drafts.map(({ description }) => description)
  const proposals = inferred ?? inferLinks({ collections: descriptions, sketches: new Map() })
  const usable = proposals.filter((one) => one.confidence >= minConfidence && !isFoundAnyway(drafts, one))
  const references = new Map(
    drafts.map((draft) => [draft.name, referencesOf(draft.description, descriptions, usable)]),
  )
  const byName = new Map(drafts.map((draft) => [draft.name, draft]))
  const identities = identitiesAmong(drafts, references)
  const found = drafts
    .filter((draft) => !isThing(draft.kind) && ownIdentifiers(draft).length > 0)
    .map(({ name }) => name)
  const linking: Linking = {
    drafts: byName,
    references,
    identities,
    reaching: new Set([...identities, ...found]),
    links: [],
    notes: [],
  }
  for (const draft of drafts) linkToPeople(linking, draft)
  untilSettled(() => drafts.some((draft) => linkDownward(linking, draft)))
  untilSettled(
    () =>
      drafts.some((draft) => linkUpward(linking, draft)) ||
      drafts.some((draft) => linkDownward(linking, draft)),
  )
  const unsure = proposals.filter((one) => one.confidence < minConfidence && mayBeMissed(linking, one))
  return {
    links: linking.links,
    identities,
    reaching: linking.reaching,
    notes: [...linking.notes, ...unsure.map(unsureNote)],
  }
}

/** An address or a telephone number finds its rows by itself; its link to another list of people would say nothing more. */
const isFoundAnyway = (drafts: readonly Draft[], { from, fields }: LinkProposal): boolean =>
  fields.some((field) => {
    const kind = drafts.find(({ name }) => name === from)?.accepted.get(field)?.identifier ?? null
    return kind !== null && kind !== 'number'
  })

/** A link that would make rows somebody's which are nobody's so far. */
const mayBeMissed = (linking: Linking, { from, to, confidence }: LinkProposal): boolean => {
  const draft = linking.drafts.get(from)
  return (
    confidence >= leastTold &&
    draft?.personal === true &&
    linking.reaching.has(to) &&
    !linking.identities.has(from) &&
    !hasOwner(linking, draft)
  )
}

const leastTold = 0.65

const unsureNote = ({ from, to, fields, confidence }: LinkProposal): Omit<MapNote, 'system'> => ({
  collection: from,
  code: 'note-link-unsure',
  params: { to, fields: fields.join(', '), confidence },
})

/** People's own collections: not a profile or an account that only adds to a person kept elsewhere. */
function identitiesAmong(
  drafts: readonly Draft[],
  references: ReadonlyMap<string, readonly Reference[]>,
): ReadonlySet<string> {
  const candidates = new Map(drafts.filter(mayBePeople).map((draft) => [draft.name, draft]))
  const extendsAnother = (draft: Draft): boolean => {
    const above = (references.get(draft.name) ?? []).filter(
      ({ to, plain }) => plain && to !== draft.name && candidates.has(to),
    )
    const named = [...draft.accepted.values()].some(({ category }) => category === 'person-name')
    return above.some(({ fields }) => !named || draft.kind === 'unknown' || isOneToOne(draft, fields))
  }
  return new Set([...candidates.values()].filter((draft) => !extendsAnother(draft)).map(({ name }) => name))
}

const isOneToOne = ({ description }: Draft, fields: readonly string[]): boolean =>
  [description.key, ...description.uniques].some(
    (unique) => unique.length > 0 && unique.every((field) => fields.includes(field)),
  )

/** Links straight to people: whose row it is, who else is mentioned in it, who only dealt with it. */
function linkToPeople(linking: Linking, draft: Draft): void {
  const direct = (linking.references.get(draft.name) ?? []).filter(({ to }) => linking.identities.has(to))
  if (linking.identities.has(draft.name)) {
    if (draft.personal)
      for (const reference of direct) add(linking, draft, reference, { role: 'none', why: anotherPerson })
    return
  }
  const parts = direct.map((reference) => ({ reference, part: partOf(linking, draft, reference, direct) }))
  const owner = ownerAmong(linking, draft, parts)
  for (const { reference, part } of parts) {
    if (reference === owner) add(linking, draft, reference, { role: 'owner' })
    else if (part === 'actor' || part === 'writer')
      add(linking, draft, reference, { role: 'none', why: atWork })
    else add(linking, draft, reference, { role: 'party', ...partyFields(draft, reference) })
  }
}

type Part = 'owner' | 'plain' | 'writer' | 'unclear' | 'party' | 'actor'

/** Who wrote a row; where it is part of a conversation, that is somebody's who opened it. */
const writers: ReadonlySet<string> = new Set(
  'author sender writer poster commenter submitter auteur absender autor mittente remitente'.split(' '),
)

/** The part the target plays, from the reference's name and from who else the row names. */
function partOf({ drafts }: Linking, draft: Draft, reference: Reference, all: readonly Reference[]): Part {
  if (isThing(draft.kind)) return 'actor'
  const toStaff = drafts.get(reference.to)?.kind === 'staff'
  const others = all.some(({ to }) => to !== reference.to && drafts.get(to)?.kind !== 'staff')
  // A payslip is its employee's; an order that names none but the employee may be anybody's.
  const mayBeTheirs = draft.personal || draft.kind === 'belonging' || draft.kind === 'history'
  if (toStaff && (others || !mayBeTheirs)) return 'actor'
  if (reference.role === null) return reference.plain ? 'plain' : 'unclear'
  return reference.role.role === 'owner' && writers.has(reference.role.word) ? 'writer' : reference.role.role
}

/** Whose the row is: the likeliest part, the first field where two are alike. A message is its ticket's before its writer's. */
function ownerAmong(
  { references, reaching, identities }: Linking,
  draft: Draft,
  parts: readonly { readonly reference: Reference; readonly part: Part }[],
): Reference | null {
  const hangs = (references.get(draft.name) ?? []).some(
    ({ to, plain }) =>
      plain &&
      to !== draft.name &&
      !identities.has(to) &&
      (reaching.has(to) || (references.get(to) ?? []).some((one) => identities.has(one.to))),
  )
  const ranks: readonly Part[] = hangs ? ['owner', 'plain'] : ['owner', 'plain', 'writer', 'unclear', 'party']
  for (const rank of ranks) {
    const found = parts.find(({ part }) => part === rank)
    if (found !== undefined) return found.reference
  }
  return null
}

/** The fields that are the party's: those that share the reference's word (`receiver_id`, `receiver_name`). */
function partyFields(
  { description, proposals }: Draft,
  { fields, role }: Reference,
): { readonly clears?: readonly string[] } {
  const word = role?.word.split(' ')[0] ?? wordsOf(fields[0] ?? '')[0]
  const keys = new Set([...description.key, ...description.foreignKeys.flatMap((key) => key.fields)])
  const clears = description.fields.flatMap(({ name, kind }) => {
    const holds = kind === 'text' || (proposals.get(name)?.category ?? 'none') !== 'none'
    return word !== undefined && holds && !keys.has(name) && wordsOf(name).includes(word) ? [name] : []
  })
  return clears.length === 0 ? {} : { clears }
}

/** Rows that hang on rows that lead to a person: an invoice's lines, a ticket's messages. True when one was added. */
function linkDownward(linking: Linking, draft: Draft): boolean {
  const { references, reaching, identities } = linking
  if (identities.has(draft.name) || isThing(draft.kind) || hasOwner(linking, draft)) return false
  const above = (references.get(draft.name) ?? []).filter(
    ({ to, plain }) => plain && to !== draft.name && reaching.has(to) && !identities.has(to),
  )
  for (const reference of above) add(linking, draft, reference, { role: 'owner' })
  return above.length > 0
}

/** What people's rows point at and share with few others: the parent's rows are theirs. True when one was added. */
function linkUpward(linking: Linking, draft: Draft): boolean {
  const { drafts, references, reaching, identities } = linking
  if (!draft.personal || identities.has(draft.name) || isThing(draft.kind) || hasOwner(linking, draft))
    return false
  let added = false
  for (const [from, all] of references) {
    const child = drafts.get(from)
    if (child === undefined || from === draft.name || !reaching.has(from)) continue
    for (const { to, fields, toFields, confidence, byValues } of all) {
      if (to !== draft.name || fields.length !== 1) continue
      if (draft.description.rows * mostPerParent < child.description.rows) {
        linking.notes.push({
          collection: draft.name,
          code: 'note-link-shared',
          params: { from, fields: fields.join(', ') },
        })
        continue
      }
      add(
        linking,
        draft,
        { fields: toFields, to: from, toFields: fields, confidence, byValues, plain: true, role: null },
        { role: 'owner' },
        true,
      )
      linking.notes.push({
        collection: draft.name,
        code: 'note-link-upward',
        params: { from, fields: fields.join(', ') },
      })
      added = true
    }
  }
  return added
}

const hasOwner = ({ links }: Linking, draft: Draft): boolean =>
  links.some(({ from, link }) => from === draft.name && link.role === 'owner')

function add(
  linking: Linking,
  draft: Draft,
  reference: Reference,
  more: Omit<LinkMap, 'to' | 'on'>,
  upward = false,
): void {
  const on = Object.fromEntries(reference.fields.map((field, i) => [field, reference.toFields[i] ?? '']))
  linking.links.push({ from: draft.name, link: { to: reference.to, on, ...more }, upward })
  if (more.role === 'owner') linking.reaching.add(draft.name)
  if (reference.confidence !== null && more.role !== 'none')
    linking.notes.push({
      collection: draft.name,
      code: reference.byValues ? 'note-link-by-values' : 'note-link-by-name',
      params: { to: reference.to, fields: reference.fields.join(', '), confidence: reference.confidence },
    })
}

/** Each round adds links; there are no more than references. */
function untilSettled(round: () => boolean): void {
  while (round());
}
