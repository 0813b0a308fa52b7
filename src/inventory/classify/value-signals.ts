import { type Asked, detectorsOf, foundBy, type Made, type Traits } from './cell-traits.ts'
import { splitWords } from './fold-text.ts'
import { foldedEntries, foldedLanguages } from './word-lists.ts'
import specialVocabulary from './words/special-vocabulary.json' with { type: 'json' }
import vocabulary from './words/value-vocabulary.json' with { type: 'json' }

/** Small things that many values of a column have in common. None decides; the model weighs them together. */
interface Signal extends Asked {
  readonly name: string
  readonly pattern?: RegExp
  readonly is: (traits: Traits) => boolean
}

type Written = Omit<Signal, 'name' | 'made'>

const signals = (made: readonly Made[], tests: Readonly<Record<string, Written>>): readonly Signal[] =>
  Object.entries(tests).map(([name, test]) => ({ name, made, ...test }))
/** What decides stands at the beginning: nothing after so many characters is looked at. */
const longestLook = 200
/** A pattern, and what is ruled out before it is tried. */
const matches = (pattern: RegExp, asked: Omit<Asked, 'made'> = {}): Written => ({
  ...asked,
  pattern,
  is: ({ text, length }) => pattern.test(length > longestLook ? text.slice(0, longestLook) : text),
})
const long = (length: number) => ({ least: length, most: length })
const whole = (least: number, most: number): Written => ({
  is: ({ number, length, digits }) => length === digits && number >= least && number <= most,
})
const within = (least: number, most: number): Written => ({
  is: ({ number }) => number >= least && number <= most,
})
const yearPattern = /(?:^|\D)((?:19|20)\d\d)(?:\D|$)|^((?:19|20)\d\d)[01]\d[0-3]\d$/
const yearIn = (least: number, most: number): Written => ({
  least: 8,
  most: 30,
  is: ({ text }) => {
    const found = yearPattern.exec(text)
    const year = Number(found?.[1] ?? found?.[2] ?? 0)
    return year >= least && year <= most
  },
})

export const allSignals: readonly Signal[] = [
  ...signals(['number'], {
    cents: matches(/^-?\d+[.,]\d\d$/, { least: 4 }),
    finely: matches(/^-?\d{1,3}\.\d{4,}$/, { needs: '.' }),
    thousands: matches(/^\d{4,6}(?:[.,]\d{1,2})?$/, { least: 4, most: 9 }),
    round: matches(/^\d+00$/, { least: 3 }),
    bit: matches(/^[01]$/, long(1)),
    oneTwo: matches(/^[12]$/, long(1)),
    small: whole(0, 12),
    age: whole(16, 99),
    percent: whole(0, 100),
    year: whole(1900, 2035),
    hundreds: whole(100, 999),
    latitude: within(34, 72),
    longitude: within(-30, 60),
    epochSeconds: matches(/^1[4-8]\d{8}$/, long(10)),
    digits8: matches(/^\d{8}$/, long(8)),
    digits9: matches(/^\d{9}$/, long(9)),
    digits10: matches(/^\d{10}$/, long(10)),
    digits11: matches(/^\d{11}$/, long(11)),
  }),
  ...signals(['number', 'digits'], {
    integer: matches(/^-?\d{1,18}$/),
    decimal: matches(/^-?\d+[.,]\d+$/),
    bornNumber: matches(
      /^(?:19|20)?\d\d(?:[0257][1-9]|[1368][0-2]|[2-9]\d)(?:0[1-9]|[12]\d|3[01])[-+/]?\d{3,5}$/,
      { least: 9, most: 14 },
    ),
  }),
  ...signals(['digits'], {
    pair: matches(/^\(?-?\d{1,2}\.\d+[,;\s]+-?\d{1,3}\.\d+\)?$/, { needs: '.' }),
    ageRange: matches(/^\d{1,2}\s?[-–]\s?\d{1,2}$|^\d{2}\s?\+$/, { most: 7 }),
    digits13: matches(/^\d{13}$/, long(13)),
    ean: matches(/^(?:97[89]|[4-8]\d\d|3\d\d)\d{10}$/, long(13)),
    digits15: matches(/^\d{14,16}$/, { least: 14, most: 16 }),
    ssnLike: matches(/^\d{3}[- ]\d\d[- ]\d{4}$/, long(11)),
    cpfLike: matches(/^\d{3}\.\d{3}\.\d{3}-\d\d$/, long(14)),
    pressure: matches(/^\d{2,3}\/\d{2,3}$/, { most: 7, needs: '/' }),
  }),
  ...signals(['number', 'digits', 'mixed'], {
    negative: matches(/^-\d/, { needs: '-' }),
    zeroFirst: matches(/^0\d/),
    date: matches(
      /^\d{4}-\d\d?-\d\d?|^\d\d?[./-]\d\d?[./-]\d{2,4}|^(?:19|20)\d{6}$|^\d{1,2} \p{L}{3,9}\.? \d{4}/u,
    ),
    bornThen: yearIn(1920, 2009),
    lately: yearIn(2015, 2032),
    version: matches(/^v?\d+\.\d+(?:\.\d+)*(?:-\w+\.?\d*)?$/, { needs: '.' }),
    hex: matches(/^[0-9a-f]{12,}$/i, { least: 12 }),
  }),
  ...signals(['digits', 'mixed'], {
    money: matches(/^(?:[$€£]\s?-?\d|-?[\d.,\s]+\s?(?:[$€£]|eur|usd|zł|kr)$)/i),
    time: matches(/\d\d:\d\d/, { needs: ':' }),
    midnight: matches(/ 00:00:00/, { needs: ' :' }),
    nirLike: matches(/^[12] ?\d\d ?(?:0[1-9]|1[0-2]) ?\d[\dAB] ?\d{3} ?\d{3}(?: ?\d\d)?$/, {
      least: 13,
      most: 21,
    }),
    licence: matches(
      /^(?:[A-Z9]{5}\d{6}[A-Z9]{2}\d?[A-Z]{2}|[A-Z]\d{3}-\d{4}-\d{4}|[A-Z]\d{3}[A-Z]{2}\d{2}[A-Z]\d{2}|[A-Z]\d{11,13}|[A-Z]{2}\d{7}[A-Z]|U1[A-Z0-9]{8}|\d{5}\/\d{2}\/\d{4})$/,
      { least: 10, most: 16 },
    ),
    cardLike: matches(/^(?:[3-6]\d{3}[ -]?)(?:\d{4}[ -]?){2}\d{3,4}$/, { least: 15, most: 19 }),
    hexLong: matches(/^[0-9a-f]{64}$/i, long(64)),
  }),
  ...signals(['word'], {
    oneLetter: matches(/^\p{L}$/u),
    twoLetters: matches(/^[A-Z]{2}$/, long(2)),
    threeLetters: matches(/^[A-Z]{3}$/, long(3)),
    title: matches(/^\p{Lu}\p{Ll}+$/u),
    lowWord: matches(/^\p{Ll}{3,}$/u),
    bases: matches(/^[ACGTN]{8,}$/i, { least: 8 }),
    currency: matches(/^(?:EUR|USD|GBP|PLN|CHF|BRL|JPY|SEK|NOK|DKK|CZK|HUF|RON|TRY|CAD|AUD)$/, long(3)),
  }),
  ...signals(['word', 'phrase'], {
    nameEnding: matches(
      /(?:ski|ska|cki|cka|wicz|czyk|sson|sen|ova|ová|escu|idis|poulos|inho|ez|elli|etti|ini|stra|mann|berg|stein|eau|aux|ier|ton|son|ley|ford)$/i,
    ),
    genotype: matches(/^[ACGT]\/?[ACGT]$/, { least: 2, most: 3 }),
  }),
  ...signals(['phrase'], {
    titles2: matches(/^\p{Lu}[\p{Ll}'’-]+(?: \p{Lu}[\p{L}'’-]+)$/u, { least: 5, needs: ' ' }),
    titles3: matches(/^\p{Lu}[\p{L}'’.-]*(?: [\p{L}'’.-]+){2,3}$/u, { least: 5, needs: ' ' }),
    comma: matches(/^[\p{L}'’ -]{2,30}, ?[\p{L}'’. -]{2,30}$/u, { needs: ',' }),
    salutation: matches(
      /^(?:mr|mrs|ms|miss|dr|prof|herr|frau|hr|fr|m|mme|mlle|sr|sra|srta|d|dña|sig|sig\.ra|dott|dhr|mevr|pan|pani)\.? \p{L}/iu,
      { needs: ' ' },
    ),
  }),
  ...signals(['word', 'phrase', 'mixed'], {
    capitals: { least: 4, is: ({ text }) => text === text.toUpperCase() && /\p{Lu}{2}/u.test(text) },
    login: matches(/^[a-z][a-z]*[._-]?[a-z]+\d{0,4}$/),
    imageData: matches(/^(?:\/9j\/|data:image|iVBOR|R0lGOD|\\xffd8|\\x8950)/),
    template: matches(/^(?:Rk1S|Rk1SA|FMR|FIR|0x464d52|SUQz|AAAAA)/i),
    base64: matches(/^[\w+/\\-]{40,}={0,2}$/, { least: 40 }),
    mutation: matches(
      /\bc\.\d|\bp\.[A-Z]|^(?:BRCA|CFTR|APOE|MTHFR|HFE|TP53|HLA|CYP)|del[ACGT]|het\.|homozyg|heterozyg/i,
    ),
    zone: matches(/^(?:Europe|America|Asia|Africa|Australia)\/|^UTC|^GMT/),
    locale: matches(/^[a-z]{2}(?:[-_][A-Z]{2})?$/, { least: 2, most: 5 }),
    otherScript: matches(
      /[\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Arabic}\p{Script=Han}\p{Script=Hebrew}]/u,
    ),
  }),
  ...signals(['phrase', 'mixed'], {
    initial: matches(/^\p{Lu}\. ?\p{Lu}\p{L}+/u, { needs: '.' }),
    particle: matches(/^(?:van|de|von|del|della|di|da|ten|ter|al|el|le|la|mc|mac|o')[ '-]/i),
    handle: matches(/^@\w{2,}$/, { needs: '@' }),
    url: matches(/^https?:\/\//, { needs: ':/' }),
    path: matches(/^\/[\w/-]*/, { needs: '/' }),
    file: matches(/\.(?:pdf|docx?|xlsx?|csv|zip|tar|gz|txt|mp4|html?|js)$/i, { needs: '.' }),
    image: matches(/\.(?:jpe?g|png|gif|webp|heic|bmp|tiff?|svg)$/i, { needs: '.' }),
    portrait: matches(/avatar|photo|profil|portrait|selfie|mugshot|foto|img_|face/i),
    signed: matches(/\/s\/|sign|unterschrift|firma\b/i),
    jwt: matches(/^eyJ/),
    password: matches(/^(?=.*[a-zA-Z])(?=.*[\d!@#$%&*])\S{6,16}$/, { least: 6, most: 16 }),
    sentence: matches(/^\p{L}+(?:[ ,]+[\p{L}\p{N}'’-]+){4,}/u, { least: 9 }),
    mentions: matches(/\b(?:Mr|Mrs|Ms|Mme|Herr|Frau|Sr|Sra|Sig|sig\.ra|mevr|dhr)\b/),
    greeting: matches(
      /^(?:hello|hi|dear|hey|bonjour|guten|hallo|hola|olá|buongiorno|ciao|salut|dzień|goedemorgen|thanks|sehr geehrte|liebe)/i,
    ),
    ending: matches(
      /(?:regards|cordialement|grüße|saludo|saluti|groet|pozdrawiam|obrigad[oa]|sincerely|cheers)/i,
    ),
  }),
  ...signals(['word', 'mixed'], {
    bic: matches(
      /^[A-Z]{4}(?:AT|BE|BG|CH|CY|CZ|DE|DK|EE|ES|FI|FR|GB|GR|HR|HU|IE|IT|LT|LU|LV|MT|NL|NO|PL|PT|RO|SE|SI|SK|US|BR)[A-Z0-9]{2}(?:[A-Z0-9]{3})?$/,
      { least: 8, most: 11 },
    ),
  }),
  ...signals(['mixed'], {
    loginDigits: matches(/^[a-zA-Z][\w.-]{2,}\d{1,4}$/, { least: 4 }),
    plate: matches(
      /^(?:[A-Z]{2}[ -]?\d{2}[ -]?[A-Z]{3}|[A-Z]{2}[ -]?\d{3}[ -]?[A-Z]{2}|[A-ZÄÖÜ]{1,3}-[A-Z]{1,2} ?\d{1,4}[EH]?|\d{4}[ -]?[B-Z]{3}|\d{2}-[A-Z]{2,3}-\d{1,2}|[A-Z]{1,2}-\d{2,3}-[A-Z]{1,2}|\d-[A-Z]{3}-\d{2}|[A-Z]{2,3} ?\d{2}[A-Z0-9]{2,3}|\d[A-Z]\d ?\d{4}|[A-Z]{3}[ -]?\d{3,4}|[A-Z]{3}\d[A-Z]\d{2}|[A-Z]{1,2} \d{2,3} [A-Z]{3}|\d[A-Z]{3}\d{3}|\d{3} [A-Z]{3} \d\d)$/,
      { least: 4, most: 12 },
    ),
    passport: matches(
      /^(?:[A-Z]{1,2}\d{6,8}|\d{2}[A-Z]{2}\d{5}|[CFGHJKLMNPRTVWXYZ][CFGHJKLMNPRTVWXYZ0-9]{8}|[A-Z]{3}\d{6}|[A-Z]{2}[A-Z0-9]{6}\d)$/,
      { least: 7, most: 10 },
    ),
    dniLike: matches(/^(?:\d{8}|[XYZ]\d{7}|\d\d\.\d{3}\.\d{3})-?[A-Z]$/, { least: 9, most: 12 }),
    fiscalLike: matches(/^[A-Z]{6}\d\d[A-EHLMPRST]\d\d[A-Z]\d{3}[A-Z]$/i, long(16)),
    ninoLike: matches(/^[A-CEGHJ-PR-TW-Z][A-Z] ?\d\d ?\d\d ?\d\d ?[A-D]$/, { least: 9, most: 13 }),
    svLike: matches(/^\d{2} ?\d{6} ?[A-Z] ?\d{3}$/, { least: 12, most: 15 }),
    vatLike: matches(
      /^(?:AT|BE|BG|CY|CZ|DE|DK|EE|EL|ES|FI|FR|GB|HR|HU|IE|IT|LT|LU|LV|MT|NL|PL|PT|RO|SE|SI|SK)[A-Z]?\d{7,12}(?:B\d\d)?$/,
      { least: 9, most: 18 },
    ),
    ibanLike: matches(/^[A-Z]{2}\d\d(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,3})?$/, { least: 16 }),
    agent: matches(
      /^(?:mozilla|opera|curl|okhttp|python|postman|dalvik|wget|java|go-http)[\w-]*\/\d|^\w+\/[\d.]+ \(/i,
      { needs: '/' },
    ),
    icd: matches(/^[A-TV-Z]\d{2}(?:\.\d{1,4})?$/, { least: 3, most: 8 }),
    icdPoint: matches(/^[A-TV-Z]\d{2}\.\d{1,4}$/, { least: 5, most: 8, needs: '.' }),
    dose: matches(/\d\s?(?:mg|mcg|µg|ml|ie|iu)\b/i),
    atc: matches(/^[ABCDGHJLMNPRSV]\d{2}[A-Z]{2}\d{2}$/, long(7)),
    snp: matches(/^rs\d{3,}$/i, { least: 5 }),
    houseFirst: matches(/^\d{1,4}[a-z]? \p{L}/iu, { needs: ' ' }),
    houseLast: matches(/^\p{L}.*[\p{L}.],? \d{1,4} ?[a-z]?$/iu, { needs: ' ' }),
    codeAndTown: matches(/\b\d{4,5} \p{Lu}\p{L}+|\p{L}+,? [A-Z]{1,2}\d{1,2} ?\d[A-Z]{2}|\d\d-\d{3} \p{Lu}/u, {
      needs: ' ',
    }),
    prefixed: matches(/^[A-Z]{1,5}[-/_]?\d{3,9}$/, { least: 4, most: 15 }),
  }),
  // What courts, laboratories and clinics write: sections of a penal code and file numbers, terms, alleles, procedures.
  ...signals(['mixed'], {
    penal: matches(
      /^(?:§§? ?\d|art\.? ?\d[\d.:-]*(?: ?(?:§|ust|abs|al|lid) ?\d+)? ?(?:k\.? ?k|c\.? ?p|cp|sr|stgb|wvw|dpr|cds|cod)|l?\d{3}-\d+[\d-]* (?:cp|cr|csp)\b|\d{1,3}(?:[.-]\d+)* (?:cp|kk|kw|sr|stgb|wvw)$)/i,
      { least: 2 },
    ),
    courtFile: matches(
      /^(?:[IVX]{1,4} [A-Z][a-zA-Z]{0,2} \d+\/\d\d|(?:az\.? )?\d{1,4} (?:js|ds|ls|kls|cs|gs) \d+|ecli:|\d\d\/\d{5,6}-\d\d$|(?:r\.?g\.?|n\.|dp|pa|eje|p\.c\.) ?(?:n\.? ?r\.? )?\d+\/(?:\d\d){1,2}\b)/i,
      { least: 5 },
    ),
    term: matches(
      /\b\d{1,3} ?(?:months?|mois|monate?n?|mes(?:es|i)?|maand(?:en)?|mnd|mies|years?|ans?|jahre?n?|años?|anos?|ann[io]|jaar|lat|rok|hours?|tagess|uur|días|dias|jornadas|heures|stawek|stunden)\b/i,
      { least: 3 },
    ),
    alleles: matches(
      /^(?:(?:hla-)?(?:a|b|c|d[pqr][ab]\d?)\*?\d\d(?::\d\d)?\b|4[5-8],x|\*\d+\w*\/\*\d|[a-t]\d[a-z]\d?[a-z]?\d?$|[a-t]\d?[a-z]?\d?[a-z]?-[a-z]{1,3}\d{2,6}$|[εe]\d ?\/ ?[εe]\d)/i,
      { least: 3 },
    ),
    clinicCode: matches(
      /^(?:[1-9A-NP-Z][A-HJ-NP-Z]\d[0-9A-Z](?:\.\w{1,2})?|[A-Z]\d\d[A-Z]|[A-Z]{4}\d{3}|(?:GIR|PG|GdB) ?\d{1,3}|\d\d-[A-Z](?:, ?\d\d-[A-Z])*)$/,
      { least: 3 },
    ),
    loci: matches(/\b(?:D\d{1,2}S\d{2,4}|vWA|TH01|TPOX|FGA|CSF1PO|SE33)\b\W{1,3}\d/, { least: 5 }),
    bodyFile: matches(/\.(?:fmd|fir|wsq|npy|iso|bdb|vcf(?:\.gz)?|bam|fastq(?:\.gz)?)$/i, { needs: '.' }),
  }),
  ...signals(['digits'], {
    vector: matches(/^[[({]?-?\d?\.\d+(?:[,; ]+-?\d?\.\d+){4}/, { least: 14, needs: '.' }),
    schedule: matches(/^\d(?:-\d){2,3}$/, { least: 5, most: 7, needs: '-' }),
    clinicAct: matches(/^\d-\d{3}(?:\.\d{1,2})?$/, { least: 5, most: 8, needs: '-' }),
  }),
  ...signals(['digits', 'mixed'], {
    minutiae: matches(/^(?:[(x]?\d{1,3}[,:y]\d{1,3}[,:a](?:[A-Z]:)?\d{1,3}\)?[;| ]?){3}/, { least: 12 }),
  }),
  ...signals(['digits', 'phrase', 'mixed'], {
    masked: matches(/[*x•]{4}/i, { least: 4 }),
    blood: matches(/^(?:a|b|ab|o|0)\s?(?:\+|-|pos|neg|rh\+|rh-|positive|negative|positif|positiv)$/i, {
      least: 2,
      most: 11,
    }),
    segmented: matches(/^[A-Z0-9]{1,8}(?:[-/][A-Z0-9]{1,8}){1,4}$/, { least: 3 }),
  }),
]

const detectors = detectorsOf(allSignals)

/** Words and phrases of the vocabularies, each with the lists it stands in; a phrase is known by its first word. */
const listsOf = new Map<string, string[]>()
const firstWords = new Set<string>()
const { about: _, ...bySpeech } = specialVocabulary
const lists: readonly (readonly [string, readonly string[]])[] = [
  ...Object.entries(vocabulary).flatMap(([list, entries]) =>
    typeof entries === 'string' ? [[list, foldedEntries(entries)] as const] : [],
  ),
  ...Object.entries(bySpeech).map(([list, languages]) => [list, foldedLanguages(languages)] as const),
]
for (const [list, entries] of lists) {
  for (const entry of entries) {
    const words = splitWords(entry)
    const phrase = words.join(' ')
    const known = listsOf.get(phrase) ?? []
    if (!known.includes(list)) listsOf.set(phrase, [...known, list])
    firstWords.add(words[0] ?? '')
  }
}
const longestPhrase = 3
const longestEntry = 60
const mostWords = 8

/** Share of the values that have each signal; absent where none has. */
export function signalsOf(values: readonly Traits[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  const count = (signal: string) => counts.set(signal, (counts.get(signal) ?? 0) + 1)
  for (const traits of values) {
    for (const name of foundBy(detectors, traits)) count(name)
    countLists(traits, count)
  }
  for (const [signal, found] of counts) counts.set(signal, found / values.length)
  return counts
}

/** The vocabularies a short value speaks from: whole (`is-`) or in part (`has-`). */
function countLists({ words, length }: Traits, count: (signal: string) => void): void {
  if (length > longestEntry || words.length > mostWords || !words.some((word) => firstWords.has(word))) return
  const own = listsOf.get(words.join(' ')) ?? []
  for (const list of own) count(`is-${list}`)
  const parts = new Set<string>()
  for (let i = 0; i < words.length; i++) {
    if (!firstWords.has(words[i] ?? '')) continue
    for (let end = i + 1; end <= Math.min(i + longestPhrase, words.length); end++)
      for (const list of listsOf.get(words.slice(i, end).join(' ')) ?? []) parts.add(list)
  }
  for (const list of parts) if (!own.includes(list)) count(`has-${list}`)
}

const ofSpecial: ReadonlySet<string> = new Set(vocabulary.about.special.split(', '))

/** Forms that values of special categories alone have: sections of a penal code, alleles, codes of illnesses. */
const formsOfSpecial: ReadonlySet<string> = new Set(vocabulary.about.forms.split(', '))
const speaking = detectorsOf(allSignals.filter(({ name }) => formsOfSpecial.has(name)))

/** Whether so many of the values are in a vocabulary of a special category, whole or in part, or have a form of one. */
export function speakOfSpecial(values: readonly Traits[], least: number): boolean {
  let missing = least * values.length
  let left = values.length
  for (const traits of values) {
    // As soon as the rest cannot reach it, or need not, nothing more is looked at.
    if (missing <= 0 || left < missing) break
    if (speaksOfSpecial(traits)) missing--
    left--
  }
  return values.length > 0 && missing <= 0
}

function speaksOfSpecial(traits: Traits): boolean {
  let isSpecial = foundBy(speaking, traits).length > 0
  if (!isSpecial)
    countLists(traits, (signal) => {
      isSpecial ||= ofSpecial.has(signal.slice(signal.indexOf('-') + 1))
    })
  return isSpecial
}
