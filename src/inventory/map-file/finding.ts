/** Everything that can be wrong with a data map written as a file. Sentences: `texts/<language>/inventory.json`. */
const severities = {
  'map-too-big': 'error',
  'map-empty': 'error',
  'map-control-character': 'error',
  'map-tab': 'error',
  'map-indent': 'error',
  'map-unclosed': 'error',
  'map-colon': 'error',
  'map-syntax': 'error',
  'map-too-deep': 'error',
  'map-many-documents': 'error',
  'map-tag': 'error',
  'map-alias': 'error',
  'map-duplicate-key': 'error',
  'map-reserved-name': 'error',

  'map-not-a-map': 'error',
  'map-unknown-key': 'error',
  'map-unknown-key-near': 'error',
  'map-missing-key': 'error',
  'map-not-section': 'error',
  'map-not-list': 'error',
  'map-not-text': 'error',
  'map-not-quoted': 'error',
  'map-not-number': 'error',
  'map-not-flag': 'error',
  'map-blank': 'error',
  'map-not-allowed': 'error',
  'map-not-allowed-near': 'error',
  'map-out-of-range': 'error',
  'map-term-out-of-range': 'error',
  'map-bad-country': 'error',
  'map-bad-system-name': 'error',
  'map-nothing-on': 'error',

  'map-unknown-rule': 'error',
  'map-unknown-rule-near': 'error',
  'map-unknown-purpose': 'error',
  'map-unknown-purpose-near': 'error',
  'map-retention-without-term': 'error',
  'map-retention-two-terms': 'error',
  'map-retention-without-from': 'error',
  'map-retention-from-idle': 'error',
  'map-rule-without-end': 'error',
  'map-round-without-years': 'error',
  'map-keep-without-from': 'error',
  'map-also-elsewhere': 'error',
  'map-hidden-without-why': 'error',
  'map-unlinked-without-why': 'error',
  'map-clears-without-party': 'error',
  'map-clears-kept': 'error',
  'map-unique-without-identifier': 'error',
  'map-identifier-not-personal': 'error',
  'map-link-unmapped': 'error',
  'map-link-unmapped-near': 'error',
  'map-reaches-nobody': 'warning',

  'map-while-too-long': 'error',
  'map-while-too-deep': 'error',
  'map-while-unclosed': 'error',
  'map-while-character': 'error',
  'map-while-field': 'error',
  'map-while-comparison': 'error',
  'map-while-value': 'error',
  'map-while-null': 'error',
  'map-while-rest': 'error',
  'map-while-unknown-field': 'error',
  'map-while-unknown-field-near': 'error',
  'map-while-misfit': 'error',
  'map-while-never': 'error',

  'map-unknown-system': 'error',
  'map-unknown-system-near': 'error',
  'map-unknown-collection': 'error',
  'map-unknown-collection-near': 'error',
  'map-unknown-field': 'error',
  'map-unknown-field-near': 'error',
  'map-from-not-a-date': 'error',
  'map-keep-needs-field': 'error',
  'map-link-kinds': 'error',
  'map-identifier-generated': 'error',
  'map-erase-generated': 'error',
  'map-redact-not-text': 'error',
  'map-replace-too-long': 'error',
  'map-replace-not-allowed': 'error',
  'map-replace-wrong-kind': 'error',
  'map-replace-unique': 'error',
  'map-path-not-seen': 'warning',
  'map-not-readable': 'warning',
  'map-not-writable': 'warning',

  'fides-empty': 'error',
  'fides-several': 'error',
  'fides-nameless': 'error',
  'fides-not-converted': 'warning',
  'fides-order': 'warning',
  'fides-skipped': 'warning',
  'fides-reference': 'warning',
  'fides-link-lost': 'warning',
  'fides-direction': 'warning',
  'fides-unknown-collection': 'warning',
  'fides-unknown-collection-near': 'warning',
  'fides-unknown-field': 'warning',
  'fides-unknown-field-near': 'warning',
  'fides-identity': 'warning',
  'fides-category': 'warning',
  'fides-category-near': 'warning',
  'fides-nested': 'warning',
  'fides-several-categories': 'warning',
  'fides-masking': 'warning',
} as const satisfies Readonly<Record<string, 'error' | 'warning'>>

export type MapFindingName = keyof typeof severities

export interface MapFinding {
  /** From 1. */
  readonly line: number
  /** From 1. */
  readonly column: number
  /** A map with an error is refused; a warning asks the person to look again. */
  readonly severity: 'error' | 'warning'
  readonly code: `inventory.${MapFindingName}`
  /** Fill the sentence: names of the map and of the target's schema, never values. */
  readonly params: Readonly<Record<string, string | number>>
}

export const mapFindingNames: readonly string[] = Object.keys(severities)

export const isMapFindingName = (name: string): name is MapFindingName => Object.hasOwn(severities, name)

export const severityOf = (name: MapFindingName): MapFinding['severity'] => severities[name]
