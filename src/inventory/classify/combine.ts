import { specialCategories } from '../data-map.ts'
import type { Surroundings } from './context.ts'
import { decide } from './decide.ts'
import type { FieldFeatures } from './features.ts'
import type { Guess } from './model.ts'
import { isBlankHeader } from './model-features.ts'
import type { Reason } from './proposal.ts'
import { isRoles, type Judgement, ofSomebody } from './score.ts'
import { speakOfSpecial } from './signal-counts.ts'
import type { ValueProfile } from './value-profile.ts'
import weights from './weights.json' with { type: 'json' }
import { listed } from './word-lists.ts'

/** The rules are this sure by a word that means one thing, or by a checksum. */
const sure = 0.9
/** So sure has the model to be of something else, where the rules are sure. */
const leastInstead = 0.8
/** And so sure that it is nobody's, or that it is somebody's where the rules know why not. */
const leastHarmless = 0.95
const leastAgainstSure = 0.99
/** And so sure of Art. 9 data: where the rules know why it should be nobody's, and where they are sure of something else. */
const leastReopened = 0.8
const leastSpecialInstead = 0.6
/** Where nothing leads to a person, or where the values speak against the header. */
const leastAlone = 0.7
const leastUnnamed = 0.5
/** From here on a column is called somebody's. */
const leastPersonal = 0.4
const mostGuess = 0.97
const mostAlone = 0.75
/** A `none` that could as well be something: low enough to be looked at. */
const leastLeft = 0.3

const ofFewWords: ReadonlySet<string> = new Set(listed(weights.closed))

/**
 * What a field holds: the model's word, which knows that of the rules, where nothing exact stands against it. `isBeside`:
 * another column of the table holds Art. 9 or 10 data.
 */
export function combine(
  field: FieldFeatures,
  judgements: readonly Judgement[],
  guess: Guess,
  surroundings: Surroundings,
  isBeside: boolean,
): Judgement {
  const ruled = decide(field, judgements, surroundings)
  const { values } = field
  // Without a value there is a name alone, and words for names are what the rules have.
  if (values === null || values.distinct === 0) return ruled
  const { category, probability, personal, special } = possible(field, guess, isBeside)
  const isSpecial = specialCategories.has(category)
  if (stands(field, ruled, { category, probability, personal, special }, surroundings)) return ruled
  if (!isSpecial && (personal < leastPersonal || cannotBe(field, values, category)))
    return noneOf(field, ruled, personal)
  if (category === ruled.category)
    return { ...ruled, probability: Math.min(mostGuess, Math.max(probability, isSpecial ? special : 0)) }
  const known = judgements.find((judgement) => judgement.category === category)
  // Names of people in a table that leads to nobody may be composers: not without a person's eye.
  const most = category === 'person-name' && surroundings === 'alone' ? mostAlone : mostGuess
  return {
    category,
    probability: Math.min(most, probability),
    reasons: known === undefined || known.reasons.length === 0 ? reasonsFor(field) : known.reasons,
  }
}

/** Whether the rules' word stands: exact evidence, and what a person can follow, where the model is not sure of another. */
function stands(
  field: FieldFeatures,
  ruled: Judgement,
  { category, probability, personal, special }: Omit<Guess, 'plain'>,
  surroundings: Surroundings,
): boolean {
  const { name, comment } = field
  const isSpecial = specialCategories.has(category)
  if (ruled.category !== 'none') {
    // What a key leads to may be Art. 9 data; its own number is not.
    if (isSpecial && ruled.reasons.some(({ code }) => code === 'key')) return special < leastHarmless
    if (personal < leastPersonal && !isSpecial)
      return 1 - personal < (ruled.probability >= sure ? leastAgainstSure : leastHarmless)
    if (ruled.probability < sure) return false
    // A device's or a customer's number may well be a key, and is more than that.
    if (category === 'generic-id') return true
    return isSpecial ? special < leastSpecialInstead : probability < leastInstead
  }
  // `product_name`, `email_verified`, the name of an artist: the rules know why that is nobody's.
  const isNamed = name.matches.length > 0 || comment.length > 0
  const isClear = name.about !== null || (isNamed && (surroundings === 'thing' || name.thing !== null))
  if (isClear)
    return isSpecial ? special < leastReopened : surroundings === 'thing' || probability < leastHarmless
  if (isSpecial) return false
  // A name somebody wrote may well mean something harmless, most of all where nothing leads to a person.
  const isNobodys = surroundings === 'thing' || surroundings === 'alone'
  if (isNobodys && probability < (isBlankHeader(field.field.name) ? leastUnnamed : leastAlone)) return true
  const isContradicted = ruled.reasons.some(({ code }) => code === 'contradicted')
  return (
    isContradicted && (name.matches.some((match) => match.category === category) || probability < leastAlone)
  )
}

function noneOf(field: FieldFeatures, ruled: Judgement, personal: number): Judgement {
  const reasons = ruled.category === 'none' ? ruled.reasons : reasonsFor(field)
  return { category: 'none', probability: Math.min(mostGuess, Math.max(1 - personal, leastLeft)), reasons }
}

/** A few allowed words (`requester`, `agent`) are nobody's login, and JSON without a key of a person's is no text. */
const cannotBe = (field: FieldFeatures, values: ValueProfile, category: Guess['category']): boolean =>
  (field.field.values !== null && !ofFewWords.has(category)) ||
  (ofSomebody.has(category) && isRoles(values)) ||
  isHarmlessDocument(values)

/** Two letters that all rows share are as well a state or a currency as a blood group. */
const isOneCode = ({ distinct, looked }: ValueProfile): boolean =>
  distinct === 1 && looked.every(({ made, length }) => made === 'number' || length <= longestCode)
const longestCode = 2

/** By no word of its header, and by values that may mean anything: one code everywhere, short ones that no list has. */
function cannotBeSpecial(
  { field, name, values }: FieldFeatures,
  { category, special }: Guess,
  isBeside: boolean,
): boolean {
  if (!specialCategories.has(category) || values === null || values.distinct === 0) return false
  if (name.matches.some((match) => match.category === category)) return false
  if (isOneCode(values)) return true
  if (!isBeside && special < leastLonely) return true
  if (!isBeside && special < leastOfNumbers && values.looked.every(({ made }) => made === 'number'))
    return true
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
/** Nothing speaks for it, neither its header nor another column. */
const leastLonely = 0.35
/** A number that no word of its header explains, beside nothing of the kind, counts anything. */
const leastOfNumbers = 0.5
const leastSpoken = 0.5

/** The guess for what the column can be; nobody is called `Inc.`. */
function possible(field: FieldFeatures, guess: Guess, isBeside: boolean): Omit<Guess, 'plain'> {
  const likely = cannotBeSpecial(field, guess, isBeside) ? guess.plain : guess
  const companies = field.values?.shares.get('company') ?? 0
  return likely.category === 'person-name' && companies >= leastCompanies
    ? { ...likely, category: 'organisation' }
    : likely
}
const leastCompanies = 0.25

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
