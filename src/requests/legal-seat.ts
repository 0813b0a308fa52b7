import { Temporal } from 'temporal-polyfill'
import { currentMap } from '../inventory/public.ts'
import type { Context } from '../platform/context.ts'
import type { Seat } from './due-date.ts'

/** The legal time zone of a country's capital; others count their days in UTC. */
const timeZones: Readonly<Record<string, string>> = {
  AT: 'Europe/Vienna',
  BE: 'Europe/Brussels',
  BG: 'Europe/Sofia',
  CH: 'Europe/Zurich',
  CY: 'Asia/Nicosia',
  CZ: 'Europe/Prague',
  DE: 'Europe/Berlin',
  DK: 'Europe/Copenhagen',
  EE: 'Europe/Tallinn',
  ES: 'Europe/Madrid',
  FI: 'Europe/Helsinki',
  FR: 'Europe/Paris',
  GB: 'Europe/London',
  GR: 'Europe/Athens',
  HR: 'Europe/Zagreb',
  HU: 'Europe/Budapest',
  IE: 'Europe/Dublin',
  IS: 'Atlantic/Reykjavik',
  IT: 'Europe/Rome',
  LI: 'Europe/Vaduz',
  LT: 'Europe/Vilnius',
  LU: 'Europe/Luxembourg',
  LV: 'Europe/Riga',
  MA: 'Africa/Casablanca',
  MT: 'Europe/Malta',
  NL: 'Europe/Amsterdam',
  NO: 'Europe/Oslo',
  PL: 'Europe/Warsaw',
  PT: 'Europe/Lisbon',
  RO: 'Europe/Bucharest',
  SE: 'Europe/Stockholm',
  SI: 'Europe/Ljubljana',
  SK: 'Europe/Bratislava',
} // prettier-ignore

/** Where the controller sits in law: the map's country, with its time zone. An unknown country counts weekends only. */
export async function legalSeat(ctx: Context): Promise<Seat> {
  const { map } = await currentMap(ctx)
  const country = map.country ?? 'unknown'
  return { country, timeZone: timeZones[country] ?? 'UTC' }
}

/** The controller's calendar day, `YYYY-MM-DD`: legal dates are local (rulebook, "Reading a rule"). */
export async function legalDay(ctx: Context): Promise<string> {
  const { timeZone } = await legalSeat(ctx)
  return Temporal.Instant.fromEpochMilliseconds(ctx.now().getTime())
    .toZonedDateTimeISO(timeZone)
    .toPlainDate()
    .toString()
}
