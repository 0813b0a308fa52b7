import { type Addition, additionOf, type MapSource } from '../inventory/public.ts'

/** Stands for what only a person knows. As a value it is refused, so that nobody takes a map over with it. */
export const open = '...'

/** An addition in which `open` stands bare, to be seen at once. */
export function additionWith(source: MapSource, path: readonly string[], value: unknown): Addition {
  const addition = additionOf(source, path, value)
  return { ...addition, text: addition.text.replaceAll(`"${open}"`, open) }
}
