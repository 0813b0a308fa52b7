import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Category } from '../../src/inventory/data-map.ts'
import type { Labelled } from './schema.ts'

/** Tables somebody else made and filled, where nobody can doubt what a column holds. Read from where they lie. */

const mostRows = 200

/** How customers and employees are reached there. */
const reached: Readonly<Record<string, Category>> = {
  Address: 'postal-address',
  City: 'city',
  State: 'postal-address',
  Country: 'country',
  PostalCode: 'postcode',
  Phone: 'phone',
  Fax: 'phone',
  Email: 'email',
}

/** Chinook, a music shop: what its columns hold beyond doubt; every other column is nobody's. */
const chinook: Readonly<Record<string, Readonly<Record<string, Category>>>> = {
  Customer: {
    CustomerId: 'generic-id',
    SupportRepId: 'generic-id',
    FirstName: 'person-name',
    LastName: 'person-name',
    Company: 'organisation',
    ...reached,
  },
  Employee: {
    EmployeeId: 'generic-id',
    ReportsTo: 'generic-id',
    LastName: 'person-name',
    FirstName: 'person-name',
    Title: 'job-title',
    BirthDate: 'birth-date',
    HireDate: 'job-title',
    ...reached,
  },
  Invoice: {
    InvoiceId: 'generic-id',
    CustomerId: 'generic-id',
    BillingAddress: 'postal-address',
    BillingCity: 'city',
    BillingState: 'postal-address',
    BillingCountry: 'country',
    BillingPostalCode: 'postcode',
    Total: 'financial',
    InvoiceDate: 'purchase',
  },
  Album: {},
  Artist: {},
  Genre: {},
  MediaType: {},
  Playlist: {},
  Track: {},
}

/** The columns of `<directory>/chinook/chinook.sqlite`; none where it is not there. */
export function foreignColumns(directory: string): readonly Labelled[] {
  const file = join(directory, 'chinook', 'chinook.sqlite')
  if (!existsSync(file)) return []
  const database = new DatabaseSync(file, { readOnly: true })
  try {
    return Object.entries(chinook).flatMap(([table, truths]) => tableOf(database, table, truths))
  } finally {
    database.close()
  }
}

function tableOf(
  database: DatabaseSync,
  table: string,
  truths: Readonly<Record<string, Category>>,
): readonly Labelled[] {
  // Both names stand in this file: nothing is pasted that somebody else wrote.
  const rows = database.prepare(`select * from "${table}" limit ${mostRows}`).all()
  const columns = database.prepare(`pragma table_info("${table}")`).all()
  return columns.flatMap(({ name, type }) => {
    if (typeof name !== 'string') return []
    const values = rows.map((row) =>
      row[name] === null || row[name] === undefined ? null : String(row[name]),
    )
    return [
      {
        table,
        column: name,
        type: String(type),
        values,
        truth: truths[name] ?? 'none',
        language: 'en',
        domain: 'foreign',
        style: 'foreign',
      },
    ]
  })
}
