import { loadavg } from 'node:os'
import { classifyColumns } from '../../src/inventory/classify-columns.ts'
import type { Labelled } from './schema.ts'

/** The control: sixteen anchored detectors on every cell, as a plain scanner would run them. */
const control: readonly RegExp[] = [
  /^[\w.+-]+@[\w-]+\.[\w.-]+$/,
  /^\+?[\d\s().-]{7,20}$/,
  /^(?:\d{1,3}\.){3}\d{1,3}$/,
  /^[0-9a-f:]{8,39}$/i,
  /^[A-Z]{2}\d{2}[A-Z0-9]{10,30}$/,
  /^\d{13,19}$/,
  /^\d{3}-\d{2}-\d{4}$/,
  /^\d{4}-\d{2}-\d{2}$/,
  /^\d{2}[./]\d{2}[./]\d{4}$/,
  /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i,
  /^(?:[0-9A-F]{2}:){5}[0-9A-F]{2}$/i,
  /^https?:\/\/\S+$/,
  /^\d{5}(?:-\d{4})?$/,
  /^[A-Z]{2}\d{6,9}$/,
  /^-?\d{1,3}\.\d{4,}$/,
  /^\p{Lu}\p{Ll}+(?: \p{Lu}\p{Ll}+)+$/u,
]
const pairs = 5

export interface Speed {
  readonly cells: number
  /** Cells in a second. */
  readonly classifier: number
  readonly control: number
  /** Median over the pairs: classifier to control. */
  readonly ratio: number
  readonly load: number
}

/** Classifier and control by turns on the same cells. */
export async function measureSpeed(columns: readonly Labelled[]): Promise<Speed> {
  const input = columns.map(({ table, language, column, type, values }) => ({
    table: `${table}_${language}`,
    column,
    type,
    values,
  }))
  const cells = input.reduce((sum, { values }) => sum + values.length, 0)
  await classifyColumns('en', input.slice(0, 50))
  const runs: { readonly ours: number; readonly plain: number }[] = []
  for (let pair = 0; pair < pairs; pair++) {
    const ours = await secondsOf(() => classifyColumns('en', input))
    const plain = await secondsOf(async () => detect(input))
    runs.push({ ours, plain })
  }
  const median = (list: readonly number[]) => list.toSorted((a, b) => a - b)[Math.floor(list.length / 2)] ?? 0
  const perSecond = (seconds: number) => Math.round(cells / seconds)
  return {
    cells,
    classifier: perSecond(median(runs.map(({ ours }) => ours))),
    control: perSecond(median(runs.map(({ plain }) => plain))),
    ratio: Math.round(100 * median(runs.map(({ ours, plain }) => plain / ours))) / 100,
    load: Math.round(100 * (loadavg()[0] ?? 0)) / 100,
  }
}

function detect(input: readonly { readonly values: readonly (string | null)[] }[]): number {
  let hits = 0
  for (const { values } of input)
    for (const value of values)
      for (const pattern of control) if (value !== null && pattern.test(value)) hits++
  return hits
}

async function secondsOf(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now()
  await work()
  return (performance.now() - started) / 1000
}
