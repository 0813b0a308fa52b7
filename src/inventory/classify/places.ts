import { foldText } from './fold-text.ts'
import { foldedLanguages } from './word-lists.ts'
import placeNames from './words/places.json' with { type: 'json' }

const languages = ['en', 'fr', 'de', 'es', 'pt', 'it', 'nl', 'pl']
const aliases = [
  'usa',
  'u.s.a.',
  'uk',
  'england',
  'scotland',
  'wales',
  'holland',
  'great britain',
  'czech republic',
  'ivory coast',
  'turkey',
  'burma',
  'macedonia',
  'hong kong',
  'russia',
  'viet nam',
  'republic of ireland',
  'united states of america',
]
const letters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ']

const cities = new Set(foldedLanguages(placeNames.cities))
const codes = regionCodes()
const countries = new Set([...aliases, ...languages.flatMap(countryNames)])
/** ISO 3166-1 alpha-3 of the countries most lists begin with. */
const longCodes = new Set(
  'AUT BEL BGR BRA CAN CHE CHN CZE DEU DNK ESP EST FIN FRA GBR GRC HRV HUN IND IRL ITA JPN LTU LUX LVA MEX NLD NOR POL PRT ROU RUS SVK SVN SWE TUR USA'.split(
    ' ',
  ),
)

export const isCity = (folded: string): boolean => cities.has(folded)
export const isCountryName = (folded: string): boolean => countries.has(folded)
/** ISO 3166-1, as lists of addresses write it. */
export const isCountryCode = (text: string): boolean =>
  codes.has(text.toUpperCase()) || longCodes.has(text.toUpperCase())

/** The runtime's own table; codes it has no name for are no countries. */
function regionCodes(): ReadonlySet<string> {
  const names = new Intl.DisplayNames(['en'], { type: 'region', fallback: 'none' })
  return new Set(
    letters
      .flatMap((first) => letters.map((second) => first + second))
      .filter((code) => names.of(code) !== undefined),
  )
}

function countryNames(language: string): readonly string[] {
  const names = new Intl.DisplayNames([language], { type: 'region' })
  return [...codes].map((code) => foldText(names.of(code) ?? code))
}
