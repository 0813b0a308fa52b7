/** A number as it was written: `digits` × 10^`exponent`. Money never passes through a float. */
export interface Decimal {
  readonly digits: bigint
  readonly exponent: number
}

const longest = 2000

/** Reads `-12.50` or `1e+20`; null for anything that is not one finite number (NaN, Infinity, `12,50`). */
export function readDecimal(text: string): Decimal | null {
  const found = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,4}))?$/.exec(text.trim())
  const [, sign = '', whole = '', fraction = '', power = '0'] = found ?? []
  if (found === null || whole + fraction === '' || whole.length + fraction.length > longest) return null
  const digits = BigInt(whole + fraction)
  return { digits: sign === '-' ? -digits : digits, exponent: Number(power) - fraction.length }
}

/** Negative, zero or positive, like `Array.sort` wants it; exact. */
export function compareDecimals(a: Decimal, b: Decimal): number {
  const exponent = Math.min(a.exponent, b.exponent)
  const left = a.digits * 10n ** BigInt(a.exponent - exponent)
  const right = b.digits * 10n ** BigInt(b.exponent - exponent)
  return left < right ? -1 : left > right ? 1 : 0
}
