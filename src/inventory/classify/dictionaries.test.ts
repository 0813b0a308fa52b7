import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { stdnum } from 'stdnum'
import { isLanguage, say } from '../../platform/texts.ts'
import { categories } from '../data-map.ts'
import type { Reason } from './proposal.ts'
import weights from './weights.json' with { type: 'json' }
import { listed } from './word-lists.ts'
import nationalNumbers from './words/national-numbers.json' with { type: 'json' }
import sensitive from './words/sensitive-words.json' with { type: 'json' }

const words = join(import.meta.dirname, 'words')
const read = (
  file: string,
): { about?: Record<string, string>; entries?: readonly Record<string, string>[] } =>
  JSON.parse(readFileSync(file, 'utf8'))
const dataFiles = [
  ...readdirSync(words).map((file) => join(words, file)),
  join(import.meta.dirname, 'weights.json'),
]
const known = new Set<string>(categories)
const languages = ['en', 'fr', 'de', 'es', 'pt', 'it', 'nl', 'pl']

describe('the data of the classifier', () => {
  it('says of every file what it is, when and from what it was made, and how sure it is', () => {
    for (const file of dataFiles) {
      const { about = {} } = read(file)
      assert.match(about.compiled ?? '', /^\d{4}-\d{2}-\d{2}$/, file)
      for (const key of ['what', 'source', 'confidence']) assert.ok(about[key], `${file}: ${key}`)
    }
  })
  it('names only categories of the data map', () => {
    const named = [
      ...dataFiles.flatMap((file) => (read(file).entries ?? []).map(({ category = '' }) => category)),
      ...Object.keys(sensitive.words),
      ...Object.keys(weights.contexts),
      ...Object.keys(weights.kindsOf),
      ...Object.values(weights.shapes).flatMap((shape) => Object.keys(shape)),
      ...listed(weights.anchors.categories),
      ...listed(weights.contactable),
      ...listed(weights.closed),
    ]
    assert.deepEqual(
      named.filter((category) => !known.has(category)),
      [],
    )
  })
  it('can tell every category from names in every language it speaks', () => {
    const entries = dataFiles.flatMap((file) => read(file).entries ?? [])
    const international = new Set([
      'none',
      'secret',
      'generic-id',
      'social-profile',
      'device-id',
      'ip-address',
      'geo-location',
      'photo',
    ])
    for (const category of categories) {
      if (international.has(category)) continue
      const spoken = new Set(
        entries.filter((entry) => entry.category === category).flatMap((entry) => Object.keys(entry)),
      )
      const missing = languages.filter((language) => !spoken.has(language))
      assert.ok(missing.length <= 2, `${category} lacks ${missing.join(', ')}`)
    }
  })
  it('asks for no validator that the library does not have', () => {
    const validators = stdnum as unknown as Record<string, Record<string, unknown>>
    const missing = nationalNumbers.numbers.filter(
      ({ country, validator }) => validators[country]?.[validator] === undefined,
    )
    assert.deepEqual(missing, [])
  })
})

describe('the causes of a proposal', () => {
  const codes = {
    name: true,
    comment: true,
    values: true,
    neighbours: true,
    context: true,
    key: true,
    contradicted: true,
    about: true,
    'other-person': true,
    shared: true,
    'special-words': true,
    hashed: true,
    alike: true,
    document: true,
    'document-cut': true,
    'document-unread': true,
    'no-values': true,
    nothing: true,
    unreadable: true,
  } satisfies Record<Reason['code'], true>
  const surroundings = Object.keys(weights.contexts.email)

  it('have a sentence in every language of the product', () => {
    for (const language of languages.filter(isLanguage)) {
      const keys = [
        ...Object.keys(codes),
        ...surroundings.map((one) => `context-${one}`),
        ...[...Object.keys(weights.shapes), 'phone-like'].map((shape) => `shape-${shape}`),
      ]
      for (const key of keys) {
        const sentence = say(language, `inventory.reason-${key}`, {
          share: 0.5,
          shape: 'email',
          surroundings: 'people',
        })
        assert.doesNotMatch(sentence, /inventory[.:]|\$t|^$/, `${language} ${key}`)
      }
    }
  })
})
