import { Temporal } from 'temporal-polyfill'
import words from './creation-words.json' with { type: 'json' }

const single: ReadonlySet<string> = new Set(words.words)

/** Fields that say when a row came into being, by their names; what is in them must still read as a time. */
export const creationFields = (fields: readonly string[]): readonly string[] => fields.filter(namesCreation)

function namesCreation(field: string): boolean {
  const parts = field
    .replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2')
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .split(/[^\p{L}]+/u)
    .filter((part) => part !== '')
  return (
    parts.some((part) => single.has(part)) || words.phrases.some((phrase) => parts.join(' ').includes(phrase))
  )
}

/**
 * Whether a cell names a time after `moment`; null when it names no time. Without an offset it is read in `timeZone`; a
 * bare day is later only when it is another day there: in doubt it is not.
 */
export function isLater(cell: string, moment: Date, timeZone: string): boolean | null {
  const [, day, clock, offset] =
    /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?) ?(Z|[+-]\d{2}(?::?\d{2})?)?)?$/i.exec(
      cell.trim(),
    ) ?? []
  if (!day) return null
  const erased = Temporal.Instant.fromEpochMilliseconds(moment.getTime())
  try {
    if (!clock) return Temporal.PlainDate.compare(day, erased.toZonedDateTimeISO(timeZone).toPlainDate()) > 0
    const created = offset
      ? Temporal.Instant.from(`${day}T${clock}${offset}`)
      : Temporal.PlainDateTime.from(`${day}T${clock}`).toZonedDateTime(timeZone).toInstant()
    return Temporal.Instant.compare(created, erased) > 0
  } catch {
    return null
  }
}

export interface CreationVerdict {
  readonly isLater: boolean
  /** The field that decided; null where none says when the row came into being. */
  readonly field: string | null
}

/** Judges a row by the first of its creation fields that holds a time. */
export function createdAfter(
  fields: readonly string[],
  cells: readonly (string | null)[],
  moment: Date,
  timeZone: string,
): CreationVerdict {
  for (const [i, field] of fields.entries()) {
    const cell = cells[i] ?? null
    const later = cell === null ? null : isLater(cell, moment, timeZone)
    if (later !== null) return { isLater: later, field }
  }
  return { isLater: false, field: null }
}
