import { every, type FieldKind, type Node, type Path, type Step } from '../../connectors/public.ts'
import { foldText } from '../classify/fold-text.ts'
import { isPersonName } from '../classify/person-names.ts'

/** All places that the documents of a column have, put into one tree. */
export interface PathTree {
  readonly members: Map<string, PathTree>
  elements: PathTree | null
  /** How often something stood here. */
  seen: number
  /** How many values of each kind stand here. */
  readonly kinds: Map<FieldKind, number>
}

export const emptyTree = (): PathTree => ({ members: new Map(), elements: null, seen: 0, kinds: new Map() })

/** Below this a container is one value, taken with all it holds. */
const deepest = 8
/** Places kept while documents are read: a column of a million different keys must not fill the memory. */
const mostPlaces = 5_000

/** Puts a document's places into the tree; `room` counts down what may still be added. */
export function addDocument(tree: PathTree, node: Node, room: { left: number }, depth = 0): void {
  tree.seen += 1
  const isContainer = node.kind === 'object' || node.kind === 'array'
  if (!isContainer || (depth === deepest && node.children.length > 0)) {
    const kind = kindOf(node)
    if (kind !== null) tree.kinds.set(kind, (tree.kinds.get(kind) ?? 0) + 1)
    return
  }
  if (depth === deepest) return
  for (const { key, value } of node.children) {
    const known = key === null ? tree.elements : tree.members.get(key)
    if (known === null || known === undefined) {
      if (room.left === 0) {
        // What there is no room for by name is counted with its like.
        tree.elements ??= emptyTree()
        addDocument(tree.elements, value, room, depth + 1)
        continue
      }
      room.left -= 1
    }
    const next = known ?? emptyTree()
    if (key === null) tree.elements = next
    else tree.members.set(key, next)
    addDocument(next, value, room, depth + 1)
  }
}

export const roomForPlaces = (): { left: number } => ({ left: mostPlaces })

function kindOf(node: Node): FieldKind | null {
  if (node.kind === 'string') return 'text'
  if (node.kind === 'number') return /^-?\d+$/.test(node.text) ? 'integer' : 'decimal'
  if (node.kind === 'boolean') return 'boolean'
  return node.kind === 'null' ? null : 'json'
}

/** A place with values, how many of them, and of which kind most are. */
export interface SeenPlace {
  readonly path: Path
  readonly kind: FieldKind
  readonly values: number
}

/**
 * Every place with values. Names of members that look like data are not told: they become `[*]`, for `{"ada@x.example":
 * true}` names a person, and a scan stores no values.
 */
export function placesOf(tree: PathTree, path: Path = []): readonly SeenPlace[] {
  const values = [...tree.kinds.values()].reduce((sum, count) => sum + count, 0)
  const own = values === 0 ? [] : [{ path, kind: mostly(tree.kinds), values }]
  const inside = (step: Step, below: PathTree | null) => (below ? placesOf(below, [...path, step]) : [])
  const elements = tree.elements ? [tree.elements] : []
  if (areData(tree))
    return [...own, ...inside(every, [...tree.members.values(), ...elements].reduce(together))]
  const members = [...tree.members].flatMap(([member, below]) => inside({ member }, below))
  return [...own, ...members, ...inside(every, tree.elements)]
}

function mostly(kinds: ReadonlyMap<FieldKind, number>): FieldKind {
  const [first, ...others] = [...kinds].toSorted((a, b) => b[1] - a[1])
  const numbers = kinds.has('integer') && kinds.has('decimal') && kinds.size === 2
  if (numbers) return 'decimal'
  return first === undefined || others.length > 0 ? 'text' : first[0]
}

/** More names than anybody thinks of for one kind of thing. */
const mostMembers = 60
const fewestMembers = 8

function areData({ members }: PathTree): boolean {
  if (members.size > mostMembers) return true
  const keys = [...members.keys()]
  if (keys.some(isTelling)) return true
  if (keys.length > 0 && keys.filter(looksLikeData).length * 2 >= keys.length) return true
  // Names that hardly ever come back are what the documents are about, not how they are built.
  const seldom = [...members.values()].filter(({ seen }) => seen === 1).length
  return members.size >= fewestMembers && seldom * 10 >= members.size * 9 && hasTwin(members)
}

/** An address, a number somebody is known by, a full name: not even one of them may be stored. */
const isTelling = (key: string): boolean =>
  /@|\d{6}|\d[ ./-]?\d{2}[ ./-]?\d{2}[ ./-]?\d{2}/.test(key) || key.length > 60 || isFullName(key)

/** Written as names are, with one that is known among its words; `First Name` is none. */
const isFullName = (key: string): boolean =>
  /^\p{Lu}\p{L}*(?:[ -][\p{L}'’.-]+)+$/u.test(key) && isPersonName(foldText(key).split(/[^\p{L}]+/u))

const looksLikeData = (key: string): boolean => /\d{4}|^\d+$/.test(key)

/** Values built alike under different names: `{"Ada": {"age": 1}, "Bob": {"age": 2}}`. */
function hasTwin(members: PathTree['members']): boolean {
  const shapes = [...members.values()].map((one) => [...one.members.keys(), ...one.kinds.keys()].join(' '))
  return new Set(shapes).size * 2 <= shapes.length
}

function together(a: PathTree, b: PathTree): PathTree {
  const merged = emptyTree()
  for (const one of [a, b]) {
    merged.seen += one.seen
    for (const [kind, count] of one.kinds) merged.kinds.set(kind, (merged.kinds.get(kind) ?? 0) + count)
    for (const [member, below] of one.members) {
      const known = merged.members.get(member)
      merged.members.set(member, known ? together(known, below) : below)
    }
    if (one.elements)
      merged.elements = merged.elements ? together(merged.elements, one.elements) : one.elements
  }
  return merged
}
