import assert from 'node:assert/strict'
import { test } from 'node:test'
import { languages } from '../platform/texts.ts'
import { contentsOf } from './access-contents.ts'
import { type AccessPageInput, accessPage } from './access-page.ts'
import { descriptions, holdings, map } from './access-person.fixture.ts'
import { assertGoodPage } from './good-page.fixture.ts'

const input: AccessPageInput = {
  contents: contentsOf(holdings, map, descriptions),
  language: 'en',
  requestId: '01933d2e-7c1b-7a31-9b1f-0c6d5e4f3a2b',
  createdAt: new Date('2026-11-21T10:00:00Z'),
  controllerNames: ['Example SARL', 'Example Shops Ltd'],
  country: 'FR',
}

const page = (changes: Partial<AccessPageInput> = {}) => [...accessPage({ ...input, ...changes })].join('')
const nothing = contentsOf({ ...holdings, systems: [], unreachable: [], notFollowed: [] }, map, {})

for (const language of languages)
  test(`the page in ${language} can be read by everybody, offline, and lacks no sentence`, () => {
    assertGoodPage(page({ language }), language)
    assertGoodPage(page({ language, contents: nothing, controllerNames: [], country: undefined }), language)
  })

test('a system that could not be read is the first thing the page says', () => {
  const text = page()
  const notice = text.indexOf('This copy is not complete')
  assert.ok(notice > 0 && notice < text.indexOf('<nav'))
  assert.ok(text.slice(notice, notice + 600).includes('<li>accounting</li>'))
  assert.ok(!page({ contents: nothing }).includes('not complete'))
})

test('markup in the data stays text', () => {
  assert.ok(page().includes('Łucja D’Amboise &lt;b&gt;'))
})

test('a value is shown as a person reads it', () => {
  const text = page()
  assert.ok(text.includes('<time datetime="1984-02-29">29 February 1984</time>'))
  assert.ok(page({ language: 'fr' }).includes('<time datetime="1984-02-29">29 février 1984</time>'))
  assert.ok(
    text.includes('<time datetime="2025-11-03">3 November 2025</time> 18:04:11+00'),
    'the time stays as the system has it',
  )
  assert.ok(text.includes('not a date'))
  assert.ok(text.includes('Not text (6 bytes): see data/help-desk/Tickets.json'))
  assert.ok(text.includes('NUL\ufffd and \u202ebackwards'), 'what would print nothing has a sign')
  assert.match(
    text,
    /Cut here: the whole text \(5,\d{3} characters\) is in data\/shop\/public\.customer\.json/,
  )
})

test('every cell finds its own direction, and a column of nothing is a line', () => {
  const text = page()
  assert.match(text, /<td dir="auto">شارع الحمراء/)
  assert.ok(text.includes('Empty in every record: loyalty.'))
  assert.ok(!text.includes('<code>fax</code>'))
})

test('why, on which basis and for how long stand in words, with the article', () => {
  const text = page()
  assert.ok(text.includes('Customer care: legitimate interests'))
  assert.ok(text.includes('To deliver what you bought'))
  assert.ok(text.includes('Orders: <span dir="auto">3 years and 6 months from: the last order</span>'))
  assert.ok(text.includes('Customer care: <span dir="auto">until: the account is closed</span>'))
  assert.ok(text.includes('total: 10 years from the date in “ordered_at”, because the law requires it'))
  assert.ok(text.includes('total and delivery: as long as the rule “Unpaid” applies, for legal claims'))
  assert.ok(text.includes('(GDPR 17(3)(b); C. com. L123-22)'))
})

test('what is missing is said with its reason, and without the thing itself', () => {
  const text = page()
  assert.ok(text.includes('<code>password_hash</code> (shop, public.customer): a password, token or key'))
  assert.ok(text.includes('Would defeat a fraud inquiry (GDPR 23).'))
  assert.ok(text.includes('Texts in other people’s records mention you.'))
  assert.ok(text.includes('This copy does not say who has received your data'))
})

test('a person learns where to complain', () => {
  assert.ok(page().includes('www.cnil.fr'))
  assert.ok(page({ country: 'GB' }).includes('ico.org.uk'))
  assert.ok(page({ country: 'DE' }).includes('The authorities are listed at edpb.europa.eu.'))
})
