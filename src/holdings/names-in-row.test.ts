import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { aCollection, aField, aSystem } from '../inventory/description.fixture.ts'
import { mappedSystem } from './mapped-system.ts'
import { namesIn } from './names-in-row.ts'

/** The names in a row of a table whose columns all hold names, as sentences. */
function namesOf(row: Readonly<Record<string, string | null>>): readonly string[] {
  const columns = Object.keys(row)
  const table = aCollection(
    'person',
    columns.map((name) => aField(name)),
  )
  const fields = Object.fromEntries(columns.map((name) => [name, { category: 'person-name' } as const]))
  const systems = { shop: { collections: { person: { rows: 'delete', fields } } } } as const
  const [collection] = mappedSystem({ version: 1, systems, rules: {} }, 'shop', aSystem(table)).collections
  assert.ok(collection)
  return namesIn(collection, Object.values(row)).map((words) => words.join(' '))
}

describe('the names in a row', () => {
  const rows: readonly (readonly [string, Readonly<Record<string, string | null>>, readonly string[]])[] = [
    ['put a given and a family name together', { first_name: 'Ada', last_name: 'Ruiz' }, ['Ada Ruiz']],
    [
      'put them together however many words each holds',
      { nombre: 'María José', apellidos: 'García Márquez' },
      ['María José García Márquez'],
    ],
    [
      'know a plain name beside a given one as the family’s',
      { Name: 'von Öberg', Vorname: 'Anna Lena' },
      ['Anna Lena von Öberg'],
    ],
    [
      'take two full names for two, not for one of four words',
      { name: 'Ada Ruiz', contact_name: 'Dário Muster' },
      ['Ada Ruiz', 'Dário Muster'],
    ],
    [
      'say a name once that stands there whole and in halves',
      { first_name: 'Ada', last_name: 'Ruiz', full_name: 'ada RUIZ' },
      ['Ada Ruiz'],
    ],
    [
      'have both where the whole name is shorter than its halves',
      { first_name: 'Anna Maria', last_name: 'Muster', display_name: 'Anna Muster' },
      ['Anna Maria Muster', 'Anna Muster'],
    ],
    [
      'keep a contact’s full name apart from the halves beside it',
      { first_name: 'Ada', last_name: 'Ruiz', contact_name: 'Dário Muster' },
      ['Ada Ruiz', 'Dário Muster'],
    ],
    [
      'keep the halves of two people apart',
      { first_name: 'Ada', last_name: 'Ruiz', billing_first_name: 'Dário', billing_last_name: 'Muster' },
      ['Ada Ruiz', 'Dário Muster'],
    ],
    ['make no part of a name of a nickname', { name: 'Ada Ruiz', nickname: 'Addy' }, ['Ada Ruiz']],
    [
      'make no name of its own of half of one',
      { first_name: 'María José', last_name: null, full_name: 'María José García' },
      ['María José García'],
    ],
    [
      'make none of half a name beside a contact’s whole one',
      { first_name: 'María José', last_name: null, contact_name: 'Luis Weiß' },
      ['Luis Weiß'],
    ],
    ['put single words together that no field explains', { c1: 'Ada', c2: 'Ruiz' }, ['Ada Ruiz']],
    ['have a middle name where it belongs', { last: 'Ruiz', first: 'Ada', middle: 'Eva' }, ['Ada Eva Ruiz']],
    ['are none where there is a single word', { first_name: 'Ada', last_name: ' ' }, []],
  ]
  for (const [title, row, names] of rows) it(title, () => assert.deepEqual(namesOf(row), names))

  it('never join two cells of two words or more that are no halves', () => {
    const word = fc.constantFrom('Ada', 'Bela', 'Chloe', 'Dário', 'Muster', 'Ruiz', 'Weiß')
    const cell = fc.array(word, { minLength: 1, maxLength: 3 }).map((words) => words.join(' '))
    fc.assert(
      fc.property(fc.array(cell, { minLength: 1, maxLength: 4 }), (cells) => {
        const names = namesOf(Object.fromEntries(cells.map((text, i) => [`label_${'abcd'[i]}`, text])))
        const full = cells.filter((text) => text.includes(' '))
        assert.ok(full.length === 0 || names.every((name) => full.includes(name)), names.join(' · '))
        assert.ok(
          full.every((text) => names.some((name) => ` ${name} `.includes(` ${text} `))),
          'and lose none',
        )
      }),
    )
  })
})
