import { every, type Path, readPath } from '../../connectors/public.ts'

/** What the second reader sees in a cell that holds JSON. It knows nothing of the paths that others find and edit by. */

/**
 * The cell as its readers would see it, where letters are written by their numbers (`\u00e9`), be it twice over; else null.
 * Only the first of several backslashes is tried as a beginning: a million of them would else take hours.
 */
export function unescaped(cell: string): string | null {
  if (!cell.includes('\\')) return null
  const text = cell
    .replace(/(?<!\\)\\+u([0-9a-f]{4})/gi, (_, code: string) =>
      String.fromCharCode(Number.parseInt(code, 16)),
    )
    .replace(/(?<!\\)\\+[nrtbf]/g, ' ')
    .replace(/(?<!\\)\\+(["/])/g, '$1')
  return text === cell ? null : text
}

/** Documents in documents in documents: deeper than that nobody wraps them. */
const deepest = 4
const longest = 5_000_000

export const isDocument = (cell: string): boolean => /^\s*[[{"]/.test(cell)

/** The values of each object in a cell that is JSON, so that a name spelt over its members is seen. */
export function objectsIn(cell: string, depth = 0): readonly (readonly string[])[] {
  if (depth === deepest || cell.length > longest || !isDocument(cell)) return []
  try {
    return objectsOf(JSON.parse(cell), depth)
  } catch {
    return []
  }
}

function objectsOf(value: unknown, depth: number): readonly (readonly string[])[] {
  if (typeof value === 'string') return objectsIn(value, depth + 1)
  if (typeof value !== 'object' || value === null) return []
  const inside = Object.values(value)
  const plain = inside.flatMap((one) => (typeof one === 'string' ? [one] : []))
  return [...(Array.isArray(value) ? [] : [plain]), ...inside.flatMap((one) => objectsOf(one, depth))]
}

/** A document as `withoutKept` writes it where nothing is kept; null for what is none. */
export function rewritten(cell: string): string | null {
  try {
    return JSON.stringify(JSON.parse(cell))
  } catch {
    return null
  }
}

/** The document without what stands at some paths, so that what is kept there with a ground is not taken for residue. */
export function withoutKept(cell: string, paths: readonly string[]): string {
  try {
    return JSON.stringify(
      paths.reduce((value, path) => forget(value, readPath(path) ?? []), JSON.parse(cell)),
    )
  } catch {
    return cell
  }
}

function forget(value: unknown, [step, ...rest]: Path): unknown {
  if (step === undefined) return null
  if (typeof value !== 'object' || value === null) return value
  const inside = (key: string, one: unknown) =>
    step === every || (!Array.isArray(value) && step.member === key) ? forget(one, rest) : one
  return Array.isArray(value)
    ? value.map((one) => inside('', one))
    : Object.fromEntries(Object.entries(value).map(([key, one]) => [key, inside(key, one)]))
}

/** A piece of text as programs may have written it into JSON: accents, signs and slashes behind a backslash. */
export function writtenInJson(text: string): readonly string[] {
  const first = text.slice(0, 1).toUpperCase() + text.slice(1)
  const escaped = [text, text.toLowerCase(), text.toUpperCase(), first].flatMap((one) => [
    one.replace(/[^\x20-\x7e]/g, byNumber),
    one.replace(/[^\x20-\x7e]|[<>&'"+`]/g, byNumber),
    one.replaceAll('/', '\\/'),
  ])
  const forms = escaped.flatMap((one) => [one, one.replaceAll('\\', '\\\\')])
  return [...new Set(forms.map((one) => one.toLowerCase()))].filter((one) => one !== text.toLowerCase())
}

const byNumber = (unit: string): string => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`
