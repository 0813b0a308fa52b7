/** Reads the schemas of bench/links/schemas; README.md there says what the lines mean. */

export interface BenchField {
  readonly name: string
  /** Kind of values with its arguments, e.g. `int(1..9)`; null where they come from a link. */
  readonly kind: string | null
  readonly unique: boolean
  readonly nulls: number
}

export interface BenchLink {
  readonly fields: readonly string[]
  readonly to: string
  readonly toFields: readonly string[]
  /** Percent of the values that lead nowhere. */
  readonly orphans: number
  readonly nulls: number
  /** How the child writes the parent's value. */
  readonly spelling: 'same' | 'text' | 'upper'
  /** False where another link fills the fields. */
  readonly fills: boolean
}

export interface BenchTable {
  readonly name: string
  readonly rows: number
  readonly key: readonly string[]
  readonly fields: readonly BenchField[]
  readonly links: readonly BenchLink[]
}

interface Reading {
  name: string
  rows: number
  key: string[]
  fields: BenchField[]
  links: BenchLink[]
}

export function readSchema(text: string): readonly BenchTable[] {
  const tables: Reading[] = []
  for (const line of text.split('\n')) {
    if (line.startsWith('#') || line.trim() === '') continue
    const words = line.trim().split(/ +/)
    if (!line.startsWith(' '))
      tables.push({ name: words[0] ?? '', rows: Number(words[1]), key: [], fields: [], links: [] })
    else readLine(tables.at(-1) ?? fail(line), words)
  }
  return tables
}

function readLine(table: Reading, words: readonly string[]): void {
  const [first = '', second = ''] = words
  if (first === 'key' && words.length === 2) table.key = second.split(',')
  else if ((first === 'fk' || first === 'link') && words[2] === '->')
    table.links.push(linkOf(second.split(','), words, first === 'fk'))
  else {
    const isLink = second === '->'
    const nulls = percent(words, 'null')
    const kind = isLink || words.includes('with') ? null : second
    table.fields.push({ name: first, kind, unique: words.includes('unique'), nulls })
    if (isLink) table.links.push(linkOf([first], ['', ...words], true))
    if (words.includes('key')) table.key = [first]
  }
}

function linkOf(fields: readonly string[], words: readonly string[], fills: boolean): BenchLink {
  const target = words[3] ?? fail(words.join(' '))
  const dot = target.indexOf('.')
  return {
    fields,
    to: target.slice(0, dot),
    toFields: target.slice(dot + 1).split(','),
    orphans: percent(words, 'orphan'),
    nulls: percent(words, 'null'),
    spelling: words.includes('upper') ? 'upper' : words.includes('text') ? 'text' : 'same',
    fills,
  }
}

const percent = (words: readonly string[], word: string): number => {
  const i = words.indexOf(word)
  return i < 0 ? 0 : Number(words[i + 1])
}

function fail(line: string): never {
  throw new Error(`not a line of a schema: ${line}`)
}
