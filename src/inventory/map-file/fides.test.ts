import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { languages, say } from '../../platform/texts.ts'
import { categories, type DataMap } from '../data-map.ts'
import { mergeFides } from '../import-fides.ts'
import { fidesShop } from './fides.fixture.ts'
import { categoryOfFides, fidesCategoryNames } from './fides-categories.ts'
import { looksLikeFides } from './fides-map.ts'
import { small } from './findings.fixture.ts'
import { readMapFile } from './read-map-file.ts'
import { shop } from './shop.fixture.ts'
import { writeMapFile } from './write-map-file.ts'

const nothing: DataMap = { version: 1, systems: {}, rules: {} }

function read(text: string, system: string | undefined, standing = nothing, descriptions = {}) {
  const { map, findings } = mergeFides(text, system, descriptions, standing)
  for (const { code, params } of findings)
    for (const language of languages) assert.doesNotMatch(say(language, code, params), /\{\{|^inventory\./)
  return { map, told: findings.map(({ line, code }) => `${line} ${code.replace('inventory.', '')}`) }
}

describe('a Fides dataset', () => {
  it('is told from a map', () => {
    assert.equal(looksLikeFides(fidesShop), true)
    assert.equal(looksLikeFides(small('# dataset:')), false)
    assert.equal(looksLikeFides(small('dataset: []')), false)
  })

  it('becomes a map of its system: categories, identities, links, what erasing does', () => {
    const { map, told } = read(fidesShop, 'shop', nothing, { shop })
    assert.deepEqual(map?.systems, {
      shop: {
        collections: {
          'public.customer': {
            rows: 'clear',
            fields: {
              id: { category: 'generic-id' },
              email: { category: 'email', identifier: 'email' },
              phone: { category: 'phone', identifier: 'phone' },
              first_name: { category: 'person-name' },
              last_name: { category: 'person-name', erase: { replace: 'erased' } },
              notes: { category: 'free-text' },
            },
          },
          'public.invoice': {
            rows: 'clear',
            fields: {
              customer_id: { category: 'generic-id' },
              billing_address: { category: 'postal-address' },
            },
            links: [{ to: 'public.customer', on: { customer_id: 'id' }, role: 'owner' }],
          },
          'public.basket': { rows: 'delete', fields: {} },
        },
      },
    })
    assert.deepEqual(told, [
      '32 fides-category-near',
      '34 fides-masking',
      '35 fides-unknown-field',
      '37 fides-unknown-field',
      '41 fides-order',
      '49 fides-several-categories',
      '58 fides-link-lost',
    ])
  })

  it('gives a map that can be written and read again', () => {
    const { map } = read(fidesShop, 'shop', nothing, { shop })
    assert.ok(map)
    const again = readMapFile(writeMapFile(map), { shop })
    assert.deepEqual(again.map, map)
  })

  it('is put beside the map in force: what a person confirmed stays', () => {
    const standing = readMapFile(small()).map
    assert.ok(standing)
    const crm = {
      ...standing,
      systems: {
        ...standing.systems,
        crm: {
          collections: { p: { rows: 'keep' as const, fields: { gone: { category: 'email' as const } } } },
        },
      },
    }
    const { map, told } = read(fidesShop, 'shop', crm, { shop })
    assert.deepEqual(Object.keys(map?.systems ?? {}), ['shop', 'crm'])
    assert.equal(map?.systems.shop?.collections['public.customer']?.rows, 'clear')
    assert.ok(
      !told.some((one) => one.startsWith('1 ')),
      'what is wrong elsewhere stands on none of its lines',
    )
  })

  it('names the system by its key, and is refused with its line where no such system was scanned', () => {
    const { map, told } = read(fidesShop, undefined, nothing, { shop })
    assert.equal(map, null)
    assert.ok(told.includes('2 map-unknown-system'), told.join())
  })

  it('follows references across datasets in the direction they have', () => {
    const text = `dataset:
  - fides_key: a
    collections:
      - name: person
        fields:
          - name: id
            fides_meta:
              primary_key: true
              references: [{dataset: b, field: visit.person, direction: to}]
          - name: email
            fides_meta: {identity: email}
  - fides_key: b
    collections:
      - name: visit
        fields:
          - name: person
          - name: page
            data_categories: [user.behavior.browsing_history]
          - name: device
            fides_meta: {references: [{dataset: b, field: device.id}]}
      - name: device
        fields:
          - {name: id, fides_meta: {primary_key: true}}
          - {name: data, data_categories: [user.device], fields: [{name: ip, data_categories: [user.device.ip_address]}]}`
    const tables = (...names: readonly string[]) => ({
      ...shop,
      collections: shop.collections.slice(0, names.length).map((one, i) => ({
        ...one,
        name: names[i] ?? '',
        fields: ['id', 'email', 'person', 'page', 'device', 'data'].map(
          (name) => ({ ...(one.fields[2] ?? one.fields[0]), name }) as (typeof one.fields)[number],
        ),
      })),
    })
    const { map, told } = read(text, undefined, nothing, {
      a: tables('person'),
      b: tables('visit', 'device'),
    })
    assert.deepEqual(map?.systems.b?.collections.visit?.links, [
      { to: 'a/person', on: { person: 'id' }, role: 'owner' },
      { to: 'device', on: { device: 'id' }, role: 'owner' },
    ])
    assert.equal(map?.systems.b?.collections.device?.fields.data?.category, 'free-text')
    assert.deepEqual(told, [
      '18 fides-category-near',
      '20 fides-direction',
      '21 map-reaches-nobody',
      '24 fides-nested',
    ])
  })

  it('says of every key it leaves behind where it stands', () => {
    const text = `dataset:
  - fides_key: a
    retention: 30 days
    collections:
      - name: log
        fides_meta: {skip_processing: true}
        fields: []
      - name: t
        fields:
          - name: x
            data_categories: [acme.secret_sauce]
            fides_meta: {identity: loyalty_card, custom_request_field: y, references: [{dataset: a, field: t}]}
          - description: nothing
system: []`
    const { map, told } = read(text, undefined)
    assert.equal(map, null)
    assert.deepEqual(told, [
      '2 map-unknown-system',
      '3 fides-not-converted',
      '5 fides-skipped',
      '10 fides-identity',
      '11 fides-category',
      '12 fides-not-converted',
      '12 fides-reference',
      '13 fides-nameless',
      '14 fides-not-converted',
    ])
    assert.deepEqual(read('dataset: []', undefined).told, ['1 fides-empty'])
    assert.deepEqual(read('dataset: [', undefined).told, ['1 map-indent'])
  })

  it('has a category of ours for every one of theirs, the special ones among them', () => {
    for (const name of fidesCategoryNames)
      assert.ok(categories.includes(categoryOfFides(name)?.category ?? 'none'), name)
    const pairs = [
      ['user.name.first', 'person-name'],
      ['user.contact.address.street', 'postal-address'],
      ['user.provided.identifiable.contact.email', 'email'],
      ['user.derived.identifiable.device.ip_address', 'ip-address'],
      ['user.health_and_medical.record_id', 'health'],
      ['user.biometric.fingerprint', 'biometric'],
      ['user.government_id.national_identification_number', 'national-id'],
      ['user.authorization.password', 'secret'],
      ['system.operations', 'none'],
      ['user.whatever.is_new', 'free-text'],
    ] as const
    for (const [theirs, ours] of pairs) assert.equal(categoryOfFides(theirs)?.category, ours, theirs)
    assert.equal(categoryOfFides('acme.thing'), null)
  })
})
