import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { CollectionDescription, FieldDescription, SystemDescription } from '../connectors/public.ts'
import type { CollectionHoldings, HeldRow, Holdings } from '../holdings/public.ts'
import { type DataMap, type FieldMap, withMappedPaths } from '../inventory/public.ts'
import { contentsOf } from './access-contents.ts'

const column = (name: string, kind: FieldDescription['kind']): FieldDescription => ({
  name,
  type: kind,
  kind,
  nullable: true,
  maxLength: null,
  generated: false,
  default: null,
  comment: null,
  values: null,
})

const table: CollectionDescription = {
  name: 'customer',
  kind: 'table',
  comment: null,
  rows: 2,
  fields: [column('id', 'integer'), column('data', 'json')],
  key: ['id'],
  uniques: [],
  foreignKeys: [],
  checks: [],
  writable: true,
  unreadable: null,
}

const fields: Readonly<Record<string, FieldMap>> = {
  'data.$.email': { category: 'email', identifier: 'email', unique: true },
  'data.$.password': { category: 'secret' },
  'data.$.guests[*].email': { category: 'email', identifier: 'email', unique: false },
  'data.$.guests[*].name': { category: 'person-name' },
}

const document =
  '{"email":"ada@x.example", "password":"s3cret","guests":[{"email":"bob@x.example","name":"Bob"},{"email":"ada@x.example","name":"Ada"}],"plan":{"level": 1.10}}'

/** What a person gets of one row, as `field: value`. */
function copyOf(text: string, row: Partial<HeldRow>) {
  const map: DataMap = {
    version: 1,
    systems: { shop: { collections: { customer: { rows: 'clear', fields } } } },
    rules: {},
  }
  const shape: SystemDescription = { engine: 'SQLite', collections: [table], fingerprint: '' }
  const description = withMappedPaths(map, 'shop', shape)
  const names = description.collections[0]?.fields.map(({ name }) => name) ?? []
  const list = (member: 'email' | 'name') =>
    JSON.stringify((JSON.parse(document).guests as Record<string, string>[]).map((guest) => guest[member]))
  const isRead = text === document
  const cells = [
    '1',
    text,
    ...(isRead ? ['ada@x.example', 's3cret', list('email'), list('name')] : [text, text, text, text]),
  ]
  const held: HeldRow = { key: '["1"]', cells, role: 'owner', clears: [], via: { by: 'known' }, ...row }
  const collection: CollectionHoldings = { name: 'customer', fields: names, rows: [held], mentions: [] }
  const holdings: Holdings = {
    systems: [{ name: 'shop', collections: [collection] }],
    unreachable: [],
    identifiers: [],
    sharedIdentifiers: [],
    possible: [],
    notFollowed: [],
  }
  const contents = contentsOf(holdings, map, { shop: description })
  const [packaged] = contents.collections
  const values = Object.fromEntries(
    (packaged?.fields ?? []).map(({ name }, i) => [name, packaged?.rows[0]?.cells[i]]),
  )
  return { values, leftOut: contents.leftOut.map(({ field, reason }) => `${field} ${reason}`) }
} // prettier-ignore

describe('a copy of what stands in documents', () => {
  it('has each path by itself, and beside them what is left of the document', () => {
    const { values, leftOut } = copyOf(document, { elements: new Map([['data.$.guests[*]', new Set([1])]]) })
    assert.deepEqual(values, {
      id: '1',
      data: '{"guests":[{},{}],"plan":{"level": 1.10}}',
      'data.$.email': 'ada@x.example',
      'data.$.guests[*].email': 'ada@x.example',
      'data.$.guests[*].name': 'Ada',
    })
    assert.deepEqual(leftOut, [
      'data.$.password secret',
      'data.$.guests[*].email of-another',
      'data.$.guests[*].name of-another',
    ])
  })

  it('has of somebody else’s document the person’s own elements, and nothing more', () => {
    const clears = ['data.$.guests[*].email', 'data.$.guests[*].name']
    const { values, leftOut } = copyOf(document, {
      role: 'party',
      clears,
      elements: new Map([['data.$.guests[*]', new Set([1])]]),
    })
    assert.deepEqual(values, { 'data.$.guests[*].email': 'ada@x.example', 'data.$.guests[*].name': 'Ada' })
    assert.deepEqual(leftOut, [])
  })

  it('holds a document back that cannot be taken apart where something in it is held back', () => {
    const { values, leftOut } = copyOf('{"email":"ada@x.example","password":"s3c', {})
    assert.ok(!JSON.stringify(values).includes('s3c'))
    assert.deepEqual(leftOut, ['data secret'])
  })
})
