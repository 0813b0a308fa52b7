import type { Needle } from '../../connectors/public.ts'
import { writtenInJson } from './read-document.ts'
import type { ResidueSearch } from './residue.ts'
import { spellingsOf } from './spellings.ts'
import { digitsOf, isSearchable, type Wanted } from './wanted.ts'

/** Coarse forms for the target; a row that comes back is taken apart here. */
export function needlesOf(search: Pick<ResidueSearch, 'wanted' | 'ambiguous'>): readonly Needle[] {
  const texts = lookedFor(search).flatMap(formsToFind)
  const inJson = texts
    .filter(({ fold, text }) => fold === 'lower' && !spacesByNumber.some((one) => one.text === text))
    .flatMap(({ text }) => writtenInJson(text))
    .map((text): Needle => ({ fold: 'lower', text }))
  return [
    ...new Map([...texts, ...inJson].map((needle) => [`${needle.fold} ${needle.text}`, needle])).values(),
  ]
}

/** Whether there is anything to search for. */
export const hasNeedles = (search: Pick<ResidueSearch, 'wanted' | 'ambiguous'>): boolean =>
  lookedFor(search).some((one) => formsToFind(one).length > 0)

const lookedFor = ({ wanted, ambiguous }: Pick<ResidueSearch, 'wanted' | 'ambiguous'>): readonly Wanted[] =>
  [...wanted, ...ambiguous.beside].filter(isSearchable)

function formsToFind({ kind, value }: Wanted): readonly Needle[] {
  if (kind === 'phone') return [{ fold: 'digits', text: digitsOf(value).slice(-9) }, ...spacesByNumber]
  if (kind === 'email') return emailsToFind(value.toLowerCase())
  if (kind === 'name') return namesToFind(value)
  const digits = digitsOf(value)
  const written: Needle = { fold: 'lower', text: value.toLowerCase() }
  return digits.length >= 5 ? [written, { fold: 'digits', text: digits }] : [written]
}

/** As it stands, with anything after a plus sign, and as a web address writes it. */
function emailsToFind(email: string): readonly Needle[] {
  const [local = '', domain = ''] = email.split('@')
  const forms = [email, `${local}+`, `${local}%40${domain}`, `${local}%2b`]
  return [...new Set(forms)].map((text) => ({ fold: 'lower', text }))
}

/** Inside a phone number in JSON these are digits between its own. */
const spacesByNumber: readonly Needle[] = ['\\u00a0', '\\u202f'].map((text) => ({ fold: 'lower', text }))

/**
 * One word of a name in every spelling it may have been written in: a word without accents where it has one, for then it
 * is the same in all of them.
 */
function namesToFind(name: string): readonly Needle[] {
  const written = name
    .normalize('NFC')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .toSorted((a, b) => b.length - a.length)
  const word = written.find((one) => /^[a-z]{5,}$/.test(one)) ?? written[0] ?? ''
  const capital = word.slice(0, 1).toUpperCase() + word.slice(1)
  const inHtml = [word, capital, word.toUpperCase()].map((one) =>
    one.replace(/[^a-z0-9]/gi, (letter) => `&#${letter.codePointAt(0) ?? 0};`).toLowerCase(),
  )
  const forms = [word, word.normalize('NFD'), ...spellingsOf(word), ...inHtml]
  // Who has no umlaut may be written with one: "Mueller" as "Müller".
  const closed = word.replace(/[aou]e/g, (pair) => ({ ae: 'ä', oe: 'ö', ue: 'ü' })[pair] ?? pair)
  return [...new Set([...forms, closed])]
    .filter((text) => text.length > 1)
    .map((text) => ({ fold: 'lower', text }))
}
