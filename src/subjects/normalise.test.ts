import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { identifierKindOf } from './identifier-kind.ts'
import { type IdentifierKind, normaliseIdentifier } from './normalise.ts'

const kinds: readonly IdentifierKind[] = [
  'email',
  'phone',
  'number',
  'username',
  'national-id',
  'bank-account',
]

const table: readonly (readonly [IdentifierKind, string, string | undefined, string | null])[] = [
  ['email', '  Luis.G@Embraer.COM.br ', undefined, 'luis.g@embraer.com.br'],
  ['email', 'a.b+shop@gmail.com', undefined, 'a.b+shop@gmail.com'],
  ['email', 'anna@münchen.example', undefined, 'anna@xn--mnchen-3ya.example'],
  ['email', 'ANNA@MÜNCHEN.EXAMPLE', undefined, 'anna@xn--mnchen-3ya.example'],
  ['email', 'jose\u0301@correo.example', undefined, 'jos\u00e9@correo.example'],
  ['email', 'ｌｕｉｓ＠ｅｘａｍｐｌｅ．ｊｐ', undefined, 'luis@example.jp'],
  ['email', 'luis\u200b@example.com', undefined, 'luis@example.com'],
  ['email', "d'arc@example.fr", undefined, "d'arc@example.fr"],
  ['email', 'luis@localhost', undefined, null],
  ['email', 'luis@1.2.3', undefined, null],
  ['email', 'luis@example.com/x', undefined, null],
  ['email', 'luis@example.com:25', undefined, null],
  ['email', 'luis@ex%61mple.com', undefined, null],
  ['email', 'luis @example.com', undefined, null],
  ['email', 'luis@@example.com', undefined, null],
  ['email', 'Luis <luis@example.com>', undefined, null],
  ['email', '@example.com', undefined, null],
  ['email', `${'a'.repeat(65)}@example.com`, undefined, null],
  ['email', 'luis@example..com', undefined, null],
  ['email', 'luis\u0000@example.com', undefined, null],
  ['phone', '06 12 34 56 78', 'FR', '+33612345678'],
  ['phone', '06.12.34.56.78', 'fr', '+33612345678'],
  ['phone', '+33 (0)6 12 34 56 78', undefined, '+33612345678'],
  ['phone', '0033612345678', undefined, '+33612345678'],
  ['phone', '0033 6 12 34 56 78', 'US', '+33612345678'],
  ['phone', 'tel:+33612345678', 'DE', '+33612345678'],
  ['phone', '（０６）１２３４５６７８', 'FR', '+33612345678'],
  ['phone', '+55 (12) 3923-5555', undefined, '+551239235555'],
  ['phone', '+44 20 7946 0018 ext 5', undefined, '+442079460018'],
  ['phone', '06 12 34 56 78', undefined, null],
  ['phone', '06 12 34 56 78', 'Atlantis', null],
  ['phone', 'call 0612345678', 'FR', null],
  ['phone', '3612', 'FR', null],
  ['number', ' c-10023 ', undefined, 'C-10023'],
  ['number', '00 42', undefined, '00 42'],
  ['number', '№ 7', undefined, 'NO 7'],
  ['username', 'LuisG', undefined, 'luisg'],
  ['national-id', '2 55 08 14 168 025 38', 'FR', '255081416802538'],
  ['national-id', '12345678-z', 'ES', '12345678Z'],
  ['bank-account', 'fr76 3000 6000 0112 3456 7890 189', undefined, 'FR7630006000011234567890189'],
  ['bank-account', 'FR76–3000', undefined, 'FR763000'],
  ['bank-account', 'see contract', undefined, 'SEECONTRACT'],
  ['bank-account', 'n° 12', undefined, null],
  ['number', '', undefined, null],
  ['number', '   ', undefined, null],
  ['number', 'x'.repeat(1_000_000), undefined, null],
  ['number', '\ud800', undefined, null],
]

test('an identifier has one spelling, whatever way it was written', () => {
  for (const [kind, raw, country, expected] of table)
    assert.equal(
      normaliseIdentifier(kind, raw, country),
      expected,
      `${kind} ${JSON.stringify(raw.slice(0, 60))} ${country}`,
    )
})

const anything = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 40 }),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({ unit: fc.constantFrom(...'0123456789+()- .'), maxLength: 20 }),
  fc.emailAddress(),
  fc
    .tuple(fc.string({ unit: 'grapheme', maxLength: 8 }), fc.domain())
    .map(([local, domain]) => `${local}@${domain}`),
)
const countries = fc.constantFrom(undefined, 'FR', 'US', 'DE', 'BR', 'IT', 'MX', 'AR', 'XX')

test('normalising twice changes nothing, with or without a country', () => {
  fc.assert(
    fc.property(fc.constantFrom(...kinds), anything, countries, countries, (kind, raw, country, later) => {
      const once = normaliseIdentifier(kind, raw, country)
      if (once !== null) assert.equal(normaliseIdentifier(kind, once, later), once)
    }),
    { numRuns: 20_000 },
  )
})

test('spaces around an identifier and the case of an e-mail address do not matter', () => {
  fc.assert(
    fc.property(fc.emailAddress(), (address) => {
      const normal = normaliseIdentifier('email', address, undefined)
      assert.equal(normaliseIdentifier('email', `\t ${address.toUpperCase()}\u00a0`, undefined), normal)
    }),
  )
})

test('what somebody typed is taken for what it most likely is', () => {
  const guesses: readonly (readonly [string, string | undefined, IdentifierKind])[] = [
    ['luisg@embraer.com.br', undefined, 'email'],
    ['+55 (12) 3923-5555', undefined, 'phone'],
    ['06 12 34 56 78', 'FR', 'phone'],
    ['0612345678', 'FR', 'phone'],
    ['06 12 34 56 78', undefined, 'number'],
    // A range the list of numbers does not know (yet).
    ['+33 6 39 98 71 54', 'FR', 'phone'],
    ['+33639987154', undefined, 'phone'],
    ['+1 2', undefined, 'username'],
    ['FR76 3000 6000 0112 3456 7890 189', 'FR', 'bank-account'],
    ['FR76 3000 6000 0112 3456 7890 180', 'FR', 'number'],
    ['2 55 08 14 168 025 38', 'FR', 'national-id'],
    ['12345678Z', 'ES', 'national-id'],
    ['12345678A', 'ES', 'username'],
    ['12345678', 'DE', 'number'],
    ['C-10023', 'FR', 'number'],
    ['KD 4711/12', 'DE', 'number'],
    ['luis84', 'FR', 'username'],
    ['', undefined, 'username'],
  ]
  for (const [raw, country, kind] of guesses) assert.equal(identifierKindOf(raw, country), kind, raw)
})

test('no text makes the guess fail', () => {
  fc.assert(
    fc.property(anything, countries, (raw, country) => {
      assert.ok(kinds.includes(identifierKindOf(raw, country)))
    }),
  )
})
