import assert from 'node:assert/strict'
import { test } from 'node:test'
import { additionOf, spotOf } from './addition.ts'
import { applied } from './applied.fixture.ts'
import { small } from './findings.fixture.ts'
import { readMapFile, readMapSource } from './read-map-file.ts'
import { writeMapFile } from './write-map-file.ts'

const fields = ['systems', 'shop', 'collections', 'public.customer', 'fields'] as const

const add = (text: string, path: readonly string[], value: unknown) => {
  const addition = additionOf(readMapSource(text), path, value)
  const changed = applied(text, addition)
  return { ...addition, changed, reading: readMapFile(changed) }
}

test('a field goes under the last field of its collection, as far to the right as its neighbours', () => {
  const { line, inside, text, reading } = add(small('rules: {}'), [...fields, 'phone'], { category: 'phone' })
  assert.deepEqual([line, inside, text], [9, false, '          phone: {category: phone}'])
  assert.deepEqual(reading.problems, [])
  assert.deepEqual(reading.map?.systems.shop?.collections['public.customer']?.fields.phone, {
    category: 'phone',
  })
})

test('a section that is still missing comes with its entry', () => {
  const path = ['systems', 'shop', 'collections', 'public.customer']
  const purposes = add(small(), [...path, 'purposes'], ['orders'])
  assert.deepEqual([purposes.line, purposes.text], [9, '        purposes: [orders]'])
  const purpose = add(small('', '# the end'), ['purposes', 'orders'], { basis: 'contract' })
  assert.equal(purpose.text, 'purposes:\n  orders: {basis: contract}')
  assert.deepEqual(purpose.reading.map?.purposes, { orders: { basis: 'contract' } })
  const system = add(small(), ['systems', 'crm', 'collections', 'person'], { rows: 'delete', fields: {} })
  assert.deepEqual(Object.keys(system.reading.map?.systems ?? {}), ['shop', 'crm'])
})

test('neither comments nor lists that stand far left lead an addition astray', () => {
  const text = [
    'version: 1',
    'systems:',
    '  shop:',
    '    collections:',
    '      a:',
    '        rows: delete',
    '        fields: {e: {category: email, identifier: email}}',
    '        links:',
    '        - {to: b, on: {x: x}, role: owner}',
    '# between',
    '',
    '      b:',
    '        rows: keep',
  ].join('\n')
  const { line, text: added, reading } = add(text, ['systems', 'shop', 'collections', 'a', 'purposes'], [])
  assert.deepEqual([line, added], [10, '        purposes: []'])
  assert.deepEqual(reading.map?.systems.shop?.collections.a?.purposes, [])
})

test('where a section is in braces, the addition goes into them', () => {
  const text = 'version: 1\nsystems:\n  shop:\n    collections: {}\npurposes:\n  orders: {basis: contract}'
  const { line, inside, changed } = add(text, ['purposes', 'orders', 'article'], 'GDPR 6(1)(b)')
  assert.deepEqual([line, inside], [6, true])
  assert.match(changed, /orders: \{basis: contract, article: GDPR 6\(1\)\(b\)\}$/)
  const whole = add(text, ['systems', 'shop', 'collections', 'a.csv'], { rows: 'delete', fields: {} })
  assert.deepEqual(whole.reading.map?.systems.shop?.collections['a.csv']?.rows, 'delete')
})

test('whatever is added to a map that Dossier wrote can be read again', () => {
  const { map } = readMapFile(small())
  assert.ok(map)
  let text = writeMapFile(map)
  for (const name of [
    'phone',
    'constructor',
    'a: b',
    '"quoted"',
    '# no',
    'é',
    '- dash',
    '{brace}',
    'true',
    '12',
  ]) {
    text = add(text, [...fields, name], { category: 'free-text' }).changed
    const { problems, map: read } = readMapFile(text)
    assert.deepEqual(problems, [], name)
    assert.deepEqual(read?.systems.shop?.collections['public.customer']?.fields[name], {
      category: 'free-text',
    })
  }
  const source = readMapSource(text)
  const email = source.text.split('\n').findIndex((line) => line.startsWith('          email:'))
  assert.deepEqual(spotOf(source, [...fields, 'email']), { line: email + 1, column: 11 })
})
