import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import {
  type Company,
  inOrder,
  oneByOne,
  openCompany,
  seek,
  type World,
} from './find-mentions-of-many.fixture.ts'
import { findMentionsOfMany } from './find-mentions-of-many.ts'

const anna = { kind: 'email', value: 'anna@example.org' } as const
const luis = { kind: 'email', value: 'luis@example.org' } as const
const person = (
  i: number,
  email: string,
  given: string,
  family: string,
  rest: readonly (string | null)[] = [],
) => [i, email, given, family, rest[0] ?? null, rest[1] ?? null, null, rest[2] ?? null]

describe('of two people at once', () => {
  let company: Company
  before(async () => {
    company = await openCompany('sqlite')
  })
  after(() => company[Symbol.asyncDispose]())

  /** What is said of each, and in how many rows of which field they are mentioned: as each is told alone. */
  const told = async (shop: World, desk: World = {}) => {
    await company.fill(shop, desk)
    return company.reading(async (open) => {
      const people = [await seek(open, anna), await seek(open, luis)]
      const found = await findMentionsOfMany(open, people)
      assert.deepEqual(found.map(inOrder), (await oneByOne(open, people)).map(inOrder))
      return found.map(({ systems, possible, ambiguous, terms, notFollowed }) => ({
        others: notFollowed.map(({ rows }) => rows),
        mentions: systems.flatMap(({ name, collections }) =>
          collections.flatMap((one) =>
            one.mentions.map(
              ({ field, isUnread }) => `${name}/${one.name}.${field}${isUnread ? ' unread' : ''}`,
            ),
          ),
        ),
        possible: possible.map(({ record, signs }) => `${record} ${signs}`),
        ambiguous: ambiguous.names.map(({ value }) => value),
        names: terms
          .filter(({ kind }) => kind === 'name')
          .map(({ value, beside }) => `${value}${beside ? ' beside' : ''}`),
      }))
    })
  }
  const two = [
    person(1, 'anna@example.org', 'Anna', 'Muster'),
    person(2, 'luis@example.org', 'Luis', 'Ruiz'),
    person(3, 'other@example.org', 'Otto', 'Klein'),
  ]

  it('a text that names both is a mention of each', async () => {
    const [one, other] = await told({
      person: two,
      note: [[1, 3, 'Ask Muster, Anna or luis@example.org', null]],
    })
    assert.deepEqual([one?.mentions, other?.mentions], [['shop/note.body'], ['shop/note.body']])
  })

  it('a text of one that names the other is a mention of the other alone', async () => {
    const [one, other] = await told({
      person: two,
      note: [[1, 1, 'I am Anna Muster, friend of Luis Ruiz', null]],
    })
    assert.deepEqual([one?.mentions, other?.mentions], [[], ['shop/note.body']])
  })

  it('namesakes are ambiguous to each other, and no text by the name is either’s', async () => {
    const namesakes = [
      person(1, 'anna@example.org', 'Anna', 'Muster'),
      person(2, 'luis@example.org', 'Muster', 'ANNA'),
    ]
    const found = await told({ person: namesakes, note: [[1, 3, 'Anna Muster called', null]] })
    assert.deepEqual(
      found.map(({ mentions, ambiguous, names }) => [mentions, ambiguous, names]),
      [
        [[], ['Anna Muster'], []],
        [[], ['Muster ANNA'], []],
      ],
    )
  })

  it('a phone of their household is not looked for, and a record with it and a name is in doubt', async () => {
    const house = '06 12 34 56 78'
    const [one, other] = await told(
      {
        person: [
          person(1, 'anna@example.org', 'Anna', 'Muster', [house]),
          person(2, 'luis@example.org', 'Luis', 'Ruiz', ['+33 6 12 34 56 78']),
        ],
        note: [[1, 3, `Call ${house}`, null]],
      },
      { requester: [[1, 'Anna Muster', '0612345678', null, null]] },
    )
    assert.deepEqual([one?.mentions, other?.mentions], [[], []])
    assert.deepEqual([one?.possible, other?.possible], [['desk/requester/1 name,phone'], []])
  })

  it('a name that others bear counts beside a phone that they do not', async () => {
    const [one] = await told({
      person: [
        person(1, 'anna@example.org', 'Anna', 'Muster', ['06 12 34 56 78']),
        person(2, 'luis@example.org', 'Luis', 'Ruiz', ['06 12 34 56 78']),
        person(3, 'other@example.org', 'Anna', 'Muster'),
      ],
      note: [
        [1, null, 'Anna Muster called', null],
        [2, null, 'Anna Muster called from 06.12.34.56.78', null],
      ],
    })
    assert.deepEqual([one?.mentions, one?.names], [['shop/note.body'], ['Anna Muster beside']])
  })

  it('a name or a number inside what identifies somebody else is no mention: their address is theirs', async () => {
    const [one] = await told({
      person: [
        person(1, 'anna@example.org', 'Anna', 'Muster', [null, 'C-1001']),
        ...two.slice(1),
        person(4, 'anna.muster.17@example.org', 'A.', 'M.'),
        person(5, 'c-1001@example.org', 'C.', 'D.'),
        person(6, 'Anna <anna@example.org>', 'E.', 'F.'),
      ],
      note: [[1, 3, 'Order C-1001 of anna.muster', null]],
    })
    assert.deepEqual(one?.mentions.toSorted(), ['shop/note.body', 'shop/person.email'])
    assert.deepEqual(one?.possible.toSorted(), ['shop/person/4 name', 'shop/person/5 number'])
  })

  it('an alias of an address is a mention in a text, and a doubt as an account', async () => {
    const [one, other] = await told({
      person: [...two, person(4, 'anna+kids@example.org', 'A.', 'M.')],
      note: [[1, 3, 'mail to ANNA+x@example.org', null]],
    })
    assert.deepEqual([one?.mentions, one?.possible], [['shop/note.body'], ['shop/person/4 alias']])
    assert.deepEqual([other?.mentions, other?.possible], [[], []])
  })

  it('documents are looked at path by path, lists by element, and what is no document is named once', async () => {
    const whole = 'no document: Anna Muster'
    const members = [{ email: 'luis@example.org', name: 'L.', about: 'knows Anna Muster' }]
    const [one, other] = await told({
      person: two,
      team: [
        [1, 'A', JSON.stringify({ members, story: 'Luis Ruiz was here' })],
        [2, 'B', whole],
      ],
    })
    assert.deepEqual(one?.mentions.toSorted(), [
      'shop/team.data.$.members[*].about',
      'shop/team.data.$.members[*].email unread',
    ])
    assert.deepEqual(other?.mentions, ['shop/team.data.$.story'])
  })

  it('rows without a key are looked at where none of them is kept, and a financial field never is', async () => {
    const [one] = await told({
      person: two,
      note: [[1, 3, null, 'Anna Muster']],
      log: [[null, null, 'Anna Muster logged in']],
      ledger: [['other@example.org', 'Anna Muster paid', null]],
    })
    assert.deepEqual(one?.mentions, ['shop/log.line', 'shop/log_lines.line'])
  })

  it('rows of a view that are alike bear a name once', async () => {
    const line = ['other@example.org', 'Anna Muster', 'x']
    const [one, other] = await told({
      person: two,
      log: [line, line, ['luis@example.org', 'Luis Ruiz', 'y']],
    })
    assert.deepEqual([one?.ambiguous, other?.ambiguous], [['Anna Muster'], []])
    assert.deepEqual(one?.others, [3], 'two rows of the table and one that stands for both in its view')
  })

  it('a row that both own bears nothing of another’s', async () => {
    const house = '06 12 34 56 78'
    const [one] = await told({
      person: [person(1, 'anna@example.org', 'Anna', 'Muster', [house]), ...two.slice(1)],
      account: [[1, 1, 2, house, 'Anna Muster', null]],
      note: [[1, 3, `Call ${house}`, null]],
    })
    assert.deepEqual(one?.mentions.toSorted(), [
      'shop/account.holder',
      'shop/account.phone',
      'shop/note.body',
    ])
  })

  it('an account number that ends alike is another’s', async () => {
    const [mine, ends] = ['FR7630006000011234567890189', 'FR1230006000011234567890189']
    const [one, other] = await told({
      person: [
        person(1, 'anna@example.org', 'Anna', 'Muster', [null, null, null]).with(6, mine),
        person(2, 'luis@example.org', 'Luis', 'Ruiz').with(6, ends),
      ],
    })
    assert.deepEqual([one?.others, other?.others], [[], []])
  })

  it('what the search for one alone does not bring is not found for many either', async () => {
    const found = await told({
      person: [
        person(1, 'anna@example.org', 'Anna', 'Muster'),
        person(2, 'luis@example.org', 'Luis', 'Goncalves'),
        // The needle of a plain name has no accents, that of an address no letters of full width.
        person(3, 'other@example.org', 'Luís', 'Gonçalves'),
        person(4, 'ａｎｎａ+x@example.org', 'A.', 'M.'),
      ],
      note: [[1, 3, 'Gonçalves, Luís called', null]],
    })
    assert.deepEqual(
      found.map(({ mentions, possible, others }) => [mentions, possible, others]),
      [
        [[], [], []],
        [[], [], []],
      ],
    )
  })

  it('nothing is said of a system that could not be searched for one of them', async () => {
    const namesake = person(1, 'another@example.org', 'Anna', 'Muster')
    const note = [1, null, 'Anna Muster and Luis Ruiz', null]
    await company.fill({ person: two }, { person: [namesake], note: [note] })
    await company.reading(async (open) => {
      const [one, other] = [await seek(open, anna), await seek(open, luis)]
      const inShop = { ...one, found: one.found.slice(0, 1) }
      const [first, second] = await findMentionsOfMany(open, [inShop, other])
      assert.deepEqual(
        first?.systems.map(({ name }) => name),
        ['shop'],
      )
      assert.deepEqual(first?.ambiguous.names, [], 'the namesake in it was not asked for')
      const inDesk = second?.systems.find(({ name }) => name === 'desk')
      assert.equal(inDesk?.collections.flatMap(({ mentions }) => mentions).length, 1)
    })
  })
})
