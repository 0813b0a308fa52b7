import type { Cell } from '../connector.ts'
import { type Node, parseDocument } from './document.ts'
import { isMany, type Path } from './path.ts'
import { elements, type Place, reach, readElements, textOf } from './read-path.ts'

/** What shall stand at a path, in the form in which `cellAt` reads it; null: nothing. */
export interface Edit {
  readonly path: Path
  readonly cell: Cell
}

/** What becomes of a value that goes: its member or element, or only the value. */
export type Emptying = 'remove' | 'null'

/** `no-document`: the text is no JSON. `elements`: it has other elements than the cell speaks of. */
export type EditRefusal = 'no-document' | 'elements'

/**
 * The document with other values at some paths, and every byte outside of them as it was. A value keeps its JSON type;
 * nothing is added where nothing is; what says JSON null already stays.
 */
export function editDocument(
  text: string,
  edits: readonly Edit[],
  emptying: Emptying,
): { readonly text: string } | { readonly refused: EditRefusal } {
  const root = parseDocument(text)
  if (root === null) return { refused: 'no-document' }
  const work: Work = { puts: new Map(), gone: new Map() }
  for (const { path, cell } of edits) {
    const wanted = isMany(path) ? spread(root, path, cell) : [{ places: fromRoot(root, path), cell }]
    if (wanted === null) return { refused: 'elements' }
    for (const one of wanted) for (const place of one.places) note(work, text, place, one.cell, emptying)
  }
  const cuts: Cut[] = []
  collect(root, work, cuts)
  return { text: applied(text, cuts) }
}

/** The document without what stands at some paths; null where the text is no JSON. */
export function withoutPaths(text: string, paths: readonly Path[]): string | null {
  const edited = editDocument(
    text,
    paths.map((path) => ({ path, cell: null })),
    'remove',
  )
  return 'text' in edited ? edited.text : null
}

interface Work {
  readonly puts: Map<Node, string>
  /** Places of children that go, by what holds them. */
  readonly gone: Map<Node, Set<number>>
}

interface Cut {
  readonly start: number
  readonly end: number
  readonly put: string
}

const fromRoot = (root: Node, path: Path) => reach({ node: root, holder: null }, path)

function spread(root: Node, path: Path, cell: Cell) {
  const found = elements(root, path)
  if (cell === null) return found.map((places) => ({ places, cell }))
  const cells = readElements(cell)
  if (cells?.length !== found.length) return null
  return found.map((places, i) => ({ places, cell: cells[i] ?? null }))
}

function note(work: Work, text: string, { node, holder }: Place, cell: Cell, emptying: Emptying): void {
  const now = textOf(text, node)
  if (now === null || now === cell) return
  if (cell !== null) work.puts.set(node, sameType(node, cell))
  else if (holder === null || emptying === 'null') work.puts.set(node, 'null')
  else work.gone.set(holder.node, (work.gone.get(holder.node) ?? new Set()).add(holder.index))
}

/** Programs that read the document expect a number where one was. */
function sameType(node: Node, cell: string): string {
  if (node.kind === 'string' || node.kind === 'null') return JSON.stringify(cell)
  if (node.kind === 'boolean') return /^(?:true|1)$/i.test(cell) ? 'true' : 'false'
  if (parseDocument(cell)?.kind === node.kind) return cell
  return node.kind === 'number' ? '0' : node.kind === 'object' ? '{}' : '[]'
}

function collect(node: Node, work: Work, cuts: Cut[]): void {
  const put = work.puts.get(node)
  if (put !== undefined) {
    cuts.push({ start: node.start, end: node.end, put })
    return
  }
  if (node.kind !== 'object' && node.kind !== 'array') return
  const gone = work.gone.get(node) ?? new Set<number>()
  const stays = node.children.filter((_, i) => !gone.has(i))
  const last = stays.at(-1)
  const [first, end] = [node.children[0], node.children.at(-1)]
  if (gone.size > 0 && first && end) {
    // What follows the last that stays goes with the comma before it; everything else with the comma behind it.
    if (last !== end) cuts.push({ start: last?.end ?? first.start, end: end.end, put: '' })
    for (const [i, child] of node.children.entries()) {
      const next = node.children[i + 1]
      if (gone.has(i) && next && last && child.start < last.start)
        cuts.push({ start: child.start, end: next.start, put: '' })
    }
  }
  for (const child of stays) collect(child.value, work, cuts)
}

function applied(text: string, cuts: readonly Cut[]): string {
  let out = ''
  let from = 0
  for (const { start, end, put } of cuts.toSorted((a, b) => a.start - b.start)) {
    out += text.slice(from, start) + put
    from = end
  }
  return out + text.slice(from)
}
