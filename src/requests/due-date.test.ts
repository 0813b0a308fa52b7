import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { type DueDate, dueDate, type Seat } from './due-date.ts'

const france: Seat = { country: 'FR', timeZone: 'Europe/Paris' }
const germany: Seat = { country: 'DE', timeZone: 'Europe/Berlin' }
const england: Seat = { country: 'GB', region: 'ENG', timeZone: 'Europe/London' }
const seats = { france, germany, england }

/** Noon in Europe, so that the day is the same in all three time zones. */
const onDay = (date: string, seat: Seat): DueDate => dueDate(new Date(`${date}T12:00:00Z`), seat)

/** Rulebook §8: receipt, then due (or extended) dates per seat; `all` where they agree. */
const vectors: readonly {
  readonly received: string
  readonly due?: Partial<Record<keyof typeof seats | 'all', string>>
  readonly extended?: string
}[] = [
  { received: '2026-03-05', due: { all: '2026-04-07' } },
  { received: '2026-08-31', due: { all: '2026-09-30' }, extended: '2026-11-30' },
  { received: '2026-01-31', due: { all: '2026-03-02' }, extended: '2026-04-30' },
  { received: '2025-12-01', due: { all: '2026-01-02' }, extended: '2026-03-02' },
  { received: '2026-03-03', due: { france: '2026-04-03', germany: '2026-04-07', england: '2026-04-07' } },
  {
    received: '2026-07-31',
    due: { france: '2026-08-31', germany: '2026-08-31', england: '2026-09-01' },
    extended: '2026-11-02',
  },
  { received: '2026-11-30', extended: '2027-03-01' },
]

describe('a request is due one month after receipt, three when extended', () => {
  for (const { received, due, extended } of vectors) {
    for (const [name, seat] of Object.entries(seats)) {
      test(`received ${received} in ${name}`, () => {
        const answer = onDay(received, seat)
        const expected = due?.all ?? due?.[name as keyof typeof seats]
        if (expected !== undefined) assert.equal(answer.due, expected)
        if (extended !== undefined) assert.equal(answer.extended, extended)
      })
    }
  }
})

test('the day of receipt is the day in the time zone of the controller', () => {
  const lateEvening = new Date('2026-06-09T22:30:00Z')
  assert.equal(dueDate(lateEvening, france).due, '2026-07-10')
  assert.equal(dueDate(lateEvening, england).due, '2026-07-09')
})

test('the answer says which rule and whose holidays were used', () => {
  const { rule, calendar } = onDay('2026-06-09', france)
  assert.deepEqual({ rule, calendar }, { rule: 'DSR-06', calendar: 'FR' })
  assert.deepEqual(onDay('2026-06-09', england).rule, 'DSR-08')
  assert.deepEqual(onDay('2026-06-09', england).calendar, 'GB-ENG')
})

test('holidays of a region count there and nowhere else', () => {
  const bavaria = { ...germany, region: 'BY' }
  assert.equal(onDay('2026-05-04', bavaria).due, '2026-06-05', 'Corpus Christi is a holiday in Bavaria')
  assert.equal(onDay('2026-05-04', germany).due, '2026-06-04')
})

test('an unknown region is answered with the holidays of the whole country, and says so', () => {
  const answer = onDay('2026-05-04', { ...germany, region: 'ZZ' })
  assert.deepEqual([answer.due, answer.calendar], ['2026-06-04', 'DE'])
})

test('where no holidays are known only weekends move a date, and the answer says so', () => {
  for (const country of ['XX', '', 'constructor']) {
    const answer = onDay('2026-04-01', { country, timeZone: 'UTC' })
    assert.deepEqual([answer.due, answer.calendar], ['2026-05-01', 'weekends-only'])
  }
  assert.equal(onDay('2026-04-01', france).due, '2026-05-04', '1 May is a holiday and a Friday')
})

test('a holiday that lasts several days moves the date past all of them', () => {
  const answer = onDay('2026-02-20', { country: 'TR', timeZone: 'Europe/Istanbul' })
  assert.equal(answer.due, '2026-03-23', 'the feast runs over Friday and the weekend')
})

test('a due date is a working day, at least the legal month away and never two weeks late', () => {
  const instants = fc.date({
    min: new Date('2000-01-01T00:00:00Z'),
    max: new Date('2060-01-01T00:00:00Z'),
    noInvalidDate: true,
  })
  fc.assert(
    fc.property(instants, fc.constantFrom(...Object.values(seats)), (received, seat) => {
      const { due, extended } = dueDate(received, seat)
      const days = (to: string) => (Date.parse(to) - received.getTime()) / 86_400_000
      for (const date of [due, extended]) assert.ok(![0, 6].includes(new Date(date).getUTCDay()), date)
      assert.ok(days(due) > 26 && days(due) < 45, `${received.toISOString()} → ${due}`)
      assert.ok(days(extended) > 87 && days(extended) < 106, `${received.toISOString()} → ${extended}`)
    }),
    { numRuns: 300 },
  )
})
