import type { Day } from './calendar.ts'
import { drawLife, drawStranger, type Life } from './life.ts'
import { drawMailboxes, drawPerson, type Person } from './person.ts'
import { chance, int, type Random, randomStreams } from './random.ts'
import { storyLife, storyStrangerLife } from './story-lives.ts'
import { storyLength, storyPerson, storyStranger } from './story-people.ts'

/** Everybody in the sample. Each is made from seed and index alone, in any order, and never kept. */
export interface World {
  readonly today: Day
  readonly customers: number
  customer(index: number): Person
  life(person: Person): Life
  /** Whom only the newsletter or only the desk knows; most indexes have nobody. */
  stranger(circle: 'newsletter' | 'support', index: number): Stranger | undefined
  /** Numbers for what a system makes of a person. */
  stream(purpose: Purpose, index: number): Random
}

const purposes = [
  'shop',
  'support',
  'newsletter',
  'support stranger',
  'newsletter stranger',
  'campaigns',
] as const
type Purpose = (typeof purposes)[number]

export interface Stranger {
  readonly person: Person
  readonly life: Pick<Life, 'contacts' | 'signup'>
}

export function createWorld(seed: string, customers: number, today: Day): World {
  const people = randomStreams(seed, 'person')
  const lives = randomStreams(seed, 'life')
  const pairs = randomStreams(seed, 'household')
  const twins = randomStreams(seed, 'duplicate')
  const accounts = randomStreams(seed, 'second account')
  const strangers = {
    newsletter: randomStreams(seed, 'newsletter stranger'),
    support: randomStreams(seed, 'support stranger'),
  }
  const rows = new Map(purposes.map((purpose) => [purpose, randomStreams(seed, `rows of ${purpose}`)]))

  /** Neighbouring indexes may share a household: then the second has the address and phone of the first. */
  function single(index: number): Person {
    const story = storyPerson(index)
    if (story !== undefined) return story
    const person = drawPerson(people(index), index, 'customer', today)
    const first = index % 2 === 1 ? index : index - 1
    const random = pairs(first)
    if (first <= storyLength || !chance(random, 0.18)) return person
    if (index === first) return { ...person, household: first }
    const other = drawPerson(people(first), first, 'customer', today)
    const family = chance(random, 0.7) && other.language === person.language ? { family: other.family } : {}
    return { ...person, ...family, phone: other.phone, address: other.address, household: first }
  }

  /** The earlier customer whose second account this is. Never a second account itself, so chains end at once. */
  function original(index: number): number | null {
    const random = twins(index)
    if (index <= storyLength || !chance(random, 0.02)) return null
    const earlier = index - 1 - int(random, 15)
    return earlier > storyLength && !chance(twins(earlier), 0.02) ? earlier : null
  }

  function customer(index: number): Person {
    const earlier = original(index)
    if (earlier === null) return single(index)
    const [one, account] = [single(earlier), single(index)]
    return {
      ...one,
      ...drawMailboxes(accounts(index), one, index, 'customer'),
      index,
      otherEmail: one.email,
      customerNumber: account.customerNumber,
      household: null,
      duplicateOf: earlier,
      nationalNumber: null,
    }
  }

  function stranger(circle: 'newsletter' | 'support', index: number): Stranger | undefined {
    const random = strangers[circle](index)
    if (index === 1) {
      const person = storyStranger(circle)
      return { person, life: storyStrangerLife(person, today) }
    }
    if (!chance(random, circle === 'newsletter' ? 0.08 : 0.04)) return undefined
    const person = drawPerson(random, index, circle, today)
    return { person, life: drawStranger(random, person, today) }
  }

  function stream(purpose: Purpose, index: number): Random {
    const streams = rows.get(purpose)
    if (streams === undefined) throw new RangeError(purpose)
    return streams(index)
  }

  return {
    today,
    customers,
    customer,
    life: (person) => storyLife(person.index, today) ?? drawLife(lives(person.index), person, today),
    stranger,
    stream,
  }
}
