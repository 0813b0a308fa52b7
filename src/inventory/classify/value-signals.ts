import { type Asked, hasPoint, longestForPattern, type Made, type Traits } from './cell-traits.ts'

/** Small things that many values of a column have in common. None decides; the model weighs them together. */
interface Signal extends Asked {
  readonly name: string
  readonly pattern?: RegExp
  readonly is: (traits: Traits) => boolean
}

type Written = Omit<Signal, 'name' | 'made'>

const signals = (made: readonly Made[], tests: Readonly<Record<string, Written>>): readonly Signal[] =>
  Object.entries(tests).map(([name, test]) => ({ name, made, ...test }))
/** A pattern, and what is ruled out before it is tried. */
const matches = (pattern: RegExp, asked: Omit<Asked, 'made'> = {}): Written => ({
  ...asked,
  pattern,
  is: ({ text, length }) =>
    pattern.test(length > longestForPattern ? text.slice(0, longestForPattern) : text),
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
    const year = yearOf(text)
    return year >= least && year <= most
  },
})
/** Two signals ask for the year of a value, one after the other. */
let lastRead = { text: '', year: 0 }
function yearOf(text: string): number {
  if (lastRead.text === text) return lastRead.year
  const found = text.includes('20') || text.includes('19') ? yearPattern.exec(text) : null
  lastRead = { text, year: Number(found?.[1] ?? found?.[2] ?? 0) }
  return lastRead.year
}
/** A pattern for whatever is not one number: of that its parts are known. */
const orNumber = (
  isSuch: (number: Traits) => boolean,
  pattern: RegExp,
  asked: Omit<Asked, 'made'> = {},
): Written => {
  const { is } = matches(pattern, asked)
  return { ...asked, is: (traits) => (traits.made === 'number' ? isSuch(traits) : is(traits)) }
}
/** A pattern that takes long, and what is seen of a value before. */
const ifTrue = (
  mayBe: (traits: Traits) => boolean,
  pattern: RegExp,
  asked: Omit<Asked, 'made'> = {},
): Written => {
  const { is } = matches(pattern, asked)
  return { ...asked, is: (traits) => mayBe(traits) && is(traits) }
}
const isDigit = (code: number): boolean => code >= 48 && code <= 57
const isPoint = (code: number): boolean => code === 46 || code === 44

export const allSignals: readonly Signal[] = [
  ...signals(['number'], {
    cents: { least: 4, is: ({ text, length }) => isPoint(text.charCodeAt(length - 3)) },
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
    integer: orNumber((number) => !hasPoint(number), /^-?\d{1,18}$/),
    decimal: orNumber(hasPoint, /^-?\d+[.,]\d+$/),
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
    negative: matches(/^-\d/, { begins: '.', needs: '-' }),
    zeroFirst: {
      begins: '0',
      is: ({ text }) => text.charCodeAt(0) === 48 && isDigit(text.charCodeAt(1)),
    },
    date: orNumber(
      ({ number, digits, length }) => digits === 8 && length === 8 && number >= 19e6 && number < 21e6,
      /^\d{4}-\d\d?-\d\d?|^\d\d?[./-]\d\d?[./-]\d{2,4}|^(?:19|20)\d{6}$|^\d{1,2} \p{L}{3,9}\.? \d{4}/u,
      { begins: '0' },
    ),
    bornThen: yearIn(1920, 2009),
    lately: yearIn(2015, 2032),
    version: orNumber(() => true, /^v?\d+\.\d+(?:\.\d+)*(?:-\w+\.?\d*)?$/, { begins: '0a', needs: '.' }),
    hex: matches(/^[0-9a-f]{12,}$/i, { begins: '0aA', least: 12 }),
  }),
  ...signals(['digits', 'mixed'], {
    money: matches(/^(?:[$€£]\s?-?\d|-?[\d.,\s]+\s?(?:[$€£]|eur|usd|zł|kr)$)/i, { begins: '0.' }),
    time: matches(/\d\d:\d\d/, { needs: ':' }),
    midnight: matches(/ 00:00:00/, { needs: ' :' }),
    nirLike: matches(/^[12] ?\d\d ?(?:0[1-9]|1[0-2]) ?\d[\dAB] ?\d{3} ?\d{3}(?: ?\d\d)?$/, {
      begins: '0',
      least: 13,
      most: 21,
    }),
    licence: matches(
      /^(?:[A-Z9]{5}\d{6}[A-Z9]{2}\d?[A-Z]{2}|[A-Z]\d{3}-\d{4}-\d{4}|[A-Z]\d{3}[A-Z]{2}\d{2}[A-Z]\d{2}|[A-Z]\d{11,13}|[A-Z]{2}\d{7}[A-Z]|U1[A-Z0-9]{8}|\d{5}\/\d{2}\/\d{4})$/,
      { lacks: 'a', begins: '0A', least: 10, most: 16 },
    ),
    cardLike: matches(/^(?:[3-6]\d{3}[ -]?)(?:\d{4}[ -]?){2}\d{3,4}$/, { begins: '0', least: 15, most: 19 }),
    hexLong: matches(/^[0-9a-f]{64}$/i, { ...long(64), begins: '0aA' }),
  }),
  ...signals(['word'], {
    oneLetter: matches(/^\p{L}$/u),
    twoLetters: matches(/^[A-Z]{2}$/, { ...long(2), begins: 'A' }),
    threeLetters: matches(/^[A-Z]{3}$/, { ...long(3), begins: 'A' }),
    title: matches(/^\p{Lu}\p{Ll}+$/u, { begins: 'A.' }),
    lowWord: matches(/^\p{Ll}{3,}$/u, { begins: 'a.' }),
    bases: matches(/^[ACGTN]{8,}$/i, { begins: 'aA', least: 8 }),
    currency: matches(/^(?:EUR|USD|GBP|PLN|CHF|BRL|JPY|SEK|NOK|DKK|CZK|HUF|RON|TRY|CAD|AUD)$/, {
      ...long(3),
      begins: 'A',
    }),
  }),
  ...signals(['word', 'phrase'], {
    nameEnding: matches(
      /(?:ski|ska|cki|cka|wicz|czyk|sson|sen|ova|ová|escu|idis|poulos|inho|ez|elli|etti|ini|stra|mann|berg|stein|eau|aux|ier|ton|son|ley|ford)$/i,
    ),
    genotype: matches(/^[ACGT]\/?[ACGT]$/, { begins: 'A', least: 2, most: 3 }),
  }),
  ...signals(['phrase'], {
    titles2: matches(/^\p{Lu}[\p{Ll}'’-]+(?: \p{Lu}[\p{L}'’-]+)$/u, { begins: 'A.', least: 5, needs: ' ' }),
    titles3: matches(/^\p{Lu}[\p{L}'’.-]*(?: [\p{L}'’.-]+){2,3}$/u, { begins: 'A.', least: 5, needs: ' ' }),
    comma: matches(/^[\p{L}'’ -]{2,30}, ?[\p{L}'’. -]{2,30}$/u, { begins: 'aA.', needs: ',' }),
    salutation: matches(
      /^(?:mr|mrs|ms|miss|dr|prof|herr|frau|hr|fr|m|mme|mlle|sr|sra|srta|d|dña|sig|sig\.ra|dott|dhr|mevr|pan|pani)\.? \p{L}/iu,
      { begins: 'aA.', initials: 'mdphfs', needs: ' ' },
    ),
  }),
  ...signals(['word', 'phrase', 'mixed'], {
    capitals: {
      least: 4,
      lacks: 'a',
      is: ({ text }) => /\p{Lu}{2}/u.test(text) && text === text.toUpperCase(),
    },
    login: matches(/^[a-z][a-z]*[._-]?[a-z]+\d{0,4}$/, { lacks: 'A', begins: 'a' }),
    imageData: matches(/^(?:\/9j\/|data:image|iVBOR|R0lGOD|\\xffd8|\\x8950)/, {
      begins: 'aA.',
      initials: 'dir',
    }),
    template: matches(/^(?:Rk1S|Rk1SA|FMR|FIR|0x464d52|SUQz|AAAAA)/i, { begins: '0aA', initials: 'rfsa' }),
    base64: matches(/^[\w+/\\-]{40,}={0,2}$/, { least: 40 }),
    mutation: matches(
      /\bc\.\d|\bp\.[A-Z]|^(?:BRCA|CFTR|APOE|MTHFR|HFE|TP53|HLA|CYP)|del[ACGT]|het\.|homozyg|heterozyg/i,
    ),
    zone: matches(/^(?:Europe|America|Asia|Africa|Australia)\/|^UTC|^GMT/, { begins: 'A', initials: 'eaug' }),
    locale: matches(/^[a-z]{2}(?:[-_][A-Z]{2})?$/, { begins: 'a', least: 2, most: 5 }),
    otherScript: matches(
      /[\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Arabic}\p{Script=Han}\p{Script=Hebrew}]/u,
      { needs: 'é' },
    ),
  }),
  ...signals(['phrase', 'mixed'], {
    initial: matches(/^\p{Lu}\. ?\p{Lu}\p{L}+/u, { begins: 'A.', needs: '.' }),
    particle: matches(/^(?:van|de|von|del|della|di|da|ten|ter|al|el|le|la|mc|mac|o')[ '-]/i, {
      begins: 'aA',
      initials: 'vdtaelmo',
    }),
    handle: matches(/^@\w{2,}$/, { begins: '.', needs: '@' }),
    url: matches(/^https?:\/\//, { begins: 'a', initials: 'h', needs: ':/' }),
    path: matches(/^\/[\w/-]*/, { begins: '.', needs: '/' }),
    file: matches(/\.(?:pdf|docx?|xlsx?|csv|zip|tar|gz|txt|mp4|html?|js)$/i, { needs: '.' }),
    image: matches(/\.(?:jpe?g|png|gif|webp|heic|bmp|tiff?|svg)$/i, { needs: '.' }),
    portrait: matches(/avatar|photo|profil|portrait|selfie|mugshot|foto|img_|face/i),
    signed: matches(/\/s\/|sign|unterschrift|firma\b/i),
    jwt: matches(/^eyJ/, { begins: 'a', initials: 'e' }),
    password: matches(/^(?=.*[a-zA-Z])(?=.*[\d!@#$%&*])\S{6,16}$/, { least: 6, most: 16 }),
    sentence: ifTrue(({ spaces, other }) => spaces + other >= 4, /^\p{L}+(?:[ ,]+[\p{L}\p{N}'’-]+){4,}/u, {
      begins: 'aA.',
      least: 9,
    }),
    mentions: matches(/\b(?:Mr|Mrs|Ms|Mme|Herr|Frau|Sr|Sra|Sig|sig\.ra|mevr|dhr)\b/),
    greeting: matches(
      /^(?:hello|hi|dear|hey|bonjour|guten|hallo|hola|olá|buongiorno|ciao|salut|dzień|goedemorgen|thanks|sehr geehrte|liebe)/i,
      { begins: 'aA', initials: 'hdbgocstl' },
    ),
    ending: matches(
      /(?:regards|cordialement|grüße|saludo|saluti|groet|pozdrawiam|obrigad[oa]|sincerely|cheers)/i,
    ),
  }),
  ...signals(['word', 'mixed'], {
    bic: matches(
      /^[A-Z]{4}(?:AT|BE|BG|CH|CY|CZ|DE|DK|EE|ES|FI|FR|GB|GR|HR|HU|IE|IT|LT|LU|LV|MT|NL|NO|PL|PT|RO|SE|SI|SK|US|BR)[A-Z0-9]{2}(?:[A-Z0-9]{3})?$/,
      { lacks: 'a', begins: 'A', least: 8, most: 11 },
    ),
  }),
  ...signals(['mixed'], {
    loginDigits: matches(/^[a-zA-Z][\w.-]{2,}\d{1,4}$/, { begins: 'aA', least: 4 }),
    plate: matches(
      /^(?:[A-Z]{2}[ -]?\d{2}[ -]?[A-Z]{3}|[A-Z]{2}[ -]?\d{3}[ -]?[A-Z]{2}|[A-ZÄÖÜ]{1,3}-[A-Z]{1,2} ?\d{1,4}[EH]?|\d{4}[ -]?[B-Z]{3}|\d{2}-[A-Z]{2,3}-\d{1,2}|[A-Z]{1,2}-\d{2,3}-[A-Z]{1,2}|\d-[A-Z]{3}-\d{2}|[A-Z]{2,3} ?\d{2}[A-Z0-9]{2,3}|\d[A-Z]\d ?\d{4}|[A-Z]{3}[ -]?\d{3,4}|[A-Z]{3}\d[A-Z]\d{2}|[A-Z]{1,2} \d{2,3} [A-Z]{3}|\d[A-Z]{3}\d{3}|\d{3} [A-Z]{3} \d\d)$/,
      { lacks: 'a', begins: '0A.', least: 4, most: 12 },
    ),
    passport: matches(
      /^(?:[A-Z]{1,2}\d{6,8}|\d{2}[A-Z]{2}\d{5}|[CFGHJKLMNPRTVWXYZ][CFGHJKLMNPRTVWXYZ0-9]{8}|[A-Z]{3}\d{6}|[A-Z]{2}[A-Z0-9]{6}\d)$/,
      { lacks: 'a', begins: '0A', least: 7, most: 10 },
    ),
    dniLike: matches(/^(?:\d{8}|[XYZ]\d{7}|\d\d\.\d{3}\.\d{3})-?[A-Z]$/, {
      lacks: 'a',
      begins: '0A',
      least: 9,
      most: 12,
    }),
    fiscalLike: matches(/^[A-Z]{6}\d\d[A-EHLMPRST]\d\d[A-Z]\d{3}[A-Z]$/i, { ...long(16), begins: 'aA' }),
    ninoLike: matches(/^[A-CEGHJ-PR-TW-Z][A-Z] ?\d\d ?\d\d ?\d\d ?[A-D]$/, {
      lacks: 'a',
      begins: 'A',
      least: 9,
      most: 13,
    }),
    svLike: matches(/^\d{2} ?\d{6} ?[A-Z] ?\d{3}$/, { lacks: 'a', begins: '0', least: 12, most: 15 }),
    vatLike: matches(
      /^(?:AT|BE|BG|CY|CZ|DE|DK|EE|EL|ES|FI|FR|GB|HR|HU|IE|IT|LT|LU|LV|MT|NL|PL|PT|RO|SE|SI|SK)[A-Z]?\d{7,12}(?:B\d\d)?$/,
      { lacks: 'a', begins: 'A', least: 9, most: 18 },
    ),
    ibanLike: matches(/^[A-Z]{2}\d\d(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,3})?$/, {
      lacks: 'a',
      begins: 'A',
      least: 16,
    }),
    agent: matches(
      /^(?:mozilla|opera|curl|okhttp|python|postman|dalvik|wget|java|go-http)[\w-]*\/\d|^\w+\/[\d.]+ \(/i,
      { needs: '/' },
    ),
    icd: matches(/^[A-TV-Z]\d{2}(?:\.\d{1,4})?$/, { lacks: 'a', begins: 'A', least: 3, most: 8 }),
    icdPoint: matches(/^[A-TV-Z]\d{2}\.\d{1,4}$/, { lacks: 'a', begins: 'A', least: 5, most: 8, needs: '.' }),
    dose: matches(/\d\s?(?:mg|mcg|µg|ml|ie|iu)\b/i),
    atc: matches(/^[ABCDGHJLMNPRSV]\d{2}[A-Z]{2}\d{2}$/, { ...long(7), lacks: 'a', begins: 'A' }),
    snp: matches(/^rs\d{3,}$/i, { begins: 'aA', initials: 'r', least: 5 }),
    houseFirst: matches(/^\d{1,4}[a-z]? \p{L}/iu, { begins: '0', needs: ' ' }),
    houseLast: matches(/^\p{L}.*[\p{L}.],? \d{1,4} ?[a-z]?$/iu, { begins: 'aA.', needs: ' ' }),
    codeAndTown: matches(/\b\d{4,5} \p{Lu}\p{L}|\p{L},? [A-Z]{1,2}\d{1,2} ?\d[A-Z]{2}|\d\d-\d{3} \p{Lu}/u, {
      needs: ' ',
    }),
    prefixed: matches(/^[A-Z]{1,5}[-/_]?\d{3,9}$/, { lacks: 'a', begins: 'A', least: 4, most: 15 }),
  }),
  // What courts, laboratories and clinics write: sections of a penal code and file numbers, terms, alleles, procedures.
  ...signals(['mixed'], {
    penal: matches(
      /^(?:§§? ?\d|art\.? ?\d[\d.:-]*(?: ?(?:§|ust|abs|al|lid) ?\d+)? ?(?:k\.? ?k|c\.? ?p|cp|sr|stgb|wvw|dpr|cds|cod)|l?\d{3}-\d+[\d-]* (?:cp|cr|csp)\b|\d{1,3}(?:[.-]\d+)* (?:cp|kk|kw|sr|stgb|wvw)$)/i,
      { initials: 'al', least: 2 },
    ),
    courtFile: matches(
      /^(?:[IVX]{1,4} [A-Z][a-zA-Z]{0,2} \d+\/\d\d|(?:az\.? )?\d{1,4} (?:js|ds|ls|kls|cs|gs) \d+|ecli:|\d\d\/\d{5,6}-\d\d$|(?:r\.?g\.?|n\.|dp|pa|eje|p\.c\.) ?(?:n\.? ?r\.? )?\d+\/(?:\d\d){1,2}\b)/i,
      { begins: '0aA', initials: 'ivxaernpd', least: 5 },
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
      { begins: '0A', least: 3 },
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
      begins: '0aA',
      initials: 'abo',
      least: 2,
      most: 11,
    }),
    segmented: matches(/^[A-Z0-9]{1,8}(?:[-/][A-Z0-9]{1,8}){1,4}$/, { lacks: 'a', begins: '0A', least: 3 }),
  }),
]
