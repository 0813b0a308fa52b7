import type { CollectionDescription } from '../connectors/public.ts'
import { type Language, say } from '../platform/texts.ts'
import type { FieldProposal } from './classify/proposal.ts'
import type { Category, IdentifierKind } from './data-map.ts'
import { own } from './own.ts'
import type { StoredScan } from './queries.ts'
import { reasonSentence } from './reason-sentence.ts'

/** A scan as it is shown: the contract of `dossier scan --json`. */
export interface ScannedSystem {
  readonly name: string
  readonly engine: string
  readonly scannedAt: Date
  readonly collections: readonly ScannedCollection[]
}

export interface ScannedCollection {
  readonly name: string
  readonly rows: number
  readonly fields: readonly ScannedField[]
  readonly links: readonly ScannedLink[]
  /** Why nothing could be read, else null. */
  readonly unreadable: string | null
}

export interface ScannedField {
  readonly name: string
  readonly type: string
  readonly category: Category
  readonly identifier: IdentifierKind | null
  readonly special: boolean
  readonly confidence: number
  /** A sentence in the reader's language; never a value. */
  readonly reason: string
}

export interface ScannedLink {
  readonly from: string
  readonly to: string
  /** This collection's field → the other's. */
  readonly fields: Readonly<Record<string, string>>
  readonly source: 'foreign-key'
}

export const scannedSystem = (language: Language, scan: StoredScan): ScannedSystem => ({
  name: scan.system,
  engine: scan.description.engine,
  scannedAt: scan.at,
  collections: scan.description.collections.map((collection) =>
    scannedCollection(language, collection, own(scan.proposals, collection.name) ?? []),
  ),
})

function scannedCollection(
  language: Language,
  collection: CollectionDescription,
  proposals: readonly FieldProposal[],
): ScannedCollection {
  const byField = new Map(proposals.map((proposal) => [proposal.field, proposal]))
  return {
    name: collection.name,
    rows: collection.rows,
    unreadable: collection.unreadable === null ? null : asSaid(language, collection.unreadable),
    fields: collection.fields.flatMap(({ name, type }) => {
      const proposal = byField.get(name)
      if (!proposal) return []
      const { category, identifier, special, confidence, reason } = proposal
      return [
        { name, type, category, identifier, special, confidence, reason: reasonSentence(language, reason) },
      ]
    }),
    links: collection.foreignKeys.map((key) => ({
      from: collection.name,
      to: key.to,
      fields: Object.fromEntries(key.fields.map((field, i) => [field, key.toFields[i] ?? ''])),
      source: 'foreign-key',
    })),
  }
}

/** A driver's phrase from its closed list, perhaps after a line's number, in the reader's language. */
function asSaid(language: Language, unreadable: string): string {
  const [, line, phrase = ''] = /^(?:line (\d+): )?(.*)$/s.exec(unreadable) ?? []
  const code = `connectors.reason.${phrase}`
  const said = say(language, code)
  const reason = said === code ? phrase : said
  return line === undefined ? reason : say(language, 'inventory.unreadable-line', { line, reason })
}
