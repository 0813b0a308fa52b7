/** Where an entry of the file stands, as offsets into its text, and where its own entries do. */
export interface Place {
  /** Of its key; of itself in a list. */
  readonly key: number
  readonly value: number
  readonly inside: ReadonlyMap<string, Place>
}

export type Path = readonly PropertyKey[]

/** The place of an entry, or of the nearest thing around it that is written down. */
export function placeOf(root: Place, path: Path): Place {
  let place = root
  for (const step of path) place = place.inside.get(String(step)) ?? place
  return place
}

/** Whether the file has such an entry, be it right or wrong. */
export function isWritten(root: Place, path: Path): boolean {
  let place: Place | undefined = root
  for (const step of path) place = place?.inside.get(String(step))
  return place !== undefined
}

/** The names written at a path. */
export const namesAt = (root: Place, path: Path): readonly string[] =>
  isWritten(root, path) ? [...placeOf(root, path).inside.keys()] : []
