import Holidays from 'date-holidays'

/** The days on which no work is done in one place, for periods that must not end on them. */
export interface WorkCalendar {
  /** `FR`, `DE-BY`, `GB-ENG`, or `weekends-only` where no public holidays are known. */
  readonly id: string
  /** `date` is `YYYY-MM-DD`. */
  isHoliday(date: string): boolean
}

const hour = 60 * 60 * 1000
const day = 24 * hour

/**
 * Public holidays of a country (ISO 3166-1 alpha-2) and, where given and known, of its region (`BY`, `ENG`).
 * An unknown region falls back to the holidays of the whole country: fewer holidays make an earlier, safer date.
 */
export function workCalendar(country: string, region?: string): WorkCalendar {
  const land = country.trim().toUpperCase()
  const place = region?.trim().toUpperCase()
  const known = new Holidays()
  if (!Object.hasOwn(known.getCountries(), land)) return { id: 'weekends-only', isHoliday: () => false }

  const isRegion = place !== undefined && Object.hasOwn(known.getStates(land) ?? {}, place)
  const holidays = isRegion
    ? new Holidays(land, place, { types: ['public'] })
    : new Holidays(land, { types: ['public'] })
  const years = new Map<string, ReadonlySet<string>>()
  return {
    id: isRegion ? `${land}-${place}` : land,
    isHoliday: (date) => {
      const year = date.slice(0, 4)
      const days = years.get(year) ?? publicHolidays(holidays, Number(year))
      years.set(year, days)
      return days.has(date)
    },
  }
}

/** Whole days only: an afternoon off (Christmas Eve from 14:00) does not move the end of a period. */
function publicHolidays(holidays: Holidays, year: number): ReadonlySet<string> {
  const dates = new Set<string>()
  for (const holiday of [...holidays.getHolidays(year - 1), ...holidays.getHolidays(year)]) {
    if (holiday.date.slice(11, 19) !== '00:00:00') continue
    // `date` is local, `start` and `end` are instants: a day on which the clocks change may last 23 hours.
    const length = Math.floor((holiday.end.getTime() - holiday.start.getTime() + hour) / day)
    const first = Date.parse(`${holiday.date.slice(0, 10)}T00:00:00Z`)
    for (let i = 0; i < length; i++) dates.add(new Date(first + i * day).toISOString().slice(0, 10))
  }
  return dates
}
