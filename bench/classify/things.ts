import { counts, habit, type Maker, money, picked, pooled, shaped, words } from './maker.ts'
import { dateOf, fullName } from './people.ts'

/** Makers of all that is nobody's, and looks like somebody's now and then. */
export const things: Readonly<Record<string, Maker>> = {
  product: { truth: 'none', make: pooled('product') },
  plainText: { truth: 'none', make: pooled('textPlain') },
  sku: { truth: 'none', make: shaped('SKU-99999', 'AB-9999-99', 'P999999', 'ART9999/9', '99999999') },
  ean: { truth: 'none', make: shaped('4006381999999', '3760999999999', '9783161999999') },
  price: { truth: 'none', make: money(1, 300) },
  quantity: { truth: 'none', make: counts(0, 60) },
  percent: { truth: 'none', make: counts(0, 100) },
  measure: {
    truth: 'none',
    make:
      ({ r }) =>
      () =>
        (r.next() * r.pick([1, 10, 100])).toFixed(2),
  },
  status: {
    truth: 'none',
    make: (place) => {
      const list = place.r.pick(words(place, 'status')).split(' ')
      return () => place.r.pick(list)
    },
  },
  flag: {
    truth: 'none',
    make: habit(picked(['0', '1']), picked(['true', 'false']), picked(['Y', 'N']), picked(['yes', 'no'])),
  },
  created: {
    truth: 'none',
    make: habit(
      dateOf(2018, 2025),
      shaped("'2024-0'9'-1'9' 1'9':4'9':3'9.999999'+00'", "'2023-1'9'-2'9' 0'9':3'9':29+02'"),
      ({ r }) =>
        () =>
          `${r.int(2019, 2025)}-${String(r.int(1, 12)).padStart(2, '0')}-${String(r.int(1, 28)).padStart(2, '0')}T${String(r.int(0, 23)).padStart(2, '0')}:${String(r.int(0, 59)).padStart(2, '0')}:00Z`,
      ({ r }) =>
        () =>
          String(r.int(1550000000, 1750000000)),
    ),
  },
  currency: { truth: 'none', make: picked(['EUR', 'USD', 'GBP', 'PLN', 'CHF', 'BRL']) },
  locale: { truth: 'none', make: picked(['en', 'fr', 'de_DE', 'es', 'pt-BR', 'it', 'nl']) },
  colour: {
    truth: 'none',
    make: picked(['red', 'blue', 'black', 'white', 'green', 'grey', 'rouge', 'blau', 'verde']),
  },
  size: { truth: 'none', make: picked(['S', 'M', 'L', 'XL', 'XS', '38', '40', '42']) },
  group: {
    truth: 'none',
    make: picked([
      'Electronics',
      'Garden',
      'Kitchen',
      'Toys',
      'Books',
      'Sport',
      'Beverages',
      'Tools',
      'Clothing',
    ]),
  },
  checksum: {
    truth: 'none',
    make: shaped('XXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX'),
  },
  path: {
    truth: 'none',
    make: picked([
      '/api/v1/orders',
      '/health',
      '/index.html',
      '/assets/app.js',
      '/login',
      '/search?q=lamp',
      '/static/logo.png',
    ]),
  },
  level: { truth: 'none', make: picked(['INFO', 'WARN', 'ERROR', 'DEBUG']) },
  version: { truth: 'none', make: shaped('9.9.9', 'v9.99', '9.9.99-rc.9') },
  year: { truth: 'none', make: counts(1995, 2025) },
  weekday: { truth: 'none', make: picked(['Monday', 'Tuesday', 'Friday', 'Sunday', 'lundi', 'Montag']) },
  department: {
    truth: 'none',
    make: picked(['Sales', 'Finance', 'Logistics', 'IT', 'Marketing', 'Production', 'Legal']),
  },
  document: {
    truth: 'none',
    make: picked(['terms.pdf', 'invoice_template.docx', 'catalog-2024.pdf', 'report.xlsx', 'backup.tar.gz']),
  },
  link: {
    truth: 'none',
    make: shaped('https://www.shop.example/p/99999', 'http://example.org/item?id=9999'),
  },
  timezone: {
    truth: 'none',
    make: picked(['Europe/Paris', 'UTC', 'America/New_York', 'Asia/Tokyo', 'Europe/Berlin']),
  },
  duration: { truth: 'none', make: counts(1, 9000) },
  kind: { truth: 'none', make: picked(['A', 'B', 'C', 'D', 'standard', 'premium']) },
  sentence: {
    truth: 'none',
    make: picked([
      'Connection timed out after retry',
      'Scheduled maintenance window',
      'Index rebuilt successfully',
      'Cache warmed',
      'Sensor recalibrated',
      'Queue drained',
    ]),
  },
  brand: {
    truth: 'none',
    make: picked([
      'Samsung',
      'Bosch',
      'Philips',
      'Apple',
      'Tefal',
      'Nike',
      'Lego',
      'Sony',
      'Ikea',
      'Siemens',
      'Dell',
    ]),
  },
  model: {
    truth: 'none',
    make: picked([
      'Galaxy S21',
      'Serie 4',
      'iPhone 14',
      'Corolla',
      'Golf VII',
      'ThinkPad T14',
      'Airfryer XL',
      'XPS 13',
      'Clio',
      'Civic',
    ]),
  },
  lineNo: { truth: 'none', make: counts(1, 9) },
  stars: { truth: 'none', make: counts(1, 5) },
  roleWord: {
    truth: 'none',
    make: picked(['requester', 'agent', 'system', 'customer', 'admin', 'staff', 'bot']),
  },
  rating: {
    truth: 'none',
    make:
      ({ r }) =>
      () =>
        (r.int(10, 50) / 10).toFixed(1),
  },
  httpCode: { truth: 'none', make: picked(['200', '404', '500', '302', '201', '403']) },
  people: { truth: 'none', make: counts(900, 4000000) },
  areaCode: { truth: 'none', make: shaped('09999000', '99', '999', 'FR999', 'DE9AA', 'IT-99', '99999') },
  unit: { truth: 'none', make: picked(['kg', 'pcs', 'm', 'l', 'h', 'box', 'Stk', 'szt.', 'ud']) },
  marital: { truth: 'none', make: picked(['single', 'married', 'divorced', 'widowed', 'Single', 'Married']) },
  title: {
    truth: 'none',
    make: picked([
      'The Silent River',
      'Night Train',
      'A Winter Tale',
      'Les Enfants du Lac',
      'La Casa Blanca',
      'Der Weg',
      'Blue Horizon',
      'Lost Summer',
      'Iron Gate',
      'Echoes',
      'Parallel Lives',
    ]),
  },
  genre: {
    truth: 'none',
    make: picked(['Drama', 'Comedy', 'Rock', 'Jazz', 'Thriller', 'Pop', 'Documentary']),
  },
  artist: { truth: 'none', make: fullName },
  course: {
    truth: 'none',
    make: picked([
      'Algebra I',
      'Biology',
      'World History',
      'Chemistry 101',
      'Français',
      'Sport',
      'Kunst',
      'Informatica',
    ]),
  },
  office: {
    truth: 'none',
    make: picked(['RM1', 'MI2', 'NA1', 'BO1', 'HQ', 'North', 'Unit 4', 'B2', 'Gate 7']),
  },
  barcode: { truth: 'none', make: shaped('999999999999', 'TRK99999999AA', '1Z999AA99999999999') },
}
