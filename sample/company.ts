import facts from './data/company.json' with { type: 'json' }
import products from './data/products.json' with { type: 'json' }
import { readPhone } from './phone-number.ts'

/** The controller: a shop for house and garden that does not exist. */
export const sampleCompany = {
  name: 'Brindille & Ardoise SARL',
  country: 'FR',
  website: 'https://brindille-ardoise.example',
} as const

/** Ids are places in these lists, from one. */
export const { staff, suppliers, segments, tags, macros, campaigns } = facts

export { products }

/** A number of the company's own, as 02 61 91 …: a fictional range that no customer gets. */
export const officePhone = (national: string) => readPhone('FR', national)
