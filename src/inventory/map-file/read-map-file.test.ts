import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { languages, say } from '../../platform/texts.ts'
import { mapFindingNames } from './finding.ts'
import { findingsIn, small } from './findings.fixture.ts'
import { readMapFile } from './read-map-file.ts'
import { shop } from './shop.fixture.ts'

test('what may be left out reads as empty', () => {
  assert.deepEqual(readMapFile('version: 1\nsystems: {shop: {collections: {a: {rows: keep}}}}'), {
    map: { version: 1, systems: { shop: { collections: { a: { rows: 'keep', fields: {} } } } }, rules: {} },
    problems: [],
  })
})

test('every wrong key and value is told with its line, not just the first', () => {
  const text = `version: 1
country: fr
systmes: {}
systems:
  shop:
    colections: {}
    collections:
      a:
        rows: remove
        fields:
          f: {category: emial, identifer: email, unique: "yes"}
          g: {}
          h:
          i: {category: email, erase: {replac: x}}
          j: {category: email, erase: cleer}
          l: {category: email, erase: {replace: 0}}
          "": {category: email}
          m: {category: email, why: " "}
          m: {category: phone}
          __proto__: {category: phone}
        links:
          - {to: b, on: {}, role: owner}
          - {to: b, on: {x: 1}, role: boss}
          - to: b
        keep: {rule: x}
        purposes: accounting
  my shop:
    collections: {}
rules:
  r: {ground: legal-obligation, years: 0, article: a}
  s: {ground: legal, years: 1.5, article: 17}
  t: {ground: legal-claims, article: x}
`
  assert.deepEqual(findingsIn(text), [
    '2:10 bad-country',
    '3:1 unknown-key-near',
    '6:5 unknown-key-near',
    '9:15 not-allowed',
    '11:25 not-allowed-near',
    '11:32 unknown-key-near',
    '11:58 not-flag',
    '12:11 missing-key',
    '13:13 not-section',
    '14:32 missing-key',
    '14:40 unknown-key-near',
    '15:39 not-allowed-near',
    '16:49 not-quoted',
    '17:11 blank',
    '18:37 blank',
    '19:11 duplicate-key',
    '20:11 reserved-name',
    '22:25 nothing-on',
    '23:29 not-quoted',
    '23:39 not-allowed',
    '24:13 missing-key',
    '24:13 missing-key',
    '25:15 not-list',
    '26:19 not-list',
    '27:3 bad-system-name',
    '30:40 out-of-range',
    '31:15 not-allowed',
    '31:29 not-number',
    '31:43 not-quoted',
    '32:3 rule-without-end',
  ])
})

test('a newer version is not guessed at', () => {
  assert.deepEqual(findingsIn('version: 2\nsystems: {}'), ['1:10 not-allowed-near'])
})

test('a misspelt key names the one it may have meant, and what does not come close lists what is possible', () => {
  const { problems } = readMapFile('version: 1\nsystems: {}\npurpose: {}\nwhatever: {}')
  assert.deepEqual(
    problems.map(({ params }) => params),
    [
      { name: 'purpose', near: 'purposes', known: 'version, country, systems, rules, purposes' },
      { name: 'whatever', known: 'version, country, systems, rules, purposes' },
    ],
  )
})

test('a purpose has one basis and one end, and a field names only purposes there are', () => {
  const text = small(
    '          notes: {category: free-text, purposes: [nothing]}',
    'purposes:',
    '  a: {basis: contract, retention: {years: 3}}',
    '  b: {basis: contract, retention: {from: last order}}',
    '  c: {basis: contract, retention: {years: 3, days: 3, from: last order}}',
    '  d: {basis: contract, retention: {until: the account is closed, from: last order}}',
    '  e: {basis: contract, retention: {days: 0, from: last order}}',
    '  f: {basis: [contract, consent], art9: k}',
    '  g: {basis: consent, art9: a, art10: C. pén. 1, retention: {months: 3, from: last order}}',
  )
  assert.deepEqual(findingsIn(text), [
    '9:51 unknown-purpose',
    '11:36 retention-without-from',
    '12:36 retention-without-term',
    '13:46 retention-two-terms',
    '14:66 retention-from-idle',
    '15:42 term-out-of-range',
    '16:14 not-allowed',
    '16:41 not-allowed-near',
  ])
})

test('a map must agree with itself, whatever the systems hold', () => {
  const text = small(
    '          a: {category: free-text, export: false}',
    '          b: {category: free-text, unique: true}',
    '          c: {category: none, identifier: number}',
    '        purposes: [order]',
    '      public.invoice:',
    '        rows: clear',
    '        links:',
    '          - {to: customer, on: {customer_id: id}, role: owner}',
    '          - {to: crm/person, on: {customer_id: id}, role: owner}',
    '          - {to: public.customer, on: {customer_id: id}, role: owner, clears: [x]}',
    '          - {to: anything, on: {x: y}, role: none}',
    '          - {to: public.customer, on: {seller_id: id}, role: party, clears: [y, z]}',
    '        fields: {y: {category: free-text}, z: {category: free-text, erase: keep}}',
    '        keep:',
    '          - {rule: invoices, fields: []}',
    '          - {rule: invoces, fields: [], also: {public.customer: [a], public.gift: [b]}}',
    'rules:',
    '  invoices: {ground: legal-obligation, article: a, years: 1}',
    '  forever: {ground: legal-obligation, article: a}',
    '  rounded: {ground: legal-obligation, article: a, while: a is null, roundTo: exact}',
    '  broken: {ground: legal-obligation, article: a, while: a is nul}',
    'purposes: {orders: {basis: contract}}',
  )
  assert.deepEqual(findingsIn(text), [
    '9:36 hidden-without-why',
    '10:36 unique-without-identifier',
    '11:31 identifier-not-personal',
    '12:20 unknown-purpose-near',
    '16:18 link-unmapped-near',
    '17:18 unknown-system',
    '18:71 clears-without-party',
    '19:46 unlinked-without-why',
    '20:81 clears-kept',
    '23:20 keep-without-from',
    '24:20 unknown-rule-near',
    '24:70 also-elsewhere',
    '27:3 rule-without-end',
    '28:69 round-without-years',
    '29:57 while-comparison',
  ])
})

test('a map must fit what the scan saw', () => {
  const text = `version: 1
systems:
  shop:
    collections:
      public.customer:
        rows: clear
        fields:
          email: {category: email, identifier: email, erase: {replace: gone}}
          lastname: {category: person-name}
          last_name: {category: person-name, erase: {replace: a name that is too long}}
          full_name: {category: person-name, identifier: username, erase: clear}
          gender: {category: gender, erase: {replace: x}}
          born: {category: birth-date, erase: {replace: long ago}}
          id: {category: customer-number, erase: redact}
          zodiac: {category: none}
      public.invoice:
        rows: clear
        fields:
          invoice_date: {category: birth-date}
        links:
          - {to: public.customer, on: {token: id, custmer_id: idd}, role: owner}
          - {to: public.customer, on: {customer_id: id}, role: party, clears: [adress]}
        keep:
          - {rule: years, from: paid, fields: [billing_adress], also: {public.customer: [las_name]}}
          - {rule: years, from: invoice_date, fields: []}
          - {rule: odd, fields: []}
      public.mailing: {rows: delete}
      invoice: {rows: delete}
      public.wishes: {rows: delete}
  chop: {collections: {}}
rules:
  years: {ground: legal-obligation, article: a, years: 1}
  odd: {ground: legal-claims, article: a, while: "born is null or staus = 'open' or status = 'opn' or paid_at < 'soon'"}
`
  assert.deepEqual(findingsIn(text, { shop }), [
    '8:62 replace-unique',
    '9:11 unknown-field-near',
    '10:53 replace-too-long',
    '11:58 identifier-generated',
    '11:75 erase-generated',
    '12:45 replace-not-allowed',
    '13:47 replace-wrong-kind',
    '14:50 redact-not-text',
    '15:11 unknown-field',
    '21:40 link-kinds',
    '21:51 unknown-field-near',
    '21:63 unknown-field-near',
    '22:80 unknown-field',
    '24:33 from-not-a-date',
    '24:48 unknown-field-near',
    '24:90 unknown-field-near',
    '25:55 keep-needs-field',
    '26:20 while-unknown-field',
    '26:20 while-unknown-field-near',
    '26:20 while-never',
    '26:20 while-misfit',
    '27:30 not-writable',
    '28:7 unknown-collection-near',
    '29:7 unknown-collection',
    '30:3 unknown-system-near',
  ])
})

test('wrong entries do not make right ones seem wrong, and hide no other error', () => {
  const text = small(
    '          phone: {category: fone, identifier: phone}',
    '      public.invoice:',
    '        rows: clear',
    '        purposes: [accounting]',
    '        links:',
    '          - {to: public.customer, on: {customer_id: id}, role: ownr}',
    '        keep:',
    '          - {rule: invoices, from: invoice_dat, fields: [], also: {public.customer: [phone]}}',
    'rules:',
    '  invoices: {ground: legal, article: a, years: 1}',
    'purposes:',
    '  accounting: {basis: law}',
  )
  assert.deepEqual(findingsIn(text, { shop }), [
    '9:29 not-allowed-near',
    '14:64 not-allowed-near',
    '16:36 unknown-field-near',
    '18:22 not-allowed',
    '20:23 not-allowed',
  ])
})

test('a warning asks for a second look and refuses nothing', () => {
  const text = small(
    '      public.basket:',
    '        rows: delete',
    '        fields: {note: {category: free-text}}',
  )
  const { map, problems } = readMapFile(text)
  assert.notEqual(map, null)
  assert.deepEqual(
    problems.map(({ line, severity, code }) => ({ line, severity, code })),
    [{ line: 9, severity: 'warning', code: 'inventory.map-reaches-nobody' }],
  )
})

test('of a collection the scan could not read, nothing is said but that', () => {
  const closed = {
    ...shop,
    collections: shop.collections.map((one) => ({ ...one, fields: [], unreadable: 'no right' })),
  }
  assert.deepEqual(findingsIn(small(), { shop: closed }), ['5:7 not-readable'])
})

test('names that every object has are names like others', () => {
  const text = small('          constructor: {category: free-text}').replaceAll('shop', 'toString')
  assert.deepEqual(findingsIn(text), [])
  assert.deepEqual(findingsIn(text, { shop }), ['3:3 unknown-system'])
})

test('a file whose path looks like another system is still a link of its own system', () => {
  const text = `version: 1
systems:
  lists:
    collections:
      2026/members.csv: {rows: delete, fields: {mail: {category: email, identifier: email}}}
      visits.csv: {rows: delete, links: [{to: 2026/members.csv, on: {mail: mail}, role: owner}]}
  desk:
    collections:
      ticket: {rows: delete, links: [{to: lists/2026/members.csv, on: {mail: mail}, role: owner}]}
`
  assert.deepEqual(findingsIn(text), [])
})

test('two thousand misspelt names are all told; a guess is spent on the first of them', () => {
  const names = Array.from({ length: 2000 }, (_, i) => `public.tabel${i}`)
  const text = `version: 1\nsystems:\n  shop:\n    collections:\n${names.map((name) => `      ${name}: {rows: keep}`).join('\n')}`
  const collections = names.map((name) => ({ ...shop.collections[0], name: name.replace('tabel', 'table') }))
  const described = { ...shop, collections } as typeof shop
  const found = findingsIn(text, { shop: described })
  assert.equal(found.length, 2000)
  assert.equal(found.filter((finding) => finding.endsWith('-near')).length, 200)
})

test('every finding has its sentence in every language, with the same parameters', () => {
  const paramsOf = (sentence: string) =>
    [...sentence.matchAll(/\{\{(\w+)\}\}/g)].map(([, name]) => name).sort()
  for (const name of mapFindingNames) {
    const [english = '', french = ''] = languages.map((language) => say(language, `inventory.${name}`))
    assert.notEqual(english, `inventory.${name}`, name)
    assert.notEqual(french, english, name)
    assert.deepEqual(paramsOf(french), paramsOf(english), name)
  }
})

test('whatever a file holds, every finding stands on one of its lines', () => {
  const valid = small(
    '          phone: {category: phone, erase: {replace: "x"}}',
    'rules: {a: {ground: legal-claims, article: b, while: x is null}}',
  )
  const damaged = fc
    .tuple(
      fc.nat(valid.length),
      fc.nat(12),
      fc.oneof(
        fc.string(),
        fc.constantFrom(
          '\n',
          '\t',
          ': ',
          '- ',
          '{',
          '}',
          '[',
          '"',
          "'",
          '&a ',
          '*a',
          '!x ',
          '#',
          '|',
          '>',
          '? ',
          '---\n',
        ),
      ),
    )
    .map(([at, length, put]) => valid.slice(0, at) + put + valid.slice(at + length))
  fc.assert(
    fc.property(fc.oneof(damaged, fc.string({ unit: 'binary' })), (text) => {
      const lines = text.split(/\r\n|[\r\n]/)
      const { map, problems } = readMapFile(text, { shop })
      for (const { line, column } of problems) {
        assert.ok(line >= 1 && line <= lines.length && column >= 1, `${line}:${column}`)
        assert.ok(column <= (lines[line - 1] ?? '').length + 1, `${line}:${column}`)
      }
      assert.equal(
        map === null,
        problems.some(({ severity }) => severity === 'error'),
      )
    }),
    { numRuns: 300 },
  )
})
