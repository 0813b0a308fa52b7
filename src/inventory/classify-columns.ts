import type { Language } from '../platform/texts.ts'
import type { FieldProposal } from './classify/proposal.ts'
import { type ColumnInput, type ReadColumn, readColumn } from './column-input.ts'
import type { Category, IdentifierKind } from './data-map.ts'
import { problem } from './problems.ts'
import { reasonSentence } from './reason-sentence.ts'

/** The column as it was given, with what it seems to hold. */
export type ClassifiedColumn = ColumnInput & {
  readonly category: Category
  readonly identifier: IdentifierKind | null
  readonly special: boolean
  /** 0 to 1. */
  readonly confidence: number
  /** A sentence in the reader's language; never a value. */
  readonly reason: string
}

/** What nobody could look at is never called harmless with confidence. */
const mostUnread = 0.3

/**
 * Proposals for columns written down as `[{table, column, type, values}]`, in their order; columns of one `table` are
 * neighbours. Any key may be missing. Throws `inventory.columns-not-a-list` and `inventory.column-not-an-object`.
 */
export async function classifyColumns(
  language: Language,
  input: unknown,
): Promise<readonly ClassifiedColumn[]> {
  const { classifyCollection } = await classifier()
  const columns = asColumns(input)
  const read = columns.map(readColumn)
  const tables = Map.groupBy(read.keys(), (place) => read[place]?.table ?? '')
  const found = new Array<FieldProposal>(columns.length)
  for (const [name, places] of tables) {
    const members = places.flatMap((place) => read[place] ?? [])
    const description = describe(name, members)
    const samples = members.map(({ cells }) => cells)
    const facts = { engine: 'files', description, samples, collections: [...tables.keys()] }
    for (const [i, proposal] of classifyCollection(facts, { mentions: false }).entries()) {
      const place = places[i]
      if (place !== undefined) found[place] = proposal
    }
  }
  return columns.map((column, place) => ({ ...column, ...shown(language, found[place], read[place]) }))
}

/** Its dictionaries are read when somebody asks. The module is asked for once: each time costs a tenth of a millisecond. */
let loading: Promise<typeof import('./classify/classify-collection.ts')> | undefined
function classifier() {
  loading ??= import('./classify/classify-collection.ts')
  return loading
}

function asColumns(input: unknown): readonly ColumnInput[] {
  if (!Array.isArray(input)) throw problem('inventory.columns-not-a-list')
  return input.map((column: unknown, i) => {
    if (typeof column !== 'object' || column === null || Array.isArray(column))
      throw problem('inventory.column-not-an-object', { place: i + 1 })
    return column as ColumnInput
  })
}

const describe = (name: string, members: readonly ReadColumn[]) => ({
  name,
  kind: 'file' as const,
  comment: null,
  rows: Math.max(0, ...members.map(({ cells }) => cells?.length ?? 0)),
  fields: members.map(({ field }) => field),
  key: [],
  uniques: [],
  foreignKeys: [],
  checks: [],
  writable: false,
  unreadable: null,
})

function shown(language: Language, proposal: FieldProposal | undefined, column: ReadColumn | undefined) {
  if (proposal === undefined || column === undefined) throw new Error('a column without a proposal')
  const { category, identifier, special, confidence, reason } = proposal
  return {
    category,
    identifier,
    special,
    confidence: column.cells === null ? Math.min(confidence, mostUnread) : confidence,
    reason: reasonSentence(language, reason),
  }
}
