import assert from 'node:assert/strict'
import { test } from 'node:test'
import { languages } from '../platform/texts.ts'
import { certificateInput, withOnly } from './certificate.fixture.ts'
import { type CertificateInput, certificateOf } from './certificate.ts'
import { certificatePage } from './certificate-page.ts'
import { assertGoodPage } from './good-page.fixture.ts'

const signature = { algorithm: 'Ed25519', publicKey: 'key+/=', value: 'signed' } as const
const page = (input: CertificateInput, language: (typeof languages)[number] = 'en') =>
  certificatePage({ document: certificateOf(input), signature }, language)

for (const language of languages)
  test(`the certificate in ${language} can be read by everybody, offline, and lacks no sentence`, () => {
    const gone = { until: null, destroyedAt: new Date('2026-12-21T14:00:00Z') }
    assertGoodPage(page(certificateInput, language), language)
    assertGoodPage(
      page({ ...withOnly('newsletter'), next: [], searchTerms: gone, controllerNames: [] }, language),
      language,
    )
    assertGoodPage(
      page(
        { ...certificateInput, verification: null, searchTerms: { until: null, destroyedAt: null } },
        language,
      ),
      language,
    )
  })

test('only a complete erasure is called a certificate', () => {
  assert.match(page(withOnly('newsletter', 'shop')), /<h1>Certificate of erasure<\/h1>/)
  assert.match(
    page(withOnly('newsletter', 'accounting')),
    /<h1>Report on an erasure that is not complete<\/h1>/,
  )
  assert.match(page(certificateInput), /<h1>Report on an erasure that is not complete<\/h1>/)
})

test('the state of each system stands in words beside its sign', () => {
  const text = page(certificateInput)
  for (const state of ['Verified absent', 'Kept, with ground', 'Out of reach, not verified', 'Residue found'])
    assert.match(text, new RegExp(`<span aria-hidden="true">.</span> ${state}</span>`))
})

test('what stays is named with its ground, its article and its end', () => {
  const text = page(certificateInput)
  assert.match(
    text,
    /<code>billing_address<\/code>, <code>total<\/code>.*because the law requires it.*C\. com\. L123-22.*15 March 2034/,
  )
  assert.match(text, /<code>last_name<\/code>.*for legal claims.*as long as the reason lasts/)
})

test('what is kept for the same reason is one line, with its first and its last end', () => {
  const shop = certificateInput.systems[1]
  assert.ok(shop)
  const [invoice] = shop.kept
  assert.ok(invoice)
  const kept = ['2032-03-11', '2035-08-07', '2034-10-27'].map((until) => ({ ...invoice, until, count: 1 }))
  const text = page({ ...certificateInput, systems: [{ ...shop, kept }] })
  assert.match(
    text,
    /public\.invoice<\/th><td class="number">3<\/td>.*between 11 March 2032 and 7 August 2035, each record on its own date/,
  )
})

test('times are those of the controller, days those of the law', () => {
  assert.ok(
    page(certificateInput).includes('20 November 2026 at 23:30'),
    'received at half past ten in the evening, UTC',
  )
  assert.ok(
    page(certificateInput, 'fr').includes('22 décembre 2026 ; 22 février 2027'.replace(' ;', '\u00a0;')),
  )
})

test('what was not searched is named with its reason', () => {
  const text = page(certificateInput)
  assert.ok(text.includes('<code>public.document.scan</code>: holds no text'))
  assert.match(text, /accounting<\/th><td class="plain" colspan="4">The system could not be read/)
})
