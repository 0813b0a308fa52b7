import { habit, type Make, type Maker, picked, shaped } from './maker.ts'

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

/** Makers that only the tables of strangers use; what they hold is said where they are used. */
export const strangerMakers: Readonly<Record<string, Pick<Maker, 'make'>>> = {
  smallCount: { make: habit(whole(0, 4), whole(0, 12), whole(0, 40)) },
  monthsCount: { make: habit(whole(1, 48), whole(30, 900), picked(['6', '12', '18', '24', '36', '60'])) },
  money: { make: shaped('9.99', '19.99', '99.99', '999.99', '9.9') },
  score10: { make: habit(whole(0, 10), whole(1, 7), whole(1, 5)) },
  vitalCount: { make: habit(whole(55, 110), whole(140, 200), whole(1, 42), whole(90, 100)) },
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
