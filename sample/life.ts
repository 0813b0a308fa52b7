import type { Day } from './calendar.ts'
import { type Confidence, confidences, names } from './locales.ts'
import type { Name } from './name.ts'
import { fullName, type Person, plainName } from './person.ts'
import { between, chance, int, pick, pickWeighted, type Random } from './random.ts'
import { storyLength } from './story-people.ts'

/** What a person did with the company: facts, from which each system keeps its own rows in its own way. */
export interface Life {
  readonly joined: Day
  readonly referredBy: number | null
  readonly purchases: readonly Purchase[]
  readonly plan: Plan | null
  readonly wishes: readonly Wish[]
  readonly reviews: number
  readonly former: readonly Former[]
  readonly account: boolean
  readonly device: boolean
  readonly marketing: boolean
  readonly contacts: readonly Contact[]
  readonly signup: Signup | null
}

export const methods = ['card', 'sepa', 'paypal', 'transfer'] as const

export interface Purchase {
  readonly day: Day
  /** Null while the invoice is open. */
  readonly paid: Day | null
  readonly method: (typeof methods)[number]
  readonly lines: number
  /** Sent to somebody else: a customer by index, or a stranger. */
  readonly gift: { readonly receiver: number | null } | null
}

/** A box that comes every month. */
export interface Plan {
  readonly status: 'active' | 'paused' | 'cancelled' | 'ended'
  readonly started: Day
  readonly ended: Day | null
}

export interface Wish {
  readonly day: Day
  /** The list has no key, and some rows of it are exactly alike. */
  readonly copies: number
}

/** What the customer row held until that day. */
export interface Former {
  readonly until: Day
  readonly email: string
  readonly family: Name
}

/** The person as the support desk knows them: spelled its way, and perhaps more than once. */
export interface Contact {
  readonly name: string
  readonly email: string | null
  readonly phone: string | null
  readonly number: string | null
  readonly tickets: readonly Ticket[]
}

export interface Ticket {
  readonly day: Day
  /** Another customer whose name and number stand in the text. */
  readonly mention: number | null
  readonly confidence: Confidence | null
}

/** A line of the newsletter list. */
export interface Signup {
  readonly email: string
  readonly day: Day
  readonly number: string | null
  readonly unsubscribed: Day | null
}

export function drawLife(random: Random, person: Person, today: Day): Life {
  const joined = today - 20 - int(random, 5_090)
  const since = () => between(random, joined, today - 1)
  const some = (probability: number, most: number) =>
    chance(random, probability) ? 1 + int(random, most) : 0
  return {
    joined,
    referredBy: chance(random, 0.08) ? earlier(random, person) : null,
    purchases: Array.from({ length: pickWeighted(random, purchaseCounts) }, () =>
      drawPurchase(random, person, since(), today),
    ).sort((a, b) => a.day - b.day),
    plan: chance(random, 0.06) ? drawPlan(random, joined, today) : null,
    wishes: Array.from({ length: some(0.15, 3) }, () => ({
      day: since(),
      copies: chance(random, 0.1) ? 2 : 1,
    })),
    reviews: some(0.1, 2),
    former: Array.from({ length: some(0.13, 2) }, () => drawFormer(random, person, since())).sort(
      (a, b) => a.until - b.until,
    ),
    account: chance(random, 0.7),
    device: chance(random, 0.12),
    marketing: chance(random, 0.55),
    contacts: Array.from({ length: some(0.27, 1) + (chance(random, 0.015) ? 1 : 0) }, () =>
      drawContact(random, person, joined, today),
    ),
    signup: chance(random, 0.48) ? drawSignup(random, person, since(), today) : null,
  }
}

/** Another customer, who came before. The story's are left alone: what is told of them is all there is. */
const earlier = (random: Random, { index }: Person): number | null =>
  index - 1 > storyLength ? between(random, storyLength + 1, index - 1) : null

const purchaseCounts = [
  [22, 0],
  [34, 1],
  [20, 2],
  [11, 3],
  [7, 4],
  [4, 6],
  [2, 9],
] as const

function drawPurchase(random: Random, person: Person, day: Day, today: Day): Purchase {
  const paid = chance(random, today - day > 150 ? 0.993 : 0.93)
  return {
    day,
    paid: paid ? Math.min(day + int(random, 25), today - 1) : null,
    method: pickWeighted(random, [
      [62, 'card'],
      [person.iban === null ? 0 : 60, 'sepa'],
      [18, 'paypal'],
      [12, 'transfer'],
    ]),
    lines: between(random, 1, 4),
    gift: chance(random, 0.06) ? { receiver: chance(random, 0.6) ? earlier(random, person) : null } : null,
  }
}

function drawPlan(random: Random, joined: Day, today: Day): Plan {
  const started = between(random, joined, today - 15)
  const status = pick(random, ['active', 'active', 'active', 'paused', 'cancelled', 'ended'] as const)
  const over = status === 'cancelled' || status === 'ended'
  return { status, started, ended: over ? between(random, started, today - 1) : null }
}

function drawFormer(random: Random, person: Person, until: Day): Former {
  const renamed = person.gender === 'f' && chance(random, 0.4)
  const family = renamed ? pick(random, names[person.language].family).f : person.family
  return { until, email: person.otherEmail, family }
}

/** How the desk spells the person: as they sign, without accents, surname first in capitals, or decomposed by a Mac. */
function deskName(random: Random, person: Person): string {
  return pickWeighted(random, [
    [55, fullName(person)],
    [15, plainName(person)],
    [10, `${person.family.plain.toUpperCase()} ${person.given.plain}`],
    [8, `${person.given.native.charAt(0)}. ${person.family.native}`],
    [7, person.given.native],
    [5, fullName(person).normalize('NFD')],
  ])
}

function drawContact(random: Random, person: Person, joined: Day, today: Day): Contact {
  const [local, domain] = person.email.split('@')
  const email = pickWeighted(random, [
    [55, person.email],
    [12, person.email.toUpperCase()],
    [8, `${local}@${domain?.toUpperCase()}`],
    [12, person.otherEmail],
    [5, `${local}+jardin@${domain}`],
    [8, null],
  ])
  const phone = pickWeighted(random, [
    [50, person.phone.national],
    [10, person.phone.e164],
    [10, person.phone.national.replaceAll(/[ -]/g, '.')],
    [email === null ? 0 : 30, null],
  ])
  const number = pickWeighted(random, [
    [36, person.customerNumber],
    [5, person.customerNumber?.toLowerCase() ?? null],
    [4, person.customerNumber?.replace('-', '') ?? null],
    [55, null],
  ])
  return {
    name: deskName(random, person),
    email,
    phone,
    number,
    tickets: Array.from({ length: pick(random, [1, 1, 1, 2, 3]) }, () => ({
      day: between(random, joined, today - 1),
      mention: chance(random, 0.12) ? earlier(random, person) : null,
      confidence: chance(random, 0.03) ? pick(random, confidences) : null,
    })),
  }
}

/** People whom no shop row stands for write to the desk and read the newsletter too. */
export function drawStranger(random: Random, person: Person, today: Day): Pick<Life, 'contacts' | 'signup'> {
  const joined = today - between(random, 30, 4_000)
  const day = between(random, joined, today - 1)
  return {
    contacts: [drawContact(random, person, joined, today)],
    signup: drawSignup(random, person, day, today),
  }
}

function drawSignup(random: Random, person: Person, day: Day, today: Day): Signup {
  return {
    email: pickWeighted(random, [
      [72, person.email],
      [10, person.email.toUpperCase()],
      [6, person.email.replace(/^./, (first) => first.toUpperCase())],
      [12, person.otherEmail],
    ]),
    day,
    number: chance(random, 0.35) ? person.customerNumber : null,
    unsubscribed: chance(random, 0.12) ? between(random, day, today - 1) : null,
  }
}
