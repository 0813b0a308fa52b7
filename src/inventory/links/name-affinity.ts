import { foldedEntries } from '../classify/word-lists.ts'
import type { LinkReason } from './link-proposal.ts'
import { isIdWord } from './link-words.ts'
import { isInflected, matchWords } from './same-word.ts'
import words from './words.json' with { type: 'json' }

/** What a field's name has to do with a key elsewhere. */
export interface Affinity {
  /** In the units of `weigh-link.ts`: 8 leaves no doubt, 0 says nothing. */
  readonly weight: number
  readonly plain: boolean
  readonly reason: LinkReason | null
}

/** The other end, as its names say. */
export interface NamedKey {
  readonly collection: readonly string[]
  readonly key: readonly string[]
  /** Its rows are persons, as far as names tell. */
  readonly people: boolean
  /** They are those who work with the system. */
  readonly staff: boolean
  /** The key of the field's own collection. */
  readonly own: boolean
}

const selfWords = new Set(foldedEntries(words.self))
const aboveWords = new Set(foldedEntries(words.above))
const workWords = new Set(foldedEntries(words.work))
const peopleWords = new Set(foldedEntries(words.people))

export const nothing: Affinity = { weight: 0, plain: false, reason: null }

/** What the words of a field say about a key, the strongest of several readings. */
export function affinityOf(field: readonly string[], to: NamedKey): Affinity {
  const core = field.filter((word) => !isIdWord(word))
  const hasId = core.length < field.length
  if (core.length === 0) return nothing
  const readings = [sameKey(field, core, to), entity(core, hasId, to), role(core, hasId, to)]
  return readings.reduce((best, one) => (one.weight > best.weight ? one : best))
}

/** A key's name alone is less than its collection's: an employee's bank details have an `emp_id` as well. */
const keyNamed = 6.5

/** The key's own name, when it says more than `id`: `customer_no` and `customer_no`, `nhs_no` and `NhsNumber`. */
function sameKey(field: readonly string[], core: readonly string[], { key, own }: NamedKey): Affinity {
  if (own) return nothing
  const keyCore = key.filter((word) => !isIdWord(word))
  if (keyCore.length === 0 || keyCore.length !== core.length) return nothing
  if (!core.every((word, i) => isInflected(word, keyCore[i] ?? ''))) return nothing
  const exact = field.join(' ') === key.join(' ')
  return {
    weight: exact ? keyNamed : keyNamed - 0.5,
    plain: true,
    reason: { code: 'named', word: core.join(' ') },
  }
}

const weights = { same: 8, synonym: 6.5, abbreviation: 6.5 } as const
const lessWithoutId = 2
const lessWithRole = 0.5
const lessWithOther = 1.5
const lessForPart = 3

/** The collection's name, whole or in part, perhaps with a role before or after it. */
function entity(
  core: readonly string[],
  hasId: boolean,
  { collection, key, people, own }: NamedKey,
): Affinity {
  const keyCore = key.filter((word) => !isIdWord(word))
  const names = [
    { name: collection, most: weights.same },
    { name: keyCore, most: keyNamed },
  ].filter(({ name }) => name.length > 0)
  let best = nothing
  for (const { name, most } of names) {
    const run = findRun(core, name)
    if (run === null) continue
    const left = core.filter((_, i) => i < run.start || i >= run.start + run.length)
    // `dni_alumno` names the key and its collection; so nothing is left that a role could be.
    const rest = left.filter((word) => !keyCore.some((one) => isInflected(word, one)))
    if (own && rest.length === 0) continue
    const weight =
      Math.min(most, weights[run.match]) -
      (hasId || left.length > rest.length ? 0 : lessWithoutId) -
      (rest.length === 0 ? 0 : rest.every(isRole) ? lessWithRole : lessWithOther) -
      (run.whole ? 0 : lessForPart) -
      (people ? 0 : lessForAgent(core, rest))
    if (weight <= best.weight) continue
    best = { weight, plain: rest.length === 0, reason: reasonOf(run.match, core.join(' ')) }
  }
  return best
}

/** A `project_manager_id` is a person and no project; a `sender_address_id` is an address, a `chef_projet_id` may be either. */
function lessForAgent(core: readonly string[], rest: readonly string[]): number {
  const agent = rest.find((word) => peopleWords.has(word) || aboveWords.has(word))
  return agent === undefined ? 0 : agent === core.at(-1) ? 5 : 2
}

const isRole = (word: string): boolean => peopleWords.has(word) || aboveWords.has(word) || selfWords.has(word)

const reasonOf = (match: keyof typeof weights, word: string): LinkReason => ({
  code: match === 'same' ? 'named' : match === 'synonym' ? 'synonym' : 'abbreviated',
  word,
})

interface Run {
  readonly start: number
  readonly length: number
  readonly match: keyof typeof weights
  /** All words of the name are there. */
  readonly whole: boolean
}

/** Where the words of a name stand among a field's: all of them, or the last, or the first. */
function findRun(core: readonly string[], name: readonly string[]): Run | null {
  const whole = runOf(core, name)
  if (whole !== null) return { ...whole, whole: true }
  const joined = runOf(core, [name.join('')])
  if (name.length > 1 && joined?.match === 'same') return { ...joined, whole: true }
  const initials = name.length > 1 ? name.map((word) => word.charAt(0)).join('') : ''
  const short = initials === '' ? -1 : core.indexOf(initials)
  if (short >= 0) return { start: short, length: 1, match: 'abbreviation', whole: true }
  for (const part of name.length > 1 ? [name.slice(-1), name.slice(0, 1)] : []) {
    const found = runOf(core, part)
    if (found !== null) return { ...found, whole: false }
  }
  return null
}

const strength = { same: 3, synonym: 2, abbreviation: 1 } as const

function runOf(core: readonly string[], name: readonly string[]): Omit<Run, 'whole'> | null {
  let best: Omit<Run, 'whole'> | null = null
  for (let start = 0; start + name.length <= core.length; start++) {
    const matches = name.map((word, i) => matchWords(core[start + i] ?? '', word))
    const weakest = matches.reduce((least, one) => {
      if (least === null || one === null) return null
      return strength[one] < strength[least] ? one : least
    }, 'same')
    if (weakest !== null && (best === null || strength[weakest] > strength[best.match]))
      best = { start, length: name.length, match: weakest }
  }
  return best
}

/** Whether a word is a part that somebody may play. */
export const namesPeople = (core: readonly string[]): boolean =>
  core.some((word) => peopleWords.has(word) || aboveWords.has(word))

const roleWeight = 4.5
/** Who creates, approves and handles rows is likelier a colleague than a customer. */
const moreForStaff = 0.7
const selfWeight = 5.5

/** A part somebody plays (`created_by`), or another row of the same collection (`parent_id`). */
function role(core: readonly string[], hasId: boolean, { people, staff, own }: NamedKey): Affinity {
  const find = (known: ReadonlySet<string>) => core.find((word) => known.has(word))
  const self = own ? find(selfWords) : undefined
  if (self !== undefined) return { weight: selfWeight, plain: false, reason: { code: 'self', word: self } }
  if (!people) return nothing
  const above = find(aboveWords)
  if (above !== undefined && own)
    return { weight: selfWeight + (hasId ? 0.5 : 0), plain: false, reason: { code: 'self', word: above } }
  const word = find(peopleWords) ?? above
  if (word === undefined || own) return nothing
  const weight = roleWeight + (staff && workWords.has(word) ? moreForStaff : 0)
  return { weight, plain: false, reason: { code: 'role', word } }
}
