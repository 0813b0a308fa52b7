import { parseDay } from './calendar.ts'
import type { Country, Language } from './locales.ts'
import { readName } from './name.ts'
import { customerNumber, type Person, phoneOf } from './person.ts'

/** Who the people of the story are: the same under every seed, so that a walk-through can name them. */

interface Profile {
  readonly language: Language
  readonly country: Country
  readonly gender: Person['gender']
  /** As `native` or `native=Latin`. */
  readonly given: string
  readonly family: string
  readonly email: string
  readonly otherEmail?: string
  readonly born: string
  readonly line: string
  readonly postcode: string
  readonly city: string
  readonly region?: string
}

const fr = { language: 'fr', country: 'FR' } as const
const be = {
  language: 'fr',
  country: 'BE',
  line: 'rue des Guillemins 31',
  postcode: '4000',
  city: 'Liège',
} as const
const elodie = {
  ...fr,
  gender: 'f',
  family: 'Carpentier',
  born: '1979-11-30',
  line: '8 quai des Célestins',
  postcode: '69002',
  city: 'Lyon',
} as const

/** Customers 1 to 20, in order. */
const profiles: readonly Profile[] = [
  {
    ...fr,
    gender: 'f',
    given: 'Camille',
    family: 'Laurent',
    email: 'camille.laurent@example.com',
    born: '1986-04-17',
    line: '14 rue des Écoles',
    postcode: '35000',
    city: 'Rennes',
  },
  {
    ...fr,
    gender: 'm',
    given: 'Bernard',
    family: 'Lefèvre',
    email: 'bernard.lefevre@example.org',
    born: '1951-09-02',
    line: '3 allée des Tilleuls',
    postcode: '21000',
    city: 'Dijon',
  },
  {
    language: 'es',
    country: 'ES',
    gender: 'f',
    given: 'Lucía',
    family: 'Fernández García',
    email: 'lucia.fernandez@example.net',
    born: '1990-01-25',
    line: 'Calle Zurbarán, 7',
    postcode: '28010',
    city: 'Madrid',
  },
  {
    language: 'de',
    country: 'DE',
    gender: 'f',
    given: 'Anneliese',
    family: 'Brückner',
    email: 'anneliese.brueckner@example.org',
    born: '1963-06-11',
    line: 'Weißdornweg 22',
    postcode: '37073',
    city: 'Göttingen',
  },
  {
    ...fr,
    gender: 'm',
    given: 'Thomas',
    family: 'Moreau',
    email: 't.moreau@example.com',
    born: '1977-02-08',
    line: '41 cours Lafayette',
    postcode: '69003',
    city: 'Lyon',
  },
  {
    ...fr,
    gender: 'f',
    given: 'Inès',
    family: 'Aubert',
    email: 'ines.aubert@example.net',
    born: '1981-12-19',
    line: '5 chemin des Vignes',
    postcode: '34000',
    city: 'Montpellier',
  },
  {
    ...be,
    gender: 'm',
    given: 'Marc',
    family: 'Delaunay',
    email: 'marc.delaunay@example.com',
    born: '1969-03-03',
  },
  {
    ...be,
    gender: 'f',
    given: 'Solène',
    family: 'Vasseur',
    email: 'solene.vasseur@example.com',
    born: '1972-08-21',
  },
  {
    ...elodie,
    given: 'Élodie',
    email: 'elodie.carpentier@example.com',
    otherEmail: 'elo.carpentier@courrier.example.org',
  },
  {
    language: 'ar',
    country: 'MA',
    gender: 'f',
    given: 'ليلى=Leila',
    family: 'بنعيسى=Benaissa',
    email: 'leila.benaissa@example.com',
    born: '1988-05-05',
    line: '12، زنقة الياسمين',
    postcode: '10000',
    city: 'الرباط',
  },
  {
    ...fr,
    gender: 'f',
    given: 'Mathilde',
    family: 'Garnier',
    email: 'mathilde.garnier@example.org',
    born: '1994-10-14',
    line: '27 rue du Moulin',
    postcode: '29200',
    city: 'Brest',
  },
  {
    ...fr,
    gender: 'm',
    given: 'Paul',
    family: 'Rousseau',
    email: 'paul.rousseau@example.org',
    born: '1958-07-29',
    line: '29 rue du Moulin',
    postcode: '29200',
    city: 'Brest',
  },
  {
    language: 'de',
    country: 'DE',
    gender: 'm',
    given: 'Jürgen',
    family: 'Groß-Müller',
    email: 'j.gross-mueller@example.org',
    otherEmail: 'juergen@gross-mueller.example',
    born: '1955-05-23',
    line: 'Käthe-Kollwitz-Ufer 9',
    postcode: '01307',
    city: 'Dresden',
  },
  {
    ...fr,
    gender: 'f',
    given: 'Nathalie',
    family: 'Dubreuil',
    email: 'nathalie.dubreuil@example.net',
    otherEmail: 'nathalie@brindille-ardoise.example',
    born: '1976-01-13',
    line: '2 rue Nationale',
    postcode: '37000',
    city: 'Tours',
  },
  {
    ...fr,
    gender: 'f',
    given: 'Zoé',
    family: 'Marchand',
    email: 'zoe.marchand@example.com',
    otherEmail: 'zoe.petit@example.net',
    born: '1992-03-27',
    line: '18 rue George-Sand',
    postcode: '44000',
    city: 'Nantes',
  },
  {
    language: 'uk',
    country: 'UA',
    gender: 'f',
    given: 'Олена=Olena',
    family: 'Коваленко=Kovalenko',
    email: 'olena.kovalenko@example.com',
    born: '1985-08-24',
    line: 'вул. Зелена, 15',
    postcode: '79000',
    city: 'Львів',
    region: 'Львівська область',
  },
  {
    ...fr,
    gender: 'm',
    given: 'Julien',
    family: 'Teixeira',
    email: 'contact@teixeira-paysages.example',
    otherEmail: 'julien.teixeira@example.com',
    born: '1983-10-06',
    line: '60 route de Saint-Étienne',
    postcode: '63000',
    city: 'Clermont-Ferrand',
  },
  {
    language: 'ja',
    country: 'JP',
    gender: 'f',
    given: '美咲=Misaki',
    family: '佐藤=Sato',
    email: 'misaki.sato@example.com',
    born: '1991-07-07',
    line: '神南一丁目3-5',
    postcode: '150-0041',
    city: '渋谷区',
    region: '東京都',
  },
  {
    ...elodie,
    given: 'Elodie',
    email: 'elo.carpentier@courrier.example.org',
    otherEmail: 'elodie.carpentier@example.com',
  },
  {
    language: 'pl',
    country: 'PL',
    gender: 'm',
    given: 'Paweł',
    family: 'Żółkiewski',
    email: 'pawel.zolkiewski@example.org',
    born: '1980-02-29',
    line: 'ul. Młyńska 4/12',
    postcode: '31-042',
    city: 'Kraków',
  },
]

/** In the newsletter list alone, and at the support desk alone. */
const strangers: Readonly<Record<'newsletter' | 'support', Profile>> = {
  newsletter: {
    language: 'es',
    country: 'ES',
    gender: 'f',
    given: 'Rosa',
    family: 'Iglesias Peña',
    email: 'rosa.iglesias@example.org',
    born: '1970-05-30',
    line: 'Calle Ancha, 3',
    postcode: '11001',
    city: 'Cádiz',
  },
  support: {
    language: 'el',
    country: 'GR',
    gender: 'f',
    given: 'Ελένη=Eleni',
    family: 'Παπαδάκη=Papadaki',
    email: 'eleni.papadaki@example.net',
    born: '1967-04-12',
    line: 'Μιαούλη 11',
    postcode: '731 32',
    city: 'Χανιά',
  },
}

/** Customers 1 to this number are the story's. */
export const storyLength = profiles.length

const [marc, elodieFirst, julien, pawel] = [7, 9, 17, 20]

/** A customer of the story; undefined beyond it. */
export function storyPerson(index: number): Person | undefined {
  const profile = profiles[index - 1]
  if (profile === undefined) return undefined
  const shared = index === 8 ? marc : index === 19 ? elodieFirst : index
  return {
    ...personOf(profile, index, true),
    phone: phoneOf(profile.country, shared, 'customer'),
    household: index === marc || index === 8 ? marc : null,
    duplicateOf: index === 19 ? elodieFirst : null,
    ...(index === julien && {
      business: { sign: 0, vatNumber: 'FR01954567749' },
      nationalNumber: '183100596908326',
      iban: 'FR7699999483407831414911647',
    }),
    ...(index === pawel && { nationalNumber: '80022900999' }),
  }
}

/** The stranger of the story: index 1 of their circle. */
export const storyStranger = (circle: 'newsletter' | 'support'): Person => ({
  ...personOf(strangers[circle], 1, false),
  phone: phoneOf(strangers[circle].country, 1, circle),
})

function personOf(profile: Profile, index: number, isCustomer: boolean): Person {
  const born = parseDay(profile.born)
  if (born === undefined) throw new RangeError(`Not a day: ${profile.born}`)
  const { language, country, line, postcode, city, region = null } = profile
  return {
    index,
    language,
    gender: profile.gender,
    given: readName(profile.given, language),
    family: readName(profile.family, language),
    email: profile.email,
    otherEmail: profile.otherEmail ?? profile.email.replace('@', '@bureau.'),
    phone: phoneOf(country, index, 'customer'),
    birthDay: born,
    address: { line, postcode, city, region, country },
    customerNumber: isCustomer ? customerNumber(index) : null,
    household: null,
    duplicateOf: null,
    business: null,
    nationalNumber: null,
    iban: null,
  }
}
