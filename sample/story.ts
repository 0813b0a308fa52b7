import { fullName, type Person } from './person.ts'
import { storyPerson, storyStranger } from './story-people.ts'

export type SampleSystem = 'shop' | 'support' | 'newsletter'

/** A person of the sample who is the same under every seed. */
export interface StoryEntry {
  /** The customer's id in the shop; null for somebody who never bought. */
  readonly index: number | null
  readonly name: string
  readonly email: string
  /** Another address of theirs, in use in another system. */
  readonly otherEmail: string
  readonly phone: string
  readonly customerNumber: string | null
  /** Where rows of theirs stand, apart from mentions in other people's. */
  readonly systems: readonly SampleSystem[]
  readonly hard: string
}

const all = ['shop', 'support', 'newsletter'] as const

const hard: readonly (readonly [what: string, systems: readonly SampleSystem[]])[] = [
  ['the plain case: one e-mail address in all three systems', all],
  ['four paid invoices, two past ten years and two inside', ['shop', 'newsletter']],
  ['an unpaid invoice, and a paid one past ten years', ['shop', 'support']],
  ['a running subscription', ['shop', 'newsletter']],
  ['gave customer 6 a present: one row belongs to both', ['shop', 'newsletter']],
  ['received the present of customer 5, with a note to her', ['shop']],
  ['shares the household, its address and phone with customer 8', ['shop']],
  ['shares the household with customer 7; the desk knows her by the shared phone alone', ['shop', 'support']],
  [
    'has a second account as customer 19; the desk joins the number of one to the e-mail of the other',
    ['shop', 'support'],
  ],
  ['Arabic script in the shop, Latin letters elsewhere', all],
  ['never wrote to the desk, yet stands with name and phone in a ticket of customer 12', ['shop']],
  ['tells of his health in a ticket, and names customer 11', ['shop', 'support']],
  ['umlauts: Groß-Müller, GROSS-MUELLER, and decomposed letters, under two contacts', all],
  ['works for the company too: staff in the shop, agent at the desk', ['shop', 'support']],
  ['changed name and address: the old ones live on in the history table and in the other systems', all],
  ['Cyrillic script, in the shop alone', ['shop']],
  ['a sole trader: VAT number, state number, IBAN, card token', ['shop', 'support']],
  ['Japanese script; recommended by customer 20, whom she recommended', ['shop']],
  ['the second account of customer 9: other e-mail, same phone', ['shop', 'newsletter']],
  ['three equal rows in the table without a key; names his trade union in a ticket; unsubscribed', all],
]

const entry = (
  person: Person,
  index: number | null,
  what: string,
  systems: readonly SampleSystem[],
): StoryEntry => ({
  index,
  name: fullName(person),
  email: person.email,
  otherEmail: person.otherEmail,
  phone: person.phone.e164,
  customerNumber: person.customerNumber,
  systems,
  hard: what,
})

/** The hard cases: customers 1 to 20, and two people whom the shop has never seen. */
export const sampleStory: readonly StoryEntry[] = [
  ...hard.flatMap(([what, systems], i) => {
    const person = storyPerson(i + 1)
    return person === undefined ? [] : [entry(person, i + 1, what, systems)]
  }),
  entry(storyStranger('newsletter'), null, 'in the newsletter list alone', ['newsletter']),
  entry(storyStranger('support'), null, 'at the support desk alone, telling her faith in Greek', ['support']),
]
