/** People, each as a place in a list. */
export type Places = number | number[]

/** Who is meant by a key. Nearly every key means one person: a list for each would take twice the memory. */
export type PeopleBy<Key = string> = Map<Key, Places>

export function addPerson<Key>(people: PeopleBy<Key>, key: Key, person: number): void {
  const known = people.get(key)
  if (known === undefined) people.set(key, person)
  else if (typeof known === 'number') {
    if (known !== person) people.set(key, [known, person])
  } else if (known.at(-1) !== person) known.push(person)
}

export const listOf = (places: Places | undefined): readonly number[] =>
  places === undefined ? [] : typeof places === 'number' ? [places] : places
