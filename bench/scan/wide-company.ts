import pools from '../classify/pools.json' with { type: 'json' }
import { type Random, randomOf } from '../classify/random.ts'

/** A table of the company: its columns in order, and rows that are the same on every machine. */
export interface CompanyTable {
  readonly name: string
  readonly columns: readonly string[]
  rows(count: number): Iterable<readonly (string | null)[]>
}

const languages = ['en', 'fr', 'de', 'es', 'it', 'nl'] as const
type Language = (typeof languages)[number]

interface Place {
  readonly r: Random
  readonly language: Language
  /** The row's number, from 1. */
  readonly row: number
}

const word = (pool: 'given' | 'family', { r, language }: Place): string =>
  r.pick(pools[pool][language].split(' '))
const phrase = (
  pool: 'city' | 'street' | 'job' | 'company' | 'product' | 'textPlain',
  { r, language }: Place,
) => r.pick(pools[pool][language === 'nl' && !('nl' in pools[pool]) ? 'en' : language].split('|'))
const day = ({ r }: Place, from: number): string =>
  new Date(Date.UTC(from + r.int(0, 9), r.int(0, 11), r.int(1, 28))).toISOString().slice(0, 10)
const plain = (text: string): string =>
  text
    .normalize('NFD')
    .replace(/[^a-z]/gi, '')
    .toLowerCase()

/** What columns hold, by their name. */
const makers: Readonly<Record<string, (place: Place) => string | null>> = {
  id: ({ row }) => String(row),
  customer_id: ({ r }) => String(r.int(1, 5_000)),
  order_id: ({ r }) => String(r.int(1, 50_000)),
  employee_id: ({ r }) => String(r.int(1, 300)),
  product_id: ({ r }) => String(r.int(1, 900)),
  first_name: (place) => word('given', place),
  last_name: (place) => word('family', place),
  contact: (place) => `${word('given', place)} ${word('family', place)}`,
  email: (place) => `${plain(word('given', place))}.${plain(word('family', place))}${place.row}@example.org`,
  phone: ({ r }) => r.pattern("'+33' 6 99 99 99 99"),
  street: (place) => `${place.r.int(1, 120)} ${phrase('street', place)}`,
  city: (place) => phrase('city', place),
  postcode: ({ r }) => r.pattern('99999'),
  birth_date: (place) => day(place, 1955 + place.r.int(0, 40)),
  created_at: (place) => `${day(place, 2016)} ${place.r.pattern("1'2':'3'9':'59")}`,
  due_date: (place) => day(place, 2018),
  amount: ({ r }) => (r.int(100, 500_000) / 100).toFixed(2),
  quantity: ({ r }) => String(r.int(1, 40)),
  status: ({ r }) => r.pick(['open', 'paid', 'shipped', 'closed', 'draft']),
  sku: ({ r }) => r.pattern('AAA-99999'),
  title: (place) => phrase('product', place),
  company: (place) => phrase('company', place),
  job_title: (place) => phrase('job', place),
  note: (place) => (place.r.chance(0.6) ? phrase('textPlain', place) : null),
  ip: ({ r }) => [r.int(11, 220), r.int(0, 255), r.int(0, 255), r.int(1, 254)].join('.'),
  token: ({ r }) => r.pattern('XXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX'),
  iban: ({ r }) => r.pattern("'FR76' 9999 9999 9999 9999 9999 999"),
  active: ({ r }) => (r.chance(0.9) ? '1' : '0'),
}

/** Twenty kinds of tables, twelve columns each. */
const kinds: Readonly<Record<string, string>> = {
  customer: 'first_name last_name email phone street city postcode birth_date status created_at note',
  lead: 'contact company email phone city job_title status ip created_at active note',
  order: 'customer_id created_at due_date amount status street city postcode phone ip note',
  order_line: 'order_id product_id title sku quantity amount status created_at due_date active note',
  invoice: 'customer_id order_id amount due_date status iban contact street city postcode created_at',
  payment: 'customer_id order_id amount iban status token ip created_at due_date active note',
  product: 'title sku amount quantity status created_at due_date active note token company',
  supplier: 'company contact email phone street city postcode iban status created_at note',
  employee: 'first_name last_name job_title email phone birth_date city iban status created_at note',
  leave: 'employee_id due_date created_at quantity status active note title token sku amount',
  ticket: 'customer_id title note status created_at due_date contact email phone ip active',
  message: 'customer_id employee_id note title status created_at ip token email active due_date',
  session: 'customer_id token ip created_at due_date status active city note sku quantity',
  shipment: 'order_id contact street city postcode phone status created_at due_date sku quantity',
  stock: 'product_id quantity sku city status created_at due_date amount active note title',
  visit: 'ip created_at token title status city active quantity sku due_date note',
  subscription: 'customer_id email status created_at due_date amount iban active token note title',
  audit: 'employee_id title status ip created_at token note sku active due_date quantity',
  appointment: 'customer_id employee_id contact phone email due_date created_at status city note title',
  review: 'customer_id product_id title note quantity status created_at city active ip first_name',
}

/** `count` tables: the twenty kinds, department after department. */
export function wideCompany(count: number): readonly CompanyTable[] {
  const list = Object.entries(kinds)
  return Array.from({ length: count }, (_, i) => {
    const department = Math.floor(i / list.length) + 1
    const [kind = '', fields = ''] = list[i % list.length] ?? []
    const columns = ['id', ...fields.split(' ')]
    const language = languages[department % languages.length] ?? 'en'
    return {
      name: `d${department}_${kind}`,
      columns,
      rows: (rows) => rowsOf(`${i}`, language, columns, rows),
    }
  })
}

function* rowsOf(seed: string, language: Language, columns: readonly string[], count: number) {
  const r = randomOf(seed)
  for (let row = 1; row <= count; row++)
    yield columns.map((column) => makers[column]?.({ r, language, row }) ?? null)
}

/** Column types as a company would declare them. */
export function typeOf(column: string): string {
  if (column === 'id') return 'integer primary key'
  if (/_id$|^quantity$|^active$/.test(column)) return 'integer'
  if (column === 'amount') return 'numeric(12,2)'
  return /_date$/.test(column) ? 'date' : column === 'created_at' ? 'timestamp' : 'text'
}
