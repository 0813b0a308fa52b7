import { wordsOf } from './classify/name-words.ts'

/** What the name of a field says of the person's name that the field holds. */
export interface NameField {
  /** `middle` is neither half and belongs to both; `name` may be either. Null: the field's name does not say. */
  readonly half: 'given' | 'family' | 'middle' | 'name' | null
  /** Its other words, such as `billing`: halves that share them are halves of one name. */
  readonly of: string
}

/** As `wordsOf` writes them. A name of birth is no half of the name its owner goes by. */
const phrases: Readonly<Record<NonNullable<NameField['half']>, string>> = {
  given:
    'first name, name first, given name, forename, prenom, vorname, rufname, nombre pila, primeiro nome, nome proprio, voornaam, roepnaam, imie, imiona, fornavn, fornamn, etunimi, keresztnev, utonev, prenume',
  family:
    'last name, name last, family name, surname, nom famille, nom usage, patronyme, nachname, familienname, zuname, apellido, sobrenome, apelido, ultimo nome, cognome, achternaam, nazwisko, efternavn, etternavn, efternamn, sukunimi, vezeteknev, csaladnev, prijmeni, priezvisko, prezime',
  middle: 'middle name, tussenvoegsel',
  name: 'name, nom, nombre, nome, naam',
}
/** Only as the last word: a `first_contact_name` is a whole one. */
const lastWords = { given: 'first, given', family: 'last, family', middle: 'middle', name: '' }
/** Of two family names, or of two given ones. */
const ordinals = new Set(['primer', 'segundo', 'second', 'paterno', 'materno'])

const halfOf = byPhrase(phrases)
const halfOfLast = byPhrase(lastWords)

function byPhrase(lists: typeof phrases): ReadonlyMap<string, NameField['half']> {
  const halves = ['given', 'family', 'middle', 'name'] as const
  return new Map(halves.flatMap((half) => lists[half].split(', ').map((phrase) => [phrase, half] as const)))
}

/** In the languages of `wordsOf` and some of their neighbours: `apellido_1`, `billingFirstName`, `Prénom`. */
export function readNameField(field: string): NameField {
  const words = wordsOf(field).filter((word) => !ordinals.has(word))
  const halves: NameField['half'][] = []
  const others: string[] = []
  for (let start = 0; start < words.length; ) {
    const two = halfOf.get(words.slice(start, start + 2).join(' '))
    const word = words[start] ?? ''
    const one = halfOf.get(word) ?? (start + 1 === words.length ? halfOfLast.get(word) : undefined)
    const half = two ?? one
    if (half) halves.push(half)
    else others.push(word)
    start += two && start + 1 < words.length ? 2 : 1
  }
  // `nom_prenom` holds both.
  const [half, ...more] = halves
  return { half: half === undefined || more.length > 0 ? null : half, of: others.join(' ') }
}
