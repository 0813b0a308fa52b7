/** Days since 1970-01-01: the sample has no use for hours but to look real. */
export type Day = number

const msPerDay = 86_400_000
const shown = new Map<Day, string>()

/** Undefined unless `text` is a day of the calendar, as YYYY-MM-DD. */
export function parseDay(text: string): Day | undefined {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return undefined
  const day = Date.parse(`${text}T00:00:00Z`) / msPerDay
  return Number.isInteger(day) && showDay(day) === text ? day : undefined
}

/** YYYY-MM-DD. Remembered, for the same few thousand days come back millions of times. */
export function showDay(day: Day): string {
  const known = shown.get(day)
  if (known !== undefined) return known
  const text = new Date(day * msPerDay).toISOString().slice(0, 10)
  shown.set(day, text)
  return text
}

/** DD/MM/YYYY, as the French write it. */
export function showFrenchDay(day: Day): string {
  const [year, month, date] = showDay(day).split('-')
  return `${date}/${month}/${year}`
}

const two = (n: number) => (n < 10 ? `0${n}` : `${n}`)

/** YYYY-MM-DDTHH:MM:SSZ; `second` counts from midnight. */
export function showInstant(day: Day, second: number): string {
  const minute = Math.floor(second / 60)
  return `${showDay(day)}T${two(Math.floor(minute / 60))}:${two(minute % 60)}:${two(second % 60)}Z`
}

/** The same date so many years and months earlier, as periods of retention are counted. */
export function before(day: Day, years: number, months = 0): Day {
  const date = new Date(day * msPerDay)
  const month = date.getUTCMonth() - months
  const lastOfMonth = new Date(Date.UTC(date.getUTCFullYear() - years, month + 1, 0)).getUTCDate()
  const result = Date.UTC(date.getUTCFullYear() - years, month, Math.min(date.getUTCDate(), lastOfMonth))
  return result / msPerDay
}
