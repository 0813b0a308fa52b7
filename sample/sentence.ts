import { fullName, type Person } from './person.ts'

export type Slots = Readonly<Record<string, string>>

/** Puts values into a sentence's {slots}; a slot without a value is a mistake in the sentence. */
export const fill = (sentence: string, slots: Slots): string =>
  sentence.replaceAll(/\{(\w+)\}/g, (_, slot: string) => {
    const value = slots[slot]
    if (value === undefined) throw new RangeError(`No value for {${slot}} in: ${sentence}`)
    return value
  })

/** Whether every slot of a sentence has a value: a stranger has no customer number to quote. */
export const fits = (sentence: string, slots: Slots): boolean =>
  [...sentence.matchAll(/\{(\w+)\}/g)].every(([, slot = '']) => slot in slots)

/** What a sentence may say of its writer. */
export const slotsOf = (person: Person): Slots => ({
  name: fullName(person),
  given: person.given.native,
  family: person.family.native,
  email: person.email,
  phone: person.phone.national,
  city: person.address.city,
  ...(person.customerNumber !== null && { number: person.customerNumber }),
})
