import type { CollectionDescription, FieldDescription, SystemDescription } from '../connectors/public.ts'

/** Descriptions as a scan would bring them back, for tests of what is decided from them. */
export const aField = (name: string, more: Partial<FieldDescription> = {}): FieldDescription => ({
  name,
  type: more.kind ?? 'text',
  kind: 'text',
  nullable: true,
  maxLength: null,
  generated: false,
  default: null,
  comment: null,
  values: null,
  ...more,
})

export const aCollection = (
  name: string,
  fields: readonly FieldDescription[],
  more: Partial<CollectionDescription> = {},
): CollectionDescription => ({
  name,
  kind: 'table',
  comment: null,
  rows: 0,
  fields,
  key: [],
  uniques: [],
  foreignKeys: [],
  checks: [],
  writable: true,
  unreadable: null,
  ...more,
})

export const aSystem = (...collections: readonly CollectionDescription[]): SystemDescription => ({
  engine: 'PostgreSQL 18.4',
  collections,
  fingerprint: '0'.repeat(64),
})
