import type { PersonSketch } from './sketch.ts'
import type { Person } from './world.ts'

const firsts = ['Ada', 'Bela', 'Chloe', 'Dário', 'Edith', 'Zoë']
const lasts = ['Lovelace', 'Muster', 'Ruiz', 'Öberg', 'Weiß']

/**
 * Few names and few phones for many people, so that some share one, and nobody both: that may be one person twice, which
 * only somebody who looks can tell. `tag` keeps identifiers of different worlds apart.
 */
export function makePeople(sketches: readonly PersonSketch[], tag: string): readonly Person[] {
  const nameOf = ({ first, last }: PersonSketch) => [
    firsts[first % firsts.length] ?? 'Ada',
    lasts[last % lasts.length] ?? 'Lovelace',
  ]
  return sketches.map((sketch, i) => {
    const [first = '', last = ''] = nameOf(sketch)
    const hasNamesake = sketches.some((other, j) => i !== j && nameOf(other).join() === `${first},${last}`)
    return {
      first,
      last,
      email: `${plain(first)}.${i}@${tag}.example`,
      alias: `${plain(last)}-${i}@${tag}.example.net`,
      number: `${tag.toUpperCase()}-10${i}`,
      phone: `+3361234${hasNamesake ? `5${i}` : `0${sketch.phone % 6}`}00`,
    }
  })
}

export const plain = (text: string): string =>
  text.normalize('NFKD').replace(/\p{M}/gu, '').replaceAll('ß', 'ss').toLowerCase()

export const fullName = ({ first, last }: Person): string => `${first} ${last}`

/** One identifier in the spellings in which it turns up; the first is its own. */
export const spellings = (identifier: string): readonly string[] => [
  ...new Set([
    identifier,
    identifier.toUpperCase(),
    identifier.toLowerCase(),
    identifier.charAt(0).toUpperCase() + identifier.slice(1).toLowerCase(),
  ]),
]

/** As it is stored abroad, at home, and by people: +33612…, 0612…, 06 12 …. */
export function spellPhone(phone: string, form: number): string {
  const national = phone.replace('+33', '0')
  return [phone, national, national.replace(/(\d\d)(?=\d)/g, '$1 ')][form % 3] ?? phone
}

const texts: readonly ((person: Person, other: Person) => string)[] = [
  () => 'nothing to remark',
  (person) => `ask ${fullName(person)} about it`,
  (person) => `mail ${person.email} today`,
  (person) => fullName(person),
  (person) => `${person.last.toUpperCase()}, ${person.first}: call ${spellPhone(person.phone, 1)}`,
  (person) => `no. ${person.number} is waiting.`,
  (person) => person.email.toUpperCase(),
  (person, other) => `${fullName(person)} and ${fullName(other)} (${other.email}) came`,
]

/** A text that names nobody, or the person of that number, or two. */
export function textOf(word: number, people: readonly Person[]): string {
  const person = people[Math.floor(word / texts.length) % people.length]
  const other = people[(Math.floor(word / texts.length) + 1) % people.length]
  const text = texts[word % texts.length]
  return person && other && text ? text(person, other) : 'nothing to remark'
}
