import { placeOf, type SparseFeatures } from '../../src/inventory/classify/feature-space.ts'
import { judgeCollection } from '../../src/inventory/classify/judge-collection.ts'
import { shownTable } from '../../src/inventory/classify/model.ts'
import { isBlankHeader } from '../../src/inventory/classify/model-features.ts'
import { classes } from '../../src/inventory/classify/network.ts'
import contactFields from '../../src/inventory/classify/words/contact-fields.json' with { type: 'json' }
import lifeFields from '../../src/inventory/classify/words/life-fields.json' with { type: 'json' }
import numberFields from '../../src/inventory/classify/words/number-fields.json' with { type: 'json' }
import specialFields from '../../src/inventory/classify/words/special-fields.json' with { type: 'json' }
import vocabulary from '../../src/inventory/classify/words/value-vocabulary.json' with { type: 'json' }
import { readColumn } from '../../src/inventory/column-input.ts'
import { type Copy, copiesOf } from './hands.ts'
import type { Lesson } from './learn.ts'
import type { Part } from './maker.ts'
import { type Random, randomOf } from './random.ts'
import { fill, type Labelled, type Schema } from './schema.ts'
import { type Share, strangerTables } from './strangers.ts'

const synonyms = Map.groupBy(
  [contactFields, numberFields, lifeFields, specialFields].flatMap((file) =>
    file.entries.flatMap(({ category, strength: _, ...languages }) =>
      Object.values<string | undefined>(languages).flatMap((list) =>
        (list ?? '').split(',').map((word) => ({ category, word: word.trim() })),
      ),
    ),
  ),
  ({ category }) => category,
)

type Rename = (r: Random, column: Labelled, place: number) => string

/** Ways in which strangers write headers. */
const renames: readonly Rename[] = [
  (_, { column }) => column,
  () => '',
  () => '',
  (_, __, place) => `col${place + 1}`,
  (_, __, place) => `f_${String(place).padStart(2, '0')}`,
  (_, { column }) => column.charAt(0) + column.slice(1).replace(/[aeiou]/gi, ''),
  (_, { column }) => column.toUpperCase(),
  (r, { column }) => `${r.pick(['cust_', 'p_', 'x_', 'usr', 'tbl_', 'kd_', 'client_'])}${column}`,
  (r, { column, truth }) => {
    const known = truth === 'none' ? undefined : synonyms.get(truth)
    return known === undefined ? column : r.pick(known).word.replaceAll(' ', r.pick(['_', '', '-', ' ']))
  },
  (r, { column }) =>
    column
      .split('_')
      .map((part) => part.slice(0, r.int(3, 5)))
      .join('_'),
  (_, { column }) => column.replace(/_(\w)/g, (__, letter: string) => letter.toUpperCase()),
]

/** Each schema in every style of header, with other values, other orders, gaps. */
export const tablesOf = (schemas: readonly Schema[], part: Part, rounds: number): readonly Lesson[] =>
  schemas.flatMap((schema) =>
    Array.from({ length: rounds * renames.length }, (_, i) => {
      const rename = renames[i % renames.length]
      const r = randomOf(`${part}/${schema.table}/${i}`)
      const filled = fill(schema, part, `train-${i}`)
      // A column may also come alone, with nothing beside it to tell whose it is.
      const columns = r.chance(0.15) ? [r.pick(filled)] : filled.filter(() => r.chance(0.85))
      const shuffled = r.chance(0.3) ? columns.toSorted(() => r.next() - 0.5) : columns
      const name = r.chance(0.5) ? schema.table : r.pick(['t', 'table_1', 'data', 'export', 'sheet1', ''])
      const named = shuffled
        .map((column, place) => ({ ...column, column: rename?.(r, column, place) ?? '' }))
        // Without a header nobody can tell a flag's meaning: such a column would teach that flags are illnesses.
        .filter(({ column, isTold }) => isTold !== false || !isBlankHeader(column))
      // Half of the time the letters themselves are hidden, lest a few known words stand for a whole kind.
      return lessonOf({ name, columns: named, withoutGrams: r.chance(0.5), withoutLists: false })
    }),
  )

/** Tables of strangers; their headers come in styles of their own. */
export const strangersOf = (share: Share, peopleTables: number, copies: number): readonly Lesson[] =>
  strangerTables(share, peopleTables, copies).map((columns, i) => {
    const r = randomOf(`${share}/hidden/${i}`)
    const name = columns[0]?.table ?? ''
    return lessonOf({ name, columns, withoutGrams: r.chance(0.3), withoutLists: r.chance(0.3) })
  })

/** Tables of hands, as they wrote them and changed. */
export const writtenBy = (hands: readonly string[], copies: number): readonly Lesson[] =>
  copiesOf(hands, copies).map(lessonOf)

/** Where the model sees that a value stands in a list. */
const listPlaces: ReadonlySet<number> = new Set(
  Object.keys(vocabulary).flatMap((list) =>
    ['is', 'has'].flatMap((how) => ['g', 'G'].map((letter) => placeOf(`${letter}:${how}-${list}`))),
  ),
)

/** Without the lists: most words of strangers stand in none, and letters and shapes must do. */
function unlisted({ places, amounts }: SparseFeatures): SparseFeatures {
  const isKept = (_: number, i: number) => !listPlaces.has(places[i] ?? 0)
  return { places: places.filter(isKept), amounts: amounts.filter(isKept) }
}

/** Reads a table's columns as the product does. */
function lessonOf({ name, columns, withoutGrams, withoutLists }: Copy): Lesson {
  const read = columns.map(({ column, type, values }) => readColumn({ table: name, column, type, values }))
  const description = {
    name,
    kind: 'file' as const,
    comment: null,
    rows: 0,
    fields: read.map(({ field }) => field),
    key: [],
    uniques: [],
    foreignKeys: [],
    checks: [],
    writable: false,
    unreadable: null,
  }
  const { features, judgements, surroundings } = judgeCollection({
    engine: 'files',
    description,
    samples: read.map(({ cells }) => cells),
    collections: [name],
  })
  const shown = shownTable(features, judgements, name, surroundings, !withoutGrams)
  return {
    ...shown,
    columns: withoutLists
      ? shown.columns.map((column) => ({ ...column, features: unlisted(column.features) }))
      : shown.columns,
    truths: columns.map(({ truth }) => classes.indexOf(truth)),
  }
}
