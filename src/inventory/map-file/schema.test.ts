import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { parse } from 'yaml'
import { isCondition, parseCondition } from '../condition.ts'
import { categories } from '../data-map.ts'
import { readMapFile } from './read-map-file.ts'
import { keysAt, mapJsonSchema, mapSchema } from './schema.ts'
import { shop } from './shop.fixture.ts'

const docs = join(import.meta.dirname, '../../../docs')
const page = readFileSync(join(docs, 'data-map.md'), 'utf8')

/** The fenced blocks of the page, by language. */
const blocks = (language: string): readonly string[] =>
  [...page.matchAll(/^```(.+)\n([\s\S]*?)^```$/gm)].flatMap(([, fence, text]) =>
    fence === language && text ? [text] : [],
  )

const [example = '', ...fragments] = blocks('yaml')

test('the published JSON Schema is the one the code checks with', () => {
  const published: unknown = JSON.parse(readFileSync(join(docs, 'data-map.schema.json'), 'utf8'))
  assert.deepEqual(published, mapJsonSchema(), 'run: node src/inventory/map-file/write-json-schema.ts')
})

test('the complete example of the page is right, for itself and for the shop it speaks of', () => {
  assert.deepEqual(readMapFile(example).problems, [])
  assert.deepEqual(readMapFile(example, { shop }).problems, [])
})

test('the smaller examples of the page fit into it', () => {
  assert.equal(fragments.length, 7)
  const collections = fragments
    .filter((text) => text.startsWith('public.'))
    .map((text) => text.replace(/^(?=.)/gm, '      '))
  const named = (section: string) =>
    fragments
      .filter((text) => text.startsWith(`${section}:`))
      .map((text) => text.replace(`${section}:\n`, ''))
      .join('')
  const whole = example
    .replace('    collections:\n', `    collections:\n${collections.join('')}`)
    .replace('rules:\n', `rules:\n${named('rules')}`)
    .replace('purposes:\n  orders', `purposes:\n${named('purposes')}  orders`)
  const { map, problems } = readMapFile(whole)
  assert.deepEqual(problems, [])
  assert.equal(Object.keys(map?.systems.shop?.collections ?? {}).length, 4 + collections.length)
  assert.equal(Object.keys(map?.rules ?? {}).length, 4)
  assert.equal(Object.keys(map?.purposes ?? {}).length, 4)
})

test('every condition of the page can be read', () => {
  const conditions = blocks('condition').flatMap((text) => text.trim().split('\n'))
  assert.equal(conditions.length, 7)
  for (const condition of conditions)
    assert.ok(isCondition(parseCondition(condition, 'public.invoice')), condition)
})

test('the page explains every key and names every category', () => {
  const paths = [
    [],
    ['systems', 's'],
    ['systems', 's', 'collections', 'c'],
    ['systems', 's', 'collections', 'c', 'fields', 'f'],
    ['systems', 's', 'collections', 'c', 'links', 0],
    ['systems', 's', 'collections', 'c', 'keep', 0],
    ['rules', 'r'],
    ['purposes', 'p'],
    ['purposes', 'p', 'retention'],
  ]
  for (const path of paths) {
    const keys = keysAt(path)
    assert.notEqual(keys.length, 0, path.join('.'))
    for (const key of keys) assert.match(page, new RegExp(`^\\| \`${key}\` \\|`, 'm'))
  }
  for (const category of categories) assert.ok(page.includes(`\`${category}\``), category)
})

test('a map the schema takes is one the code takes, with nothing put in or left out but empty lists of names', () => {
  assert.deepEqual(mapSchema.parse(parse('version: 1\nsystems: {a: {collections: {b: {rows: keep}}}}')), {
    version: 1,
    systems: { a: { collections: { b: { rows: 'keep', fields: {} } } } },
    rules: {},
  })
})
