import type { Language } from '../platform/texts.ts'

/** Days and lists as they are written in Europe: English is British here. */
const locale = (language: Language): string => (language === 'en' ? 'en-GB' : language)

export const number = (language: Language, value: number): string =>
  new Intl.NumberFormat(locale(language)).format(value)

export const list = (language: Language, items: readonly string[]): string =>
  new Intl.ListFormat(locale(language), { type: 'conjunction' }).format(items)

/** `date` is `YYYY-MM-DD`, or an instant whose day is taken in UTC. */
export const longDate = (language: Language, date: string | Date): string =>
  new Intl.DateTimeFormat(locale(language), { dateStyle: 'long', timeZone: 'UTC' }).format(new Date(date))

/** Day and time in a time zone (IANA name). */
export const longTime = (language: Language, instant: string, timeZone: string): string =>
  new Intl.DateTimeFormat(locale(language), { dateStyle: 'long', timeStyle: 'short', timeZone }).format(
    new Date(instant),
  )

export const inUnits = (language: Language, count: number, unit: 'year' | 'month' | 'day'): string =>
  new Intl.NumberFormat(locale(language), { style: 'unit', unit, unitDisplay: 'long' }).format(count)

export const years = (language: Language, count: number): string => inUnits(language, count, 'year')

/** A name from the map as words: `customer-care` → “Customer care”. */
export function words(name: string): string {
  const text = name.replace(/[-_]+/g, ' ').trim()
  return text.charAt(0).toUpperCase() + text.slice(1)
}
