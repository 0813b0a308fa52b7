import fc from 'fast-check'

/**
 * What chance decides, as small numbers: `0` is always the plainest choice, so that a failing world shrinks towards a
 * plain one. Names of tables and people are resolved modulo what there is, so every sketch can be built.
 */
export interface Sketch {
  readonly people: readonly PersonSketch[]
  readonly person: PersonTableSketch
  /** A second table of the same people, under identifiers of its own. */
  readonly member: PersonTableSketch | null
  readonly tables: readonly TableSketch[]
  readonly rows: readonly RowSketch[]
  readonly asked: readonly { readonly person: number; readonly by: number }[]
}

export interface PersonSketch {
  readonly first: number
  readonly last: number
  readonly phone: number
}

export interface PersonTableSketch {
  readonly rows: number
  readonly email: number
  readonly number: number
  readonly names: number
  readonly phone: number
  readonly key: number
  readonly fields: readonly FieldSketch[]
  readonly self: SelfSketch | null
}

export interface TableSketch {
  readonly rows: number
  readonly isMapped: number
  readonly key: number
  readonly refs: readonly RefSketch[]
  readonly up: RefSketch | null
  readonly self: SelfSketch | null
  readonly cycle: SelfSketch | null
  readonly identifiers: number
  readonly fields: readonly FieldSketch[]
  readonly pair: number
  readonly keep: KeepSketch | null
}

/** A reference to an earlier table; for `up` one from an earlier table to this one, which so belongs to its rows. */
export interface RefSketch {
  readonly to: number
  readonly role: number
  readonly isNullable: number
  readonly onDelete: number
  readonly isDeferrable: number
  readonly isDeclared: number
  readonly byNumber: number
  readonly isCategorised: number
  readonly clears: number
}

export interface SelfSketch {
  readonly role: number
  readonly isNullable: number
  readonly onDelete: number
  readonly isDeferrable: number
}

export interface FieldSketch {
  readonly kind: number
  readonly isNullable: number
  readonly isUnique: number
  readonly length: number
  readonly check: number
  readonly erase: number
}

export interface KeepSketch {
  readonly kind: number
  readonly years: number
  readonly roundTo: number
  readonly while: number
  readonly from: number
  readonly fields: number
  readonly also: number
}

export interface RowSketch {
  readonly table: number
  readonly who: number
  readonly refs: readonly number[]
  readonly words: readonly number[]
}

const field = fc.record({
  kind: fc.nat(11),
  isNullable: fc.nat(2),
  isUnique: fc.nat(5),
  length: fc.nat(5),
  check: fc.nat(4),
  erase: fc.nat(11),
})

const self = fc.record({
  role: fc.nat(2),
  isNullable: fc.nat(2),
  onDelete: fc.nat(3),
  isDeferrable: fc.nat(1),
})

const ref = fc.record({
  to: fc.nat(11),
  role: fc.nat(5),
  isNullable: fc.nat(2),
  onDelete: fc.nat(3),
  isDeferrable: fc.nat(1),
  isDeclared: fc.nat(3),
  byNumber: fc.nat(5),
  isCategorised: fc.nat(3),
  clears: fc.nat(7),
})

/** Null in `times` of `times + 1` cases, and whenever a failure is as good without it. */
const seldom = <T>(arbitrary: fc.Arbitrary<T>, times: number): fc.Arbitrary<T | null> =>
  fc.oneof(
    { withCrossShrink: true },
    { weight: times, arbitrary: fc.constant(null) },
    { weight: 1, arbitrary },
  )

const personTable = fc.record({
  rows: fc.nat(9),
  email: fc.nat(2),
  number: fc.nat(3),
  names: fc.nat(3),
  phone: fc.nat(2),
  key: fc.nat(3),
  fields: fc.array(field, { maxLength: 3 }),
  self: seldom(self, 2),
})

const keep = fc.record({
  kind: fc.nat(2),
  years: fc.nat(2),
  roundTo: fc.nat(1),
  while: fc.nat(2),
  from: fc.nat(2),
  fields: fc.nat(15),
  also: fc.nat(15),
})

const table = fc.record({
  rows: fc.nat(9),
  isMapped: fc.nat(7),
  key: fc.nat(5),
  refs: fc.array(ref, { maxLength: 3 }),
  up: seldom(ref, 3),
  self: seldom(self, 4),
  cycle: seldom(self, 4),
  identifiers: fc.nat(7),
  fields: fc.array(field, { maxLength: 4 }),
  pair: fc.nat(3),
  keep: seldom(keep, 2),
})

const row = fc.record({
  table: fc.nat(11),
  who: fc.nat(7),
  refs: fc.array(fc.nat(15), { minLength: 5, maxLength: 5 }),
  words: fc.array(fc.nat(127), { minLength: 6, maxLength: 6 }),
})

/** Up to twelve tables, two to eight people, up to sixty rows besides their own. */
export const sketches: fc.Arbitrary<Sketch> = fc.record({
  people: fc.array(fc.record({ first: fc.nat(5), last: fc.nat(4), phone: fc.nat(5) }), {
    minLength: 2,
    maxLength: 8,
  }),
  person: personTable,
  member: seldom(personTable, 2),
  tables: fc.array(table, { maxLength: 10, size: 'max' }),
  rows: fc.array(row, { maxLength: 60, size: 'max' }),
  asked: fc.array(fc.record({ person: fc.nat(7), by: fc.nat(4) }), { minLength: 1, maxLength: 3 }),
})
