import type { Card } from './card.ts'

/** A place in a column: a card, or the room a long link takes on its way past the cards. */
export interface Slot {
  readonly id: string
  readonly height: number
  readonly card: Card | null
}

/** A link between two cards of one system, from the one further left to the one further right, through slots between. */
export interface Edge {
  /** Of the card whose link it is, and the link's number in it. */
  readonly from: string
  readonly link: number
  readonly to: string
  /** Slots from left to right, both cards included; empty where both stand in one column. */
  readonly path: readonly string[]
}

export interface Columns {
  readonly columns: readonly (readonly Slot[])[]
  readonly edges: readonly Edge[]
}

export const gap = 22
const passage = 8

/**
 * Cards in columns: whom a row belongs to stands left of it. No column is filled beyond `fullHeight`, unless by one card;
 * links that skip a column get a passage in it.
 */
export function columnsOf(cards: readonly Card[], fullHeight: number): Columns {
  const byId = new Map(cards.map((one) => [one.id, one]))
  const parents = forwardLinks(cards, byId)
  const column = assignColumns(cards, parents, fullHeight)
  const columns: Slot[][] = []
  const put = (at: number, slot: Slot) => {
    columns[at] = [...(columns[at] ?? []), slot]
  }
  for (const one of cards) put(column.get(one.id) ?? 0, { id: one.id, height: one.height, card: one })
  const edges = cards.flatMap((one) =>
    one.links.flatMap(({ to }, link): readonly Edge[] => {
      if (!byId.has(to) || to === one.id) return []
      const [left, right] = [one.id, to].toSorted((a, b) => (column.get(a) ?? 0) - (column.get(b) ?? 0))
      if (left === undefined || right === undefined) return []
      if (column.get(left) === column.get(right)) return [{ from: one.id, link, to, path: [] }]
      const between = range((column.get(left) ?? 0) + 1, column.get(right) ?? 0).map((at) => {
        const id = `${one.id}#${link}@${at}`
        put(at, { id, height: passage, card: null })
        return id
      })
      return [{ from: one.id, link, to, path: [left, ...between, right] }]
    }),
  )
  return { columns: Array.from(columns, (slots) => slots ?? []), edges }
}

const range = (from: number, to: number): readonly number[] =>
  Array.from({ length: Math.max(0, to - from) }, (_, i) => from + i)

/** Whom each card links to. A cycle is cut where it leads away from a person, who then stands left of all that is theirs. */
function forwardLinks(
  cards: readonly Card[],
  byId: ReadonlyMap<string, Card>,
): ReadonlyMap<string, readonly string[]> {
  const targets = new Map(
    cards.map((one) => [one.id, one.links.map(({ to }) => to).filter((to) => byId.has(to))]),
  )
  const rank = new Map(byDistance(cards, targets).map((id, i) => [id, i] as const))
  const reached = new Map<string, ReadonlySet<string>>()
  const leadsTo = (from: string, to: string): boolean => {
    const known = reached.get(from) ?? reachedFrom(from, targets)
    reached.set(from, known)
    return known.has(to)
  }
  return new Map(
    cards.flatMap(({ id }) => {
      const forward = (targets.get(id) ?? []).filter(
        (to) => to !== id && (!leadsTo(to, id) || (rank.get(to) ?? 0) < (rank.get(id) ?? 0)),
      )
      return forward.length === 0 ? [] : [[id, forward] as const]
    }),
  )
}

type Targets = ReadonlyMap<string, readonly string[]>

function reachedFrom(start: string, targets: Targets): ReadonlySet<string> {
  const reached = new Set(targets.get(start))
  // A Set hands out what is added while it is walked.
  for (const id of reached) for (const next of targets.get(id) ?? []) reached.add(next)
  return reached
}

/** Those that find people, then those that link to them, and so on; those that lead to nobody last. */
function byDistance(cards: readonly Card[], targets: Targets): readonly string[] {
  const order = new Set(cards.filter(({ chips }) => chips.some((one) => one.identifier)).map(({ id }) => id))
  for (const id of order) for (const [from, to] of targets) if (to.includes(id)) order.add(from)
  for (const { id } of cards) order.add(id)
  return [...order]
}

/** Parents before children; what has no links at all fills the room that is left. */
function assignColumns(
  cards: readonly Card[],
  parents: ReadonlyMap<string, readonly string[]>,
  fullHeight: number,
): ReadonlyMap<string, number> {
  const column = new Map<string, number>()
  const filled: number[] = []
  const used = new Set([...parents.values()].flat())
  const put = (one: Card, from: number) => {
    let at = from
    while ((filled[at] ?? 0) > 0 && (filled[at] ?? 0) + one.height > fullHeight) at++
    column.set(one.id, at)
    filled[at] = (filled[at] ?? 0) + one.height + gap
  }
  const linked = cards.filter(({ id }) => used.has(id) || parents.has(id))
  let waiting = linked
  while (waiting.length > 0) {
    const ready = waiting.filter(({ id }) => (parents.get(id) ?? []).every((parent) => column.has(parent)))
    for (const one of ready)
      put(one, Math.max(0, ...(parents.get(one.id) ?? []).map((parent) => (column.get(parent) ?? 0) + 1)))
    const rest = waiting.filter(({ id }) => !column.has(id))
    // Without cycles some card is always ready.
    if (rest.length === waiting.length) break
    waiting = rest
  }
  for (const one of cards.filter(({ id }) => !column.has(id))) put(one, 0)
  return column
}
