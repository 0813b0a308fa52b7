import type { Temporal } from 'temporal-polyfill'
import type { Cell, FieldKind } from '../connectors/public.ts'
import type { Rule } from './data-map.ts'
import { dayOf, readDay } from './day.ts'

/**
 * The last day (`YYYY-MM-DD`) on which a row must be kept under a rule, counted from its `from` cell; the day after, its
 * ground has ended. Null when the rule sets no number of years: then its `while` alone decides. `unreadable` when the
 * cell holds no date, or none yet: such a row is kept, and said to be (RET-01).
 */
export function keptUntil(
  rule: Pick<Rule, 'years' | 'roundTo'>,
  from: Cell,
  kind: FieldKind = 'date',
): string | null | 'unreadable' {
  if (rule.years === undefined) return null
  const start = from === null ? null : (readDay(from, kind) ?? endOfPeriod(from))
  if (start === null || isSystemZero(start)) return 'unreadable'
  const counted = rule.roundTo === 'end-of-year' ? start.with({ month: 12, day: 31 }) : start
  // 29 February ends on the 28th where the last year has none (BGB 188(3), Regulation 1182/71 art. 3(2)(c)).
  const last = counted.add({ years: rule.years }, { overflow: 'constrain' })
  return last.year > 9999 ? '9999-12-31' : last.toString()
}

/** A fiscal year or month alone counts from its last day: keeping a document too short is what the law punishes. */
function endOfPeriod(cell: string): Temporal.PlainDate | null {
  const found = /^(?<year>(?:19|20|21)\d\d)(?:-(?<month>\d{2}))?$/.exec(cell.trim())?.groups
  if (!found) return null
  const first = dayOf(Number(found.year), Number(found.month ?? '12'), 1)
  return first === null ? null : first.with({ day: first.daysInMonth })
}

/** What .NET, SQL Server, OLE and Unix print for a date that was never set; counting from it would end every period. */
const isSystemZero = (day: Temporal.PlainDate): boolean =>
  day.year < 1900 || ['1900-01-01', '1970-01-01'].includes(day.toString())
