import { foldText, splitWords } from './fold-text.ts'
import { foldedEntries } from './word-lists.ts'
import vocabulary from './words/value-vocabulary.json' with { type: 'json' }

/** Small things that many values of a column have in common. None decides; the model weighs them together. */

type Test = (text: string) => boolean

const matches =
  (pattern: RegExp): Test =>
  (text) =>
    pattern.test(text)
const numberOf = (text: string): number =>
  /^-?\d{1,12}(?:[.,]\d+)?$/.test(text) ? Number(text.replace(',', '.')) : Number.NaN
const whole =
  (least: number, most: number): Test =>
  (text) => {
    const value = /^\d{1,9}$/.test(text) ? Number(text) : -1
    return value >= least && value <= most
  }
const within =
  (least: number, most: number): Test =>
  (text) => {
    const value = numberOf(text)
    return value >= least && value <= most
  }
const yearIn =
  (least: number, most: number): Test =>
  (text) => {
    const found = /(?:^|\D)((?:19|20)\d\d)(?:\D|$)|^((?:19|20)\d\d)[01]\d[0-3]\d$/.exec(text)
    const year = Number(found?.[1] ?? found?.[2] ?? 0)
    return year >= least && year <= most && text.length >= 8 && text.length <= 30
  }

const tests: Readonly<Record<string, Test>> = {
  integer: matches(/^-?\d{1,18}$/),
  decimal: matches(/^-?\d+[.,]\d+$/),
  cents: matches(/^-?\d+[.,]\d\d$/),
  finely: matches(/^-?\d{1,3}\.\d{4,}$/),
  negative: matches(/^-\d/),
  zeroFirst: matches(/^0\d/),
  money: matches(/^(?:[$€£]\s?-?\d|-?[\d.,\s]+\s?(?:[$€£]|eur|usd|zł|kr)$)/i),
  thousands: matches(/^\d{4,6}(?:[.,]\d{1,2})?$/),
  round: matches(/^\d+00$/),
  bit: matches(/^[01]$/),
  oneTwo: matches(/^[12]$/),
  small: whole(0, 12),
  age: whole(16, 99),
  percent: whole(0, 100),
  year: whole(1900, 2035),
  hundreds: whole(100, 999),
  latitude: within(34, 72),
  longitude: within(-30, 60),
  pair: matches(/^\(?-?\d{1,2}\.\d+[,;\s]+-?\d{1,3}\.\d+\)?$/),
  ageRange: matches(/^\d{1,2}\s?[-–]\s?\d{1,2}$|^\d{2}\s?\+$/),
  date: matches(
    /^\d{4}-\d\d?-\d\d?|^\d\d?[./-]\d\d?[./-]\d{2,4}|^(?:19|20)\d{6}$|^\d{1,2} \p{L}{3,9}\.? \d{4}/u,
  ),
  time: matches(/\d\d:\d\d/),
  midnight: matches(/ 00:00:00/),
  bornThen: yearIn(1920, 2009),
  lately: yearIn(2015, 2032),
  epochSeconds: matches(/^1[4-8]\d{8}$/),
  oneLetter: matches(/^\p{L}$/u),
  twoLetters: matches(/^[A-Z]{2}$/),
  threeLetters: matches(/^[A-Z]{3}$/),
  capitals: (text) => text.length > 3 && text === text.toUpperCase() && /\p{Lu}{2}/u.test(text),
  title: matches(/^\p{Lu}\p{Ll}+$/u),
  titles2: matches(/^\p{Lu}[\p{Ll}'’-]+(?: \p{Lu}[\p{L}'’-]+)$/u),
  titles3: matches(/^\p{Lu}[\p{L}'’.-]*(?: [\p{L}'’.-]+){2,3}$/u),
  comma: matches(/^[\p{L}'’ -]{2,30}, ?[\p{L}'’. -]{2,30}$/u),
  initial: matches(/^\p{Lu}\. ?\p{Lu}\p{L}+/u),
  salutation: matches(
    /^(?:mr|mrs|ms|miss|dr|prof|herr|frau|hr|fr|m|mme|mlle|sr|sra|srta|d|dña|sig|sig\.ra|dott|dhr|mevr|pan|pani)\.? \p{L}/iu,
  ),
  particle: matches(/^(?:van|de|von|del|della|di|da|ten|ter|al|el|le|la|mc|mac|o')[ '-]/i),
  nameEnding: matches(
    /(?:ski|ska|cki|cka|wicz|czyk|sson|sen|ova|ová|escu|idis|poulos|inho|ez|elli|etti|ini|stra|mann|berg|stein|eau|aux|ier|ton|son|ley|ford)$/i,
  ),
  lowWord: matches(/^\p{Ll}{3,}$/u),
  login: matches(/^[a-z][a-z]*[._-]?[a-z]+\d{0,4}$/),
  loginDigits: matches(/^[a-zA-Z][\w.-]{2,}\d{1,4}$/),
  handle: matches(/^@\w{2,}$/),
  url: matches(/^https?:\/\//),
  path: matches(/^\/[\w/-]*/),
  file: matches(/\.(?:pdf|docx?|xlsx?|csv|zip|tar|gz|txt|mp4|html?|js)$/i),
  image: matches(/\.(?:jpe?g|png|gif|webp|heic|bmp|tiff?|svg)$/i),
  portrait: matches(/avatar|photo|profil|portrait|selfie|mugshot|foto|img_|face/i),
  signed: matches(/\/s\/|sign|unterschrift|firma\b/i),
  imageData: matches(/^(?:\/9j\/|data:image|iVBOR|R0lGOD|\\xffd8|\\x8950)/),
  template: matches(/^(?:Rk1S|Rk1SA|FMR|FIR|0x464d52|SUQz|AAAAA)/i),
  base64: matches(/^[\w+/\\-]{40,}={0,2}$/),
  jwt: matches(/^eyJ/),
  password: matches(/^(?=.*[a-zA-Z])(?=.*[\d!@#$%&*])\S{6,16}$/),
  hex: matches(/^[0-9a-f]{12,}$/i),
  hexLong: matches(/^[0-9a-f]{64}$/i),
  bic: matches(
    /^[A-Z]{4}(?:AT|BE|BG|CH|CY|CZ|DE|DK|EE|ES|FI|FR|GB|GR|HR|HU|IE|IT|LT|LU|LV|MT|NL|NO|PL|PT|RO|SE|SI|SK|US|BR)[A-Z0-9]{2}(?:[A-Z0-9]{3})?$/,
  ),
  plate: matches(
    /^(?:[A-Z]{2}[ -]?\d{2}[ -]?[A-Z]{3}|[A-Z]{2}[ -]?\d{3}[ -]?[A-Z]{2}|[A-ZÄÖÜ]{1,3}-[A-Z]{1,2} ?\d{1,4}[EH]?|\d{4}[ -]?[B-Z]{3}|\d{2}-[A-Z]{2,3}-\d{1,2}|[A-Z]{1,2}-\d{2,3}-[A-Z]{1,2}|\d-[A-Z]{3}-\d{2}|[A-Z]{2,3} ?\d{2}[A-Z0-9]{2,3}|\d[A-Z]\d ?\d{4}|[A-Z]{3}[ -]?\d{3,4}|[A-Z]{3}\d[A-Z]\d{2}|[A-Z]{1,2} \d{2,3} [A-Z]{3}|\d[A-Z]{3}\d{3}|\d{3} [A-Z]{3} \d\d)$/,
  ),
  passport: matches(
    /^(?:[A-Z]{1,2}\d{6,8}|\d{2}[A-Z]{2}\d{5}|[CFGHJKLMNPRTVWXYZ][CFGHJKLMNPRTVWXYZ0-9]{8}|[A-Z]{3}\d{6}|[A-Z]{2}[A-Z0-9]{6}\d)$/,
  ),
  licence: matches(
    /^(?:[A-Z9]{5}\d{6}[A-Z9]{2}\d?[A-Z]{2}|[A-Z]\d{3}-\d{4}-\d{4}|[A-Z]\d{3}[A-Z]{2}\d{2}[A-Z]\d{2}|[A-Z]\d{11,13}|[A-Z]{2}\d{7}[A-Z]|U1[A-Z0-9]{8}|\d{5}\/\d{2}\/\d{4})$/,
  ),
  digits8: matches(/^\d{8}$/),
  digits9: matches(/^\d{9}$/),
  digits10: matches(/^\d{10}$/),
  digits11: matches(/^\d{11}$/),
  digits13: matches(/^\d{13}$/),
  ean: matches(/^(?:97[89]|[4-8]\d\d|3\d\d)\d{10}$/),
  digits15: matches(/^\d{14,16}$/),
  prefixed: matches(/^[A-Z]{1,5}[-/_]?\d{3,9}$/),
  segmented: matches(/^[A-Z0-9]{1,8}(?:[-/][A-Z0-9]{1,8}){1,4}$/),
  nirLike: matches(/^[12] ?\d\d ?(?:0[1-9]|1[0-2]) ?\d[\dAB] ?\d{3} ?\d{3}(?: ?\d\d)?$/),
  dniLike: matches(/^(?:\d{8}|[XYZ]\d{7}|\d\d\.\d{3}\.\d{3})-?[A-Z]$/),
  fiscalLike: matches(/^[A-Z]{6}\d\d[A-EHLMPRST]\d\d[A-Z]\d{3}[A-Z]$/i),
  ssnLike: matches(/^\d{3}[- ]\d\d[- ]\d{4}$/),
  ninoLike: matches(/^[A-CEGHJ-PR-TW-Z][A-Z] ?\d\d ?\d\d ?\d\d ?[A-D]$/),
  cpfLike: matches(/^\d{3}\.\d{3}\.\d{3}-\d\d$/),
  bornNumber: matches(
    /^(?:19|20)?\d\d(?:[0257][1-9]|[1368][0-2]|[2-9]\d)(?:0[1-9]|[12]\d|3[01])[-+/]?\d{3,5}$/,
  ),
  svLike: matches(/^\d{2} ?\d{6} ?[A-Z] ?\d{3}$/),
  vatLike: matches(
    /^(?:AT|BE|BG|CY|CZ|DE|DK|EE|EL|ES|FI|FR|GB|HR|HU|IE|IT|LT|LU|LV|MT|NL|PL|PT|RO|SE|SI|SK)[A-Z]?\d{7,12}(?:B\d\d)?$/,
  ),
  ibanLike: matches(/^[A-Z]{2}\d\d(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,3})?$/),
  cardLike: matches(/^(?:[3-6]\d{3}[ -]?)(?:\d{4}[ -]?){2}\d{3,4}$/),
  masked: matches(/[*x•]{4}/i),
  agent: matches(
    /^(?:mozilla|opera|curl|okhttp|python|postman|dalvik|wget|java|go-http)[\w-]*\/\d|^\w+\/[\d.]+ \(/i,
  ),
  icd: matches(/^[A-TV-Z]\d{2}(?:\.\d{1,4})?$/),
  icdPoint: matches(/^[A-TV-Z]\d{2}\.\d{1,4}$/),
  blood: matches(/^(?:a|b|ab|o|0)\s?(?:\+|-|pos|neg|rh\+|rh-|positive|negative|positif|positiv)$/i),
  pressure: matches(/^\d{2,3}\/\d{2,3}$/),
  dose: matches(/\d\s?(?:mg|mcg|µg|ml|ie|iu)\b/i),
  snp: matches(/^rs\d{3,}$/i),
  bases: matches(/^[ACGTN]{8,}$/i),
  genotype: matches(/^[ACGT]\/?[ACGT]$/),
  mutation: matches(
    /\bc\.\d|\bp\.[A-Z]|^(?:BRCA|CFTR|APOE|MTHFR|HFE|TP53|HLA|CYP)|del[ACGT]|het\.|homozyg|heterozyg/i,
  ),
  version: matches(/^v?\d+\.\d+(?:\.\d+)*(?:-\w+\.?\d*)?$/),
  zone: matches(/^(?:Europe|America|Asia|Africa|Australia)\/|^UTC|^GMT/),
  locale: matches(/^[a-z]{2}(?:[-_][A-Z]{2})?$/),
  currency: matches(/^(?:EUR|USD|GBP|PLN|CHF|BRL|JPY|SEK|NOK|DKK|CZK|HUF|RON|TRY|CAD|AUD)$/),
  houseFirst: matches(/^\d{1,4}[a-z]? \p{L}/iu),
  houseLast: matches(/^\p{L}.*[\p{L}.],? \d{1,4} ?[a-z]?$/iu),
  codeAndTown: matches(/\b\d{4,5} \p{Lu}\p{L}+|\p{L}+,? [A-Z]{1,2}\d{1,2} ?\d[A-Z]{2}|\d\d-\d{3} \p{Lu}/u),
  sentence: matches(/^\p{L}+(?:[ ,]+[\p{L}\p{N}'’-]+){4,}/u),
  mentions: matches(/\b(?:Mr|Mrs|Ms|Mme|Herr|Frau|Sr|Sra|Sig|sig\.ra|mevr|dhr)\b/),
  greeting: matches(
    /^(?:hello|hi|dear|hey|bonjour|guten|hallo|hola|olá|buongiorno|ciao|salut|dzień|goedemorgen|thanks|sehr geehrte|liebe)/i,
  ),
  ending: matches(
    /(?:regards|cordialement|grüße|saludo|saluti|groet|pozdrawiam|obrigad[oa]|sincerely|cheers)/i,
  ),
  otherScript: matches(
    /[\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Arabic}\p{Script=Han}\p{Script=Hebrew}]/u,
  ),
}
const named = Object.entries(tests)

const lists = Object.entries(vocabulary).flatMap(([list, entries]) =>
  typeof entries === 'string'
    ? [[list, new Set(foldedEntries(entries).map((entry) => splitWords(entry).join(' ')))] as const]
    : [],
)
const longestPhrase = 3

/** Share of the values that have each signal; absent where none has. */
export function signalsOf(values: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  const count = (signal: string) => counts.set(signal, (counts.get(signal) ?? 0) + 1)
  for (const value of values) {
    const text = value.length > 200 ? value.slice(0, 200) : value
    for (const [signal, is] of named) if (is(text)) count(signal)
    for (const list of listsIn(text)) count(list)
  }
  return new Map([...counts].map(([signal, found]) => [signal, found / values.length]))
}

/** The vocabularies a short value speaks from: whole (`is-`) or in part (`has-`). */
function listsIn(text: string): readonly string[] {
  if (text.length > 60 || !/\p{L}/u.test(text)) return []
  const words = splitWords(foldText(text))
  if (words.length > 8) return []
  const phrases = words.flatMap((_, i) =>
    Array.from({ length: Math.min(longestPhrase, words.length - i) }, (__, n) =>
      words.slice(i, i + n + 1).join(' '),
    ),
  )
  const own = words.join(' ')
  return lists.flatMap(([list, entries]) =>
    entries.has(own) ? [`is-${list}`] : phrases.some((phrase) => entries.has(phrase)) ? [`has-${list}`] : [],
  )
}
