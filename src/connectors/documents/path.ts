/** Where something stands in a document: RFC 9535 with names and `[*]`, the only selector that every document allows. */
export type Path = readonly Step[]

/** A member's name, or every element of an array and every value of an object. */
export type Step = { readonly member: string } | typeof every

export const every = '*'

/** True where a path may lead to many values of one document. */
export const isMany = (path: Path): boolean => path.includes(every)

/** `$.address.city`, `$['odd name']`, `$.contacts[*].email`. */
export const writePath = (path: Path): string =>
  `$${path.map((step) => (step === every ? '[*]' : writeMember(step.member))).join('')}`

const shorthand = /^[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*$/

const writeMember = (member: string): string =>
  shorthand.test(member) && member.isWellFormed() ? `.${member}` : `['${escaped(member)}']`

/** As a normalised path of RFC 9535 writes names: single quotes, and no character that does not print. */
const escaped = (member: string): string =>
  JSON.stringify(member)
    .slice(1, -1)
    .replaceAll('\\"', '"')
    .replaceAll("'", "\\'")
    .replace(/[\x7f-\x9f\u2028\u2029]/g, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`)

const step =
  /\.(?<plain>[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)|(?<every>\.\*|\[\*\])|\['(?<single>(?:[^'\\]|\\.)*)'\]|\["(?<double>(?:[^"\\]|\\.)*)"\]/y

/** Null where a text is no path, or one with selectors that a field cannot be named by (`..`, `[0]`, filters). */
export function readPath(text: string): Path | null {
  if (!text.startsWith('$')) return null
  const path: Step[] = []
  for (let place = 1; place < text.length; place = step.lastIndex) {
    step.lastIndex = place
    const groups = step.exec(text)?.groups
    if (!groups) return null
    const { plain, single, double } = groups
    const member = plain ?? unquoted(single?.replaceAll("\\'", "'").replaceAll('"', '\\"') ?? double)
    if (groups['every'] !== undefined) path.push(every)
    else if (member === null) return null
    else path.push({ member })
  }
  return path
}

function unquoted(text: string | undefined): string | null {
  if (text === undefined) return null
  try {
    return String(JSON.parse(`"${text}"`))
  } catch {
    return null
  }
}

/** Up to and with its last `[*]`: fields that share it speak of the same elements. Null where there is none. */
export function elementsOf(path: Path): string | null {
  const last = path.lastIndexOf(every)
  return last < 0 ? null : writePath(path.slice(0, last + 1))
}
