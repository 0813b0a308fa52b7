import { type Day, showDay, showInstant } from '../calendar.ts'
import { products, staff } from '../company.ts'
import type { Life, Plan, Purchase } from '../life.ts'
import { sentences } from '../locales.ts'
import { drawPerson, fullName, type Person } from '../person.ts'
import { alphanumerics, between, chance, digits, int, pick, pickWeighted, type Random } from '../random.ts'
import { fill, slotsOf } from '../sentence.ts'
import { storyLength } from '../story-people.ts'
import { companyName, type Home } from './customer-rows.ts'
import type { Desk } from './shop-rows.ts'
import { ipAddress, money, sometime } from './traces.ts'

/** Orders with their invoices and payments, presents, and the box that comes every month. */
export function purchaseRows(desk: Desk, person: Person, life: Life, home: Home): readonly string[] {
  if (life.plan !== null) planRow(desk, person, life.plan, home)
  return life.purchases.map((purchase) => purchaseRow(desk, person, purchase, home))
}

interface Sale {
  readonly orderId: number
  readonly status: string
  readonly cents: number
  readonly purchase: Purchase
}

function purchaseRow(desk: Desk, person: Person, purchase: Purchase, home: Home): string {
  const { emit, next, random } = desk
  const orderId = next('public.order')
  const orderNumber = `C${showDay(purchase.day).slice(0, 4)}-${orderId.toString().padStart(7, '0')}`
  const items = itemsOf(random, purchase.lines)
  const cents = items.reduce((sum, item) => sum + item.cents * item.quantity, 0)
  const status = statusOf(random, person, purchase, desk.world.today)
  emit('public.order', {
    order_id: orderId,
    order_number: orderNumber,
    customer_id: person.index,
    status,
    ordered_at: sometime(random, purchase.day),
    delivery_address_id: home.delivery,
    customer_note: chance(random, 0.06)
      ? fill(pick(random, sentences[person.language].instructions), slotsOf(person))
      : null,
    ip: chance(random, 0.85) ? ipAddress(random) : null,
    user_agent: chance(random, 0.85) ? pick(random, userAgents) : null,
    packed_by: status === 'placed' ? null : 4 + int(random, staff.length - 3),
    total: money(cents),
  })
  for (const [i, { product, quantity, cents: price }] of items.entries())
    emit('public.order_item', {
      order_id: orderId,
      line_no: i + 1,
      product_id: product,
      quantity,
      unit_price: money(price),
      engraving: chance(random, 0.03)
        ? fill(pick(random, sentences[person.language].engravings), slotsOf(person)).slice(0, 60)
        : null,
    })
  if (purchase.gift !== null) giftRow(desk, person, orderId, purchase.gift.receiver)
  if (status !== 'cancelled') invoiceRows(desk, person, { orderId, status, cents, purchase })
  return orderNumber
}

const userAgents = [
  'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15',
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/126.0',
]

const prices = products.map(({ price }) => Math.round(Number(price) * 100))

function itemsOf(random: Random, lines: number) {
  return Array.from({ length: lines }, () => {
    const place = int(random, products.length)
    return { product: place + 1, quantity: pick(random, [1, 1, 1, 2, 3]), cents: prices[place] ?? 0 }
  })
}

const outcomes = [
  [90, 'delivered'],
  [5, 'returned'],
  [5, 'cancelled'],
] as const

function statusOf(random: Random, person: Person, purchase: Purchase, today: Day): string {
  if (purchase.paid === null) return today - purchase.day < 20 ? 'placed' : 'shipped'
  if (person.index <= storyLength) return 'delivered'
  if (today - purchase.day < 6) return 'paid'
  return pickWeighted(random, outcomes)
}

/** A row of two people: whoever gave, and whoever received. */
function giftRow(
  { emit, next, random, world }: Desk,
  giver: Person,
  orderId: number,
  receiver: number | null,
): void {
  const friend =
    receiver === null ? drawPerson(random, giver.index, 'friend', world.today) : world.customer(receiver)
  emit('public.gift', {
    gift_id: next('public.gift'),
    order_id: orderId,
    line_no: 1,
    giver_id: giver.index,
    receiver_id: receiver,
    receiver_name: fullName(friend),
    receiver_email: receiver === null || chance(random, 0.6) ? friend.email : null,
    receiver_note: fill(pick(random, sentences[giver.language].giftNotes), {
      giver: giver.given.native,
      receiver: friend.given.native,
    }),
  })
}

function invoiceRows({ emit, next, random }: Desk, person: Person, sale: Sale): void {
  const { purchase, cents } = sale
  const invoiceId = next('public.invoice')
  const { line, postcode, city, country } = person.address
  emit('public.invoice', {
    invoice_id: invoiceId,
    invoice_number: `F${showDay(purchase.day).slice(0, 4)}-${invoiceId.toString().padStart(7, '0')}`,
    order_id: sale.orderId,
    customer_id: person.index,
    billing_name: companyName(person) ?? fullName(person),
    billing_address: `${line}, ${postcode} ${city}`,
    billing_country: country,
    vat_number: person.business?.vatNumber ?? null,
    invoice_date: showDay(purchase.day),
    due_date: showDay(purchase.day + 30),
    paid_at: purchase.paid === null ? null : showInstant(purchase.paid, 43_200),
    total: money(cents),
    currency: 'EUR',
  })
  if (purchase.paid === null) return
  const { method } = purchase
  const card = method === 'card'
  emit('public.payment', {
    payment_id: next('public.payment'),
    invoice_id: invoiceId,
    method,
    token: card || method === 'paypal' ? `tok_${alphanumerics(random, 24)}` : null,
    card_brand: card ? pick(random, ['visa', 'mastercard', 'cb', 'amex']) : null,
    card_last4: card ? digits(random, 4) : null,
    iban: method === 'sepa' ? person.iban : null,
    account_holder: method === 'sepa' || method === 'transfer' ? fullName(person) : null,
    amount: money(cents),
    paid_at: showInstant(purchase.paid, 43_200),
  })
}

function planRow({ emit, next, random }: Desk, person: Person, plan: Plan, home: Home): void {
  emit('public.subscription', {
    subscription_id: next('public.subscription'),
    customer_id: person.index,
    plan: pick(random, ['Coffret thé du potager', 'Graines du mois', 'Fleurs coupées']),
    status: plan.status,
    started_on: showDay(plan.started),
    ended_on: plan.ended === null ? null : showDay(plan.ended),
    delivery_address_id: home.delivery,
    monthly_price: money(between(random, 15, 35) * 100),
  })
}
