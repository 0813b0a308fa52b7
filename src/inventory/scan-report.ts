import type { CollectionDescription } from '../connectors/public.ts'
import { type Language, say } from '../platform/texts.ts'
import type { Mentions } from './classify/mentions.ts'
import type { FieldProposal } from './classify/proposal.ts'
import type { Category, IdentifierKind } from './data-map.ts'
import type { LinkProposal } from './links/link-proposal.ts'
import type { IdentifierMatch } from './links/match-identifiers.ts'
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
  /** It holds personal data, and nothing leads from a person to its rows. */
  readonly unreached: boolean
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
  /** In texts: how often the sample speaks of each kind of data. */
  readonly mentions?: Mentions
}

export interface ScannedLink {
  readonly from: string
  /** A collection of the same system, or `system/collection` of another one. */
  readonly to: string
  /** This collection's field → the other's. */
  readonly fields: Readonly<Record<string, string>>
  /** What says so; all but a foreign key is a proposal. */
  readonly source: 'foreign-key' | LinkProposal['source']
  /** 0 to 1; 1 where a foreign key says so. */
  readonly confidence: number
  /** A sentence in the reader's language; null where a foreign key says so. */
  readonly reason: string | null
}

/** `matches`: those of all systems scanned together; each is shown at the end that refers. */
export const scannedSystem = (
  language: Language,
  scan: StoredScan,
  matches: readonly IdentifierMatch[],
  unreached: ReadonlySet<string>,
): ScannedSystem => ({
  name: scan.system,
  engine: scan.description.engine,
  scannedAt: scan.at,
  collections: scan.description.collections.map((collection) => ({
    ...scannedCollection(language, collection, own(scan.proposals, collection.name) ?? [], [
      ...scan.links.within
        .filter(({ from }) => from === collection.name)
        .map((link) => inferredLink(language, link)),
      ...matches
        .filter(({ from }) => from.system === scan.system && from.collection === collection.name)
        .map((match) => identifierLink(language, match)),
    ]),
    unreached: unreached.has(collection.name),
  })),
})

function scannedCollection(
  language: Language,
  collection: CollectionDescription,
  proposals: readonly FieldProposal[],
  inferred: readonly ScannedLink[],
): Omit<ScannedCollection, 'unreached'> {
  const byField = new Map(proposals.map((proposal) => [proposal.field, proposal]))
  return {
    name: collection.name,
    rows: collection.rows,
    unreadable: collection.unreadable === null ? null : asSaid(language, collection.unreadable),
    fields: collection.fields.flatMap(({ name, type }) => {
      const proposal = byField.get(name)
      if (!proposal) return []
      const { category, identifier, special, confidence, mentions } = proposal
      const reason = reasonSentence(language, proposal.reason)
      const shown = { name, type, category, identifier, special, confidence, reason }
      return [mentions === undefined ? shown : { ...shown, mentions }]
    }),
    links: [
      ...collection.foreignKeys.map(
        (key): ScannedLink => ({
          from: collection.name,
          to: key.to,
          fields: pairs(key),
          source: 'foreign-key',
          confidence: 1,
          reason: null,
        }),
      ),
      ...inferred,
    ],
  }
}

const pairs = ({ fields, toFields }: Pick<LinkProposal, 'fields' | 'toFields'>): ScannedLink['fields'] =>
  Object.fromEntries(fields.map((field, i) => [field, toFields[i] ?? '']))

const inferredLink = (language: Language, link: LinkProposal): ScannedLink => ({
  from: link.from,
  to: link.to,
  fields: pairs(link),
  source: link.source,
  confidence: link.confidence,
  reason: link.reason
    .map(({ code, ...params }) => say(language, `inventory.link-${code}`, params))
    .join('; '),
})

const identifierLink = (language: Language, { from, to, ...match }: IdentifierMatch): ScannedLink => ({
  from: from.collection,
  to: from.system === to.system ? to.collection : `${to.system}/${to.collection}`,
  fields: { [from.field]: to.field },
  source: 'values',
  confidence: match.confidence,
  reason:
    match.overlap === null
      ? say(language, 'inventory.link-same-people', { identifier: match.identifier })
      : say(language, 'inventory.link-overlap', { identifier: match.identifier, share: match.overlap }),
})

/** A driver's phrase from its closed list, perhaps after a line's number, in the reader's language. */
function asSaid(language: Language, unreadable: string): string {
  const [, line, phrase = ''] = /^(?:line (\d+): )?(.*)$/s.exec(unreadable) ?? []
  const code = `connectors.reason.${phrase}`
  const said = say(language, code)
  const reason = said === code ? phrase : said
  return line === undefined ? reason : say(language, 'inventory.unreadable-line', { line, reason })
}
