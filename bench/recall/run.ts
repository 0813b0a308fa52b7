// How much of what is written of a person the second reader finds, form by form: a seeded corpus of 20,000 mentions in five
// languages, and as many lures, in a real database that it searches as it does after an erasure.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { parseArgs } from 'node:util'
import { between, int, randomStreams } from '../../sample/random.ts'
import { openRead, parseUrl } from '../../src/connectors/public.ts'
import { searchResidue } from '../../src/holdings/second-reader/search-residue.ts'
import type { Wanted } from '../../src/holdings/second-reader/wanted.ts'
import { type Form, forms, lures, type Strength } from './forms.ts'
import { type Erased, languages, makePeople } from './people.ts'

const perLanguage = 40
const mentions = 20_000
const sentences: Readonly<Record<Erased['language'], readonly string[]>> = {
  fr: [
    'Rappeler {} demain, le colis n’est pas arrivé.',
    'Client mécontent : {}',
    'Vu avec {}, tout est réglé',
  ],
  de: ['Bitte {} morgen zurückrufen, das Paket fehlt.', 'Beschwerde von {}', 'Mit {} gesprochen, alles klar'],
  es: ['Llamar a {} mañana, el paquete no llegó.', 'Queja de {}', 'Hablado con {}, todo resuelto'],
  pl: ['Proszę oddzwonić do {} jutro rano.', 'Reklamacja: {}', 'Rozmowa z {}, sprawa wyjaśniona'],
  el: ['Να καλέσουμε {} αύριο, το δέμα δεν έφτασε.', 'Παράπονο: {}', 'Μίλησα με {}, όλα εντάξει'],
}

interface Written {
  readonly table: string
  readonly form: Omit<Form, 'strength'> & { readonly strength: Strength | 'lure' }
  /** Rows by person. */
  readonly counts: number[]
}

const { values } = parseArgs({ options: { seed: { type: 'string', default: 'recall' } } })
await measure(values.seed)

async function measure(seed: string): Promise<void> {
  const random = randomStreams(seed, 'corpus')(0)
  const people = languages.flatMap((language, l) =>
    makePeople(random, language, perLanguage, l * perLanguage),
  )
  const directory = mkdtempSync(join(tmpdir(), 'bench-recall-'))
  try {
    const path = join(directory, 'corpus.db')
    const written = writeCorpus(path, people, random)
    const started = performance.now()
    const found = await search(path, people, written)
    tell(seed, written, found, (performance.now() - started) / 1000)
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

/** A table for each form, so that what is found tells which. */
function writeCorpus(path: string, people: readonly Erased[], random: () => number): readonly Written[] {
  const database = new DatabaseSync(path)
  const all = [...forms, ...lures.map((lure) => ({ ...lure, strength: 'lure' as const }))]
  const written = all.map((form, i): Written => ({ table: `t${i}`, form, counts: people.map(() => 0) }))
  database.exec(
    written.map(({ table }) => `create table ${table} (id integer primary key, body text);`).join(''),
  )
  database.exec('begin')
  const put = (from: readonly Written[]) => {
    for (let made = 0; made < mentions; ) {
      const [one, who] = [from[int(random, from.length)], int(random, people.length)]
      const person = people[who]
      const text = person ? one?.form.write(person, random) : undefined
      if (!one || !person || text === null || text === undefined) continue
      const pattern = sentences[person.language][int(random, 3)] ?? '{}'
      const body = `${'· '.repeat(between(random, 0, 3))}${pattern.replace('{}', () => text)}`
      database.prepare(`insert into ${one.table} (body) values (?)`).run(body)
      one.counts[who] = (one.counts[who] ?? 0) + 1
      made += 1
    }
  }
  put(written.filter(({ form }) => form.strength !== 'lure'))
  put(written.filter(({ form }) => form.strength === 'lure'))
  database.exec('commit')
  database.close()
  return written
}

/** Rows of each table that were taken for each person. */
async function search(
  path: string,
  people: readonly Erased[],
  written: readonly Written[],
): Promise<readonly (readonly number[])[]> {
  const target = await parseUrl(`sqlite:${path}`, '/')
  await using session = await openRead(target, { statementTimeoutMs: 600_000, lockTimeoutMs: 1_000 })
  const description = await session.describe()
  const found = written.map(() => people.map(() => 0))
  for (const [who, person] of people.entries()) {
    const { residue } = await searchResidue(session, description, {
      wanted: wantedOf(person),
      ambiguous: { names: [], beside: [] },
      isKept: () => false,
      isAnothers: () => false,
      undecided: [],
    })
    for (const { collection, rows } of residue) {
      const counts = found[written.findIndex(({ table }) => table === collection)]
      if (counts) counts[who] = (counts[who] ?? 0) + rows
    }
  }
  return found
}

function wantedOf({ given, family, email, phone, number, iban }: Erased): readonly Wanted[] {
  return [
    { kind: 'name', value: `${given} ${family}` },
    { kind: 'email', value: email },
    { kind: 'phone', value: phone },
    { kind: 'number', value: number },
    { kind: 'bank-account', value: iban },
  ]
}

function tell(
  seed: string,
  written: readonly Written[],
  found: readonly (readonly number[])[],
  seconds: number,
): void {
  const rows = written.map(({ form: { name, strength }, counts }, i) => {
    const hits = sum(counts.map((count, who) => Math.min(count, found[i]?.[who] ?? 0)))
    const taken = sum(found[i] ?? [])
    const isLure = strength === 'lure'
    return {
      name,
      strength,
      written: sum(counts),
      found: isLure ? 0 : hits,
      alarms: isLure ? taken : taken - hits,
    }
  })
  console.table(
    rows.map((row) => ({ ...row, recall: row.strength === 'lure' ? null : share(row.found, row.written) })),
  )
  const of = (strength: Written['form']['strength']) => rows.filter((row) => row.strength === strength)
  const recall = Object.fromEntries(
    (['exact', 'normalised', 'fuzzy'] as const).map((strength) => [
      strength,
      share(sum(of(strength).map((row) => row.found)), sum(of(strength).map((row) => row.written))),
    ]),
  )
  const result = {
    at: new Date().toISOString(),
    machine: { cpu: cpus()[0]?.model, cores: cpus().length, node: process.version, load: loadavg()[0] },
    seed,
    seconds: Math.round(seconds * 10) / 10,
    people: languages.length * perLanguage,
    mentions,
    lures: sum(of('lure').map((row) => row.written)),
    recall,
    falseAlarms: sum(rows.map((row) => row.alarms)),
    forms: rows,
  }
  console.log({ ...result, forms: undefined })
  const results = join(import.meta.dirname, '..', 'results')
  mkdirSync(results, { recursive: true })
  writeFileSync(join(results, 'recall.json'), `${JSON.stringify(result, null, 2)}\n`)
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, one) => all + one, 0)
}

function share(part: number, whole: number): number {
  return Math.round((part / whole) * 10_000) / 10_000
}
