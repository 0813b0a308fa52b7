import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Cell } from '../../connectors/public.ts'
import { peopleIndex } from './people-index.ts'
import { isAnything, rowReader } from './read-row.ts'
import type { ResidueSearch } from './residue.ts'
import type { Wanted } from './wanted.ts'

const place = { collection: 'notes', key: '["1"]' }

function personOf(wanted: readonly Wanted[], more: Partial<ResidueSearch> = {}): ResidueSearch {
  return {
    wanted,
    ambiguous: { names: [], beside: [] },
    isKept: () => false,
    isAnothers: () => false,
    undecided: [],
    ...more,
  }
}

const name = (value: string): Wanted => ({ kind: 'name', value })
const email = (value: string): Wanted => ({ kind: 'email', value })
const phone: Wanted = { kind: 'phone', value: '+33612345678' }
const ada = [name('Ada Muster'), email('ada@example.org'), phone] as const
const others = [
  personOf([name('Bert Ruiz'), email('bert@example.org'), { kind: 'number', value: 'K-20771' }]),
  personOf([name('Carla de la Cruz'), email('carla@example.org')]),
]

interface Trap {
  readonly what: string
  readonly cells: readonly Cell[]
  readonly person: ResidueSearch
}

const traps: readonly Trap[] = [
  {
    what: 'an address in a web address',
    cells: ['https://x.example/u?mail=ada%40example.org&y=1'],
    person: personOf(ada),
  },
  { what: 'an address with wide signs', cells: ['ada＠example.org'], person: personOf(ada) },
  {
    what: 'an address with something behind a plus sign',
    cells: ['ADA+shop@example.org!'],
    person: personOf(ada),
  },
  {
    what: 'an address in JSON that writes its signs by number',
    cells: ['{"m":"ada\\u0040example.org"}'],
    person: personOf(ada),
  },
  { what: 'a phone with a trunk zero', cells: ['+33 (0)6.12.34.56.78'], person: personOf(ada) },
  {
    what: 'a phone with spaces by number in JSON',
    cells: ['{"t":"06\\u00a012\\u00a034\\u00a056\\u00a078"}'],
    person: personOf(ada),
  },
  {
    what: 'a short phone',
    cells: ['call 555 12 34'],
    person: personOf([{ kind: 'phone', value: '5551234' }]),
  },
  {
    what: 'a code in nine pieces',
    cells: ['F R 76 30 00 60 00 01 123'],
    person: personOf([{ kind: 'bank-account', value: 'FR76300060000 1123' }]),
  },
  {
    what: 'a Greek code in pieces',
    cells: ['ΣΑΣ-10-01'],
    person: personOf([{ kind: 'number', value: 'ΣΑΣ1001' }]),
  },
  { what: 'a name with its words in another order', cells: ['to MUSTER, Ada: hello'], person: personOf(ada) },
  {
    what: 'a name in HTML',
    cells: ['<b>Jean-Luc M&#252;ller</b>'],
    person: personOf([name('Jean-Luc Müller')]),
  },
  {
    what: 'a name without its umlaut',
    cells: ['Jean Luc Mueller'],
    person: personOf([name('Jean-Luc Müller')]),
  },
  {
    what: 'an umlaut in the name of who has none',
    cells: ['Jan Müller'],
    person: personOf([name('Jan Mueller')]),
  },
  {
    what: 'a name in its own alphabet',
    cells: ['κ. ΑΓΓΕΛΌΠΟΥΛΟΣ Δημήτρης'],
    person: personOf([name('Δημήτρης Αγγελόπουλος')]),
  },
  {
    what: 'a name in another alphabet',
    cells: ['Dimitris Angelopoulos'],
    person: personOf([name('Δημήτρης Αγγελόπουλος')]),
  },
  { what: 'a name over two cells', cells: ['7', 'Ada', null, 'Muster'], person: personOf(ada) },
  {
    what: 'a name of three words over two cells',
    cells: ['de la Cruz', '8', 'Ana'],
    person: personOf([name('Ana de la Cruz')]),
  },
  {
    what: 'a name over the members of an object',
    cells: ['{"p":[{"first":"Ada","last":"Muster"}]}'],
    person: personOf(ada),
  },
  {
    what: 'a name over an object in a text in JSON',
    cells: ['{"p":"{\\"first\\":\\"Ada\\",\\"last\\":\\"Muster\\"}"}'],
    person: personOf(ada),
  },
  {
    what: 'a name in what is left of a document whose rest is kept',
    cells: ['{"Ada": "a ground that takes more words than a short cell may have, by far"}', 'Muster'],
    person: personOf(ada, { keptPaths: () => ['$.Ada'] }),
  },
  {
    what: 'a trace in what is kept of a document',
    cells: ['{"why":"ada@example.org"}'],
    person: personOf(ada, { keptPaths: () => ['$.why'] }),
  },
  {
    what: 'a name that others bear, beside a shared phone',
    cells: ['Ada Muster', '06 12 34 56 78'],
    person: personOf([email('ada@example.org')], {
      ambiguous: { names: [name('Ada Muster')], beside: [phone] },
    }),
  },
  {
    what: 'a name that others bear, in a record nobody ruled on',
    cells: ['Ada', 'Muster'],
    person: personOf([email('ada@example.org')], {
      ambiguous: { names: [name('Ada Muster')], beside: [] },
      undecided: [place],
    }),
  },
]

describe('the index of many people', () => {
  for (const { what, cells, person } of traps)
    it(`leads from ${what} to the person, and to nobody else`, () => {
      const row = { key: place.key, cells }
      const fields = cells.map((_, i) => `f${i}`)
      assert.ok(isAnything(rowReader(person)(place.collection, fields, row)), 'their own reader finds it')
      const index = peopleIndex([...others, person])
      assert.deepEqual([...index.candidates(place.collection, row)], [person])
    })

  it('leads from a name that others bear to nobody where nothing else speaks for them', () => {
    const shared = { names: [name('Ada Muster')], beside: [phone] }
    const index = peopleIndex([personOf([], { ambiguous: shared }), ...others])
    assert.equal(index.candidates('notes', { key: '1', cells: ['Ada Muster', '0470086693'] }).size, 0)
  })

  it('leads to few where ten thousand people share fifty first names and fifty last ones', () => {
    const syllables = ['ba', 'do', 'ri', 'mu', 'ka', 'le', 'so']
    const word = (i: number) =>
      `${syllables[i % 7]}${syllables[Math.floor(i / 7) % 7]}${i % 2 === 0 ? 'n' : 'x'}`
    const nameOf = (i: number) => [`a${word(i % 50)}`, `z${word(Math.floor(i / 50) % 50)}`] as const
    const people = Array.from({ length: 10_000 }, (_, i) => personOf([name(nameOf(i).join(' '))]))
    const index = peopleIndex(people)
    const sizes = Array.from({ length: 500 }, (_, row) => {
      const [first, last] = nameOf(row * 7)
      const cells =
        row % 2 === 0 ? [first, last, 'Lyon'] : [`${last} ${first} called, and so did a${word(row % 50)}`]
      return index.candidates('people', { key: String(row), cells }).size
    })
    assert.ok(Math.min(...sizes) >= 4, 'each name is four people’s')
    assert.ok(Math.max(...sizes) <= 12, `${Math.max(...sizes)}`)
    assert.equal(
      index.candidates('people', { key: 'x', cells: [nameOf(1)[0], 'Lyon', nameOf(2)[0]] }).size,
      0,
    )
  })
})
