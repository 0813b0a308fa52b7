import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { isValidIBAN } from 'ibantools'
import { parsePhoneNumberFromString } from 'libphonenumber-js/max'
import { stdnum } from 'stdnum'
import { showDay } from './calendar.ts'
import { countries } from './locales.ts'
import { customerNumber } from './person.ts'
import { phoneNumber } from './phone-number.ts'
import { between, chance, randomStreams } from './random.ts'
import { frenchVatNumber, iban, luhnDigit, nationalNumber } from './registered-numbers.ts'

const random = randomStreams('test', 'numbers')(0)

suite('the numbers of the sample', () => {
  test('are bank accounts whose check digits are right, at a bank that is not there', () => {
    for (const country of ['FR', 'BE', 'DE', 'ES'] as const)
      for (let i = 0; i < 200; i++) {
        const account = iban(random, country)
        assert.ok(isValidIBAN(account), account)
        assert.match(account, country === 'BE' ? /^BE..999/ : /^..{2}.99999/)
      }
  })

  test('are numbers of the state that its own rules accept', () => {
    const rules = { FR: stdnum.FR?.nir, ES: stdnum.ES?.dni, PL: stdnum.PL?.pesel }
    for (const country of ['FR', 'ES', 'PL'] as const)
      for (let i = 0; i < 200; i++) {
        const number = nationalNumber(
          random,
          country,
          showDay(between(random, -12_000, 14_000)),
          chance(random, 0.5),
        )
        assert.ok(rules[country]?.validate(number ?? '').isValid, `${country} ${number}`)
      }
    assert.equal(nationalNumber(random, 'JP', '1990-01-01', true), null)
    for (let i = 0; i < 200; i++) assert.ok(stdnum.FR?.tva?.validate(frenchVatNumber(random)).isValid)
  })

  test('are customer numbers that catch a mistyped digit', () => {
    for (const index of [1, 20, 999_999]) {
      const [, body = '', check] = /^BA-(\d{7})(\d)$/.exec(customerNumber(index)) ?? []
      assert.equal(check, `${luhnDigit(body)}`)
      assert.notEqual(check, `${luhnDigit(body.replace(/^./, (digit) => `${(Number(digit) + 1) % 10}`))}`)
    }
  })

  test('are phone numbers that exist in their country, each given once, fictional first', () => {
    for (const country of countries) {
      const given = new Set<string>()
      const slots = [...Array(700).keys(), ...Array.from({ length: 300 }, (_, i) => 60_000 + 7_919 * i)]
      for (const slot of slots) {
        const { e164, national } = phoneNumber(country, slot)
        const parsed = parsePhoneNumberFromString(national, country)
        assert.equal(parsed?.isValid() && parsed.number, e164, `${country} ${national}`)
        given.add(e164)
      }
      assert.equal(given.size, slots.length)
    }
    assert.match(phoneNumber('FR', 39_999).national, /^(01 99 00|03 53 01|04 65 71|05 36 49) /)
  })
})
