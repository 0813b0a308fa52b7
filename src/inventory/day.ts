import { Temporal } from 'temporal-polyfill'
import type { FieldKind } from '../connectors/public.ts'

const clock = /(?:[T ]\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)? ?(?:Z|UTC|GMT|[+-]\d{2}(?::?\d{2}){0,2})?)?/.source
const written = [
  new RegExp(`^(?<year>\\d{4})-(?<month>\\d{2})-(?<day>\\d{2})${clock}$`),
  new RegExp(`^(?<year>\\d{4})/(?<month>\\d{1,2})/(?<day>\\d{1,2})${clock}$`),
  new RegExp(`^(?<day>\\d{1,2})\\.(?<month>\\d{1,2})\\.(?<year>\\d{4})${clock}$`),
  /^(?<year>(?:19|20|21)\d\d)(?<month>\d{2})(?<day>\d{2})$/,
]

/**
 * The calendar day a cell names, as it is printed there: a time zone does not move it, an epoch number counts in UTC.
 * Null for anything else, also for `01/02/2026`, which is another day on each side of the Atlantic.
 */
export function readDay(cell: string, kind: FieldKind): Temporal.PlainDate | null {
  const text = cell.trim()
  for (const form of written) {
    const found = form.exec(text)?.groups
    if (found) return dayOf(Number(found.year), Number(found.month), Number(found.day))
  }
  return kind === 'integer' ? epochDay(text) : null
}

export function dayOf(year: number, month: number, day: number): Temporal.PlainDate | null {
  try {
    return year === 0 ? null : Temporal.PlainDate.from({ year, month, day }, { overflow: 'reject' })
  } catch {
    return null
  }
}

/**
 * Seconds, milliseconds or microseconds since 1970, told apart by size. Below 100,000,000 (March 1973) a number is
 * more likely a year, a serial day or a counter than a time.
 */
function epochDay(text: string): Temporal.PlainDate | null {
  if (!/^[1-9]\d{8,15}$/.test(text)) return null
  const count = Number(text)
  const milliseconds = count < 1e11 ? count * 1000 : count < 1e14 ? count : count / 1000
  return Temporal.Instant.fromEpochMilliseconds(Math.floor(milliseconds))
    .toZonedDateTimeISO('UTC')
    .toPlainDate()
}
