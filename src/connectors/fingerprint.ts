import { canonicalJson, type Json, sha256 } from '../platform/bytes.ts'
import type { CollectionDescription } from './connector.ts'

/**
 * SHA-256, hex, of what a plan relies on. Left out: row counts, comments and rights, which change without making a
 * plan wrong, and every order. Of a file only its field names count: its types are guessed from values.
 */
export function fingerprint(collections: readonly CollectionDescription[]): string {
  const shapes = collections.map((collection) =>
    collection.kind === 'file' ? fileShape(collection) : tableShape(collection),
  )
  return sha256(canonicalJson(sorted(shapes))).toString('hex')
}

const sorted = (values: readonly Json[]): readonly Json[] =>
  values
    .map((value) => [canonicalJson(value), value] as const)
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([, value]) => value)

const fileShape = ({ name, kind, fields }: CollectionDescription): Json => ({
  name,
  kind,
  fields: sorted(fields.map((field) => field.name)),
})

const tableShape = (collection: CollectionDescription): Json => ({
  name: collection.name,
  kind: collection.kind,
  writable: collection.writable,
  key: collection.key,
  uniques: sorted(collection.uniques),
  fields: sorted(
    collection.fields.map(({ comment: _, within: _within, values, ...field }) => ({
      ...field,
      values: values && sorted(values),
    })),
  ),
  checks: sorted(collection.checks.map((check) => ({ ...check, fields: sorted(check.fields) }))),
  foreignKeys: sorted(collection.foreignKeys.map((key) => ({ ...key }))),
})
