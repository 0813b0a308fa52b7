import type { CollectionDescription, SystemDescription } from '../connectors/public.ts'
import { type CollectionKind, isPeople, isThing, kindOf } from './classify/collection-kind.ts'
import type { FieldProposal } from './classify/proposal.ts'
import type { Category, LinkMap } from './data-map.ts'
import { elementsNamed } from './documents/elements.ts'
import type { ScanLinks } from './links/scan-links.ts'
import type { MapNote } from './merge-maps.ts'
import { own } from './own.ts'

/** One system as a scan left it. */
export interface ProposedSystem {
  readonly name: string
  readonly description: SystemDescription
  /** Proposals by collection, in the description's order. */
  readonly fields: Readonly<Record<string, readonly FieldProposal[]>>
  /** What a scan inferred where foreign keys are missing; absent: names alone decide. */
  readonly links?: ScanLinks | undefined
}

/** What is taken of a collection's proposals before links are known. */
export interface Draft {
  readonly name: string
  readonly description: CollectionDescription
  readonly kind: CollectionKind
  /** Personal fields that are sure enough, by name. */
  readonly accepted: ReadonlyMap<string, FieldProposal>
  /** All proposals, by name. */
  readonly proposals: ReadonlyMap<string, FieldProposal>
  /** Holds data that is a person's in itself, not only a number or an amount. */
  readonly personal: boolean
}

/** A link of the collection `from`. */
export interface DraftLink {
  readonly from: string
  readonly link: LinkMap
  /** The owner's row points at this one (an address, a household), not this one at the owner's. */
  readonly upward: boolean
}

/** What stands in no relation to a person without a link to one. */
const impersonal: ReadonlySet<Category> = new Set(['generic-id', 'purchase', 'financial', 'none'])

/** Sorts a system's proposals into those taken and those told about; views and unreadable collections are left out. */
export function draftSystem(
  system: ProposedSystem,
  minConfidence: number,
): { readonly drafts: readonly Draft[]; readonly notes: readonly MapNote[] } {
  const notes: MapNote[] = []
  const drafts = system.description.collections.flatMap((description): readonly Draft[] => {
    const note = (code: string, params: MapNote['params'] = {}, field?: string) =>
      notes.push({
        system: system.name,
        collection: description.name,
        ...(field !== undefined && { field }),
        code,
        params,
      })
    const proposals = own(system.fields, description.name) ?? []
    if (description.unreadable !== null) {
      note('note-unreadable-collection')
      return []
    }
    if (description.kind === 'view') {
      if (proposals.some(isPersonal)) note('note-view')
      return []
    }
    for (const { field, category, confidence, special, reason } of proposals) {
      for (const one of reason)
        if (one.code === 'document-cut') note('note-document-cut', { cut: one.cut }, field)
        else if (one.code === 'document-unread')
          note('note-document-unread', { unread: one.unread, values: one.values }, field)
      if (confidence === 0) note('note-unreadable-field', {}, field)
      else if (category !== 'none' && confidence < minConfidence)
        note('note-low-confidence', { category, confidence }, field)
      else if (special) note('note-special', { category }, field)
    }
    return [draftOf(description, proposals, minConfidence)]
  })
  return { drafts, notes }
}

function draftOf(
  description: CollectionDescription,
  proposals: readonly FieldProposal[],
  minConfidence: number,
): Draft {
  const accepted = proposals.filter(
    ({ category, confidence }) => category !== 'none' && confidence > 0 && confidence >= minConfidence,
  )
  return {
    name: description.name,
    description,
    kind: kindOf(description),
    accepted: new Map(accepted.map((proposal) => [proposal.field, proposal])),
    proposals: new Map(proposals.map((proposal) => [proposal.field, proposal])),
    personal: accepted.some(isPersonal),
  }
}

const isPersonal = ({ category }: FieldProposal): boolean => !impersonal.has(category)

/** The word that makes a field somebody's other than the row's owner, such as `receiver`; null where it is the owner's. */
export function otherPerson({ reason }: FieldProposal): string | null {
  const other = reason.find(({ code }) => code === 'other-person')
  return other?.code === 'other-person' ? other.word : null
}

/** Fields that lead to the row's own person: not a recipient's, not the one's who changed it, not one of a list's. */
export const ownIdentifiers = (draft: Draft): readonly FieldProposal[] =>
  [...draft.accepted.values()].filter(
    (proposal) =>
      proposal.identifier !== null &&
      otherPerson(proposal) === null &&
      elementsNamed(proposal.field) === null,
  )

/** Whether somebody is found by a field of the rows themselves, be it only in one element of a document. */
export const isReachedByItself = (draft: Draft): boolean =>
  ownIdentifiers(draft).length > 0 ||
  [...draft.accepted.values()].some(
    ({ identifier, field }) => identifier !== null && elementsNamed(field) !== null,
  )

export const fieldsOfCategory = (draft: Draft, category: Category): readonly string[] =>
  [...draft.accepted.values()].filter((proposal) => proposal.category === category).map(({ field }) => field)

/** Rows may be persons: named as such, or unnamed and holding what a person is known by. */
export function mayBePeople(draft: Draft): boolean {
  if (isThing(draft.kind)) return false
  const named = fieldsOfCategory(draft, 'person-name').length > 0
  const identified = ownIdentifiers(draft).length > 0
  return isPeople(draft.kind) ? named || identified : draft.kind === 'unknown' && named && identified
}
