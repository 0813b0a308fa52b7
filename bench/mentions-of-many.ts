import { mkdir, writeFile } from 'node:fs/promises'
import { cpus, loadavg } from 'node:os'
import { join } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { indexBearers } from '../src/holdings/bearer-index.ts'
import type { Person } from '../src/holdings/person.ts'
import type { Term } from '../src/holdings/spans.ts'
import { indexTerms } from '../src/holdings/term-index.ts'

/**
 * How many cells that name nobody are told apart in a second from those that may name one of ten thousand people, and what a
 * person costs in memory while all are looked for. Goals: 100,000 plain cells per second of CPU on one core, 1,000 bytes.
 */
const [people, cells, rounds] = [10_000, 50_000, 5]

setFlagsFromString('--expose-gc')
const collect: unknown = runInNewContext('gc')
const heap = (): number => {
  if (typeof collect === 'function') collect()
  return process.memoryUsage().heapUsed
}

const letters = (i: number): string =>
  String.fromCharCode(97 + (i % 26), 97 + (Math.floor(i / 26) % 26), 97 + (Math.floor(i / 676) % 26))
const named = (i: number) => [`First${letters(i % 400)}`, `Family${letters(i)}`] as const
const addressOf = (i: number) => `first${letters(i % 400)}.${i}@${['mail.example', 'example.org'][i % 2]}`
const phoneOf = (i: number) => `+336${10_000_000 + ((i * 7_919) % 90_000_000)}`

const persons = Array.from(
  { length: people },
  (_, i): Person => ({
    unique: [
      { kind: 'email', value: addressOf(i) },
      { kind: 'number', value: `C-${100_000 + i}` },
    ],
    shared: [{ kind: 'phone', value: phoneOf(i) }],
    names: [[...named(i)]],
  }),
)
const terms = persons.map(({ unique, shared }, i): readonly Term[] => [
  ...unique,
  ...shared,
  { kind: 'name', value: named(i).join(' ') },
  { kind: 'email', value: addressOf(i), isAlias: true },
])

let seed = 1
const below = (limit: number): number => {
  seed = (seed * 1_103_515_245 + 12_345) & 0x7fffffff
  return seed % limit
}
const words = 'the parcel was left at the door please call about order invoice never arrived thank you'.split(
  ' ',
)
const text = (count: number): string =>
  Array.from({ length: count }, () => words[below(words.length)]).join(' ')
const greek = 'Το δέμα έφτασε στην πόρτα και ο κύριος τηλεφώνησε ξανά'
const kinds: Readonly<Record<string, (i: number) => string>> = {
  threeWords: () => text(3),
  twelveWords: () => text(12),
  hundredWords: () => text(100),
  withNumbers: () => `${text(8)} ${1_000_000_000 + below(900_000_000)} on 2024-01-0${below(9)}`,
  accented: () => `${text(10)} livré à Orléans`,
  greek: (i) => greek.slice(i % 9),
  addresses: (i) => `somebody.else${i}@mail.example`,
  names: (i) => `First${letters(below(400))} Other${letters(i)}`,
}

const empty = heap()
const index = indexTerms(terms)
const afterTerms = heap()
const bearers = indexBearers(persons)
bearers.shared('phone', 'digits')
const afterBearers = heap()

const median = (list: readonly number[]): number => list.toSorted((a, b) => a - b)[list.length >> 1] ?? 0
const perSecond = Object.fromEntries(
  Object.entries(kinds).map(([kind, make]) => {
    const all = Array.from({ length: cells }, (_, i) => make(i))
    const rates = Array.from({ length: rounds }, () => {
      const started = process.cpuUsage()
      for (const cell of all) if (index.peopleIn([cell]).size > 0) throw new Error('a cell names somebody')
      const { user, system } = process.cpuUsage(started)
      return Math.round(cells / ((user + system) / 1e6))
    })
    return [kind, median(rates)]
  }),
)
const result = {
  at: new Date().toISOString(),
  machine: { cpus: cpus().length, model: cpus()[0]?.model, node: process.version, load: loadavg() },
  people,
  /** Cells per second of CPU on one core, medians. */
  perSecond,
  bytesPerPerson: {
    terms: Math.round((afterTerms - empty) / people),
    bearers: Math.round((afterBearers - afterTerms) / people),
  },
  goals: { twelveWords: 100_000, bytesPerPerson: 1_000 },
}
const directory = join(import.meta.dirname, 'results')
await mkdir(directory, { recursive: true })
await writeFile(join(directory, 'mentions-of-many.json'), `${JSON.stringify(result, null, 2)}\n`)
console.log(result)
const { terms: ofTerms, bearers: ofBearers } = result.bytesPerPerson
const isFast = (perSecond['twelveWords'] ?? 0) >= result.goals.twelveWords
process.exitCode = bearers.hasNames && isFast && ofTerms + ofBearers <= result.goals.bytesPerPerson ? 0 : 1
