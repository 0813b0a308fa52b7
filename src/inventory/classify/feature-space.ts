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

/** How much of each place, zero between two columns: thousands of features a column make a map too dear. */
const scratch = new Float64Array(featureSpace)
const taken = new Uint16Array(featureSpace)
let count = 0

/** Two features of one place count as the stronger of the two. */
export function addAt(place: number, amount: number): void {
  const known = scratch[place] ?? 0
  if (known === 0 && amount > 0) taken[count++] = place
  if (amount > known) scratch[place] = amount
}
export const add = (feature: string, amount = 1): void => addAt(placeOf(feature), amount)

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
  const amounts = page.amounts.subarray(from, to)
  page.taken = to
  for (let i = 0; i < count; i++) {
    const place = taken[i] ?? 0
    places[i] = place
    amounts[i] = scratch[place] ?? 0
    scratch[place] = 0
  }
  count = 0
  return { places, amounts }
}
