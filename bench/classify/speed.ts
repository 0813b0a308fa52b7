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
/** A million cells: in a third of that the middle moved by four hundredths from one run to the next. */
const rounds = 60
/** Cells that both have seen before anything is measured: a scan of a thousand tables brings two million. */
const warming = 600_000
/** Tables of one turn, as a system of that many would be classified. */
const together = 4

export interface Speed {
  readonly cells: number
  /** Cells in a second, median of the rounds. */
  readonly classifier: number
  readonly control: number
  /** Median over the rounds: classifier to control. */
  readonly ratio: number
  readonly lowest: number
  readonly highest: number
  /** Of the machine, when it began and when it was done: others may work there too. */
  readonly load: readonly [number, number]
}

/**
 * Classifier and control on the same cells, a few tables by turns, so that a busy moment of the machine meets both. Every
 * round has tables of its own with values of its own: nothing is faster for having been seen. `tablesOf(round)` makes them.
 */
export async function measureSpeed(
  tablesOf: (round: number) => readonly (readonly Labelled[])[],
): Promise<Speed> {
  const load = () => Math.round(100 * (loadavg()[0] ?? 0)) / 100
  const before = load()
  for (let [round, cells] = [rounds, 0]; cells < warming; round++)
    cells += (await runRound(tablesOf(round))).cells
  const runs: Round[] = []
  for (let round = 0; round < rounds; round++) runs.push(await runRound(tablesOf(round)))
  const ratios = runs.map(({ ours, plain }) => plain / ours).toSorted((a, b) => a - b)
  const perSecond = (seconds: (run: Round) => number) =>
    Math.round(median(runs.map((run) => run.cells / seconds(run))))
  const rounded = (ratio: number | undefined) => Math.round(100 * (ratio ?? 0)) / 100
  return {
    cells: runs.reduce((sum, { cells }) => sum + cells, 0),
    classifier: perSecond(({ ours }) => ours),
    control: perSecond(({ plain }) => plain),
    ratio: rounded(median(ratios)),
    lowest: rounded(ratios[0]),
    highest: rounded(ratios.at(-1)),
    load: [before, load()],
  }
}

interface Round {
  readonly cells: number
  /** Seconds. */
  readonly ours: number
  readonly plain: number
  /** What the control found: work that is used cannot be left out. */
  readonly hits: number
}

async function runRound(tables: readonly (readonly Labelled[])[]): Promise<Round> {
  let [cells, ours, plain, hits] = [0, 0, 0, 0]
  for (let from = 0; from < tables.length; from += together) {
    const input = tables
      .slice(from, from + together)
      .flat()
      .map(({ table, language, column, type, values }) => ({
        table: `${table}_${language}`,
        column,
        type,
        values: values.map(asRead),
      }))
    cells += input.reduce((sum, { values }) => sum + values.length, 0)
    ours += await secondsOf(() => classifyColumns('en', input))
    plain += await secondsOf(async () => {
      hits += detect(input)
    })
  }
  return { cells, ours, plain, hits }
}

const median = (list: readonly number[]): number =>
  list.toSorted((a, b) => a - b)[Math.floor(list.length / 2)] ?? 0

function detect(input: readonly { readonly values: readonly (string | null)[] }[]): number {
  let hits = 0
  for (const { values } of input)
    for (const value of values)
      for (const pattern of control) if (value !== null && pattern.test(value)) hits++
  return hits
}

/** As a driver hands a value out: a string of its own, and no more known of it. */
const asRead = (value: string | null): string | null =>
  value === null ? null : Buffer.from(value).toString()

async function secondsOf(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now()
  await work()
  return (performance.now() - started) / 1000
}
