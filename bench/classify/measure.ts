import { classifyColumns } from '../../src/inventory/classify-columns.ts'
import { type Category, categories, specialCategories } from '../../src/inventory/data-map.ts'
import type { Labelled } from './schema.ts'

export interface Judged extends Labelled {
  readonly found: Category
  readonly confidence: number
}

/** What the classifier says of the columns; each table by itself, as a stranger would send it. */
export const judgeColumns = (columns: readonly Labelled[]): Promise<readonly Judged[]> =>
  judgeTables([...Map.groupBy(columns, ({ table, language }) => `${table} ${language}`).values()])

export async function judgeTables(tables: readonly (readonly Labelled[])[]): Promise<readonly Judged[]> {
  const judged: Judged[] = []
  for (const table of tables) {
    const input = table.map(({ table: name, column, type, values }) => ({
      table: name,
      column,
      type,
      values,
    }))
    const answers = await classifyColumns('en', input)
    for (const [i, column] of table.entries()) {
      const answer = answers[i]
      if (answer) judged.push({ ...column, found: answer.category, confidence: answer.confidence })
    }
  }
  return judged
}

export interface Scores {
  readonly columns: number
  readonly weightedF1: number
  readonly macroF1: number
  readonly personalPrecision: number
  readonly personalRecall: number
  readonly personalF1: number
  readonly specialRecall: number
  /** Of the columns called special, how many are. */
  readonly specialPrecision: number
}

const ratio = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole)
const f1 = (precision: number, recall: number): number => ratio(2 * precision * recall, precision + recall)
const rounded = (value: number): number => Math.round(value * 1000) / 1000

/** F1 by type over the columns that hold something, as published figures count it: `none` is no class of its own. */
export function scoresOf(judged: readonly Judged[]): Scores {
  let weighted = 0
  let macro = 0
  let types = 0
  const held = judged.filter(({ truth }) => truth !== 'none')
  for (const category of categories.filter((one) => one !== 'none')) {
    const truths = held.filter(({ truth }) => truth === category)
    if (truths.length === 0) continue
    const hits = truths.filter(({ found }) => found === category).length
    const claims = held.filter(({ found }) => found === category).length
    const score = f1(ratio(hits, claims), ratio(hits, truths.length))
    weighted += score * truths.length
    macro += score
    types++
  }
  const hits = held.filter(({ found }) => found !== 'none').length
  const claims = judged.filter(({ found }) => found !== 'none').length
  const special = judged.filter(({ truth }) => specialCategories.has(truth))
  const seenAsSpecial = special.filter(({ found }) => specialCategories.has(found)).length
  const calledSpecial = judged.filter(({ found }) => specialCategories.has(found)).length
  return {
    columns: judged.length,
    weightedF1: rounded(ratio(weighted, held.length)),
    macroF1: rounded(ratio(macro, types)),
    personalPrecision: rounded(ratio(hits, claims)),
    personalRecall: rounded(ratio(hits, held.length)),
    personalF1: rounded(f1(ratio(hits, claims), ratio(hits, held.length))),
    specialRecall: rounded(ratio(seenAsSpecial, special.length)),
    specialPrecision: rounded(ratio(seenAsSpecial, calledSpecial)),
  }
}

/** Wrong answers by kind, the most frequent first: `truth → found`. */
export function confusions(judged: readonly Judged[]): readonly (readonly [string, number])[] {
  const counts = new Map<string, number>()
  for (const { truth, found } of judged)
    if (truth !== found) counts.set(`${truth} → ${found}`, (counts.get(`${truth} → ${found}`) ?? 0) + 1)
  return [...counts].toSorted((a, b) => b[1] - a[1])
}

/** Ten steps of confidence: how many answers, and which share of them was right. */
export function calibration(judged: readonly Judged[]) {
  return Array.from({ length: 10 }, (_, i) => {
    const within = judged.filter(({ confidence }) => Math.min(9, Math.floor(confidence * 10)) === i)
    const right = within.filter(({ truth, found }) => truth === found).length
    return { from: i / 10, answers: within.length, right: rounded(ratio(right, within.length)) }
  })
}

/** By special category: how many there are, how many were called special, how many by their own name. */
export function specialCounts(judged: readonly Judged[]) {
  const special = judged.filter(({ truth }) => specialCategories.has(truth))
  return Object.fromEntries(
    [...Map.groupBy(special, ({ truth }) => truth)].map(([truth, columns]) => [
      truth,
      {
        columns: columns.length,
        special: columns.filter(({ found }) => specialCategories.has(found)).length,
        itself: columns.filter(({ found }) => found === truth).length,
      },
    ]),
  )
}

/** What was made of the columns that only look like something: special where nobody is, a person's where they are nobody's. */
export function lookAlikeCounts(judged: readonly Judged[]) {
  const columns = judged.filter(({ isLookAlike }) => isLookAlike)
  const nobodys = columns.filter(({ truth }) => truth === 'none')
  return {
    columns: columns.length,
    calledSpecial: columns.filter(({ found }) => specialCategories.has(found)).length,
    nobodys: nobodys.length,
    calledPersonal: nobodys.filter(({ found }) => found !== 'none').length,
  }
}
