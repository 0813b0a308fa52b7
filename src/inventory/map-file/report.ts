import { LineCounter } from 'yaml'
import { type MapFinding, type MapFindingName, severityOf } from './finding.ts'
import { nearest } from './nearest.ts'

type Params = MapFinding['params']

type Unknown = Extract<MapFindingName, `${string}-near`> extends `${infer Name}-near` ? Name : never

/** Notes what is wrong at an offset of the text. */
export interface Report {
  add(name: MapFindingName, at: number, params?: Params): void
  /** A name that stands for nothing, with the known one it may have meant. */
  unknown(code: Unknown, at: number, name: string, known: Iterable<string>, params?: Params): void
  /** All of it, in the order of the text. */
  findings(): readonly MapFinding[]
}

/** What is no map may be a list of people: an address or a number is not said back, its line will do. */
const mayNamePerson = /\S@\S|\d(?:[ .()/-]?\d){6}/

/** Two thousand misspelt names against as many known ones would take a quarter of a minute. */
const guesses = 200

export function startReport(text: string): Report {
  const noted: { readonly name: MapFindingName; readonly at: number; readonly params: Params }[] = []
  const add = (name: MapFindingName, at: number, params: Params = {}) => void noted.push({ name, at, params })
  let guessed = 0
  return {
    add,
    unknown(code, at, name, known, params = {}) {
      const near = guessed++ < guesses ? nearest(name, known) : undefined
      if (near === undefined) add(code, at, { ...params, name: mayNamePerson.test(name) ? '…' : name })
      else add(`${code}-near`, at, { ...params, name, near })
    },
    findings() {
      const lines = linesOf(text)
      return noted
        .toSorted((a, b) => a.at - b.at)
        .map(({ name, at, params }) => {
          const { line, col } = lines.linePos(at)
          return { line, column: col, severity: severityOf(name), code: `inventory.${name}`, params }
        })
    },
  }
}

function linesOf(text: string): LineCounter {
  const lines = new LineCounter()
  lines.addNewLine(0)
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines.addNewLine(at + 1)
  return lines
}
