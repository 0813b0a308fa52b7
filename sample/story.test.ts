import assert from 'node:assert/strict'
import { after, suite, test } from 'node:test'
import { parse } from 'csv-parse/sync'
import iconv from 'iconv-lite'
import { postgresServer } from '../test/servers.ts'
import { samplePlace } from './sample-fixture.ts'
import { sampleStory } from './story.ts'

const place = await samplePlace(await postgresServer())
await place.generate({ customers: 120 })

const requesters = place.desk('select * from requester')
const tickets = place.desk('select t.*, r.email from ticket t join requester r on r.id = t.requester_id')
const readers: string[][] = parse(iconv.decode(await place.file('subscribers.csv'), 'windows-1252'), {
  delimiter: ';',
  from: 2,
})
const leavers: string[][] = parse(await place.file('unsubscribed.csv'), { bom: true, from: 2 })

const told = (index: number) => {
  const entry = sampleStory.find((candidate) => candidate.index === index)
  assert.ok(entry)
  return entry
}

/** Years from the sample's day back to each invoice, oldest first. */
const invoices = (index: number) =>
  place.shop<{ years: number; open: boolean }>(`
    select extract(year from age(date '2026-08-31', invoice_date))::integer as years, paid_at is null as open
    from public.invoice where customer_id = ${index} order by invoice_date`)

const same = (a: unknown, b: string) => typeof a === 'string' && a.toLowerCase() === b.toLowerCase()

suite('the story', () => {
  after(() => place[Symbol.asyncDispose]())

  test('says who each person is, and in which systems they are found', async () => {
    assert.deepEqual(
      sampleStory.map(({ index }) => index).slice(0, 20),
      Array.from({ length: 20 }, (_, i) => i + 1),
    )
    for (const { index, name, email, otherEmail, phone, customerNumber, systems } of sampleStory) {
      const rows = await place.shop(
        `select display_name, email, phone, customer_number from public.customer where customer_id = ${index}`,
      )
      const shown = index === 18 ? '美咲 佐藤' : name
      assert.deepEqual(
        rows,
        index === null ? [] : [{ display_name: shown, email, phone, customer_number: customerNumber }],
      )
      const theirs = (cell: unknown) => same(cell, email) || same(cell, otherEmail)
      // Customers 9 and 19 are one person: the desk and the list know them by the second address.
      if (index === 9 || index === 19) continue
      const atDesk = requesters.some(
        (row) => theirs(row.email) || (index === 8 && row.phone === '0470 08 66 93'),
      )
      assert.equal(atDesk, systems.includes('support'), `${name} at the desk`)
      assert.equal(
        readers.some(([cell]) => theirs(cell)),
        systems.includes('newsletter'),
        `${name} in the newsletter`,
      )
    }
  })

  test('has invoices inside their legal period, past it, and unpaid', async () => {
    assert.deepEqual(
      (await invoices(2)).map(({ years, open }) => [years, open]),
      [
        [12, false],
        [11, false],
        [4, false],
        [0, false],
      ],
    )
    assert.deepEqual(
      (await invoices(3)).map(({ years, open }) => [years, open]),
      [
        [11, false],
        [0, true],
      ],
    )
    assert.deepEqual(
      (await invoices(1)).map(({ open }) => open),
      [false, false],
    )
  })

  test('has a running subscription, and a present that belongs to two', async () => {
    assert.deepEqual(
      await place.shop('select status, ended_on from public.subscription where customer_id = 4'),
      [{ status: 'active', ended_on: null }],
    )
    const [gift] = await place.shop<{ note: string }>(
      'select receiver_note as note from public.gift where giver_id = 5 and receiver_id = 6',
    )
    assert.match(gift?.note ?? '', /Thomas|Inès/)
  })

  test('has a household of two with one phone, and one person with two accounts', async () => {
    const pair = await place.shop(`
      select c.customer_id::integer as id, c.phone = h.phone as phone, a.line1
      from public.customer c join public.household h using (household_id) join public.address a on a.address_id = c.preferred_address_id
      where h.household_id = 7 order by 1`)
    const line1 = 'rue des Guillemins 31'
    assert.deepEqual(pair, [
      { id: 7, phone: true, line1 },
      { id: 8, phone: true, line1 },
    ])
    assert.equal(told(9).phone, told(19).phone)
    const joined = requesters.filter((row) => row.customer_no === told(9).customerNumber)
    assert.deepEqual(
      joined.map((row) => row.email),
      [told(19).email],
    )
  })

  test('spells people as each system does', () => {
    assert.ok(requesters.some((row) => row.name === 'Leila Benaissa'))
    assert.ok(readers.some(([email, given]) => email === told(10).email && given === 'Leila'))
    const juergen = requesters.filter(
      (row) => String(row.customer_no).toUpperCase() === told(13).customerNumber,
    )
    assert.deepEqual(
      juergen.map((row) => row.name),
      ['GROSS-MUELLER Juergen', 'Jürgen Groß-Müller'.normalize('NFD')],
    )
    assert.ok(readers.some(([email, given]) => email === 'J.Gross-Mueller@Example.ORG' && given === 'Jürgen'))
  })

  test("has a customer who stands only in another's ticket, beside a fact of health", () => {
    const { name, email } = told(11)
    const mentioning = tickets.filter((row) => String(row.body).includes(email))
    assert.deepEqual(
      mentioning.map((row) => row.email),
      [told(12).email],
    )
    const body = String(mentioning[0]?.body)
    assert.ok(body.includes(name) && body.includes('04 65 71 11 36'))
    assert.match(body, /fauteuil roulant|diabétique/)
  })

  test('has faith and trade union in the words of those who told them', () => {
    assert.match(String(tickets.find((row) => row.email === told(20).email)?.body), /związku zawodowego/)
    assert.match(String(tickets.find((row) => row.email === 'eleni.papadaki@example.net')?.body), /ορθόδοξη/)
  })

  test('has staff who is a customer, and a past that only the history remembers', async () => {
    const { name, otherEmail } = told(14)
    assert.deepEqual(await place.shop(`select full_name from public.staff where email = '${otherEmail}'`), [
      { full_name: name },
    ])
    assert.deepEqual(
      place.desk(`select name from agent where email = '${otherEmail}'`).map((row) => row.name),
      [name],
    )
    const past = await place.shop(
      'select email, last_name from public.customer_history where customer_id = 15',
    )
    assert.deepEqual(past, [{ email: told(15).otherEmail, last_name: 'Petit' }])
  })

  test('has numbers of state and bank, two who recommended each other, and three rows that are one', async () => {
    const [julien] = await place.shop(`
      select c.national_id, c.vat_number, p.iban from public.customer c join public.invoice i using (customer_id)
      join public.payment p using (invoice_id) where c.customer_id = 17 and p.method = 'sepa'`)
    assert.deepEqual(julien, {
      national_id: '183100596908326',
      vat_number: 'FR01954567749',
      iban: 'FR7699999483407831414911647',
    })
    assert.deepEqual(
      await place.shop(
        'select customer_id::integer as who, referred_by::integer as by from public.customer where customer_id in (18, 20) order by 1',
      ),
      [
        { who: 18, by: 20 },
        { who: 20, by: 18 },
      ],
    )
    const wishes = await place.shop<{ wish: string }>(
      'select w::text as wish from public.wishlist w where customer_id = 20',
    )
    assert.equal(wishes.length, 3)
    assert.equal(new Set(wishes.map(({ wish }) => wish)).size, 1)
    assert.ok(leavers.some(([email]) => email === told(20).email))
  })

  test('is left alone by the rest of the sample', async () => {
    const strays = await place.shop(`
      select customer_id from public.customer where customer_id > 20 and referred_by <= 20
      union all select giver_id from public.gift where giver_id > 20 and receiver_id <= 20`)
    assert.deepEqual(strays, [])
  })
})
