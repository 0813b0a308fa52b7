import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { inOrder, oneByOne, openCompany, seek, type World } from './find-mentions-of-many.fixture.ts'
import { findMentionsOfMany } from './find-mentions-of-many.ts'
import type { OpenSystem, SoughtPerson } from './sought-person.ts'

const first = ['Anna', 'Luís', 'Jürgen', 'Δημήτρης', 'Maria']
const last = ['Muster', 'Gonçalves', 'Müller', 'da Silva', "O'Brien-Łuc"]
const addresses = [
  'anna',
  'a.muster',
  'luis',
  'x=luis',
  'ann',
  'joanna',
  'jürgen',
  'anna+x',
  'o’b',
  'a%b',
].map((local) => `${local}@example.org`)
const phones = ['+33 6 12 34 56 78', '06 12 34 56 78', '+32 470 08 66 93', '0470 08 66 93', '06 98 76 54 32']
const codes = ['C-10011', 'C-1001', '100111', 'KD 4711/12', '№ 4711', '-----']
const accounts = [
  'FR1230006000011234567890189',
  'FR7630006000011234567890189',
  'DE89370400440532013000',
  'de89 3704 0044 0532 0130 00',
]

const written = fc.oneof(
  fc.constantFrom(...addresses, ...phones, ...codes, ...accounts),
  fc.constantFrom(...addresses).map((address) => address.toUpperCase()),
  fc.constantFrom(...addresses).map((address) => address.replace('@', '%40')),
  fc.constantFrom(...addresses).map((address) => `${address.replace('@', '+Shop-1@')}`),
  fc.constantFrom(...addresses).map((address) => `${address.replace('@', '%2bshop@')}`),
  fc.constantFrom('ANNA MUSTER', 'Muster, Anna', 'Goncalves Luis', 'luis GONÇALVES', 'Mueller, Juergen'),
  fc.constantFrom('DIMITRIS MUSTER', 'Maria da Silva', 'da Silva Maria', "Anna O'Brien-Luc", 'Anna Anna'),
  fc.constantFrom(
    '+33612345678',
    '0033 (6) 12.34.56.78',
    '6 12345678',
    '+32470086693',
    'FR76 3000 6000 0112 3456 7890 189',
  ),
)
const between = fc.constantFrom(
  ' ',
  ', ',
  '',
  '. ',
  '=',
  '/',
  '\n',
  ' – ',
  '%3d',
  'x',
  '7',
  '-',
  '@',
  '+',
  'é',
  '_',
)
const text = fc
  .array(fc.tuple(between, written), { minLength: 1, maxLength: 4 })
  .chain((parts) => between.map((end) => parts.map(([before, what]) => before + what).join('') + end))
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { freq: 4 })
const name = fc.tuple(fc.constantFrom(...first), fc.constantFrom(...last)).map((words) => words.join(' '))
const json = fc.oneof(
  text,
  fc
    .record({ nick: maybe(name), about: text, backup: maybe(fc.constantFrom(...addresses)) })
    .map((value) => JSON.stringify(value)),
)
const team = fc.oneof(
  text,
  fc
    .record({
      members: fc.array(fc.record({ email: maybe(fc.constantFrom(...addresses)), name, about: text }), {
        maxLength: 3,
      }),
      story: text,
    })
    .map((value) => JSON.stringify(value)),
)
const numbered = <T extends readonly (string | number | null)[]>(rows: readonly T[]) =>
  rows.map((row, i) => [i + 1, ...row])
const id = fc.integer({ min: 1, max: 4 })

const world: fc.Arbitrary<World> = fc.record({
  person: fc
    .tuple(
      fc.shuffledSubarray(addresses, { minLength: 1, maxLength: 4 }),
      fc.shuffledSubarray(codes, { minLength: 4 }),
      fc.array(
        fc.tuple(
          fc.constantFrom(...first),
          fc.constantFrom(...last),
          maybe(fc.constantFrom(...phones)),
          maybe(fc.constantFrom(...accounts)),
          maybe(json),
        ),
        { minLength: 4, maxLength: 4 },
      ),
    )
    .map(([emails, numbers, rest]) =>
      numbered(
        emails.map((email, i) => {
          const [given = '', family = '', phone = null, iban = null, profile = null] = rest[i] ?? []
          return [email, given, family, phone, numbers[i] ?? null, iban, profile]
        }),
      ),
    ),
  requester: fc
    .tuple(
      fc.array(fc.tuple(maybe(name), maybe(fc.constantFrom(...phones)), maybe(fc.constantFrom(...codes))), {
        maxLength: 4,
      }),
      fc.shuffledSubarray(addresses, { minLength: 4 }),
      fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }),
    )
    .map(([rows, emails, has]) =>
      numbered(
        rows.map(([full, phone, badge], i) => [full, phone, has[i] ? (emails[i] ?? null) : null, badge]),
      ),
    ),
  note: fc.array(fc.tuple(maybe(id), text, maybe(text)), { maxLength: 5 }).map(numbered),
  account: fc
    .array(fc.tuple(maybe(id), maybe(id), maybe(fc.constantFrom(...phones)), maybe(name), text), {
      maxLength: 3,
    })
    .map(numbered),
  gift: fc.array(fc.tuple(maybe(id), maybe(id), text), { maxLength: 3 }).map(numbered),
  log: fc
    .array(fc.tuple(maybe(fc.constantFrom(...addresses)), maybe(name), text), { maxLength: 3 })
    .map((rows) => [...rows, ...rows.slice(0, 1)]),
  ledger: fc.array(fc.tuple(maybe(fc.constantFrom(...addresses)), text, fc.constant(null)), { maxLength: 2 }),
  team: fc.array(fc.tuple(text, team), { maxLength: 3 }).map(numbered),
})

describe('mentions of many people at once', () => {
  for (const [engine, numRuns] of [
    ['sqlite', 10],
    ['postgres', 2],
  ] as const)
    it(`are what each of them is told alone, whatever stands in a shop on ${engine} and a help desk`, async () => {
      await using company = await openCompany(engine)
      await fc.assert(
        fc.asyncProperty(world, world, async (shop, desk) => {
          await company.fill(shop, desk)
          await company.reading(tellsThemTheSame)
        }),
        { numRuns },
      )
    })
})

async function tellsThemTheSame(open: readonly OpenSystem[]): Promise<void> {
  const sought: SoughtPerson[] = []
  for (const value of addresses.slice(0, 6)) sought.push(await seek(open, { kind: 'email', value }))
  const before = await findMentionsOfMany(open, sought)
  // Every second possible match was looked at.
  const people = sought.map((one, i) => ({
    ...one,
    ruledOut: before[i]?.possible.filter((_, place) => place % 2 === 0) ?? [],
  }))
  const together = await findMentionsOfMany(open, people)
  const alone = await oneByOne(open, people)
  assert.deepEqual(together.map(inOrder), alone.map(inOrder))
}
