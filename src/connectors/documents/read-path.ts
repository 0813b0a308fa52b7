import type { Cell } from '../connector.ts'
import type { Node } from './document.ts'
import { every, type Path } from './path.ts'

/** A place in a document, and where it hangs; the root hangs nowhere. */
export interface Place {
  readonly node: Node
  readonly holder: { readonly node: Node; readonly index: number } | null
}

/** Every place a path leads to, in the order of the text; more than one without `[*]` where a key stands twice. */
export function reach(from: Place, path: Path): readonly Place[] {
  let places: readonly Place[] = [from]
  for (const step of path)
    places = places.flatMap(({ node }) => {
      if (node.kind !== 'object' && node.kind !== 'array') return []
      return node.children.flatMap((child, index) =>
        step === every || child.key === step.member ? [{ node: child.value, holder: { node, index } }] : [],
      )
    })
  return places
}

/** The elements that a path with `[*]` speaks of, each with what it holds at the rest of the path. */
export function elements(root: Node, path: Path): readonly (readonly Place[])[] {
  const last = path.lastIndexOf(every)
  const rest = path.slice(last + 1)
  return reach({ node: root, holder: null }, path.slice(0, last + 1)).map((element) => reach(element, rest))
}

/**
 * What a document holds at a path, as a cell: a string without its quotes, a number's own digits, an object or array as
 * its text; null where nothing is there, or JSON null. With `[*]` a JSON array of such cells, one per element, and null
 * where all of them are.
 */
export function cellAt(text: string, root: Node, path: Path): Cell {
  if (!path.includes(every)) return lastOf(text, reach({ node: root, holder: null }, path))
  const cells = elements(root, path).map((places) => lastOf(text, places))
  return cells.every((cell) => cell === null) ? null : JSON.stringify(cells)
}

/** Of a key that stands twice, the last that says something: so do the engines. */
const lastOf = (text: string, places: readonly Place[]): Cell =>
  places.map(({ node }) => textOf(text, node)).findLast((cell) => cell !== null) ?? null

export function textOf(text: string, node: Node): Cell {
  if (node.kind === 'null') return null
  return 'text' in node ? node.text : text.slice(node.start, node.end)
}

/** The cells of a path with `[*]`; null where the text is not such a list. */
export function readElements(cell: string): readonly Cell[] | null {
  try {
    const list: unknown = JSON.parse(cell)
    const isCell = (one: unknown): one is Cell => one === null || typeof one === 'string'
    return Array.isArray(list) && list.every(isCell) ? list : null
  } catch {
    return null
  }
}
