import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { passesLuhn } from './cell-shapes.ts'
import { profileValues, type Shape, shortLook } from './value-profile.ts'

const share = (cells: readonly (string | null)[], shape: Shape): number =>
  profileValues(cells).shares.get(shape) ?? 0
const many = (make: (i: number) => string): readonly string[] => Array.from({ length: 40 }, (_, i) => make(i))

/** Every value has the shape. */
function holds(shape: Shape, ...values: readonly string[]): void {
  for (const value of values) assert.equal(share([value], shape), 1, `${value} as ${shape}`)
}

/** No value has it. */
function lacks(shape: Shape, ...values: readonly string[]): void {
  for (const value of values) assert.equal(share([value], shape), 0, `${value} as ${shape}`)
}

describe('one value shows its shape', () => {
  it('e-mail addresses, of any alphabet, and nothing with blanks', () => {
    holds('email', 'anna@post.example', 'a.b+c@sub.domain.example', 'δοκιμή@παράδειγμα.ελ')
    lacks('email', 'anna at post.example', '@handle', 'a@b', 'anna@@post.example', 'see anna@post.example')
    holds('embedded-email', 'Bitte an anna@post.example, danke.')
  })
  it('IP addresses with and without a mask', () => {
    holds('ip', '192.0.2.7', '192.0.2.7/32', '2001:db8::1')
    lacks('ip', '1.2.3', '999.1.1.1', '12:30', '1.0.3-beta')
  })
  it('card numbers that pass their checksum, and masked ones', () => {
    assert.ok(passesLuhn('4111111111111111'))
    assert.ok(!passesLuhn('4111111111111112'))
    holds('card', '4111 1111 1111 1111', '378282246310005')
    lacks('card', '4111111111111112', '1234567812345670')
    holds('masked-card', '**** **** **** 4242', '411111******1111')
  })
  it('IBANs that pass their checksum', () => {
    holds('iban', 'FR76 3000 6000 0112 3456 7890 189', 'DE89370400440532013000')
    lacks('iban', 'FR7630006000011234567890188', 'GB00000000000000')
  })
  it('people, cities, countries, streets and companies', () => {
    holds('person-name', 'Luís Gonçalves', 'Мария Иванова', 'LAMBERT Marie')
    lacks('person-name', 'Garden Hose 20 m', 'Led Zeppelin')
    holds('city', 'Saint-Étienne', 'MÜNCHEN')
    holds('country', 'Deutschland', 'Brasil', 'États-Unis', 'Niemcy')
    holds('street', '12 rue des Lilas', 'Theodor-Heuss-Straße 34', 'ul. Długa 7', 'Av. Brasil, 210')
    holds('company', 'Brindille & Ardoise SARL', 'Schmidt GmbH', 'Acme Ltd')
  })
  it('secrets and tokens', () => {
    holds(
      'password-hash',
      '$2b$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy',
      '$argon2id$v=19$m=65536$abc$def',
    )
    holds('payment-token', 'tok_1NabCDEF', 'pm_1Nxyz123')
    holds('hash', 'd41d8cd98f00b204e9800998ecf8427e')
    holds('uuid', '018f5e8a-7b3c-7d4e-8f5a-6b7c8d9e0f1a')
  })
  it('arrays by their first element, and objects by their keys', () => {
    holds('email', '{anna@post.example,jan@post.example}')
    holds('personal-json', '{"first_name": "Anna", "size": 3}')
    lacks('personal-json', '{"size": 3, "email_count": 2}')
  })
  it('a value of a million characters like any other', () => {
    const before = performance.now()
    profileValues(['x'.repeat(1_000_000), '@'.repeat(1_000_000), '+0'.repeat(500_000), 'a@'.repeat(500_000)])
    assert.ok(performance.now() - before < 1_000)
  })
})

describe('only a column shows', () => {
  it('phone numbers, international or in one country’s spelling', () => {
    assert.equal(
      share(
        many((i) => `+33 6 12 34 ${10 + i} 78`),
        'phone',
      ),
      1,
    )
    assert.equal(
      share(
        many((i) => `06 12 34 ${10 + i} 78`),
        'phone',
      ),
      1,
    )
    assert.ok(
      share(
        many((i) => `${300_000_000 + i * 7_919}`),
        'phone',
      ) < 0.2,
    )
    assert.ok(
      share(
        many((i) => `2024-0${1 + (i % 9)}-1${i % 9}`),
        'phone-like',
      ) === 0,
    )
  })
  it('national numbers with their checksum', () => {
    const nir = (i: number) => {
      const body = `25508141680${String(10 + i)}`
      return body + String(97n - (BigInt(body) % 97n)).padStart(2, '0')
    }
    assert.equal(share(many(nir), 'national-id'), 1)
    assert.equal(
      share(
        many((i) => `${nir(i).slice(0, -2)}00`),
        'national-id',
      ),
      0,
    )
    assert.equal(
      share(
        many((i) => `${401 + i}-${10 + i}-${4000 + i}`),
        'national-id',
      ),
      1,
    )
  })
  it('no national number in order numbers, barcodes and counters', () => {
    for (const make of [
      (i: number) => `${2_024_000_100 + i}`,
      (i: number) => `${4_006_381_333_931 + i * 13}`,
      (i: number) => `${10_000_000 + i}`,
      (i: number) => `ORD-2024-${1000 + i}`,
    ])
      assert.equal(profileValues(many(make)).shares.has('national-id'), false, make(1))
  })
  it('birth dates by their spread, and not last year’s orders', () => {
    assert.equal(
      share(
        many((i) => `${1940 + i}-03-11`),
        'birth-date',
      ),
      1,
    )
    assert.equal(
      share(
        many((i) => `11.03.${1940 + i}`),
        'birth-date',
      ),
      1,
    )
    assert.equal(
      share(
        many((i) => `2025-0${1 + (i % 9)}-11`),
        'birth-date',
      ),
      0,
    )
  })
  it('nothing in empty cells', () => {
    assert.deepEqual(profileValues([null, '', '   ']), {
      distinct: 0,
      shares: new Map(),
      sensitive: new Map(),
      length: 0,
      filled: 0,
      looked: [],
    })
  })
})

describe('texts that speak of special categories', () => {
  const categories = (text: string) => [...profileValues([text]).sensitive.keys()]

  it('are noticed in every language', () => {
    assert.deepEqual(categories('Je suis allergique aux noix.'), ['health'])
    assert.deepEqual(categories('Ich bin schwerbehindert und sitze im Rollstuhl.'), ['health'])
    assert.deepEqual(categories('Soy afiliado al sindicato.'), ['trade-union'])
    assert.deepEqual(categories('Wij eten alleen halal.'), ['religion'])
    assert.deepEqual(categories('He was released from prison last year.'), ['criminal'])
    assert.deepEqual(categories('Mam cukrzycę.'), ['health'])
  })
  it('are not seen where a word only begins alike', () => {
    assert.deepEqual(categories('The cancellation of my order, and a hospitable welcome.'), [])
  })
})

describe('the values of a column', () => {
  it('are counted once each, however much they have in common', () => {
    // Long ones that differ in one letter only, wherever it stands, beside any others.
    const nearly = fc
      .tuple(fc.nat(39), fc.constantFrom('a', 'b', '1'))
      .map(([at, letter]) => `${'x'.repeat(at)}${letter}${'x'.repeat(39 - at)}`)
    const cell = fc.oneof(fc.stringMatching(/^[a-c1-3]{1,4}$/), nearly, fc.constant(null))
    fc.assert(
      fc.property(fc.array(cell, { maxLength: 400 }), (cells) => {
        const filled = cells.filter((value) => value !== null)
        const profile = profileValues(cells)
        assert.equal(profile.distinct, new Set(filled).size)
        assert.equal(profile.filled, filled.length)
      }),
      { numRuns: 60 },
    )
  })
  it('are found where blanks stand nearly everywhere', () => {
    const cells = Array.from({ length: 1_000 }, (_, i) =>
      i % 333 === 7 ? `jean${i}@example.org` : i % 2 === 0 ? ' ' : null,
    )
    const { distinct, filled, shares } = profileValues(cells)
    assert.deepEqual([distinct, filled, shares.get('email')], [3, 3, 1])
  })
  it('are looked at from all over the column, fewer of them under a header that says what to expect', () => {
    const cells = Array.from({ length: 200 }, (_, i) => (i % 2 === 0 ? `Jean Nr${i}` : `${i}`))
    const [full, short] = [profileValues(cells), profileValues(cells, shortLook)]
    assert.ok(full.looked.length > short.looked.length)
    for (const { looked } of [full, short])
      assert.ok(looked.some(({ text }) => Number.parseInt(text.replace(/\D/g, ''), 10) >= 170))
  })
})
