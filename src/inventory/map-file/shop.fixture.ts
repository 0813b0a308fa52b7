import { aCollection, aField, aSystem } from '../description.fixture.ts'

const id = aField('id', { kind: 'integer', type: 'integer', nullable: false })
const customer = aField('customer_id', { kind: 'integer', type: 'integer', nullable: false })

/** The shop of docs/data-map.md, as a scan would describe it. */
export const shop = aSystem(
  aCollection(
    'public.customer',
    [
      id,
      aField('email', { type: 'character varying(60)', nullable: false, maxLength: 60 }),
      aField('phone', { type: 'character varying(24)', maxLength: 24 }),
      aField('first_name'),
      aField('last_name', { type: 'character varying(20)', nullable: false, maxLength: 20 }),
      aField('full_name', { generated: true }),
      aField('gender', { kind: 'enum', type: 'gender', values: ['female', 'male', 'other'] }),
      aField('born', { kind: 'date' }),
      aField('notes'),
      aField('fraud_note'),
    ],
    { key: ['id'], uniques: [['email']] },
  ),
  aCollection('public.basket', [id, customer]),
  aCollection('public.invoice', [
    id,
    customer,
    aField('invoice_date', { kind: 'date', nullable: false }),
    aField('paid_at', { kind: 'timestamp', type: 'timestamp with time zone' }),
    aField('paid', { kind: 'boolean' }),
    aField('status', { kind: 'enum', type: 'status', values: ['open', 'paid'] }),
    aField('billing_address'),
    aField('token', { kind: 'uuid' }),
  ]),
  aCollection('public.gift', [
    id,
    aField('giver_id', { kind: 'integer' }),
    aField('receiver_id', { kind: 'integer' }),
    aField('card_text'),
  ]),
  aCollection('public.mailing', [aField('email')], { kind: 'view', writable: false }),
)
