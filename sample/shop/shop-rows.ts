import { parseDay, showDay } from '../calendar.ts'
import { officePhone, products, segments, staff, suppliers } from '../company.ts'
import type { Emit } from '../layout.ts'
import type { Life } from '../life.ts'
import type { Person } from '../person.ts'
import type { Random } from '../random.ts'
import type { World } from '../world.ts'
import type { ShopLayout } from './columns.ts'
import { customerRows } from './customer-rows.ts'
import { marketingRows } from './marketing-rows.ts'
import { purchaseRows } from './purchase-rows.ts'

/** What the tables of one customer share while their rows are made. */
export interface Desk {
  readonly world: World
  readonly random: Random
  readonly emit: Emit<ShopLayout>
  /** The next id of a table. */
  next(table: keyof ShopLayout): number
}

/** Makes the shop's rows, customer by customer, with ids in that order. */
export interface ShopRows {
  /** Rows that belong to no customer. */
  company(): void
  /** Returns the customer's order numbers, oldest first. */
  customer(person: Person, life: Life): readonly string[]
}

export function createShopRows(world: World, emit: Emit<ShopLayout>): ShopRows {
  const ids = new Map<string, number>()
  const next = (table: string) => {
    const id = (ids.get(table) ?? 0) + 1
    ids.set(table, id)
    return id
  }
  return {
    company: () => companyRows(world, emit),
    customer(person, life) {
      const desk = { world, emit, next, random: world.stream('shop', person.index) }
      const home = customerRows(desk, person, life)
      marketingRows(desk, person, life)
      return purchaseRows(desk, person, life, home)
    },
  }
}

function companyRows({ today }: World, emit: Emit<ShopLayout>): void {
  const opened = parseDay('2009-03-02') ?? today
  for (const [i, { name, title, email, phone, manager }] of staff.entries())
    emit('public.staff', {
      staff_id: i + 1,
      full_name: name,
      job_title: title,
      email,
      phone: officePhone(phone).national,
      manager_id: manager,
      hired_on: showDay(Math.min(opened + i * 401, today)),
    })
  for (const [i, { name, contact, email, phone }] of suppliers.entries())
    emit('public.supplier', {
      supplier_id: i + 1,
      name,
      contact_name: contact,
      contact_email: email,
      contact_phone: officePhone(phone).national,
    })
  for (const [i, { name, category, price, supplier }] of products.entries())
    emit('public.product', {
      product_id: i + 1,
      sku: `${category.slice(0, 3).toUpperCase()}-${1000 + 7 * i}`,
      name,
      category,
      price,
      supplier_id: supplier,
    })
  for (const [i, { name, description }] of segments.entries())
    emit('marketing.segment', { segment_id: i + 1, name, description })
}
