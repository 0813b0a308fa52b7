/** JSON text taken apart without losing where anything stands: what is not edited keeps its bytes (RFC 8259). */

/** Half-open places in the text, in UTF-16 units. */
interface Placed {
  readonly start: number
  readonly end: number
}

export type Node = Scalar | List | Table

export interface Scalar extends Placed {
  readonly kind: 'string' | 'number' | 'boolean' | 'null'
  /** A string without its escapes; everything else as it is written. */
  readonly text: string
}

export interface List extends Placed {
  readonly kind: 'array'
  readonly children: readonly Child[]
}

export interface Table extends Placed {
  readonly kind: 'object'
  /** Every member in the order of the text; a key may stand there twice. */
  readonly children: readonly Child[]
}

/** An element of a list, or a member from its key to its value. */
export interface Child extends Placed {
  readonly key: string | null
  readonly value: Node
}

/** Deeper documents would end the stack before they end; nobody keeps people that deep. */
const deepest = 400

/** The document a text is; null where it is none, or too deep to be read safely. */
export function parseDocument(text: string): Node | null {
  try {
    const reader = { text, place: 0 }
    const root = readValue(reader, 0)
    skipBlanks(reader)
    return reader.place === text.length ? root : null
  } catch (error) {
    if (error instanceof NoDocument) return null
    throw error
  }
}

class NoDocument extends Error {
  override readonly name = 'NoDocument'
}

interface Reader {
  readonly text: string
  place: number
}

function readValue(reader: Reader, depth: number): Node {
  skipBlanks(reader)
  const { text, place } = reader
  const first = text[place]
  if (depth > deepest) throw new NoDocument()
  if (first === '{' || first === '[') return readContainer(reader, first, depth)
  if (first === '"') {
    const string = readString(reader)
    return { kind: 'string', start: place, end: reader.place, text: string }
  }
  for (const word of ['true', 'false', 'null'])
    if (text.startsWith(word, place)) {
      reader.place += word.length
      return { kind: word === 'null' ? 'null' : 'boolean', start: place, end: reader.place, text: word }
    }
  number.lastIndex = place
  const digits = number.exec(text)?.[0]
  if (digits === undefined) throw new NoDocument()
  reader.place += digits.length
  return { kind: 'number', start: place, end: reader.place, text: digits }
}

const number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y

function readContainer(reader: Reader, open: '{' | '[', depth: number): List | Table {
  const start = reader.place
  const close = open === '{' ? '}' : ']'
  const children: Child[] = []
  reader.place += 1
  skipBlanks(reader)
  if (reader.text[reader.place] === close) reader.place += 1
  else
    for (let mark: string | undefined = ','; mark !== close; ) {
      if (mark !== ',') throw new NoDocument()
      children.push(readChild(reader, open === '{', depth))
      skipBlanks(reader)
      mark = reader.text[reader.place]
      reader.place += 1
    }
  return { kind: open === '{' ? 'object' : 'array', start, end: reader.place, children }
}

function readChild(reader: Reader, isMember: boolean, depth: number): Child {
  skipBlanks(reader)
  const start = reader.place
  let key: string | null = null
  if (isMember) {
    key = readString(reader)
    skipBlanks(reader)
    if (reader.text[reader.place] !== ':') throw new NoDocument()
    reader.place += 1
  }
  const value = readValue(reader, depth + 1)
  return { start, end: value.end, key, value }
}

/** By hand, because a pattern's stack does not hold a text of ten million characters. */
function readString(reader: Reader): string {
  const { text, place } = reader
  if (text[place] !== '"') throw new NoDocument()
  let isPlain = true
  for (let i = place + 1; i < text.length; i += 1) {
    const unit = text.charCodeAt(i)
    if (unit === quote) {
      reader.place = i + 1
      return isPlain ? text.slice(place + 1, i) : unescaped(text.slice(place, i + 1))
    }
    if (unit < 0x20) throw new NoDocument()
    if (unit === backslash) {
      isPlain = false
      i += 1
    }
  }
  throw new NoDocument()
}

const quote = 0x22
const backslash = 0x5c

function unescaped(literal: string): string {
  try {
    return String(JSON.parse(literal))
  } catch {
    throw new NoDocument()
  }
}

function skipBlanks(reader: Reader): void {
  const { text } = reader
  for (; reader.place < text.length; reader.place += 1) {
    const unit = text.charCodeAt(reader.place)
    if (unit !== 0x20 && unit !== 0x0a && unit !== 0x0d && unit !== 0x09) return
  }
}
