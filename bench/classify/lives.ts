import { habit, type Make, type Maker, money, picked, pooled, shaped, spelled, words } from './maker.ts'
import { email, fullName, phone } from './people.ts'

const postcodes: Readonly<Record<string, readonly string[]>> = {
  en: ['SW1A 9AA', 'M9 9AA', 'LS99 9AA', '99999', '99999-9999'],
  fr: ['750199', '69999', '31999', '99999'],
  pt: ['9999-999', '99999-999'],
  nl: ['1999 AA', '3999AA', '9999 AA'],
  pl: ['99-999'],
  sv: ['999 99'],
  cs: ['999 99', '99999'],
  ro: ['999999'],
}
const postcode: Make = ({ r, lang }) => {
  const list = postcodes[lang] ?? ['99999']
  const first = r.pick(list)
  return () => r.pattern(first).replace(/^0/, '1')
}
const city: Make = pooled('city')
const street: Make = (place) => {
  const { r, lang } = place
  const list = words(place, 'street')
  const before = lang === 'en' || lang === 'fr'
  const apartment = r.chance(0.25)
  return () => {
    const number = `${r.int(1, 190)}${r.chance(0.1) ? r.pick(['a', 'B', ' bis']) : ''}`
    const line = before
      ? `${number} ${r.pick(list)}`
      : `${r.pick(list)}${lang === 'es' || lang === 'pt' || lang === 'it' ? ',' : ''} ${number}`
    return apartment && r.chance(0.3)
      ? `${line}, ${r.pick(['Apt', 'Flat', '2º', 'Int.', 'App.'])} ${r.int(1, 40)}`
      : line
  }
}
const address: Make = (place) => {
  const [line, code, town] = [street(place), postcode(place), city(place)]
  return () => `${line()}, ${code()} ${town()}`
}
const country: Make = habit(
  spelled(pooled('country')),
  spelled(pooled('country')),
  picked(['DE', 'FR', 'NL', 'ES', 'IT', 'PL', 'PT', 'BE', 'GB', 'US', 'AT', 'CH']),
  picked(['DEU', 'FRA', 'NLD', 'ESP', 'ITA', 'POL', 'GBR', 'USA']),
)
const latitude: Make = ({ r }) => {
  const [low, places] = [r.pick([36, 41, 45, 48, 51]), r.int(4, 7)]
  return () => (low + r.next() * 5).toFixed(places)
}
const longitude: Make = ({ r }) => {
  const [low, places] = [r.pick([-8, -4, 0, 3, 9, 15, -122]), r.int(4, 7)]
  return () => (low + r.next() * 6).toFixed(places)
}
const position: Make = ({ r }) => {
  const glue = r.pick([',', ', ', ' '])
  return () => `${(38 + r.next() * 15).toFixed(5)}${glue}${(-5 + r.next() * 20).toFixed(5)}`
}
const note: Make = (place) => {
  const [list, name, mail, tel] = [words(place, 'textAbout'), fullName(place), email(place), phone(place)]
  const family = words(place, 'family')
  return () => {
    const said = () =>
      place.r
        .pick(list)
        .replace('{p}', name())
        .replace('{e}', mail())
        .replace('{t}', tel())
        .replace('{f}', place.r.pick(family))
    return place.r.chance(0.3) ? `${said()}. ${said()}` : said()
  }
}
const greetings: Readonly<Record<string, readonly [string, string]>> = {
  en: ['Hello, ', ' Kind regards, '],
  fr: ['Bonjour, ', ' Cordialement, '],
  de: ['Guten Tag, ', ' Viele Grüße '],
  es: ['Hola, ', ' Un saludo, '],
  pt: ['Olá, ', ' Obrigado, '],
  it: ['Buongiorno, ', ' Cordiali saluti, '],
  nl: ['Goedemorgen, ', ' Met vriendelijke groet, '],
  pl: ['Dzień dobry, ', ' Pozdrawiam, '],
}
const message: Make = (place) => {
  const [text, name] = [note(place), fullName(place)]
  const [hello = '', bye = ''] = greetings[place.lang] ?? ['Hello, ', ' Regards, ']
  return () => `${hello}${text()}.${bye}${name()}`
}
const dna: Make = habit(
  ({ r }) =>
    () =>
      Array.from({ length: r.int(18, 60) }, () => r.pick([...'ACGT'])).join(''),
  shaped('rs9999999', 'rs99999999'),
  picked(['AA', 'AG', 'GG', 'CT', 'TT', 'CC', 'AC']),
  picked([
    'BRCA1 c.68_69delAG',
    'BRCA2 negative',
    'CFTR F508del het.',
    'HFE C282Y',
    'APOE e3/e4',
    'MTHFR C677T',
    'Factor V Leiden',
  ]),
)
const template: Make = ({ r }) => {
  const head = r.pick(['Rk1SACAyMAA', 'FMR\\x00 20', 'AAAAAQABAAEA', '0x464D5200'])
  const signs = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
  return () => `${head}${Array.from({ length: r.int(50, 90) }, () => signs[r.int(0, 63)]).join('')}=`
}
const icd = [
  'E11.9',
  'I10',
  'J45.0',
  'M54.5',
  'F32.1',
  'G43.909',
  'K29.7',
  'N39.0',
  'Z34.0',
  'C50.9',
  'J18.9',
  'S52.5',
  'L40.0',
  'B20',
  'H25.1',
  'R07.4',
]

const atc = [
  'A10BA02',
  'C09AA05',
  'N02BE01',
  'J01CA04',
  'R03AC02',
  'C10AA05',
  'B01AC06',
  'N06AB04',
  'M01AE01',
]

/** Makers of where people live, what they write, buy and pay, and of special categories. */
export const lives: Readonly<Record<string, Maker>> = {
  postcode: { truth: 'postcode', make: postcode },
  city: { truth: 'city', make: spelled(city) },
  street: { truth: 'postal-address', make: spelled(street) },
  address: { truth: 'postal-address', make: spelled(address) },
  country: { truth: 'country', make: country },
  lat: { truth: 'geo-location', make: latitude },
  lon: { truth: 'geo-location', make: longitude },
  position: { truth: 'geo-location', make: position },
  note: { truth: 'free-text', make: note },
  message: { truth: 'communication', make: message },
  bought: { truth: 'purchase', make: pooled('product') },
  total: { truth: 'financial', make: money(8, 900) },
  religion: { truth: 'religion', make: spelled(pooled('religion')) },
  ethnic: { truth: 'ethnic-origin', make: pooled('ethnic') },
  party: { truth: 'political-opinion', make: pooled('party') },
  union: { truth: 'trade-union', make: pooled('union') },
  dna: { truth: 'genetic', make: dna },
  template: { truth: 'biometric', make: template },
  diagnosis: { truth: 'health', make: spelled(pooled('diagnosis')) },
  drug: { truth: 'health', make: pooled('drug') },
  icd: { truth: 'health', make: picked(icd) },
  blood: { truth: 'health', make: picked(['A+', 'O+', 'B-', 'AB+', 'O-', 'A-']) },
  pressure: {
    truth: 'health',
    make:
      ({ r }) =>
      () =>
        `${r.int(100, 170)}/${r.int(60, 100)}`,
  },
  atc: { truth: 'health', make: picked(atc) },
  allergen: {
    truth: 'health',
    make: habit(
      picked([
        'Peanuts',
        'Penicillin',
        'Dust mites',
        'Birch pollen',
        'Shellfish',
        'Latex',
        'Bee venom',
        'None known',
      ]),
      picked(['Arachides', 'Pénicilline', 'Acariens', 'Pollens', 'Fruits à coque', 'aucune']),
      picked(['Erdnuss', 'Penicillin', 'Hausstaub', 'Birkenpollen', 'Laktose', 'keine']),
      picked(['frutos secos', 'penicilina', 'ácaros', 'marisco', 'ninguna', 'lactosa']),
    ),
  },
  impairment: {
    truth: 'health',
    make: habit(
      picked(['none', 'hearing', 'visual', 'mobility', 'learning', 'Wheelchair', 'Chronic illness']),
      picked(['GdB 50', 'GdB 30', 'GdB 70', 'G', 'aG', 'H', 'keine']),
      picked(['RQTH', 'AAH', 'non', 'catégorie 1', 'catégorie 2']),
      picked(['30', '50', '60', '80', '100']),
    ),
  },
  sickNote: {
    truth: 'health',
    make: habit(
      picked(['sick', 'sick leave', 'doctor visit', 'hospital', 'work accident', 'maternity']),
      picked(['maladie', 'accident du travail', 'maternité', 'hospitalisation']),
      picked(['krank', 'Kind krank', 'Arbeitsunfall', 'Reha', 'Mutterschutz']),
    ),
  },
  vaccine: {
    truth: 'health',
    make: picked(['Comirnaty', 'Spikevax', 'MMR', 'Tetanus', 'HPV', 'Influenza 2023', 'DTP']),
  },
  decimalSign: {
    truth: 'health',
    make: ({ r }) => {
      const [low, high, digits] = r.pick([
        [17, 38, 1],
        [36, 39, 1],
        [4, 11, 1],
        [45, 130, 1],
        [1, 2, 2],
      ] as const)
      return () => (low + r.next() * (high - low)).toFixed(digits)
    },
  },
  churchCode: {
    truth: 'religion',
    make: habit(
      picked(['ev', 'rk', '--', 'vd']),
      picked(['RK', 'EV', 'AK', 'LT', 'OHNE']),
      picked(['rk', 'ev', 'lt', 'rf', 'ib', 'is']),
    ),
  },
  ethnicCode: {
    truth: 'ethnic-origin',
    make: habit(
      picked(['W1', 'W2', 'M1', 'A1', 'A2', 'B1', 'B9', 'O1', 'NS']),
      picked([
        'White',
        'Black or African American',
        'Asian',
        'Two or more races',
        'American Indian or Alaska Native',
      ]),
    ),
  },
  orientation: { truth: 'sex-life', make: pooled('orientation') },
  crime: { truth: 'criminal', make: pooled('crime') },
  region: {
    truth: 'postal-address',
    make: habit(
      picked(['CA', 'NY', 'TX', 'MA', 'FL', 'WA', 'CT', 'IL', 'OH', 'NV', 'CO']),
      picked(['Bayern', 'Hessen', 'Sachsen', 'Tirol', 'Saarland', 'Thüringen']),
      picked(['Lombardia', 'Sicilia', 'Toscana', 'Puglia', 'MI', 'RM', 'TO']),
      picked(['Île-de-France', 'Bretagne', 'Occitanie', 'Normandie', '75', '69', '31']),
      picked(['Madrid', 'Cataluña', 'Andalucía', 'Galicia', 'Minas Gerais', 'São Paulo']),
      picked(['California', 'Kent', 'Ontario', 'Texas', 'Cork', 'Devon', 'Victoria']),
      picked(['mazowieckie', 'śląskie', 'Noord-Holland', 'Gelderland', 'Limburg', 'małopolskie']),
    ),
  },
}
