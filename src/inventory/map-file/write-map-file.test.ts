import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  type CollectionMap,
  categories,
  type DataMap,
  type FieldMap,
  grounds,
  identifierKinds,
  type LinkMap,
  type Rule,
} from '../data-map.ts'
import { readMapFile } from './read-map-file.ts'
import { writeMapFile } from './write-map-file.ts'

const tricky = fc.constantFrom(
  'no',
  'on',
  'null',
  '~',
  'true',
  '12',
  '1e3',
  '0x1',
  '- a',
  'a: b',
  '#a',
  '&a',
  '*a',
  '!a',
  '%a',
  '@a',
  '`a',
  '|',
  '>',
  '{a}',
  '[a]',
  "it's",
  '"',
  '\\',
  'a\nb',
  'a\n\n b\n',
  '\ta',
  'a ',
  '? ',
  '---',
  '...',
  '\u2028',
  '\u0085',
  '\u007f',
  '\uFEFFa',
  '<<',
  '=',
  'constructor',
  '2026-01-01',
  '12:30',
  'é',
  '日本',
  '🙂',
) // prettier-ignore
const words = fc
  .oneof(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }), tricky)
  .filter((text) => text.trim() !== '' && text !== '__proto__' && !/[\0-\x08\x0b\x0c\x0e-\x1f]/.test(text))
const names = fc.uniqueArray(words, { minLength: 1, maxLength: 3 })
/** Without the keys that are undefined, as a map read from a file has none. */
const record = <T extends object>(
  value: { [K in keyof T]: fc.Arbitrary<T[K]> },
  optional: readonly (keyof T)[],
) =>
  fc.record(value, {
    requiredKeys: (Object.keys(value) as (keyof T)[]).filter((key) => !optional.includes(key)),
  })

const field: fc.Arbitrary<FieldMap> = fc.oneof(
  record<FieldMap>(
    {
      category: fc.constantFrom(...categories),
      erase: fc.oneof(
        fc.constantFrom('clear' as const, 'keep' as const, 'redact' as const),
        words.map((replace) => ({ replace })),
      ),
      why: words,
    },
    ['erase', 'why'],
  ),
  record<FieldMap>(
    { category: fc.constant('email'), identifier: fc.constantFrom(...identifierKinds), unique: fc.boolean() },
    ['unique'],
  ),
  fc.record({ category: fc.constant('free-text' as const), export: fc.constant(false), why: words }),
)

const rule: fc.Arbitrary<Rule> = fc
  .tuple(
    fc.record({ ground: fc.constantFrom(...grounds), article: words }),
    fc.oneof(
      fc.record({
        years: fc.integer({ min: 1, max: 200 }),
        roundTo: fc.constantFrom('exact', 'end-of-year'),
      }),
      fc.record({ while: fc.constantFrom('a is null', "b in ('x', 'y')", '"a: b" = 1\nor c < today') }),
    ),
    fc.oneof(fc.constant({}), fc.record({ source: words })),
  )
  .map(([head, end, source]) => ({ ...head, ...end, ...source }))

const dictionary = <T>(
  keys: fc.Arbitrary<string[]>,
  value: fc.Arbitrary<T>,
): fc.Arbitrary<Record<string, T>> =>
  keys.chain((all) =>
    fc
      .tuple(...all.map(() => value))
      .map((values) => Object.fromEntries(all.map((key, i) => [key, values[i] as T]))),
  ) // prettier-ignore

const keeps = (fields: CollectionMap['fields'], name: string): boolean =>
  Object.hasOwn(fields, name) && fields[name]?.erase === 'keep'

/** Maps that agree with themselves: links, rules and purposes name what there is. */
const map: fc.Arbitrary<DataMap> = fc
  .record({
    collections: names,
    rules: dictionary(names, rule),
    purposes: dictionary(names, fc.constant({ basis: 'contract' as const })),
  })
  .chain(({ collections, rules, purposes }) => {
    const on = dictionary(names, words)
    const to = fc.constantFrom(...collections)
    const link: fc.Arbitrary<LinkMap> = fc.oneof(
      fc.record({ to, on, role: fc.constant('owner' as const) }),
      record<LinkMap>({ to, on, role: fc.constant('party'), clears: names }, ['clears']),
      fc.record({ to, on, role: fc.constant('none' as const), why: words }),
    )
    const keep = fc.record({
      rule: fc.constantFrom(...Object.keys(rules)),
      from: words,
      fields: fc.array(words, { maxLength: 3 }),
    })
    // What a link clears for a party is not kept for all.
    const isClearable = ({ fields, links = [] }: CollectionMap) =>
      links.every(({ clears = [] }) => clears.every((name) => !keeps(fields, name)))
    const collection = record<CollectionMap>(
      {
        rows: fc.constantFrom('delete', 'clear', 'keep'),
        purposes: fc.subarray(Object.keys(purposes)),
        fields: dictionary(names, field),
        links: fc.array(link, { maxLength: 3 }),
        keep: fc.array(keep, { maxLength: 2 }),
      },
      ['purposes', 'links', 'keep'],
    ).filter(isClearable)
    const system = record<DataMap['systems'][string]>(
      { controller: words, collections: dictionary(fc.constant(collections), collection) },
      ['controller'],
    )
    const systems = dictionary(fc.constant(['shop', '2nd']), system)
    return record<DataMap>(
      {
        version: fc.constant(1),
        country: fc.constant('NO'),
        systems,
        rules: fc.constant(rules),
        purposes: fc.constant(purposes),
      },
      ['country'],
    )
  })

test('a map that is written and read again is the same map', () => {
  fc.assert(
    fc.property(map, (original) => {
      const text = writeMapFile(original)
      const { map: read, problems } = readMapFile(text)
      assert.deepEqual(
        problems.filter(({ severity }) => severity === 'error'),
        [],
        text,
      )
      assert.deepEqual(read, structuredClone(original), text)
    }),
    { numRuns: 200 },
  )
})

test('equal maps give equal texts, whatever the order of their keys', () => {
  const reversed = (value: unknown): unknown => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
    return Object.fromEntries(
      Object.entries(value)
        .reverse()
        .map(([key, entry]) => [key, reversed(entry)]),
    ) // prettier-ignore
  }
  fc.assert(
    fc.property(map, (original) => {
      assert.equal(writeMapFile(reversed(original) as DataMap), writeMapFile(original))
    }),
    { numRuns: 50 },
  )
})

test('the text is one to read: a line for each field, names in order, long grounds on lines of their own', () => {
  const written = writeMapFile(
    {
      version: 1,
      systems: {
        shop: {
          collections: {
            'public.invoice': {
              fields: {},
              keep: [
                {
                  rule: 'invoices',
                  from: 'invoice_date',
                  fields: ['billing_address', 'total'],
                  also: { 'public.customer': ['first_name', 'last_name'] },
                },
              ], // prettier-ignore
              links: [{ role: 'owner', to: 'public.customer', on: { customer_id: 'id' } }],
              rows: 'clear',
            },
            'public.customer': {
              rows: 'clear',
              fields: {
                phone: { category: 'phone', identifier: 'phone', unique: false },
                email: { identifier: 'email', category: 'email' },
              },
            },
          },
        },
      },
      rules: { invoices: { years: 10, ground: 'legal-obligation', article: 'C. com. L123-22' } },
    },
    { schema: './data-map.schema.json' },
  )
  assert.equal(
    written,
    `# yaml-language-server: $schema=./data-map.schema.json
# The data map: what every system holds of a person, how it is found, and what erasing it means.
# docs/data-map.md explains every key. To use a changed file: npx dossier map import <file>

version: 1

# A line for each field that holds personal data.
systems:
  shop:
    collections:
      public.customer:
        rows: clear
        fields:
          email: {category: email, identifier: email}
          phone: {category: phone, identifier: phone, unique: false}
      public.invoice:
        rows: clear
        links:
          - {to: public.customer, on: {customer_id: id}, role: owner}
        keep:
          - rule: invoices
            from: invoice_date
            fields: [billing_address, total]
            also: {public.customer: [first_name, last_name]}

# Why and for how long something is kept although its person asked for erasure.
rules:
  invoices: {ground: legal-obligation, article: C. com. L123-22, years: 10}
`,
  )
})
