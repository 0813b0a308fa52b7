import { specialCategories } from '../data-map.ts'
import type { Surroundings } from './context.ts'
import type { FieldFeatures } from './features.ts'
import { mayHold } from './field-name.ts'
import type { Guess } from './model.ts'
import { isBlankHeader } from './model-features.ts'
import type { Reason } from './proposal.ts'
import { isRoles, type Judgement, ofSomebody } from './score.ts'
import { spokenCategories, spokenIn } from './spoken-stems.ts'
import type { ValueProfile } from './value-profile.ts'
import { speakOfSpecial } from './value-signals.ts'
import weights from './weights.json' with { type: 'json' }
import { listed } from './word-lists.ts'

/** The rules are this sure by a word that means one thing, or by a checksum: nothing else is asked. */
const sure = 0.9
const leastPersonal = 0.5
/** Of Art. 9 and 10 data sooner: it is worth a look where it is somebody's four times in ten. */
const leastPersonalSpecial = 0.4
/** Where a name is written but known to nobody, a guess has to be better: the name may well mean something harmless. */
const leastUnderName = 0.65
/** Where the name says so too, only the model's certainty that it is nobody's stands against it. */
const leastSaid = 0.25
const leastSaidKind = 0.15
const leastKind = 0.4
/** Art. 9 data is worth a look where it is no more than likely. */
const leastSpecial = 0.25
/** And better still where the name promises something else. */
const leastAgainstName = 0.95
/** Where the rules read another category in the name (`race_desc` a description). */
const leastInstead = 0.8
/** So many values that a list of beliefs, parties, illnesses … has are no chance. */
const leastSpoken = 0.5
/** From so many texts on a column is one of texts. */
const leastProse = 0.3
/** It takes as much to call a list of illnesses somebody's where the rules know why it should be nobody's. */
const leastReopened = 0.6
/** So certain has the model to be of something harmless, where the header surely says what is not. */
const leastAgainstWord = 0.9
const mostGuess = 0.97
const mostAlone = 0.75
/** A `none` that could as well be something: low enough to be looked at. */
const leastLeft = 0.3

const ofFewWords: ReadonlySet<string> = new Set(listed(weights.closed))

/** Whether the rules' word stands, whatever the model would say: exact evidence wins, and what a person can follow. */
export const isSettled = (field: FieldFeatures, ruled: Judgement, surroundings: Surroundings): boolean =>
  isClear(field, ruled, surroundings) && !isReopened(field, ruled)

/** What may be Art. 9 data is looked at twice, wherever it stands and however it is called. */
const isReopened = (field: FieldFeatures, ruled: Judgement): boolean =>
  (field.values?.distinct ?? 0) > 0 &&
  (ruled.category === 'none'
    ? maySpeakOfSpecial(field)
    : isByNameAlone(ruled) || (vague.has(ruled.category) && speaksOfSpecial(field)))

/** Special by its header, of which the values say nothing: a `health` may be a server's, an `orientation` a screen's. */
const isByNameAlone = ({ category, reasons }: Judgement): boolean =>
  specialCategories.has(category) && reasons.every(({ code }) => code === 'name' || code === 'context')

/** What a header alone made of it; illnesses and crimes stand in such columns too. */
const vague: ReadonlySet<string> = new Set(listed(weights.vague))

function isClear(field: FieldFeatures, ruled: Judgement, surroundings: Surroundings): boolean {
  const { name, values, comment } = field
  if (values === null || values.distinct === 0) return true
  if (ruled.category !== 'none' && ruled.probability >= sure) return true
  const isNamed = name.matches.length > 0 || name.about !== null || name.idLike || comment.length > 0
  if (!isNamed || isBlankHeader(field.field.name)) return false
  if (ruled.category !== 'none') return name.about !== null || surroundings === 'thing'
  // `product_name`, `email_verified`, the name of an artist: the rules know why that is nobody's.
  return surroundings === 'thing' || name.about !== null || name.thing !== null || name.idLike
}

/** By a name that surely means a special category, or by values of which many are words of one. */
const maySpeakOfSpecial = ({ name, values }: FieldFeatures): boolean =>
  name.matches.some(
    ({ category, strength, head }) =>
      head && strength === 'sure' && specialCategories.has(category) && mayHold(name, category),
  ) || speaksOfSpecial({ values })

/** Many values are words of beliefs, parties, illnesses, crimes. */
export const speaksOfSpecial = ({ values }: Pick<FieldFeatures, 'values'>): boolean =>
  values !== null &&
  !isOneCode(values) &&
  (speakOfSpecial(values.looked, leastSpoken) || isSpokenText(values))

/** Notes and statements most of which have a word of illness, or of crime, belief, party. */
function isSpokenText({ shares, looked }: ValueProfile): boolean {
  if ((shares.get('prose') ?? 0) < leastProse) return false
  const spoken = looked.map(({ folded }) => spokenIn(folded))
  return spokenCategories.some(
    (_, i) => spoken.filter((bits) => (bits & (1 << i)) !== 0).length >= leastSpoken * looked.length,
  )
}

/** The model's word for a field that is not settled. */
export function combine(
  field: FieldFeatures,
  ruled: Judgement,
  guess: Guess,
  surroundings: Surroundings,
): Judgement {
  const { category, probability, personal } = possible(field, guess)
  if (isByNameAlone(ruled)) return withoutProof(ruled, guess)
  const isClearly = isClear(field, ruled, surroundings)
  if (isClearly && (!specialCategories.has(category) || probability < leastReopened)) return ruled
  const contradicted = ruled.reasons.some(({ code }) => code === 'contradicted')
  const isNamedSo = field.name.matches.some((match) => match.category === category)
  if (contradicted && (isNamedSo || probability < leastAgainstName)) return ruled
  // A few allowed words (`requester`, `agent`) are nobody's login.
  if (field.field.values !== null && !ofFewWords.has(category)) return ruled
  if (ofSomebody.has(category) && field.values !== null && isRoles(field.values)) return ruled
  if (field.values !== null && isHarmlessDocument(field.values)) return ruled
  if (!isNamedSo && isOneNumber(field.values)) return ruled
  const isNamed = ruled.category !== 'none' && !isBlankHeader(field.field.name)
  const least = specialCategories.has(category) && vague.has(ruled.category) ? leastSpoken : leastInstead
  if (isNamed && category !== ruled.category && probability < least) return ruled
  // That it is somebody's is not enough under a name somebody wrote: the guess must also know what it is.
  const isBlank = isBlankHeader(field.field.name)
  const isSpecial = specialCategories.has(category)
  const isAround = surroundings !== 'alone' && surroundings !== 'thing'
  const isSaid =
    isSpecial && isAround && field.name.matches.some((match) => match.category === category && match.head)
  const isHeld =
    personal >=
      (isSaid ? leastSaid : isSpecial ? leastPersonalSpecial : isBlank ? leastPersonal : leastUnderName) &&
    (isBlank || probability >= (isSaid ? leastSaidKind : isSpecial ? leastSpecial : leastKind))
  if (!isHeld && isNamed) return ruled
  if (!isHeld)
    return {
      category: 'none',
      probability: Math.min(mostGuess, Math.max(1 - personal, leastLeft)),
      reasons: ruled.category === 'none' ? ruled.reasons : [{ code: 'nothing' }],
    }
  if (category === ruled.category)
    return { ...ruled, probability: Math.max(probability, Math.min(ruled.probability, mostGuess)) }
  // Names of people in a table that leads to nobody may be composers: not without a person's eye.
  const most = category === 'person-name' && surroundings === 'alone' ? mostAlone : mostGuess
  return { category, probability: Math.min(most, probability), reasons: reasonsFor(field) }
}

/** What stands under such a header and is told by its values: whom somebody is treated by, and where. */
const whoAndWhere: ReadonlySet<string> = new Set(['person-name', 'organisation'])

/** A header's word for Art. 9 data stands, unless the model is certain that values and neighbours are of something else. */
function withoutProof(ruled: Judgement, { category, probability, personal }: Guess): Judgement {
  if (1 - personal >= leastAgainstWord)
    return { category: 'none', probability: Math.min(mostGuess, 1 - personal), reasons: [{ code: 'alike' }] }
  return whoAndWhere.has(category) && probability >= leastAgainstWord
    ? { category, probability: Math.min(mostGuess, probability), reasons: [{ code: 'alike' }] }
    : ruled
}

/** The same number everywhere says nothing of what it counts. */
const isOneNumber = (values: ValueProfile | null): boolean =>
  values !== null && values.distinct === 1 && values.looked.every(({ made }) => made === 'number')

/** Two letters that all rows share are as well a state or a currency as a blood group. */
const isOneCode = ({ distinct, looked }: ValueProfile): boolean =>
  distinct === 1 && looked.every(({ made, length }) => made === 'number' || length <= longestCode)
const longestCode = 2

/** By no word of its header, and by values that may mean anything: one code everywhere, short ones that no list has. */
function cannotBeSpecial({ field, name, values }: FieldFeatures, { category }: Guess): boolean {
  if (!specialCategories.has(category) || values === null || values.distinct === 0) return false
  if (name.matches.some((match) => match.category === category)) return false
  if (isOneCode(values)) return true
  const codes = values.looked.filter(
    ({ made, length }) => length <= longestCode && (made === 'number' || made === 'word'),
  )
  return (
    isBlankHeader(field.name) &&
    codes.length >= leastCodes * values.looked.length &&
    !speakOfSpecial(values.looked, leastSpoken)
  )
}
const leastCodes = 0.8

/** The guess for what the column can be; nobody is called `Inc.`. */
function possible(field: FieldFeatures, guess: Guess): Omit<Guess, 'plain'> {
  const likely = cannotBeSpecial(field, guess) ? guess.plain : guess
  const companies = field.values?.shares.get('company') ?? 0
  return likely.category === 'person-name' && companies >= leastCompanies
    ? { ...likely, category: 'organisation' }
    : likely
}
const leastCompanies = 0.25

/** JSON without a key of a person's is no text, whatever it looks like in letters. */
const isHarmlessDocument = ({ looked, shares }: ValueProfile): boolean =>
  !shares.has('personal-json') && looked.every(({ text }) => /^(?:\{"|\[[{["])/.test(text))

/** The commonest shape of the values, where most have one, and that the whole resembles such fields. */
function reasonsFor({ values }: FieldFeatures): readonly Reason[] {
  const [most] = [...(values?.shares ?? [])].toSorted((a, b) => b[1] - a[1])
  const shaped: readonly Reason[] =
    most === undefined || most[1] < 0.5
      ? []
      : [{ code: 'values', shape: most[0], share: Math.round(most[1] * 100) / 100 }]
  return [...shaped, { code: 'alike' }]
}
