import plans from './data/phones.json' with { type: 'json' }
import type { Country } from './locales.ts'

export interface PhoneNumber {
  /** +33199001234 */
  readonly e164: string
  /** 01 99 00 12 34, as it is written at home. */
  readonly national: string
}

interface Plan {
  readonly calling: string
  /** The digit dialled first at home and never from abroad. */
  readonly trunk: string
  /** Ranges the regulator keeps for film and fiction (ARCEP, Bundesnetzagentur); empty where it keeps none. */
  readonly fiction: readonly string[]
  /** Ten million numbers of valid shape, for everybody whom the ranges above cannot hold. */
  readonly ordinary: string
}

const planOf: Readonly<Record<Country, Plan>> = plans

/** The number of a slot: different slots of a country have different numbers, up to ten million. */
export function phoneNumber(country: Country, slot: number): PhoneNumber {
  const plan = planOf[country]
  const turn = plan.fiction.length === 0 ? 0 : slot % plan.fiction.length
  const place = plan.fiction.length === 0 ? slot : Math.floor(slot / plan.fiction.length)
  const range = plan.fiction[turn]
  const national =
    range !== undefined && place < capacity(range) ? fill(range, place) : fill(plan.ordinary, slot)
  return { national, e164: toE164(plan, national) }
}

/** For numbers that stand written in national form, such as the company's own. */
export const readPhone = (country: Country, national: string): PhoneNumber => ({
  national,
  e164: toE164(planOf[country], national),
})

const toE164 = (plan: Plan, national: string) =>
  `+${plan.calling}${national.slice(plan.trunk.length).replaceAll(/\D/g, '')}`

const capacity = (range: string) => 10 ** (range.split('#').length - 1)

/** Multiplying by a number without a factor of ten in common visits every number of the range once, and not in a row. */
function fill(range: string, place: number): string {
  const size = capacity(range)
  const number = ((place * 6_173 + 271) % size).toString().padStart(Math.log10(size), '0')
  let at = 0
  return range.replaceAll('#', () => number.charAt(at++))
}
