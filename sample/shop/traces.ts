import { type Day, showInstant } from '../calendar.ts'
import { between, chance, int, pick, type Random } from '../random.ts'

/** An address of the blocks kept for documentation (RFC 5737, RFC 3849): nobody's. */
export function ipAddress(random: Random): string {
  if (chance(random, 0.2))
    return `2001:db8:${int(random, 65_536).toString(16)}::${(1 + int(random, 65_535)).toString(16)}`
  return `${pick(random, ['192.0.2', '198.51.100', '203.0.113'])}.${between(random, 1, 254)}`
}

/** Some time of that day. */
export const sometime = (random: Random, day: Day): string => showInstant(day, int(random, 86_400))

/** Money is counted in cents. */
export const money = (cents: number): string => (cents / 100).toFixed(2)
