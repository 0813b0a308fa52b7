import fc from 'fast-check'
import type { ResidueSearch } from './residue.ts'
import type { Wanted } from './wanted.ts'

/** Small companies by chance: people who share names, households and spellings, and texts that speak of them in every way. */

export interface TownPerson {
  readonly wanted: readonly Wanted[]
  readonly ambiguous: ResidueSearch['ambiguous']
  readonly undecided: readonly Place[]
  readonly others: readonly Place[]
  /** Cells that stay by their row's key, and cells of which so many stay. */
  readonly kept: readonly (Place & { readonly column: string })[]
  readonly allowed: readonly { readonly table: string; readonly column: string; readonly rows: number }[]
  /** What stays of the documents of a row. */
  readonly keptPaths: readonly (Place & { readonly path: string })[]
}

interface Place {
  readonly table: string
  readonly row: number
}

export interface TownTable {
  readonly name: string
  readonly hasKey: boolean
  readonly rows: readonly (readonly (string | null)[])[]
}

export interface Town {
  readonly people: readonly TownPerson[]
  readonly tables: readonly TownTable[]
}

export const columns = ['a', 'b', 'c', 'd'] as const
const tables = ['people', 'notes'] as const

interface Letters {
  readonly first: readonly string[]
  readonly last: readonly string[]
}

export const plainLetters: Letters = {
  first: ['Ada', 'Bert', 'Ana Maria', 'Jean-Luc'],
  last: ['Muster', 'Ruiz', 'de la Cruz', 'Mueller'],
}
export const allLetters: Letters = {
  first: [...plainLetters.first, 'Zoë', 'Δημήτρης', 'Łucja', 'Щерьо'],
  last: [...plainLetters.last, 'Müller', 'Αγγελόπουλος', 'Żółkiewska', 'Weiß', 'Цветков'],
}

const emails = ['ada@example.org', 'ada.muster@example.org', 'ada+shop@example.org', 'b.ruiz@mail.example']
const phones = ['+33612345678', '0612345678', '5551234', '+49 30 1234567']
const codes = ['C-1001', 'K 20 77', '4711077', 'ada.muster', 'FR7630006000011234567890189', 'ruiz77']

const place = fc.record({ table: fc.constantFrom(...tables), row: fc.integer({ min: 0, max: 9 }) })
const column = fc.constantFrom(...columns)
const few = <T>(one: fc.Arbitrary<T>, maxLength = 2) => fc.array(one, { maxLength })

const nameOf = ({ first, last }: Letters) =>
  fc
    .tuple(fc.constantFrom(...first), fc.constantFrom(...last))
    .map(([one, two]): Wanted => ({ kind: 'name', value: `${one} ${two}` }))
const email = fc.constantFrom(...emails).map((value): Wanted => ({ kind: 'email', value }))
const phone = fc.constantFrom(...phones).map((value): Wanted => ({ kind: 'phone', value }))
const code = fc
  .tuple(fc.constantFrom('number', 'username', 'bank-account'), fc.constantFrom(...codes))
  .map(([kind, value]): Wanted => ({ kind, value }))

function personOf(letters: Letters): fc.Arbitrary<TownPerson> {
  const name = nameOf(letters)
  return fc.record({
    wanted: few(fc.oneof(name, email, phone, code), 4),
    ambiguous: fc.record({ names: few(name, 1), beside: few(fc.oneof(phone, code), 1) }),
    undecided: few(place),
    others: few(place, 1),
    kept: few(fc.tuple(place, column).map(([one, field]) => ({ ...one, column: field }))),
    allowed: few(
      fc.record({ table: fc.constantFrom(...tables), column, rows: fc.integer({ min: 1, max: 2 }) }),
      1,
    ),
    keptPaths: few(
      fc
        .tuple(place, fc.constantFrom('$.first', '$.note', '$.more[*].mail'))
        .map(([one, path]) => ({ ...one, path })),
    ),
  })
}

const escaped = (text: string): string =>
  text.replace(/[^ ]/g, (sign) => (/[A-Zaé@+]/.test(sign) ? numbered(sign) : sign))
const numbered = (sign: string): string => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`
const inHtml = (text: string): string =>
  text.replace(/[^\x20-\x7e]|[au]/g, (sign) => `&#${sign.codePointAt(0)};`)
const inWords = (text: string): string => text.split(' ').toReversed().join(', ')

/** How people and programs write a thing. */
const manners: readonly ((text: string) => string)[] = [
  (text) => text,
  (text) => text.toUpperCase(),
  (text) => text.toLowerCase(),
  (text) => text.replace('@', '+kids@'),
  (text) => encodeURIComponent(text),
  (text) => `https://example.net/u?mail=${text}&x=1`,
  (text) => text.normalize('NFD'),
  (text) => text.replace(/(\d\d)/g, '$1 '),
  (text) => text.replace(/(\d)(?=(\d{4})+$)/g, '$1\u00a0'),
  (text) => text.replace(/[ .-]/g, ''),
  (text) => text.slice(1),
  (text) => `${text}7`,
  escaped,
  inHtml,
  inWords,
]

/** A text with something of somebody in it, whole or in pieces; ASCII alone where nothing else is wished for. */
function textOf(letters: Letters): fc.Arbitrary<string> {
  const isPlain = letters === plainLetters
  const thing = fc.oneof(
    nameOf(letters).map(({ value }) => value),
    fc.constantFrom(...letters.first, ...letters.last),
    fc.constantFrom(...emails, ...phones, ...codes),
    fc.constantFrom('and', '1', 'the parcel of 2024-05-06', '', 'C', '1001'),
  )
  const written = fc
    .tuple(thing, fc.constantFrom(...manners))
    .map(([text, manner]) => (isPlain ? manner(text).replace(/[^\0-\x7f]/g, '') : manner(text)))
  const several = fc
    .tuple(fc.array(written, { minLength: 1, maxLength: 3 }), fc.constantFrom(' ', ', ', ' / ', '\n', ''))
    .map(([parts, between]) => parts.join(between))
  const inDocument = fc
    .tuple(written, written, several, fc.constantFrom('first', 'note'))
    .map(([one, two, three, key]) => ({ [key]: one, last: two, more: [{ mail: three }, one] }))
  const document = inDocument.map((one) => JSON.stringify(one))
  return fc.oneof(
    { weight: 5, arbitrary: several },
    { weight: 2, arbitrary: document },
    { weight: 1, arbitrary: document.map((text) => JSON.stringify({ payload: text })) },
    { weight: 1, arbitrary: document.map((text) => (isPlain ? escaped(text) : text)) },
  )
}

export function townOf(letters: Letters): fc.Arbitrary<Town> {
  const row = fc.array(fc.option(textOf(letters), { freq: 6 }), { minLength: 4, maxLength: 4 })
  const table = (name: string) =>
    fc.record({
      name: fc.constant(name),
      hasKey: fc.boolean(),
      rows: fc.array(row, { minLength: 4, maxLength: 10 }),
    })
  return fc.record({
    people: fc.array(personOf(letters), { minLength: 3, maxLength: 8 }),
    tables: fc.tuple(...tables.map(table)),
  })
}
