import { type Day, showDay, showInstant } from '../calendar.ts'
import { products } from '../company.ts'
import type { Former, Life, Wish } from '../life.ts'
import { sentences } from '../locales.ts'
import { drawAddress, fullName, type Person, type PostalAddress } from '../person.ts'
import { alphanumerics, between, chance, digits, int, pick, type Random, uuid } from '../random.ts'
import { fill, slotsOf } from '../sentence.ts'
import { storyLength } from '../story-people.ts'
import type { Desk } from './shop-rows.ts'
import { ipAddress, sometime } from './traces.ts'

/** Where a customer's parcels and bills go. */
export interface Home {
  readonly billing: number
  readonly delivery: number
}

/** The customer, and what hangs on the account alone. */
export function customerRows(desk: Desk, person: Person, life: Life): Home {
  const { emit, random } = desk
  if (person.household !== null) householdRow(desk, person, person.household, life.joined)
  const home = addressRows(desk, person, life.joined)
  const shown = person.index <= storyLength
  emit('public.customer', {
    customer_id: person.index,
    customer_number: person.customerNumber,
    email: person.email,
    first_name: shown || !chance(random, 0.03) ? person.given.native : null,
    last_name: person.family.native,
    company_name: companyName(person),
    vat_number: person.business?.vatNumber ?? null,
    phone: shown ? person.phone.e164 : shopPhone(random, person),
    birth_date: shown || chance(random, 0.7) ? showDay(person.birthDay) : null,
    gender: chance(random, 0.9) ? person.gender : null,
    language: person.language,
    national_id: person.nationalNumber,
    preferred_address_id: home.delivery,
    household_id: person.household,
    referred_by: life.referredBy,
    marketing_consent: life.marketing,
    preferences: preferences(random, person),
    created_at: sometime(random, life.joined),
  })
  if (life.account) loginRow(desk, person, life.joined)
  if (life.device) deviceRow(desk, person, life.joined)
  for (const former of life.former) historyRow(desk, person, former)
  for (const wish of life.wishes) wishRows(desk, person, wish)
  if (life.reviews > 0) reviewRows(desk, person, life)
  return home
}

/** A household bears the number of its first member, and comes with whoever of it comes first. */
function householdRow({ emit, world }: Desk, person: Person, household: number, joined: Day): void {
  const there = person.index !== household && world.customer(household).household === household
  if (there) return
  emit('public.household', {
    household_id: household,
    label: `Foyer ${person.family.native}`,
    phone: person.phone.e164,
    created_at: showInstant(joined, 0),
  })
}

function addressRows(desk: Desk, person: Person, joined: Day): Home {
  const { random } = desk
  const billing = addressRow(desk, person, person.address, 'billing', joined)
  const elsewhere = person.index > storyLength && chance(random, 0.25)
  return {
    billing,
    delivery: elsewhere
      ? addressRow(desk, person, drawAddress(random, person.address), 'delivery', joined)
      : billing,
  }
}

function addressRow(
  { emit, next, random }: Desk,
  person: Person,
  address: PostalAddress,
  kind: 'billing' | 'delivery',
  joined: Day,
): number {
  const id = next('public.address')
  emit('public.address', {
    address_id: id,
    customer_id: person.index,
    kind,
    recipient: chance(random, 0.8) ? fullName(person) : null,
    line1: address.line,
    line2: chance(random, 0.08) ? `App. ${between(random, 1, 60)}` : null,
    postcode: address.postcode,
    city: address.city,
    region: address.region,
    country: address.country,
    instructions: chance(random, 0.15)
      ? fill(pick(random, sentences[person.language].instructions), slotsOf(person))
      : null,
    created_at: sometime(random, joined),
  })
  return id
}

/** As people type it: most forms were cleaned up once, not all. */
function shopPhone(random: Random, person: Person): string | null {
  const kind = random()
  if (kind < 0.06) return null
  if (kind < 0.7) return person.phone.e164
  return kind < 0.93 ? person.phone.national : person.phone.e164.replace('+', '00')
}

/** The firm a customer buys for, under its owner's name. */
export const companyName = (person: Person): string | null => {
  if (person.business === null) return null
  const { companies } = sentences[person.language]
  return fill(companies[Math.floor(person.business.sign * companies.length)] ?? '{family}', slotsOf(person))
}

function preferences(random: Random, person: Person): string {
  return JSON.stringify({
    contact: pick(random, ['email', 'phone', 'none']),
    ...(chance(random, 0.4) && {
      garden: { kind: pick(random, ['balcon', 'jardin', 'potager']), m2: between(random, 4, 900) },
    }),
    ...(chance(random, 0.1) && { nickname: person.given.native.slice(0, 3), birthday_offer: true }),
  })
}

function loginRow({ emit, random, world }: Desk, person: Person, joined: Day): void {
  emit('public.login', {
    customer_id: person.index,
    username: chance(random, 0.65)
      ? person.email.toLowerCase()
      : `${person.given.slug}${person.customerNumber?.slice(3)}`,
    password_hash: `$argon2id$v=19$m=65536,t=3,p=4$${alphanumerics(random, 22)}$${alphanumerics(random, 43)}`,
    last_ip: chance(random, 0.9) ? ipAddress(random) : null,
    last_login_at: chance(random, 0.9) ? sometime(random, between(random, joined, world.today - 1)) : null,
  })
}

function deviceRow({ emit, random, world }: Desk, person: Person, joined: Day): void {
  emit('public.app_device', {
    device_id: uuid(random),
    customer_id: person.index,
    push_token: `fcm:${alphanumerics(random, 40)}`,
    model: pick(random, ['Pixel 8', 'iPhone 14', 'Galaxy S22', 'Fairphone 5', 'iPad Air']),
    last_seen_at: sometime(random, between(random, joined, world.today - 1)),
  })
}

/** A trigger wrote these; nobody declared what they refer to. */
function historyRow({ emit, random }: Desk, person: Person, former: Former): void {
  const old = drawAddress(random, person.address)
  emit('public.customer_history', {
    customer_id: person.index,
    email: former.email,
    first_name: person.given.native,
    last_name: former.family.native,
    phone: chance(random, 0.5) ? person.phone.national : null,
    address: `${old.line}, ${old.postcode} ${old.city}`,
    changed_at: sometime(random, former.until),
    changed_by: pick(random, ['compte client', 'nathalie', 'mehdi', 'import']),
  })
}

function wishRows({ emit, random }: Desk, person: Person, wish: Wish): void {
  const row = {
    customer_id: person.index,
    product_id: 1 + int(random, products.length),
    note: chance(random, 0.4) ? fill(pick(random, sentences[person.language].wishes), slotsOf(person)) : null,
    added_at: showInstant(wish.day, int(random, 86_400)),
  }
  for (let copy = 0; copy < wish.copies; copy++) emit('public.wishlist', row)
}

function reviewRows({ emit, next, random, world }: Desk, person: Person, life: Life): void {
  const first = int(random, products.length)
  for (let i = 0; i < life.reviews; i++) {
    const { title, body, stars } = pick(random, sentences[person.language].reviews)
    emit('public.product_review', {
      review_id: next('public.product_review'),
      // Seven steps apart: a customer reviews a product once.
      product_id: 1 + ((first + 7 * i) % products.length),
      customer_id: chance(random, 0.95) ? person.index : null,
      author_name: pick(random, [
        person.given.native,
        fullName(person),
        `${person.given.native}${digits(random, 2)}`,
      ]),
      rating: stars - int(random, 2),
      title: chance(random, 0.9) ? title : null,
      body: fill(body, slotsOf(person)),
      created_at: sometime(random, between(random, life.joined, world.today - 1)),
    })
  }
}
