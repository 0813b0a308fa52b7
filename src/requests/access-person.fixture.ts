import type { FieldKind, SystemDescription } from '../connectors/public.ts'
import type { CollectionHoldings, HeldRow, Holdings } from '../holdings/public.ts'
import type { DataMap } from '../inventory/public.ts'

type Row = Partial<HeldRow> & Pick<HeldRow, 'cells'>

const collection = (name: string, fields: readonly string[], rows: readonly Row[]): CollectionHoldings => ({
  name,
  fields,
  rows: rows.map((row, i) => ({ key: `["${i}"]`, role: 'owner', clears: [], via: { by: 'known' }, ...row })),
  mentions: [],
})

const described = (name: string, fields: Readonly<Record<string, FieldKind>>) => ({
  name,
  kind: 'table' as const,
  comment: null,
  rows: 10,
  fields: Object.entries(fields).map(([field, kind]) => ({
    name: field,
    type: kind,
    kind,
    nullable: true,
    maxLength: null,
    generated: false,
    default: null,
    comment: null,
    values: null,
  })),
  key: [],
  uniques: [],
  foreignKeys: [],
  checks: [],
  writable: true,
  unreadable: null,
})

const longNote = `Called about her order; very patient. ${'She asks for a call back in the evening. '.repeat(140)}`

/** Somebody of three scripts and awkward values, in two systems that answer and one that does not. */
export const holdings: Holdings = {
  systems: [
    {
      name: 'shop',
      collections: [
        collection(
          'public.customer',
          [
            'id',
            'full_name',
            'email',
            'phone',
            'born_on',
            'newsletter',
            'password_hash',
            'risk_note',
            'fax',
            'note',
          ],
          [
            {
              cells: [
                '1042',
                'Łucja D’Amboise <b>',
                'lucja@example.org',
                '+33 6 12 34 56 78',
                '1984-02-29',
                't',
                '$argon2id$v=19$hash',
                'watch',
                null,
                longNote,
              ],
            },
          ],
        ),
        collection(
          'public.order',
          ['id', 'ordered_at', 'total', 'quantity', 'comment', 'delivery', 'loyalty'],
          [
            {
              cells: [
                '9007199254740993',
                '2025-11-03 18:04:11+00',
                '19.90',
                '2',
                '=HYPERLINK("http://x")',
                'شارع الحمراء ١٢، بيروت',
                null,
              ],
            },
            {
              cells: [
                '7',
                '2026-01-15 08:00:00+00',
                '-12.50',
                '1',
                'Bitte klingeln.\nDanke!',
                '東京都千代田区千代田1-1',
                null,
              ],
            },
            {
              cells: [
                '8',
                '2026-02-01 21:30:59+00',
                '1250.00',
                '11',
                '',
                'Musterstraße 5, 10115 Berlin',
                null,
              ],
            },
            { cells: ['9', 'not a date', 'NaN', '3', null, 'вул. Хрещатик 22, Київ', null] },
          ],
        ),
        collection(
          'public.gift',
          ['id', 'giver_note', 'receiver_name', 'receiver_note'],
          [
            { cells: ['1', 'For you', 'Somebody Else', 'Thank you, Else'] },
            {
              role: 'party',
              clears: ['receiver_name', 'receiver_note'],
              cells: ['2', 'SECRET OF THE GIVER', 'Łucja', 'With love'],
            },
          ],
        ),
        collection(
          'public.household',
          ['id', 'phone'],
          [{ role: 'shared', cells: ['3', '+33 1 40 00 00 00'] }],
        ),
      ],
    },
    {
      name: '../help desk',
      collections: [
        {
          ...collection(
            'Tickets',
            ['subject', 'scan', '__proto__'],
            [{ cells: ['Retour', '\\x89504e470d0a', 'kept'] }],
          ),
          mentions: [{ key: '["99"]', field: 'subject', text: 'Neighbour of Łucja' }],
        },
        collection('tickets', ['subject'], [{ cells: [`NUL\0 and \u202ebackwards`] }]),
      ],
    },
    { name: 'newsletter', collections: [collection('list.csv', ['email'], [])] },
  ],
  unreachable: [{ name: 'accounting', code: 'connectors.unreachable', params: { system: 'accounting' } }],
  identifiers: [{ kind: 'email', value: 'lucja@example.org' }],
  sharedIdentifiers: [{ kind: 'phone', value: '+33140000000' }],
  possible: [],
  notFollowed: [{ system: '*', collection: '*', code: 'shared-identifier', params: {}, rows: 2 }],
}

export const map: DataMap = {
  version: 1,
  country: 'FR',
  systems: {
    shop: {
      collections: {
        'public.customer': {
          rows: 'clear',
          purposes: ['orders', 'customer-care'],
          fields: {
            id: { category: 'customer-number', identifier: 'number' },
            full_name: { category: 'person-name' },
            email: { category: 'email', identifier: 'email' },
            phone: { category: 'phone', identifier: 'phone' },
            born_on: { category: 'birth-date' },
            newsletter: { category: 'none' },
            password_hash: { category: 'secret' },
            risk_note: {
              category: 'free-text',
              export: false,
              why: 'Would defeat a fraud inquiry (GDPR 23).',
            },
            fax: { category: 'phone' },
            note: { category: 'free-text' },
          },
        },
        'public.order': {
          rows: 'clear',
          purposes: ['orders', 'accounting'],
          fields: {
            id: { category: 'generic-id' },
            ordered_at: { category: 'purchase' },
            total: { category: 'financial' },
            quantity: { category: 'purchase' },
            comment: { category: 'free-text' },
            delivery: { category: 'postal-address' },
          },
          keep: [
            {
              rule: 'invoices',
              from: 'ordered_at',
              fields: ['total'],
              also: { 'public.customer': ['full_name'] },
            },
            { rule: 'unpaid', fields: ['total', 'delivery'] },
          ],
        },
        'public.gift': {
          rows: 'clear',
          fields: { receiver_name: { category: 'person-name' }, receiver_note: { category: 'free-text' } },
          links: [
            { to: 'public.customer', on: { giver_id: 'id' }, role: 'owner' },
            {
              to: 'public.customer',
              on: { receiver_id: 'id' },
              role: 'party',
              clears: ['receiver_name', 'receiver_note'],
            },
          ],
        },
        'public.household': { rows: 'delete', fields: { phone: { category: 'phone', identifier: 'phone' } } },
      },
    },
    '../help desk': {
      collections: {
        Tickets: {
          rows: 'delete',
          purposes: ['customer-care'],
          fields: { subject: { category: 'communication' } },
        },
        tickets: { rows: 'delete', fields: { subject: { category: 'communication' } } },
      },
    },
  },
  rules: {
    invoices: { ground: 'legal-obligation', article: 'GDPR 17(3)(b); C. com. L123-22', years: 10 },
    unpaid: { ground: 'legal-claims', article: 'GDPR 17(3)(e)', while: 'paid_at is null' },
  },
  purposes: {
    orders: {
      basis: 'contract',
      article: 'GDPR 6(1)(b)',
      description: 'To deliver what you bought',
      retention: { years: 3, months: 6, from: 'the last order' },
    },
    'customer-care': { basis: 'legitimate-interests', retention: { until: 'the account is closed' } },
    accounting: { basis: 'legal-obligation', article: 'GDPR 6(1)(c)' },
  },
}

export const descriptions: Readonly<Record<string, SystemDescription>> = {
  shop: {
    engine: 'PostgreSQL 18.4',
    fingerprint: '',
    collections: [
      described('public.customer', {
        id: 'integer',
        full_name: 'text',
        email: 'text',
        phone: 'text',
        born_on: 'date',
        newsletter: 'boolean',
        password_hash: 'text',
        risk_note: 'text',
        fax: 'text',
        note: 'text',
      }),
      described('public.order', {
        id: 'integer',
        ordered_at: 'timestamp',
        total: 'decimal',
        quantity: 'integer',
        comment: 'text',
        delivery: 'text',
        loyalty: 'decimal',
      }),
    ],
  },
  '../help desk': {
    engine: 'SQLite 3.50',
    fingerprint: '',
    collections: [described('Tickets', { subject: 'text', scan: 'binary', ['__proto__']: 'text' })],
  },
}
