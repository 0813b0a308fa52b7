/** What the model sees of a column: places in its hashed space, and how much of each. Parallel lists. */
export interface SparseFeatures {
  readonly places: Uint16Array
  readonly amounts: Float64Array
}

/** Collisions are few and the training knows them. */
export const featureSpace = 32_768
/** FNV-1a, in two halves so that what many features begin with is hashed once. */
export const hashStart = 2166136261
export const hashCode = (hash: number, code: number): number => Math.imul(hash ^ code, 16777619)
export function hashOn(hash: number, text: string, from = 0, to = text.length): number {
  let state = hash
  for (let i = from; i < to; i++) state = hashCode(state, text.charCodeAt(i))
  return state
}
export const placeOfHash = (hash: number): number => ((hash ^ (hash >>> 15)) >>> 0) % featureSpace

export const placeOf = (feature: string): number => placeOfHash(hashOn(hashStart, feature))

/**
 * The places seen of a column, each once, how much of each, and in how many values; `slots` has where each stands among them.
 * What it says holds where that place stands there, so nothing is cleared, and a feature is one read from far away.
 */
const slots = new Uint16Array(featureSpace)
const taken = new Uint16Array(featureSpace)
const amounts = new Float64Array(featureSpace)
const times = new Uint16Array(featureSpace)
const lastNoted = new Uint16Array(featureSpace)
let count = 0

function slotOf(place: number): number {
  const known = slots[place] ?? 0
  if (known < count && taken[known] === place) return known
  slots[place] = count
  taken[count] = place
  amounts[count] = 0
  return count++
}

/** Two features of one place count as the stronger of the two. */
export function addAt(place: number, amount: number): void {
  const slot = slotOf(place)
  if (amount > (amounts[slot] ?? 0)) amounts[slot] = amount
}
export const add = (feature: string, amount = 1): void => addAt(placeOf(feature), amount)

/** A piece of a value, whose number is above zero: each value counts once. */
export function noteAt(place: number, value: number): void {
  const slot = slotOf(place)
  if (lastNoted[slot] === value) return
  lastNoted[slot] = value
  times[slot] = (times[slot] ?? 0) + 1
}

/** Adds what was noted. What few values have counts for more than its share: one word of sixteen may tell a column. */
export function addNoted(values: number): void {
  for (let slot = 0; slot < count; slot++) {
    const noted = times[slot] ?? 0
    if (noted === 0) continue
    amounts[slot] = Math.max(amounts[slot] ?? 0, Math.sqrt(noted / values))
    times[slot] = 0
    lastNoted[slot] = 0
  }
}

/** Where features are written one column after the other: arrays of their own cost two microseconds each. */
const pageSize = 65_536
let page = { places: new Uint16Array(pageSize), amounts: new Float64Array(pageSize), taken: 0 }

/** What was added since the last time, and nothing is added. */
export function takeAll(): SparseFeatures {
  if (page.taken + count > pageSize)
    page = { places: new Uint16Array(pageSize), amounts: new Float64Array(pageSize), taken: 0 }
  const from = page.taken
  const to = from + count
  const places = page.places.subarray(from, to)
  const theirs = page.amounts.subarray(from, to)
  page.taken = to
  for (let i = 0; i < count; i++) {
    places[i] = taken[i] ?? 0
    theirs[i] = amounts[i] ?? 0
  }
  count = 0
  return { places, amounts: theirs }
}
