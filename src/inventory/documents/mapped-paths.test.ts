import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { describePathField, type FieldDescription, readPath } from '../../connectors/public.ts'
import { coverage } from '../coverage.ts'
import type { DataMap } from '../data-map.ts'
import { aCollection, aField, aSystem } from '../description.fixture.ts'
import { driftSince } from '../drift.ts'
import { whatIsGone } from '../gone.ts'
import { readMapFile } from '../map-file/read-map-file.ts'
import { writeMapFile } from '../map-file/write-map-file.ts'
import { reachOf } from '../reach.ts'
import { partyElements } from './elements.ts'
import { withMappedPaths } from './mapped-paths.ts'

const data = aField('data', { kind: 'json' })
const at = (path: string): FieldDescription =>
  describePathField(data, `data.${path}`, readPath(path) ?? assert.fail(path), 'text')
const customer = (...fields: readonly FieldDescription[]) =>
  aSystem(
    aCollection('customer', [aField('id', { kind: 'integer', nullable: false }), data, ...fields], {
      key: ['id'],
      checks: [{ name: 'shape', expression: 'data ? x', fields: ['data'] }],
    }),
  )

const map: DataMap = {
  version: 1,
  systems: {
    shop: {
      collections: {
        customer: {
          rows: 'clear',
          fields: {
            'data.$.email': { category: 'email', identifier: 'email' },
            'data.$.seldom': { category: 'free-text' },
            'data.$.contacts[*].email': { category: 'email', identifier: 'email', unique: false },
            "data.$.contacts[*]['full name']": { category: 'person-name' },
          },
        },
      },
    },
  },
  rules: {},
}

describe('paths in documents, in a map', () => {
  it('are fields wherever the map is put beside a description, seen in a sample or not', () => {
    const { collections } = withMappedPaths(map, 'shop', customer(at('$.email')))
    const names = collections[0]?.fields.map(({ name }) => name)
    assert.deepEqual(names, [
      'id',
      'data',
      'data.$.email',
      'data.$.seldom',
      'data.$.contacts[*].email',
      "data.$.contacts[*]['full name']",
    ]) // prettier-ignore
    assert.deepEqual(collections[0]?.checks[0]?.fields, ['data', ...(names ?? []).slice(2)])
    const others = withMappedPaths(map, 'other', customer())
    assert.deepEqual(others, customer(), 'another system is left as it is')
  })

  it('are covered, and each says how it is erased', () => {
    const rows = coverage(map, { shop: customer(at('$.email')) })
    const of = (field: string) => rows.find((one) => one.field === field)
    assert.deepEqual([of('data.$.email')?.erased, of('data.$.email')?.via], ['null', 'identifier'])
    assert.deepEqual([of('data.$.seldom')?.erased, of('data.$.seldom')?.exported], ['null', true])
  })

  it('are gone with their column, and not because another sample does not show them', () => {
    assert.deepEqual(whatIsGone(map, { shop: customer() }), [])
    const gone = whatIsGone(map, { shop: aSystem(aCollection('customer', [aField('id')])) })
    assert.equal(gone.length, 4)
  })

  it('are news when documents show them for the first time, and no loss when they do not', () => {
    const look = (...fields: readonly FieldDescription[]) => ({
      description: customer(...fields),
      proposals: {
        customer: fields.map(({ name }) => ({
          field: name,
          category: 'email' as const,
          identifier: 'email' as const,
          unique: null,
          special: false,
          confidence: 0.9,
          reason: [],
        })),
      },
    }) // prettier-ignore
    const told = driftSince('shop', look(at('$.email')), look(at('$.backup_email')))
    assert.deepEqual(
      told.map(({ field, change, personal }) => [field, change, personal]),
      [['data.$.backup_email', 'new', true]],
    )
    const otherKind = { ...at('$.email'), kind: 'integer' as const, type: 'number' }
    assert.deepEqual(driftSince('shop', look(at('$.email')), look(otherKind)), [])
  })

  it('come back from the file as they were written, and a person is told of one that no sample shows', () => {
    const text = writeMapFile(map)
    assert.match(text, /^ {10}data\.\$\.contacts\[\*\]\.email: /m)
    const { map: read, problems } = readMapFile(text, {
      shop: customer(at('$.email'), at('$.contacts[*].email'), at("$.contacts[*]['full name']")),
    }) // prettier-ignore
    assert.deepEqual(read, map)
    assert.deepEqual(
      problems.map(({ code, severity, params }) => [code, severity, params['field']]),
      [['inventory.map-path-not-seen', 'warning', 'data.$.seldom']],
    ) // prettier-ignore
  })

  it('are refused where there is no such column, or no such path can be', () => {
    for (const wrong of ['dat.$.email', 'data.$..email', 'data.$.contacts[0].email', 'id.$.email']) {
      const text = writeMapFile(map).replace('data.$.seldom', wrong)
      const { map: read, problems } = readMapFile(text, { shop: customer() })
      assert.equal(read, null, wrong)
      assert.ok(
        problems.some(({ code, severity }) => /unknown-field/.test(code) && severity === 'error'),
        wrong,
      )
    }
  }) // prettier-ignore

  it('of one list are one person’s, unless the map says that all of them are the owner’s', () => {
    const fields = map.systems['shop']?.collections['customer']?.fields ?? {}
    const group = ['data.$.contacts[*].email', "data.$.contacts[*]['full name']"]
    assert.deepEqual(partyElements(fields), [group])
    const own = {
      ...fields,
      'data.$.contacts[*].email': { category: 'email', identifier: 'email', unique: true } as const,
    } // prettier-ignore
    assert.deepEqual(partyElements(own), [])
    const only: DataMap = {
      ...map,
      systems: {
        shop: {
          collections: {
            customer: {
              rows: 'clear',
              fields: Object.fromEntries(Object.entries(fields).filter(([name]) => group.includes(name))),
            },
          },
        },
      },
    } // prettier-ignore
    const reach = reachOf(only).get('shop/customer')
    assert.deepEqual([reach?.role, reach?.via, [...(reach?.clears ?? [])]], ['party', 'identifier', group])
  })
})
