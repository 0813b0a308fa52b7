import { foldText, splitWords } from './fold-text.ts'

/**
 * What a value is made of: one number; digits and signs; one word; letters, blanks and signs; letters and digits; signs
 * alone. Most detectors need one of these, and so are ruled out without being asked.
 */
export type Made = 'number' | 'digits' | 'word' | 'phrase' | 'mixed' | 'signs'

/** One pass over a value's characters, kept for every detector that looks at it. */
export interface Traits {
  readonly text: string
  readonly made: Made
  readonly folded: string
  /** Folded words, letters and digits only; none where it has no letters, or is a longer text. */
  readonly words: readonly string[]
  /** The number it is, with a point or a comma; NaN for anything else. */
  readonly number: number
  readonly length: number
  readonly digits: number
  readonly letters: number
  readonly spaces: number
  readonly ats: number
  readonly other: number
  /** A bit for each of the `signs` below that stands in it, and others that nobody asks for. */
  readonly signs: number
  /** The bit of its first character, as `begins` names it. */
  readonly first: number
}

/** Enough to know a text by; a million-character cell costs no more than this. */
const longestLook = 2_000
const longestNumber = 20
const numberPattern = /^-?\d{1,12}(?:[.,]\d+)?$/
/** No name, place or street is longer. */
const longestWords = 120
const none: readonly string[] = []

/** Signs that a detector may need: a value without a colon is no link. */
const signs = ' -.,/:@_*'
const wide = 1 << signs.length
const [digit, letter, space, at] = [wide << 1, wide << 2, wide << 3, wide << 4]
const [small, capital, odd] = [wide << 5, wide << 6, wide << 7]
/** How detectors name the first character: a digit, a small letter or a capital of ASCII, anything else. */
const beginnings = new Map([
  ['0', digit],
  ['a', small],
  ['A', capital],
  ['.', odd],
])

/** What each of the first 256 characters is; the others are letters of some script. */
const kinds = Int32Array.from({ length: 256 }, (_, code) => {
  const sign = signs.indexOf(String.fromCharCode(code))
  const bit = sign >= 0 ? 1 << sign : code > 127 ? wide : 0
  if (code >= 48 && code <= 57) return digit
  if (code >= 97 && code <= 122) return letter | small
  if (code >= 65 && code <= 90) return letter | capital
  if (code > 191) return letter | bit
  if (code === 32 || (code >= 9 && code <= 13) || code === 160) return space | bit
  return code === 64 ? at | bit : bit
})

export function traitsOf(value: string): Traits {
  const text = value.length > longestLook ? value.slice(0, longestLook) : value
  const { length } = text
  let digits = 0
  let letters = 0
  let spaces = 0
  let ats = 0
  let has = 0
  for (let i = 0; i < length; i++) {
    const code = text.charCodeAt(i)
    const kind = code < 256 ? (kinds[code] ?? 0) : letter | wide
    has |= kind
    if ((kind & letter) !== 0) letters++
    else if ((kind & digit) !== 0) digits++
    else if ((kind & space) !== 0) spaces++
    else if ((kind & at) !== 0) ats++
  }
  const isPlain = (has & wide) === 0
  const beginning = (kinds[text.charCodeAt(0)] ?? 0) & (digit | small | capital)
  const folded = letters === 0 ? text : isPlain ? text.toLowerCase() : foldText(text)
  const isNumber = letters === 0 && digits > 0 && length <= longestNumber && numberPattern.test(text)
  const made = isNumber ? 'number' : madeOf(letters, digits, length)
  const isWord = made === 'word' && isPlain
  return {
    text,
    made,
    folded,
    words: letters === 0 || length > longestWords ? none : isWord ? [folded] : splitWords(folded),
    number: isNumber ? Number(text.replace(',', '.')) : Number.NaN,
    length,
    digits,
    letters,
    spaces,
    ats,
    other: length - digits - letters - spaces - ats,
    signs: has,
    first: beginning === 0 ? odd : beginning,
  }
}

const points = (1 << signs.indexOf('.')) | (1 << signs.indexOf(','))
/** Whether a point or a comma stands in it. */
export const hasPoint = ({ signs: has }: Traits): boolean => (has & points) !== 0

function madeOf(letters: number, digits: number, length: number): Made {
  if (letters === 0) return digits === 0 ? 'signs' : 'digits'
  if (digits > 0) return 'mixed'
  return letters === length ? 'word' : 'phrase'
}

/** What a value must be for a detector to be asked: most are ruled out by their length and characters alone. */
export interface Asked {
  readonly made: readonly Made[]
  /** Characters, both included. */
  readonly least?: number
  readonly most?: number
  /** Signs it must have, each of them; `é` is any character beyond ASCII. */
  readonly needs?: string
  /** What it must not have: `a` a small letter, `A` a capital of ASCII. */
  readonly lacks?: string
  /** What it may begin with: `0` a digit, `a` a small letter, `A` a capital of ASCII, `.` anything else. */
  readonly begins?: string
  /** Where that is a letter of ASCII, which ones, as small ones. */
  readonly initials?: string
}

interface Bounds {
  readonly least: number
  readonly most: number
  readonly needs: number
  readonly lacks: number
  readonly begins: number
  /** A bit for each letter, `a` the lowest. */
  readonly initials: number
}

interface Detector<Name> {
  readonly name: Name
  /** Where a pattern alone decides: a call less for each value. */
  readonly pattern?: RegExp
  readonly is: (traits: Traits) => boolean
}

interface Bound<Name> extends Bounds {
  readonly name: Name
  readonly pattern: RegExp | null
  readonly is: (traits: Traits) => boolean
}

/** Detectors of one make of values, and of those the ones that a length and a beginning leave open. */
interface Bounded<Name> {
  readonly all: readonly Bound<Name>[]
  /** By `formOf`, gathered when a value of that form first comes. */
  readonly open: (readonly Bound<Name>[] | undefined)[]
}

export type Detectors<Name> = Readonly<Record<Made, Bounded<Name>>>

/** Detectors by what a value must be made of for them to have a say. */
export function detectorsOf<Name>(list: readonly (Asked & Detector<Name>)[]): Detectors<Name> {
  const of = (made: Made): Bounded<Name> => ({
    all: list
      .filter((detector) => detector.made.includes(made))
      .map((detector) => ({
        ...boundsOf(detector),
        name: detector.name,
        pattern: detector.pattern ?? null,
        is: detector.is,
      })),
    open: new Array<undefined>((longestAsked + 1) * mostBeginnings),
  })
  return {
    number: of('number'),
    digits: of('digits'),
    word: of('word'),
    phrase: of('phrase'),
    mixed: of('mixed'),
    signs: of('signs'),
  }
}

/** No detector tells longer values from each other by their length. */
const longestAsked = 256
/** Beginnings that detectors tell apart: the letters of ASCII, small and capital, a digit, anything else. */
const mostBeginnings = 54
const alphabet = 26
const beginningOf = Uint8Array.from({ length: 128 }, (_, code) => {
  if (code >= 97 && code <= 122) return code - 97
  if (code >= 65 && code <= 90) return alphabet + code - 65
  return code >= 48 && code <= 57 ? 2 * alphabet : 2 * alphabet + 1
})

function openFor<Name>({ all, open }: Bounded<Name>, traits: Traits): readonly Bound<Name>[] {
  const { length, first, text } = traits
  const beginning = beginningOf[text.charCodeAt(0)] ?? 2 * alphabet + 1
  const form = Math.min(length, longestAsked) * mostBeginnings + beginning
  const known = open[form]
  if (known !== undefined) return known
  const initial = beginning < 2 * alphabet ? 1 << (beginning % alphabet) : anyInitial
  const found = all.filter(
    ({ least, most, begins, initials }) =>
      (begins & first) !== 0 && (initials & initial) !== 0 && length >= least && length <= most,
  )
  open[form] = found
  return found
}
const anyInitial = (1 << alphabet) - 1

function boundsOf({
  least = 0,
  most = Number.MAX_SAFE_INTEGER,
  needs = '',
  lacks = '',
  begins = '0aA.',
  initials = '',
}: Partial<Asked>): Bounds {
  if (least > longestAsked || (most >= longestAsked && most !== Number.MAX_SAFE_INTEGER))
    throw new Error(`values of ${longestAsked} characters and more are not told apart`)
  const bits = [...needs].map((sign) => {
    if (sign === 'é') return wide
    if (!signs.includes(sign)) throw new Error(`no bit for ${sign}`)
    return 1 << signs.indexOf(sign)
  })
  return {
    least,
    most,
    needs: bits.reduce((all, bit) => all | bit, 0),
    lacks: [...lacks].reduce((all, sign) => all | (beginnings.get(sign) ?? 0), 0),
    begins: [...begins].reduce((all, sign) => all | (beginnings.get(sign) ?? 0), 0),
    initials:
      initials === ''
        ? anyInitial
        : [...initials].reduce((all, letter) => all | (1 << (letter.charCodeAt(0) - 97)), 0),
  }
}

/** The detectors that say yes to a value, in their order. */
export function foundBy<Name>(detectors: Detectors<Name>, traits: Traits): readonly Name[] {
  // Most values have no shape at all: no list is made for those.
  let found: Name[] | undefined
  for (const detector of openFor(detectors[traits.made], traits))
    if (hasWhatIsAsked(detector, traits) && detector.is(traits)) {
      found ??= []
      found.push(detector.name)
    }
  return found ?? noNames
}

const noNames: readonly never[] = []

/** What decides stands at the beginning: no pattern looks at more. */
export const longestForPattern = 200

/** Tells of each detector that says yes to a value, by its pattern where it has one. */
export function eachFound<Name>(
  detectors: Detectors<Name>,
  traits: Traits,
  tell: (name: Name) => void,
): void {
  const text = traits.length > longestForPattern ? traits.text.slice(0, longestForPattern) : traits.text
  for (const detector of openFor(detectors[traits.made], traits)) {
    if (!hasWhatIsAsked(detector, traits)) continue
    const { pattern, name } = detector
    if (pattern === null ? detector.is(traits) : pattern.test(text)) tell(name)
  }
}

const hasWhatIsAsked = ({ needs, lacks }: Bounds, { signs: has }: Traits): boolean =>
  (has & needs) === needs && (has & lacks) === 0

/** Whether length, signs and the first character leave it to the detector what a value is. */
export const mayBe = (asked: Partial<Asked>, traits: Traits): boolean =>
  foundBy(detectorsOf([{ ...asked, made: [traits.made], name: 'asked', is: () => true }]), traits).length > 0
