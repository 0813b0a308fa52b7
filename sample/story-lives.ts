import { before, type Day } from './calendar.ts'
import type { Contact, Life, Purchase, Signup, Ticket } from './life.ts'
import { readName } from './name.ts'
import { fullName, type Person, plainName } from './person.ts'
import { storyPerson } from './story-people.ts'

/** What happened to the people of the story, told in years and months before today. */

const none: readonly never[] = []

const quiet = (today: Day): Life => ({
  joined: before(today, 6),
  referredBy: null,
  purchases: none,
  plan: null,
  wishes: none,
  reviews: 0,
  former: none,
  account: true,
  device: false,
  marketing: true,
  contacts: none,
  signup: null,
})

function bought(day: Day, change: Partial<Purchase> = {}): Purchase {
  return { day, paid: day + 3, method: 'card', lines: 2, gift: null, ...change }
}

const ticket = (day: Day, change: Partial<Ticket> = {}): Ticket => ({
  day,
  mention: null,
  confidence: null,
  ...change,
})

function contact(person: Person, tickets: readonly Ticket[], change: Partial<Contact> = {}): Contact {
  const { email, phone, customerNumber } = person
  return { name: fullName(person), email, phone: phone.national, number: customerNumber, tickets, ...change }
}

const signup = (person: Person, day: Day, change: Partial<Signup> = {}): Signup => ({
  email: person.email,
  day,
  number: null,
  unsubscribed: null,
  ...change,
})

type Script = (person: Person, ago: (years: number, months?: number) => Day) => Partial<Life>

const scripts: Readonly<Record<number, Script>> = {
  1: (who, ago) => ({
    purchases: [bought(ago(2, 1)), bought(ago(0, 5))],
    wishes: [{ day: ago(0, 2), copies: 1 }],
    reviews: 1,
    contacts: [contact(who, [ticket(ago(0, 4))])],
    signup: signup(who, ago(2), { number: who.customerNumber }),
  }),
  2: (who, ago) => ({
    joined: ago(12, 7),
    purchases: [bought(ago(12, 6)), bought(ago(11, 2)), bought(ago(4, 6)), bought(ago(0, 8))],
    signup: signup(who, ago(5)),
  }),
  3: (who, ago) => ({
    joined: ago(11, 6),
    purchases: [bought(ago(11, 5)), bought(ago(0, 3), { paid: null, method: 'transfer' })],
    contacts: [contact(who, [ticket(ago(0, 2))], { number: null })],
  }),
  4: (who, ago) => ({
    purchases: [bought(ago(1))],
    plan: { status: 'active', started: ago(1), ended: null },
    signup: signup(who, ago(1)),
  }),
  5: (who, ago) => ({
    purchases: [bought(ago(0, 6), { gift: { receiver: 6 } })],
    signup: signup(who, ago(3), { email: who.email.toUpperCase() }),
  }),
  6: (_, ago) => ({ purchases: [bought(ago(3))] }),
  7: (_, ago) => ({ purchases: [bought(ago(1, 2))] }),
  8: (who, ago) => ({
    purchases: [bought(ago(2, 4))],
    contacts: [contact(who, [ticket(ago(2, 3))], { email: null, number: null })],
  }),
  9: (who, ago) => ({
    joined: ago(8),
    purchases: [bought(ago(7)), bought(ago(1, 1))],
    contacts: [contact(who, [ticket(ago(0, 1))], { name: 'CARPENTIER Elodie', email: who.otherEmail })],
  }),
  10: (who, ago) => ({
    purchases: [bought(ago(2))],
    reviews: 1,
    contacts: [contact(who, [ticket(ago(1, 11))], { name: plainName(who), number: null })],
    signup: signup(who, ago(2)),
  }),
  11: (_, ago) => ({ purchases: [bought(ago(0, 9))] }),
  12: (who, ago) => ({
    purchases: [bought(ago(0, 4))],
    contacts: [contact(who, [ticket(ago(0, 4) + 5, { mention: 11, confidence: 'health' })])],
  }),
  13: (who, ago) => ({
    purchases: [bought(ago(3, 6))],
    contacts: [
      contact(who, [ticket(ago(3, 5))], {
        name: 'GROSS-MUELLER Juergen',
        email: who.email.toUpperCase(),
        number: who.customerNumber?.toLowerCase() ?? null,
      }),
      contact(who, [ticket(ago(0, 3))], { name: fullName(who).normalize('NFD'), email: who.otherEmail }),
    ],
    signup: signup(who, ago(3), { email: 'J.Gross-Mueller@Example.ORG' }),
  }),
  14: (who, ago) => ({
    purchases: [bought(ago(1, 8))],
    contacts: [contact(who, [ticket(ago(1, 7))], { email: who.otherEmail })],
  }),
  15: (who, ago) => ({
    purchases: [bought(ago(3)), bought(ago(0, 7))],
    former: [{ until: ago(1, 6), email: who.otherEmail, family: readName('Petit', 'fr') }],
    contacts: [contact(who, [ticket(ago(2))], { name: 'Zoé Petit', email: who.otherEmail, number: null })],
    signup: signup(who, ago(3), { email: who.otherEmail, number: who.customerNumber }),
  }),
  16: (_, ago) => ({ purchases: [bought(ago(1, 3))], marketing: false }),
  17: (who, ago) => ({
    device: true,
    purchases: [bought(ago(5), { method: 'sepa' }), bought(ago(0, 2), { method: 'card' })],
    contacts: [contact(who, [ticket(ago(4, 11))], { email: who.otherEmail })],
  }),
  18: (_, ago) => ({ referredBy: 20, purchases: [bought(ago(2, 6))], reviews: 2 }),
  19: (who, ago) => ({
    joined: ago(0, 3),
    purchases: [bought(ago(0, 2))],
    signup: signup(who, ago(0, 3), { email: who.email.toUpperCase() }),
  }),
  20: (who, ago) => ({
    referredBy: 18,
    purchases: [bought(ago(1, 5))],
    wishes: [{ day: ago(0, 1), copies: 3 }],
    contacts: [contact(who, [ticket(ago(1, 4), { confidence: 'trade-union' })])],
    signup: signup(who, ago(2), { unsubscribed: ago(0, 6) }),
  }),
}

/** The life of a customer of the story; undefined beyond it. */
export function storyLife(index: number, today: Day): Life | undefined {
  const person = storyPerson(index)
  const script = scripts[index]
  if (person === undefined || script === undefined) return undefined
  return { ...quiet(today), ...script(person, (years, months) => before(today, years, months)) }
}

/** What the strangers of the story did: one signed up, the other wrote to the desk, and told her faith. */
export function storyStrangerLife(person: Person, today: Day): Pick<Life, 'contacts' | 'signup'> {
  const day = before(today, 1, 2)
  return {
    contacts: [contact(person, [ticket(day, { confidence: 'religion' })], { number: null })],
    signup: signup(person, day),
  }
}
