import type { Country } from './locales.ts'
import { digits, int, type Random } from './random.ts'

/** Numbers of people and firms whose check digits are right, so that a classifier may test them. */

const remainder97 = (number: string): number => {
  let rest = 0
  for (const digit of number) rest = (rest * 10 + Number(digit)) % 97
  return rest
}

const two = (n: number) => n.toString().padStart(2, '0')

/** Countries whose customers pay by direct debit. */
export type SepaCountry = 'FR' | 'BE' | 'DE' | 'ES'

/** An account at a bank that does not exist (its code is all nines), so the money could never reach anybody. */
export function iban(random: Random, country: SepaCountry): string {
  const account = accounts[country](random)
  const [first, second] = [country.charCodeAt(0) - 55, country.charCodeAt(1) - 55]
  return `${country}${two(98 - remainder97(`${account}${first}${second}00`))}${account}`
}

const accounts: Readonly<Record<SepaCountry, (random: Random) => string>> = {
  FR(random) {
    const body = `99999${digits(random, 16)}`
    return body + two(97 - remainder97(`${body}00`))
  },
  BE(random) {
    const body = `999${digits(random, 7)}`
    return body + two(remainder97(body) || 97)
  },
  DE: (random) => `99999999${digits(random, 10)}`,
  ES(random) {
    const account = digits(random, 10)
    return `99999999${spanishCheck('0099999999')}${spanishCheck(account)}${account}`
  },
}

function spanishCheck(ten: string): number {
  const weights = [1, 2, 4, 8, 5, 10, 9, 7, 3, 6]
  const sum = weights.reduce((total, weight, i) => total + weight * Number(ten[i]), 0)
  const check = 11 - (sum % 11)
  return check === 11 ? 0 : check === 10 ? 1 : check
}

/** The number the state gave a person; null where the shop never asks for one. `birth` is YYYY-MM-DD. */
export function nationalNumber(
  random: Random,
  country: Country,
  birth: string,
  female: boolean,
): string | null {
  const [year = '', month = '', day = ''] = birth.split('-')
  switch (country) {
    case 'FR': {
      const body = `${female ? 2 : 1}${year.slice(2)}${month}${two(1 + int(random, 19))}${digits(random, 6)}`
      return body + two(97 - remainder97(body))
    }
    case 'ES': {
      const number = digits(random, 8)
      return number + 'TRWAGMYFPDXBNJZSQVHLCKE'.charAt(Number(number) % 23)
    }
    case 'PL': {
      const century = year.startsWith('20') ? 20 : 0
      const serial = digits(random, 3) + (2 * int(random, 5) + (female ? 0 : 1))
      const body = `${year.slice(2)}${two(Number(month) + century)}${day}${serial}`
      const weights = [1, 3, 7, 9, 1, 3, 7, 9, 1, 3]
      const sum = weights.reduce((total, weight, i) => total + weight * Number(body[i]), 0)
      return body + ((10 - (sum % 10)) % 10)
    }
    default:
      return null
  }
}

/** A French VAT number over a company number that passes Luhn. */
export function frenchVatNumber(random: Random): string {
  const body = `9${digits(random, 7)}`
  const siren = body + luhnDigit(body)
  return `FR${two((12 + 3 * (Number(siren) % 97)) % 97)}${siren}`
}

/** The digit that makes `body` pass Luhn. */
export function luhnDigit(body: string): number {
  let sum = 0
  for (let i = 0; i < body.length; i++) {
    const digit = Number(body[body.length - 1 - i])
    const doubled = i % 2 === 0 ? digit * 2 : digit
    sum += doubled > 9 ? doubled - 9 : doubled
  }
  return (10 - (sum % 10)) % 10
}
