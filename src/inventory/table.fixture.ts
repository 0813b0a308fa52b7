import type { CollectionDescription, FieldDescription, FieldKind, ForeignKey } from '../connectors/public.ts'
import { aCollection, aField } from './description.fixture.ts'

/**
 * A table in shorthand. The first field is the key, unless `key` says otherwise. A field is a line such as
 *
 *     customer_id integer! -> customer.customer_id
 *     status text active|paused|ended
 *
 * where `!` is NOT NULL, and words after the kind are the only values allowed.
 */
export function aTable(
  name: string,
  lines: readonly string[],
  more: Partial<CollectionDescription> = {},
): CollectionDescription {
  const read = lines.map((line) => readLine(name, line))
  const [first] = read
  return aCollection(
    name,
    read.map(({ field }) => field),
    {
      key: first === undefined ? [] : [first.field.name],
      foreignKeys: read.flatMap(({ foreignKey }) => (foreignKey === null ? [] : [foreignKey])),
      ...more,
    },
  )
}

function readLine(
  table: string,
  line: string,
): { readonly field: FieldDescription; readonly foreignKey: ForeignKey | null } {
  const [own = '', target] = line.split(' -> ')
  const [name = '', kind = 'text', values] = own.trim().split(/ +/)
  const field = aField(name, {
    kind: kind.replace('!', '') as FieldKind,
    nullable: !kind.endsWith('!'),
    values: values === undefined ? null : values.split('|'),
  })
  return { field, foreignKey: target === undefined ? null : aForeignKey(table, [name], target.trim()) }
}

/** `target` is a collection and, after its last dot, the field there. */
export function aForeignKey(table: string, fields: readonly string[], target: string): ForeignKey {
  const dot = target.lastIndexOf('.')
  return {
    name: `${table}_${fields.join('_')}_fkey`,
    fields,
    to: target.slice(0, dot),
    toFields: target.slice(dot + 1).split('+'),
    onDelete: 'restrict',
    deferrable: false,
  }
}
