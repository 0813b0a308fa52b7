import { readFileSync } from 'node:fs'
import { type Category, categories } from '../../src/inventory/data-map.ts'
import { lives } from './lives.ts'
import type { Make, Part } from './maker.ts'
import { numbers } from './numbers.ts'
import { people } from './people.ts'
import { type Random, randomOf } from './random.ts'
import { type Labelled, typeOf } from './schema.ts'
import { type HeaderStyle, headerOf, headerStyles } from './stranger-headers.ts'
import { strangerMakers, untold } from './stranger-makers.ts'
import { things } from './things.ts'

/**
 * Tables as strangers write them, put together by chance from lists of what registers and forms ask for: whoever wrote the
 * header did not know the classifier, so it comes in eight languages, shortened, prefixed or as a number.
 */

/** Two thirds of the words teach, in two halves that have none in common; a third only measures. */
export type Share = 'taught-0' | 'taught-1' | 'kept'

interface Concept {
  readonly category: Category
  readonly headers: Readonly<Record<string, readonly string[]>>
  readonly fillings: readonly Filling[]
}

type Filling = { readonly lang: string } & (
  | { readonly words: readonly string[] }
  | { readonly patterns: readonly string[] }
  | { readonly maker: string }
)

interface LookAlikeTable {
  readonly table: string
  readonly language: string
  readonly columns: readonly { readonly header: string; readonly filling: Filling }[]
}

const languages = ['en', 'fr', 'de', 'es', 'pt', 'it', 'nl', 'pl']
const makers: Readonly<Record<string, { readonly make: Make }>> = {
  ...people,
  ...numbers,
  ...lives,
  ...things,
  ...strangerMakers,
}
const special = readConcepts('concepts.txt')
const common = readConcepts('common.txt')
const lookAlikes = readLookAlikes()
const tableNames = readTableNames()
const sixths: Readonly<Record<Share, readonly number[]>> = {
  'taught-0': [0, 1],
  'taught-1': [2, 3],
  kept: [4, 5],
}
const fewest = 3
const oddNames = ['t1', 'tbl_04', 'data', 'export', 'sheet1', 'x_main', '', 'BASE01']

/** So many tables of people, and every table of nobody that belongs to the share, several times. */
export function strangerTables(share: Share, peopleTables: number, copies: number): readonly Labelled[][] {
  const ofPeople = Array.from({ length: peopleTables }, (_, i) => peopleTable(share, i))
  const ofNobody = lookAlikes
    .filter(({ table }) => belongs(table, share))
    .flatMap((table) => Array.from({ length: copies }, (_, i) => nobodysTable(table, share, i)))
  return [...ofPeople, ...ofNobody]
}

function peopleTable(share: Share, seed: number): Labelled[] {
  const r = randomOf(`${share}/people/${seed}`)
  const language = r.pick(languages)
  const style = r.pick(headerStyles)
  const about = r.pick(special).category
  const own = special.filter(({ category }) => category === about)
  const chosen = [
    ...Array.from({ length: r.int(2, 6) }, () => (r.chance(0.2) ? namesOf(r) : r.pick(common))),
    ...(r.chance(0.8) ? [namesOf(r)] : []),
    ...Array.from({ length: r.int(1, 5) }, () => nobodys()),
    ...Array.from({ length: r.int(1, 4) }, () => (r.chance(0.6) ? r.pick(own) : r.pick(special))),
  ]
  const shuffled = r.chance(0.7) ? chosen.toSorted(() => r.next() - 0.5) : chosen
  const table = r.chance(0.15)
    ? r.pick(oddNames)
    : r.pick([
        ...(tableNames.get(`any ${language}`) ?? []),
        ...(tableNames.get(`${about} ${language}`) ?? []),
      ])
  const rows = r.pick([r.int(8, 20), r.int(20, 60)])
  return shuffled.map(({ category, headers, fillings }, i) => {
    const header = r.pick(ownWords(headers[language] ?? headers['en'] ?? [category], share))
    const fitting = fillings.filter(({ lang }) => lang === '*' || lang === language)
    const filling = r.pick(fitting.length === 0 ? fillings : fitting)
    const isUntold =
      category !== 'none' &&
      ('maker' in filling
        ? untold.has(filling.maker)
        : 'words' in filling && filling.words.every((word) => word.length === 1))
    return column(r, { table, language, style, rows, header, filling, share, category, isUntold, place: i })
  })
}

const byCategory = Map.groupBy(common, ({ category }) => category)
const namesOf = (r: Random): Concept => r.pick(byCategory.get('person-name') ?? common)
const nobodys = (): Concept => byCategory.get('none')?.[0] ?? fail('no headers of nobody')

function nobodysTable({ table, language, columns }: LookAlikeTable, share: Share, seed: number): Labelled[] {
  const r = randomOf(`${share}/${table}/${seed}`)
  const style = r.pick(headerStyles)
  const rows = r.pick([r.int(8, 20), r.int(20, 60)])
  const others = lookAlikes.filter((one) => one.language === language && belongs(one.table, share))
  const more = seed % 2 === 0 ? [] : Array.from({ length: r.int(1, 4) }, () => r.pick(r.pick(others).columns))
  const kept = seed === 0 ? columns : [...columns.filter(() => r.chance(0.8)), ...more]
  const name = r.chance(0.2) ? r.pick(oddNames) : table
  return kept.map(({ header, filling }, i) =>
    column(r, {
      ...{ table: name, language, style, rows, header, filling, share },
      ...{ category: 'none', isUntold: true, place: i },
    }),
  )
}

interface ColumnPlan {
  readonly table: string
  readonly language: string
  readonly style: HeaderStyle
  readonly rows: number
  readonly header: string
  readonly filling: Filling
  readonly share: Share
  readonly category: Category
  readonly isUntold: boolean
  readonly place: number
}

function column(r: Random, plan: ColumnPlan): Labelled {
  const { table, language, rows, filling, share, category, isUntold } = plan
  // Nobody can tell a flag's meaning from a number for a header; such a column would teach that flags are illnesses.
  const style = isUntold && plan.style === 'cryptic' ? 'snake' : plan.style
  const value = valuesOf(r, filling, language, share)
  const gap = r.chance(0.3) ? r.pick([0.05, 0.2, 0.4]) : 0
  const values = Array.from({ length: rows }, () => (r.chance(gap) ? null : value()))
  return {
    table,
    column: headerOf(r, style, plan.header, plan.place),
    type: typeOf(values),
    values,
    truth: category,
    language,
    domain: 'strangers',
    style,
    isTold: !isUntold,
  }
}

const partOf: Readonly<Record<Share, Part>> = { 'taught-0': 'seen-0', 'taught-1': 'seen-1', kept: 'seen' }

function valuesOf(r: Random, filling: Filling, lang: string, share: Share): () => string {
  if ('maker' in filling) {
    const maker = makers[filling.maker] ?? fail(`no maker ${filling.maker}`)
    return maker.make({ r, lang, part: partOf[share] })
  }
  if ('patterns' in filling) {
    const pattern = r.pick(filling.patterns)
    return () => r.pattern(pattern)
  }
  const own = ownWords(filling.words, share)
  const spelling = r.next()
  return () => {
    const word = r.pick(own)
    return spelling < 0.1 ? word.toUpperCase() : spelling < 0.15 ? word.toLowerCase() : word
  }
}

const belongs = (word: string, share: Share): boolean => sixths[share].includes(randomOf(word).int(0, 5))

function ownWords(all: readonly string[], share: Share): readonly string[] {
  const own = all.filter((word) => belongs(word, share))
  return own.length < fewest ? all : own
}

function fail(why: string): never {
  throw new Error(why)
}

function linesOf(name: string): readonly string[] {
  const text = readFileSync(new URL(`./strangers/${name}`, import.meta.url), 'utf8')
  return text.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('# '))
}

function readConcepts(name: string): readonly Concept[] {
  const concepts: { category: Category; headers: Record<string, string[]>; fillings: Filling[] }[] = []
  for (const line of linesOf(name)) {
    const last = concepts.at(-1)
    if (line.startsWith('== ')) {
      const category = categories.find((one) => one === line.slice(3)) ?? fail(`no category ${line}`)
      concepts.push({ category, headers: {}, fillings: [] })
    } else if (line.startsWith('=')) {
      const space = line.indexOf(' ')
      last?.fillings.push(fillingOf(line.slice(1, space), line.slice(space + 1)))
    } else if (last !== undefined) {
      const [lang = '', list = ''] = line.split(': ')
      last.headers[lang] = list.split(',').map((header) => header.trim())
    }
  }
  return concepts
}

function fillingOf(how: string, text: string): Filling {
  if (how === '@') return { lang: '*', maker: text.trim() }
  if (how === '~') return { lang: '*', patterns: text.split('|') }
  return { lang: how, words: text.split('|') }
}

function readLookAlikes(): readonly LookAlikeTable[] {
  const tables: { table: string; language: string; columns: { header: string; filling: Filling }[] }[] = []
  for (const line of linesOf('look-alikes.txt')) {
    if (line.startsWith('## ')) {
      const [table = '', language = 'en'] = line.slice(3).split(' | ')
      tables.push({ table, language, columns: [] })
      continue
    }
    const colon = line.indexOf(': ')
    const text = line.slice(colon + 2)
    const how = text.charAt(0)
    const filling = how === '@' || how === '~' ? fillingOf(how, text.slice(1)) : fillingOf('*', text)
    tables.at(-1)?.columns.push({ header: line.slice(0, colon), filling })
  }
  return tables
}

function readTableNames(): ReadonlyMap<string, readonly string[]> {
  return new Map(
    linesOf('tables.txt').map((line) => {
      const [about = '', list = ''] = line.split(': ')
      return [about, list.split(', ')] as const
    }),
  )
}
