import { Temporal } from 'temporal-polyfill'
import { type WorkCalendar, workCalendar } from './holidays.ts'

/** Where the controller is: its country decides the rule and the holidays, its time zone the day of receipt. */
export interface Seat {
  /** ISO 3166-1 alpha-2. */
  readonly country: string
  /** The part of the country with holidays of its own, as in ISO 3166-2: `BY`, `ENG`. */
  readonly region?: string
  /** IANA name, e.g. `Europe/Paris`. */
  readonly timeZone: string
}

export interface DueDate {
  /** The last day to answer, `YYYY-MM-DD`, local to the controller. */
  readonly due: string
  /** The last day if the time is extended with reasons given before `due` (DSR-07). */
  readonly extended: string
  /** DSR-06: Regulation 1182/71, art. 3. DSR-08: the same dates by the ICO's way of counting. */
  readonly rule: 'DSR-06' | 'DSR-08'
  /** Whose public holidays were heeded: `FR`, `GB-ENG`, or `weekends-only` where none are known. */
  readonly calendar: string
}

/**
 * When a request must be answered: one month after the local day of receipt, at most three (Art. 12(3) GDPR).
 * Throws a RangeError for an unknown time zone.
 */
export function dueDate(received: Date, seat: Seat): DueDate {
  const day = Temporal.Instant.fromEpochMilliseconds(received.getTime())
    .toZonedDateTimeISO(seat.timeZone)
    .toPlainDate()
  const calendar = workCalendar(seat.country, seat.region)
  return {
    due: periodEnd(day, 1, calendar).toString(),
    // Three months from receipt, not two from the due date: the roll past a weekend is not counted twice.
    extended: periodEnd(day, 3, calendar).toString(),
    rule: seat.country.trim().toUpperCase() === 'GB' ? 'DSR-08' : 'DSR-06',
    calendar: calendar.id,
  }
}

/** The same number of the last month, or its last day where there is none, moved on to a working day. */
function periodEnd(received: Temporal.PlainDate, months: number, calendar: WorkCalendar): Temporal.PlainDate {
  let end = received.add({ months }, { overflow: 'constrain' })
  while (end.dayOfWeek > 5 || calendar.isHoliday(end.toString())) end = end.add({ days: 1 })
  return end
}
