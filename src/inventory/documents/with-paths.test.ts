import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Cell } from '../../connectors/public.ts'
import { aTable } from '../table.fixture.ts'
import { classifyWithPaths } from './classify-paths.ts'
import { withPaths } from './with-paths.ts'

const people = ['Ada Lovelace', 'Émilie Martin', 'Jan de Vries', 'Carla Ruiz', 'Otto Müller', 'Zoë Nowak']
const mailOf = (name: string) => `${name.split(' ').at(-1)?.toLowerCase()}@example.org`

const profiles = people.map((name, i) =>
  JSON.stringify({
    customer: { name, email: mailOf(name), birth_date: `19${60 + i}-0${i + 1}-17` },
    address: { street: `${i + 1} rue du Puits`, city: 'Lyon', zip: `6900${i}` },
    contacts: [{ email: `friend${i}@example.net`, role: 'friend' }, { email: `boss${i}@example.net` }],
    prefs: { newsletter: i % 2 === 0, theme: 'dark' },
    seen: { [`${i}ada@example.org`]: i, [`bob${i}@example.org`]: i },
  }),
)

function look(cells: readonly Cell[], kind: 'json' | 'text' = 'json') {
  const collection = aTable('public.orders', ['id integer!', `data ${kind}`])
  const seen = withPaths(collection, [cells.map((_, i) => String(i + 1)), cells])
  const proposals = classifyWithPaths({ engine: 'PostgreSQL 18', collections: ['public.orders'] }, seen)
  return { seen, proposals, byField: new Map(proposals.map((one) => [one.field, one])) }
}

describe('a column of JSON documents', () => {
  it('is described with its paths, none of which tells a value', () => {
    const { seen } = look(profiles)
    assert.deepEqual(
      seen.description.fields.map(({ name }) => name),
      [
        'id',
        'data',
        'data.$.customer.name',
        'data.$.customer.email',
        'data.$.customer.birth_date',
        'data.$.address.street',
        'data.$.address.city',
        'data.$.address.zip',
        'data.$.contacts[*].email',
        'data.$.contacts[*].role',
        'data.$.prefs.newsletter',
        'data.$.prefs.theme',
        'data.$.seen[*]',
      ],
    )
    assert.ok(
      !JSON.stringify(seen.description).includes('@'),
      'a key may be an address, and is no name of a field',
    )
  }) // prettier-ignore

  it('has its paths classified like columns', () => {
    const { byField } = look(profiles)
    const category = (field: string) => byField.get(field)?.category
    assert.equal(category('data.$.customer.name'), 'person-name')
    assert.equal(category('data.$.customer.email'), 'email')
    assert.equal(category('data.$.customer.birth_date'), 'birth-date')
    assert.equal(category('data.$.address.street'), 'postal-address')
    assert.equal(category('data.$.address.city'), 'city')
    assert.equal(category('data.$.prefs.theme'), 'none')
    assert.equal(category('data'), 'none')
    assert.deepEqual(byField.get('data')?.reason, [{ code: 'document', paths: 11 }])
    assert.equal(byField.get('data.$.customer.email')?.identifier, 'email')
    const contact = byField.get('data.$.contacts[*].email')
    assert.deepEqual([contact?.category, contact?.identifier, contact?.unique], ['email', 'email', false])
  })

  it('is one text as well where some of it cannot be read, and says how much', () => {
    const { byField } = look([...profiles, '{"customer":', 'n/a'])
    assert.equal(byField.get('data')?.category, 'free-text')
    assert.deepEqual(byField.get('data')?.reason.at(-1), { code: 'document-unread', unread: 2, values: 8 })
    assert.equal(byField.get('data.$.customer.email')?.category, 'email')
  })

  it('is one text as well where it has more paths than can be described', () => {
    const wide = JSON.stringify(
      Object.fromEntries(
        Array.from({ length: 12 }, (_, i) => [
          `part_${'abcdefghijkl'[i]}`,
          Object.fromEntries(Array.from({ length: 12 }, (_, j) => [`field_${'abcdefghijkl'[j]}`, 12.5])),
        ]),
      ),
    ) // prettier-ignore
    const { seen, byField } = look([wide, wide])
    assert.equal(seen.documents.get('data')?.fields.length, 100)
    assert.deepEqual(byField.get('data')?.reason.at(-1), { code: 'document-cut', cut: 44 })
    assert.equal(byField.get('data')?.category, 'none', 'nothing in it is anybody’s as far as one can see')
    assert.ok((byField.get('data')?.confidence ?? 1) < 0.5)
    const personal = JSON.stringify({ email: 'ada@example.org', ...JSON.parse(wide) })
    assert.equal(look([personal, personal]).byField.get('data')?.category, 'free-text')
  })

  it('takes a level as one value where documents go deeper than anybody looks', () => {
    let deep = '"ada@example.org"'
    for (let i = 0; i < 12; i += 1) deep = `{"in":${deep}}`
    const { seen } = look([deep])
    assert.deepEqual(
      seen.documents.get('data')?.fields.map(({ field }) => field.name),
      [`data.$${'.in'.repeat(8)}`],
    ) // prettier-ignore
  })

  it('stores no full name of a level, be there only one', () => {
    const fields = (text: string) =>
      look([text])
        .seen.documents.get('data')
        ?.fields.map(({ field }) => field.name)
    assert.deepEqual(fields('{"guests":{"Maria Garcia":{"meal":"fish"},"default":{"meal":"x"}}}'), [
      'data.$.guests[*].meal',
    ])
    assert.deepEqual(fields('{"First Name":"x","Zip Code":"y"}'), [
      "data.$['First Name']",
      "data.$['Zip Code']",
    ])
  })

  it('takes names of a level for data where they are many, or built alike and never come back', () => {
    const byName = people.map((name) =>
      JSON.stringify({ [name]: { age: 30, town: 'Lyon' }, [`${name} II`]: { age: 3, town: 'Lyon' } }),
    ) // prettier-ignore
    const names = look(byName)
      .seen.documents.get('data')
      ?.fields.map(({ field }) => field.name)
    assert.deepEqual(names, ['data.$[*].age', 'data.$[*].town'])
  })

  it('may be of text, but not where few of its texts are documents', () => {
    assert.ok(look(profiles, 'text').seen.documents.has('data'))
    assert.ok(!look(['{"a":1}', 'hello', '[sic]', 'a', 'b'], 'text').seen.documents.has('data'))
    assert.ok(!look(['12', 'true', '"x"'], 'text').seen.documents.has('data'))
    assert.equal(look([null, '']).seen.documents.size, 0)
  })

  it('does not describe a path that has the name of a column', () => {
    const collection = aTable('t', ['a json', 'a.$.x text'])
    const { description, documents } = withPaths(collection, [['{"x":"1","y":"2"}'], ['z']])
    assert.deepEqual(
      description.fields.map(({ name }) => name),
      ['a', 'a.$.y', 'a.$.x'],
    ) // prettier-ignore
    assert.equal(documents.get('a')?.cut, 1)
  })
})
