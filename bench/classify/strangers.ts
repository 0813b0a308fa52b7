import { readdirSync, readFileSync } from 'node:fs'
import { listed } from '../../src/inventory/classify/word-lists.ts'
import { type Category, categories, specialCategories } from '../../src/inventory/data-map.ts'
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

/** Five sixths of the words teach, in two parts that have none in common; a sixth only measures. */
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
const specials = [...specialCategories]
const texts = readConcepts('texts')
const isSpecial = ({ category }: Concept): boolean => specialCategories.has(category)
const written = readConcepts('concepts')
const special = [...written.filter(isSpecial), ...texts.filter(isSpecial), ...readWordLists()]
const ordinary = [...readConcepts('ordinary.txt'), ...written.filter((concept) => !isSpecial(concept))]
const common = [...readConcepts('common.txt'), ...ordinary, ...texts.filter((concept) => !isSpecial(concept))]
const lookAlikes = readLookAlikes()
const tableNames = readTableNames()
const sixths: Readonly<Record<Share, readonly number[]>> = {
  'taught-0': [0, 1],
  'taught-1': [2, 3, 4],
  kept: [5],
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

/** A third of the tables of people have nothing of Art. 9 and 10, and a sixth has two or three columns in all. */
function peopleTable(share: Share, seed: number): Labelled[] {
  const r = randomOf(`${share}/people/${seed}`)
  const language = r.pick(languages)
  const style = r.pick(headerStyles)
  const about = r.pick(specials)
  const chosen = r.chance(0.17) ? fewColumns(r, about) : manyColumns(r, about, language)
  const shuffled = r.chance(0.7) ? chosen.toSorted(() => r.next() - 0.5) : chosen
  const isAbout = chosen.some(({ category }) => category === about)
  const table = nameOf(r, language, isAbout ? about : null)
  const rows = r.pick([r.int(5, 12), r.int(8, 20), r.int(20, 60)])
  return shuffled.map(({ category, headers, fillings }, i) => {
    const named = headers[language] ?? headers['en'] ?? Object.values(headers)[0] ?? [category]
    // What is nobody's teaches whole: `points` and `visits` are to be known.
    const header = r.pick(category === 'none' && share !== 'kept' ? named : ownWords(named, share))
    const fitting = fillings.filter(({ lang }) => lang === '*' || lang === language)
    const filling = r.pick(fitting.length === 0 ? fillings : fitting)
    const isUntold =
      category !== 'none' &&
      ('maker' in filling
        ? untold.has(filling.maker)
        : 'words' in filling && filling.words.every((word) => word.length <= 2))
    return column(r, { table, language, style, rows, header, filling, share, category, isUntold, place: i })
  })
}

const bySpecial = Map.groupBy(special, ({ category }) => category)

/** Concepts of a category that have a word in the language, or any. */
function spoken(category: Category, language: string): readonly Concept[] {
  const key = `${category} ${language}`
  const known = spokenConcepts.get(key)
  if (known !== undefined) return known
  const all = bySpecial.get(category) ?? special
  const own = all.filter(({ headers }) => headers[language] !== undefined)
  const found = own.length === 0 ? all : own
  spokenConcepts.set(key, found)
  return found
}
const spokenConcepts = new Map<string, readonly Concept[]>()

/** Most have something special, and some are full of one kind of it. */
function manyColumns(r: Random, about: Category, language: string): readonly Concept[] {
  const isPlain = r.chance(0.3)
  const isFull = !isPlain && r.chance(0.3)
  const some = isPlain ? 0 : isFull ? r.int(3, 8) : r.int(1, 4)
  return [
    ...Array.from({ length: r.int(2, 6) }, () => (r.chance(0.2) ? namesOf(r) : r.pick(common))),
    ...(r.chance(0.8) ? [namesOf(r)] : []),
    ...Array.from({ length: r.int(1, 5) }, () => nobodys(r)),
    ...Array.from({ length: r.int(0, 2) }, () => r.pick(ordinary)),
    ...Array.from({ length: some }, () =>
      r.pick(spoken(r.chance(isFull ? 0.85 : 0.6) ? about : r.pick(specials), language)),
    ),
  ]
}

/** So small a table says little of its columns: what nothing speaks for is nobody's there too. */
const fewColumns = (r: Random, about: Category): readonly Concept[] => [
  namesOf(r),
  ...(r.chance(0.6) ? [r.pick(common)] : []),
  ...(r.chance(0.2) ? [r.pick(bySpecial.get(about) ?? special)] : []),
  ...Array.from({ length: r.int(1, 2) }, () => nobodys(r)),
]

/** `pacjenci`, `tbl_pacjenci`, `pacjenci2023`, `PACJENCI`; or nothing that says anything. */
function nameOf(r: Random, language: string, about: Category | null): string {
  if (r.chance(0.15)) return r.pick(oddNames)
  const general = tableNames.get(`any ${language}`) ?? []
  const own = about === null ? [] : (tableNames.get(`${about} ${language}`) ?? [])
  const name = r.pick(own.length > 0 && r.chance(0.6) ? own : general)
  return r.pick([
    name,
    name,
    name,
    `tbl_${name}`,
    `${name}_${r.int(2019, 2025)}`,
    `${name}_data`,
    name.toUpperCase(),
  ])
}

const byCategory = Map.groupBy(common, ({ category }) => category)
const namesOf = (r: Random): Concept => r.pick(byCategory.get('person-name') ?? common)
const nobodys = (r: Random): Concept => r.pick(byCategory.get('none') ?? common)

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
    column: headerOf(r, style, suffixed(r, plan), plan.place),
    type: typeOf(values),
    values,
    truth: category,
    language,
    domain: 'strangers',
    style,
    isTold: !isUntold,
  }
}

/** How a thing is written down says nothing of what it is: `verdict_status`, `points_status`. */
const suffixes = [
  'code',
  'cd',
  'status',
  'flag',
  'type',
  'id',
  'text',
  'val',
  'kz',
  'nr',
  'ind',
  'dt',
  '1',
  'desc',
]
const suffixed = (r: Random, { header, category }: ColumnPlan): string =>
  (category === 'none' || specialCategories.has(category)) && r.chance(0.1)
    ? `${header} ${r.pick(suffixes)}`
    : header

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

/** Lines of a file, or of all files of a folder: one for each author. */
function linesOf(name: string): readonly string[] {
  const place = new URL(`./strangers/${name}`, import.meta.url)
  const files = name.endsWith('.txt')
    ? [place]
    : readdirSync(place)
        .sort()
        .map((file) => new URL(`./strangers/${name}/${file}`, import.meta.url))
  const text = files.map((file) => readFileSync(file, 'utf8')).join('\n')
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

type BySpeech = Readonly<Partial<Record<Category, Readonly<Record<string, string>>>>>

/** Lists of what such columns are called and hold, a dozen headers of a language at a time over as much of its words. */
function readWordLists(): readonly Concept[] {
  const folder = new URL('./strangers/words/', import.meta.url)
  return readdirSync(folder)
    .sort()
    .flatMap((file) => {
      const lists = JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as Readonly<
        Record<'headers' | 'value-words', BySpeech>
      >
      return specials.flatMap((category) =>
        Object.entries(lists.headers[category] ?? {}).flatMap(([lang, list]) =>
          conceptsOf(category, lang, listed(list), listed(lists['value-words'][category]?.[lang] ?? '')),
        ),
      )
    })
}

function conceptsOf(
  category: Category,
  lang: string,
  headers: readonly string[],
  words: readonly string[],
): readonly Concept[] {
  const headersTogether = 12
  const parts = Math.ceil(headers.length / headersTogether)
  return words.length < parts
    ? []
    : Array.from({ length: parts }, (_, i) => ({
        category,
        headers: { [lang]: headers.filter((__, at) => at % parts === i) },
        fillings: [{ lang, words: words.filter((__, at) => at % parts === i) }],
      }))
}

function fillingOf(how: string, text: string): Filling {
  if (how === '@') return { lang: '*', maker: text.trim() }
  if (how === '~') return { lang: '*', patterns: text.split('|') }
  return { lang: how, words: text.split('|') }
}

function readLookAlikes(): readonly LookAlikeTable[] {
  const tables: { table: string; language: string; columns: { header: string; filling: Filling }[] }[] = []
  for (const line of linesOf('look-alikes')) {
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
