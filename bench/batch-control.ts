import pg from 'pg'

/** As many customers go in one transaction (benchmarks: set-based erasure in chunks). */
const chunkSize = 1_000

/** In an order in which references allow it. */
const deletes = [
  'delete from marketing.email_log where customer_id in (select id from gone)',
  'delete from marketing.segment_member where customer_id in (select id from gone)',
  'delete from public.app_device where customer_id in (select id from gone)',
  'delete from public.login where customer_id in (select id from gone)',
  'delete from public.customer_history where customer_id in (select id from gone)',
  'delete from public.wishlist where customer_id in (select id from gone)',
  'delete from public.product_review where customer_id in (select id from gone)',
  'delete from public.gift where giver_id in (select id from gone)',
  'update public.gift set receiver_id = null, receiver_name = null, receiver_email = null, receiver_note = null where receiver_id in (select id from gone)',
  'delete from public.payment where invoice_id in (select invoice_id from public.invoice where customer_id in (select id from gone))',
  'delete from public.invoice where customer_id in (select id from gone)',
  'delete from public."order" where customer_id in (select id from gone)',
  'delete from public.subscription where customer_id in (select id from gone)',
  'update public.customer set preferred_address_id = null where customer_id in (select id from gone)',
  'update public.customer set referred_by = null where referred_by in (select id from gone)',
  'delete from public.address where customer_id in (select id from gone)',
  'delete from public.customer where customer_id in (select id from gone)',
]

/** The shop's rows of these customers, deleted by bare SQL, a chunk in a transaction; returns the rows it wrote. */
export async function eraseRaw(url: string, customerIds: readonly string[]): Promise<number> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  let rows = 0
  await client.query('create temporary table gone (id bigint primary key)')
  for (let from = 0; from < customerIds.length; from += chunkSize) {
    await client.query('begin')
    await client.query('truncate gone')
    await client.query('insert into gone select unnest($1::bigint[])', [
      customerIds.slice(from, from + chunkSize),
    ])
    for (const statement of deletes) rows += (await client.query(statement)).rowCount ?? 0
    await client.query('commit')
  }
  await client.end()
  return rows
}
