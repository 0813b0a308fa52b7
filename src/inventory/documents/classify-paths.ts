import { every, type FieldDescription, holdsElements, readPath } from '../../connectors/public.ts'
import { classifyCollection } from '../classify/classify-collection.ts'
import type { CollectionFacts, FieldProposal } from '../classify/proposal.ts'
import type { Category } from '../data-map.ts'
import type { SeenDocuments } from './seen-documents.ts'
import type { SeenCollection } from './with-paths.ts'

/**
 * Proposals for columns and for the paths in their documents, in the order of the fields. Columns are judged as if they
 * had no paths, and paths among the columns; what a column holds beside its paths is said at the column.
 */
export function classifyWithPaths(
  facts: Omit<CollectionFacts, 'description' | 'samples'>,
  { description, samples, documents }: SeenCollection,
): readonly FieldProposal[] {
  const isColumn = description.fields.map(({ within }) => within === undefined)
  const ofColumns = <T>(list: readonly T[]): readonly T[] => list.filter((_, i) => isColumn[i])
  const columns = classifyCollection({
    ...facts,
    description: { ...description, fields: ofColumns(description.fields) },
    samples: ofColumns(samples),
  })
  if (documents.size === 0) return columns
  const named = description.fields.map((field) => ({ ...field, name: spokenName(field) }))
  const all = classifyCollection({ ...facts, description: { ...description, fields: named }, samples })
  const byColumn = new Map(columns.map((proposal) => [proposal.field, proposal]))
  const paths = all.flatMap((proposal, i) => {
    const field = description.fields[i]
    return field?.within ? [ofPath(field, proposal)] : []
  })
  const byField = new Map(paths.map((proposal) => [proposal.field, proposal]))
  return description.fields.flatMap(({ name, within }) => {
    if (within) return byField.get(name) ?? []
    const seen = documents.get(name)
    const proposal = byColumn.get(name)
    if (!proposal) return []
    const own = seen?.fields.flatMap(({ field }) => byField.get(field.name) ?? []) ?? []
    return seen ? ofColumn(proposal, seen, own) : proposal
  })
}

/** As somebody would call a column for it: `profile.$.address.city` is an `address_city`, `customer.$.name` a `customer_name`. */
function spokenName({ name, within }: FieldDescription): string {
  if (within === undefined) return name
  const steps = (readPath(within.path) ?? []).flatMap((step) => (step === every ? [] : [step.member]))
  const words = [within.field, ...steps]
  return words
    .filter((word, i) => i === words.length - 1 || !wrappers.has(word.toLowerCase()))
    .slice(-2)
    .join('_')
}

/** Words that say only that something is inside. */
const wrappers: ReadonlySet<string> = new Set([
  'data',
  'json',
  'payload',
  'body',
  'content',
  'contents',
  'doc',
  'document',
  'meta',
  'metadata',
  'info',
  'detail',
  'details',
  'attribute',
  'attributes',
  'extra',
  'extras',
  'properties',
  'props',
  'fields',
  'value',
  'values',
  'raw',
  'object',
  'settings',
  'options',
  'params',
  'custom',
  'old',
  'new',
  'before',
  'after',
]) // prettier-ignore

/** One of several values in a row is not the row's owner by that. */
const ofPath = (field: FieldDescription, proposal: FieldProposal): FieldProposal => ({
  ...proposal,
  field: field.name,
  unique: holdsElements(field) && proposal.identifier !== null ? false : proposal.unique,
})

const sure = 0.95
const likely = 0.85
/** What was not all looked at is not called harmless with confidence. */
const unsure = 0.3

/** Models see people in anything, a little. */
const leastSure = 0.7

const impersonal: ReadonlySet<Category> = new Set(['none', 'generic-id', 'purchase', 'financial'])
const isPersonal = ({ category, confidence }: FieldProposal): boolean =>
  !impersonal.has(category) && confidence >= leastSure

function ofColumn(
  proposal: FieldProposal,
  { fields, cut, unread, values }: SeenDocuments,
  paths: readonly FieldProposal[],
): FieldProposal {
  const described = { code: 'document', paths: fields.length } as const
  if (cut + unread > 0) {
    const reason = [
      described,
      ...(cut > 0 ? [{ code: 'document-cut', cut } as const] : []),
      ...(unread > 0 ? [{ code: 'document-unread', unread, values } as const] : []),
    ]
    if (proposal.special) return { ...proposal, reason: [...proposal.reason, ...reason] }
    const nobodys = { identifier: null, unique: null }
    // Among people's data what is not described path by path may be any of it: it is one text, and goes whole.
    if (paths.some(isPersonal) || proposal.category !== 'none')
      return { ...proposal, ...nobodys, category: 'free-text', confidence: likely, reason }
    return { ...proposal, ...nobodys, confidence: Math.min(proposal.confidence, unsure), reason }
  }
  const isSaid = proposal.category === 'none' || paths.some(({ category }) => category !== 'none')
  if (!isSaid) return { ...proposal, reason: [...proposal.reason, described] }
  const { mentions: _, ...rest } = proposal
  return {
    ...rest,
    category: 'none',
    identifier: null,
    unique: null,
    special: false,
    confidence: sure,
    reason: [described],
  }
}
