import { uuidv7 } from '../platform/bytes.ts'

const mostPerMillisecond = 1 << 20
let last = { time: 0, count: -1 }

/**
 * A UUIDv7 whose first 20 bits after the time count up within a millisecond (RFC 9562 §6.2, method 1): the entries of one
 * act keep their order in the log although they share its instant.
 */
export function entryId(now: Date): string {
  const time = now.getTime()
  last = { time, count: last.time === time ? (last.count + 1) % mostPerMillisecond : 0 }
  const hex = last.count.toString(16).padStart(5, '0')
  const id = uuidv7(now)
  return `${id.slice(0, 15)}${hex.slice(0, 3)}-8${hex.slice(3)}${id.slice(22)}`
}
