import arNames from './data/names/ar.json' with { type: 'json' }
import bgNames from './data/names/bg.json' with { type: 'json' }
import deNames from './data/names/de.json' with { type: 'json' }
import elNames from './data/names/el.json' with { type: 'json' }
import enNames from './data/names/en.json' with { type: 'json' }
import esNames from './data/names/es.json' with { type: 'json' }
import frNames from './data/names/fr.json' with { type: 'json' }
import jaNames from './data/names/ja.json' with { type: 'json' }
import plNames from './data/names/pl.json' with { type: 'json' }
import ukNames from './data/names/uk.json' with { type: 'json' }
import BE from './data/places/BE.json' with { type: 'json' }
import BG from './data/places/BG.json' with { type: 'json' }
import DE from './data/places/DE.json' with { type: 'json' }
import ES from './data/places/ES.json' with { type: 'json' }
import FR from './data/places/FR.json' with { type: 'json' }
import GR from './data/places/GR.json' with { type: 'json' }
import IE from './data/places/IE.json' with { type: 'json' }
import JP from './data/places/JP.json' with { type: 'json' }
import MA from './data/places/MA.json' with { type: 'json' }
import PL from './data/places/PL.json' with { type: 'json' }
import UA from './data/places/UA.json' with { type: 'json' }
import ar from './data/sentences/ar.json' with { type: 'json' }
import bg from './data/sentences/bg.json' with { type: 'json' }
import de from './data/sentences/de.json' with { type: 'json' }
import el from './data/sentences/el.json' with { type: 'json' }
import en from './data/sentences/en.json' with { type: 'json' }
import es from './data/sentences/es.json' with { type: 'json' }
import fr from './data/sentences/fr.json' with { type: 'json' }
import ja from './data/sentences/ja.json' with { type: 'json' }
import pl from './data/sentences/pl.json' with { type: 'json' }
import uk from './data/sentences/uk.json' with { type: 'json' }
import { type Name, readName } from './name.ts'

export const languages = ['fr', 'de', 'es', 'pl', 'el', 'ar', 'ja', 'bg', 'uk', 'en'] as const
export type Language = (typeof languages)[number]

export const countries = ['FR', 'BE', 'DE', 'ES', 'PL', 'GR', 'MA', 'JP', 'BG', 'UA', 'IE'] as const
export type Country = (typeof countries)[number]

/** Where customers come from: how many in a hundred, what they write in, where parcels go. */
export const origins: readonly (readonly [weight: number, origin: Origin])[] = [
  [46, { language: 'fr', country: 'FR' }],
  [6, { language: 'fr', country: 'BE' }],
  [14, { language: 'de', country: 'DE' }],
  [8, { language: 'es', country: 'ES' }],
  [6, { language: 'pl', country: 'PL' }],
  [4, { language: 'el', country: 'GR' }],
  [3, { language: 'ar', country: 'FR' }],
  [2, { language: 'ar', country: 'MA' }],
  [1.5, { language: 'ja', country: 'JP' }],
  [0.5, { language: 'ja', country: 'FR' }],
  [3, { language: 'bg', country: 'BG' }],
  [1, { language: 'uk', country: 'UA' }],
  [1, { language: 'uk', country: 'FR' }],
  [4, { language: 'en', country: 'IE' }],
]

export interface Origin {
  readonly language: Language
  readonly country: Country
}

export interface Names {
  readonly female: readonly Name[]
  readonly male: readonly Name[]
  /** Family names as women and as men bear them: Kowalska, Kowalski. */
  readonly family: readonly { readonly f: Name; readonly m: Name }[]
}

export interface City {
  readonly postcode: string
  readonly city: string
  readonly region: string | null
}

export interface Places {
  /** How street and number are written, with {street} and {number}. */
  readonly line: string
  readonly streets: readonly string[]
  readonly cities: readonly City[]
}

/** Facts of Art. 9 GDPR that people let slip in a ticket. */
export const confidences = ['health', 'religion', 'trade-union'] as const
export type Confidence = (typeof confidences)[number]

/** What people write in one language, with {slots}. */
export interface Sentences {
  readonly topics: readonly { readonly subject: string; readonly body: string }[]
  readonly replies: readonly string[]
  readonly followUps: readonly string[]
  readonly mentions: readonly string[]
  readonly special: Readonly<Record<Confidence, readonly string[]>>
  readonly reviews: readonly { readonly title: string; readonly body: string; readonly stars: number }[]
  readonly instructions: readonly string[]
  readonly giftNotes: readonly string[]
  readonly staffNotes: readonly string[]
  readonly unsubscribe: readonly string[]
  readonly engravings: readonly string[]
  readonly mailSubjects: readonly string[]
  readonly companies: readonly string[]
  readonly wishes: readonly string[]
}

export const names: Readonly<Record<Language, Names>> = {
  fr: readNames('fr', frNames),
  de: readNames('de', deNames),
  es: readNames('es', esNames),
  pl: readNames('pl', plNames),
  el: readNames('el', elNames),
  ar: readNames('ar', arNames),
  ja: readNames('ja', jaNames),
  bg: readNames('bg', bgNames),
  uk: readNames('uk', ukNames),
  en: readNames('en', enNames),
}

export const places: Readonly<Record<Country, Places>> = { FR, BE, DE, ES, PL, GR, MA, JP, BG, UA, IE }

export const sentences: Readonly<Record<Language, Sentences>> = { fr, de, es, pl, el, ar, ja, bg, uk, en }

interface NameLists {
  readonly female: readonly string[]
  readonly male: readonly string[]
  readonly family: readonly string[]
}

function readNames(language: Language, lists: NameLists): Names {
  return {
    female: lists.female.map((entry) => readName(entry, language)),
    male: lists.male.map((entry) => readName(entry, language)),
    family: lists.family.map((entry) => {
      const [his = entry, hers = his] = entry.split('/')
      return { m: readName(his, language), f: readName(hers, language) }
    }),
  }
}
