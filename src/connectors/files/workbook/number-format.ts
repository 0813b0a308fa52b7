/** How a number is meant: as it is, as a point in time, or filled up with zeros to so many digits. */
export type CellFormat =
  | { readonly kind: 'number' }
  | { readonly kind: 'moment'; readonly hasDate: boolean; readonly hasTime: boolean }
  | { readonly kind: 'padded'; readonly digits: number }

export const plainNumber: CellFormat = { kind: 'number' }

/** The formats that have a number and no code, in every language of Excel (ECMA-376-1 18.8.30). */
const built: readonly (readonly [from: number, to: number, hasDate: boolean, hasTime: boolean])[] = [
  [14, 17, true, false],
  [18, 21, false, true],
  [22, 22, true, true],
  [27, 31, true, false],
  [32, 35, false, true],
  [36, 36, true, false],
  [45, 47, false, true],
  [50, 58, true, false],
]

/** The format of a number format's id and, where it is not one of Excel's own, of its code. */
export function formatOf(id: number, code: string | undefined): CellFormat {
  if (code !== undefined) return formatOfCode(code)
  const found = built.find(([from, to]) => id >= from && id <= to)
  return found ? { kind: 'moment', hasDate: found[2], hasTime: found[3] } : plainNumber
}

function formatOfCode(code: string): CellFormat {
  // The first section is for positive numbers; what is quoted, escaped, or a colour or condition, is no code.
  const bare = code
    .replace(/"[^"]*"|\\.|_.|\*./gs, '')
    .replace(/\[(?!(?:h+|m+|s+)\])[^\]]*\]/gi, '')
    .split(';')[0] as string
  if (/^0{2,}$/.test(bare)) return { kind: 'padded', digits: bare.length }
  if (/general/i.test(bare)) return plainNumber
  const hasTime = /[hs]/i.test(bare)
  // `m` is a month, or minutes beside hours and seconds.
  const hasDate = /[yd]/i.test(bare) || (/m/i.test(bare) && !hasTime && !/\[m+\]/i.test(bare))
  return hasDate || hasTime || /\[m+\]/i.test(bare) ? { kind: 'moment', hasDate, hasTime } : plainNumber
}

/** A number as Excel would show it: at most 15 digits, and never with an exponent, so that its digits can be found. */
export function printNumber(written: string, format: CellFormat, since1904: boolean): string {
  const value = Number(written)
  if (written.trim() === '' || !Number.isFinite(value)) return written
  if (format.kind === 'moment') return printMoment(value, format, since1904) ?? plain(written, value)
  const text = plain(written, value)
  return format.kind === 'padded' && /^\d+$/.test(text) ? text.padStart(format.digits, '0') : text
}

function plain(written: string, value: number): string {
  const trimmed = written.trim()
  if (/^-?\d{1,15}$/.test(trimmed) || (/^-?[\d.]+$/.test(trimmed) && trimmed.replace(/\D/g, '').length <= 15))
    return trimmed
  const [mantissa = '', exponent = '0'] = value.toPrecision(15).split('e')
  const [, sign = '', whole = '', part = ''] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(mantissa) ?? []
  const digits = whole + part
  const point = whole.length + Number(exponent)
  const padded = point <= 0 ? '0'.repeat(1 - point) + digits : digits.padEnd(point, '0')
  const at = Math.max(point, 1)
  const decimals = padded.slice(at).replace(/0+$/, '')
  return `${sign}${padded.slice(0, at)}${decimals === '' ? '' : `.${decimals}`}`
}

const dayMs = 86_400_000

/** ISO 8601 of a serial number of days; null where it is no date. */
function printMoment(
  serial: number,
  { hasDate, hasTime }: { readonly hasDate: boolean; readonly hasTime: boolean },
  since1904: boolean,
): string | null {
  if (!hasDate) return printDuration(serial)
  // 1900 had no 29 February, but Excel's 1900 has one, its day 60: the days before it are one further on.
  const epoch = since1904 ? Date.UTC(1904, 0, 1) : Date.UTC(1899, 11, serial < 60 ? 31 : 30)
  if (serial < 0 || serial >= 2_958_466) return null
  const ms = epoch + Math.round((serial * dayMs) / 1000) * 1000
  const text = new Date(ms).toISOString()
  return hasTime && !Number.isInteger(serial) ? text.slice(0, 19) : text.slice(0, 10)
}

/** A time of day, or a span of hours that may be longer than a day. */
function printDuration(serial: number): string {
  const seconds = Math.round(Math.abs(serial) * 86_400)
  const two = (value: number) => String(Math.floor(value)).padStart(2, '0')
  return `${serial < 0 ? '-' : ''}${two(seconds / 3600)}:${two((seconds / 60) % 60)}:${two(seconds % 60)}`
}
