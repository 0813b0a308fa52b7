import { habit, type Make, type Maker, picked, shaped, words } from './maker.ts'
import { fullName } from './people.ts'

/** Fillings that only their header tells: a date, a flag or a sum may be anything's. */
export const untold: ReadonlySet<string> = new Set([
  'flag',
  'created',
  'smallCount',
  'monthsCount',
  'money',
  'name',
  'company',
  'customerNumber',
  'score10',
  'vitalCount',
  'note',
  'tally',
  'fileNumber',
  'status',
])

const whole =
  (least: number, most: number): Make =>
  ({ r }) =>
  () =>
    String(r.int(least, most))

/** The numbers a face or a voice is known by. */
const embedding: Make = ({ r }) => {
  const [length, glue] = [r.int(6, 24), r.pick([',', ', ', ' ', ';'])]
  const [open, close] = r.pick([
    ['[', ']'],
    ['', ''],
    ['(', ')'],
    ['{', '}'],
  ] as const)
  return () =>
    `${open}${Array.from({ length }, () => (r.next() * 2 - 1).toFixed(r.int(2, 5))).join(glue)}${close}`
}
const minutiae: Make = ({ r }) => {
  const point = r.pick([
    () => `(${r.int(10, 400)},${r.int(10, 400)},${r.int(0, 359)})`,
    () => `${r.int(10, 400)}:${r.int(10, 400)}:${r.pick(['E', 'B'])}:${r.int(0, 359)}`,
    () => `x${r.int(10, 400)}y${r.int(10, 400)}a${r.int(0, 359)}`,
  ])
  return () => Array.from({ length: r.int(3, 9) }, point).join(r.pick([';', ' ', '|']))
}

const anyFlags = ['1 0', 'true false', 'Y N', 'X -', 't f', 'yes no', '1 2'].map((pair) => pair.split(' '))
const flags: Readonly<Record<string, readonly (readonly string[])[]>> = {
  fr: [
    ['O', 'N'],
    ['oui', 'non'],
  ],
  de: [
    ['J', 'N'],
    ['ja', 'nein'],
  ],
  es: [
    ['S', 'N'],
    ['sí', 'no'],
    ['SI', 'NO'],
  ],
  pt: [
    ['S', 'N'],
    ['sim', 'não'],
  ],
  it: [
    ['S', 'N'],
    ['sì', 'no'],
    ['SI', 'NO'],
  ],
  nl: [
    ['J', 'N'],
    ['ja', 'nee'],
  ],
  pl: [
    ['T', 'N'],
    ['tak', 'nie'],
    ['TAK', 'NIE'],
  ],
}
const titles: Readonly<Record<string, readonly string[]>> = {
  en: ['Dr', 'Dr.', 'Rev.', 'Judge', 'Sgt', 'PC', 'Father', 'Prof.', 'Mr Justice', 'Nurse'],
  fr: ['Dr', 'Me', 'Maître', 'Père', 'Abbé', 'Juge', 'Pr', 'Brig.'],
  de: ['Dr.', 'Dr. med.', 'RA', 'RAin', 'Pfr.', 'Richter', 'POK', 'Prof.'],
  es: ['Dr.', 'Dra.', 'Ldo.', 'Letrada', 'P.', 'Juez', 'Agte.'],
  pt: ['Dr.', 'Dra.', 'Enf.', 'Pe.', 'Juiz', 'Adv.', 'Ag.'],
  it: ['Dott.', 'Dott.ssa', 'Avv.', 'Don', 'Giudice', 'Inf.', 'M.llo'],
  nl: ['dr.', 'mr.', 'ds.', 'pastoor', 'drs.', 'hoofdagent', 'zr.'],
  pl: ['lek.', 'dr', 'adw.', 'ks.', 'sędzia', 'asp.', 'mec.', 'piel.'],
}
/** Who treats, defends or judges: by title and surname, or by a name alone. */
const titled: Make = (place) => {
  const { r, lang } = place
  const [own, family, whole] = [titles[lang] ?? titles['en'] ?? [], words(place, 'family'), fullName(place)]
  const one = r.pick(own)
  const style = r.next()
  return () => {
    if (style > 0.85) return whole()
    const title = style < 0.5 ? one : r.pick(own)
    return `${title} ${style > 0.7 ? whole() : r.pick(family)}`
  }
}
const nameUpper: Make = (place) => {
  const whole = fullName(place)
  return () => whole().toUpperCase()
}
const loci = ['D3S1358', 'vWA', 'D16S539', 'TH01', 'D21S11', 'FGA', 'TPOX', 'D8S1179', 'D18S51', 'CSF1PO']
const lociProfile: Make = ({ r }) => {
  const [count, colon, glue] = [r.int(2, 5), r.pick([':', ' ', '=']), r.pick(['; ', ',', ' | ', ';'])]
  return () =>
    Array.from(
      { length: count },
      (_, i) => `${loci[(i * 3) % loci.length]}${colon}${r.int(7, 20)}/${r.int(7, 20)}`,
    ).join(glue)
}
const rsGenotype: Make = ({ r }) => {
  const glue = r.pick([' ', ':', ' = ', '_'])
  const letters = [...'ACGT']
  return () => `rs${r.int(1_000, 19_999_999)}${glue}${r.pick(letters)}${r.pick(letters)}`
}

/** Makers that only the tables of strangers use; what they hold is said where they are used. */
export const strangerMakers: Readonly<Record<string, Pick<Maker, 'make'>>> = {
  smallCount: { make: habit(whole(0, 4), whole(0, 12), whole(0, 40)) },
  monthsCount: { make: habit(whole(1, 48), whole(30, 900), picked(['6', '12', '18', '24', '36', '60'])) },
  money: { make: shaped('9.99', '19.99', '99.99', '999.99', '9.9') },
  score10: { make: habit(whole(0, 10), whole(1, 7), whole(1, 5)) },
  vitalCount: { make: habit(whole(55, 110), whole(140, 200), whole(1, 42), whole(90, 100)) },
  flag: {
    make: ({ r, lang }) => {
      const pair = r.pick([...anyFlags, ...(flags[lang] ?? [])])
      const lean = r.pick([0.1, 0.3, 0.5, 0.8])
      return () => pair[r.chance(lean) ? 0 : 1] ?? ''
    },
  },
  tally: { make: habit(whole(0, 500), whole(0, 30), whole(10, 5_000), whole(1, 3), whole(0, 99_999)) },
  fileNumber: {
    make: habit(
      shaped("'2'9'/'99999", "9999'/'2019", "'PL'9999'-20'99999999", "'CR-'999999", "99'-'9999999"),
      shaped("'III K '999'/24'", "999' Js '99999'/23'", "'19/'999999", "'DZ'9999999", "'ABC '99999'/2023'"),
      shaped("999'-'999999'-'9", '9999999', "'S'9999999", "'P-24-'9999", "'RG '9999'/22'", "'N.'9999'/2021'"),
    ),
  },
  healthCard: {
    make: habit(
      shaped('AAAA9999999999', 'A999999999', '99/99999999/99', '999999999', "'8038000'9999999999999"),
      shaped('999 999 9999', '9999 999 999', '9999-999-9999', '1999999999999', "'CYL'9999999999"),
    ),
  },
  titled: { make: titled },
  nameUpper: { make: nameUpper },
  lociProfile: { make: lociProfile },
  rsGenotype: { make: rsGenotype },
  embedding: { make: embedding },
  minutiae: { make: minutiae },
  hexTemplate: {
    make: habit(
      shaped("'464D5200'XXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX", "'464d52002032300000'XXXXXXXXXXXXXXXXXXXXXX"),
      shaped("'0x464D52'XXXXXXXXXXXXXXXXXXXXXXXX", "'FMD1'XXXXXXXXXXXXXXXXXXXXXXXXXXXXXX"),
      shaped("'49495230'XXXXXXXXXXXXXXXXXXXXXXXXXXXX", "'IRIS:'XXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX"),
      shaped(
        "'Rk1SACAyMAAA'aAaA9aAaA9AAaaA9aAAa9aAAaaa9AAaaAa9'='",
        "'SUlSADAyMAAA'aAaA9aAaA9AAaaA9aAAa9aAAaaa9'=='",
      ),
    ),
  },
}
