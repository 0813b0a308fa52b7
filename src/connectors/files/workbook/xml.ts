import { TextDecoder } from 'node:util'
import { SaxesParser, type SaxesTagPlain } from 'saxes'
import { damaged, Refusal } from './refusal.ts'

export interface XmlHandlers {
  /** `name` is without its prefix, `start` the place of its `<` in the text of the part. */
  open?(name: string, tag: SaxesTagPlain, start: number): void
  /** `end` is the place behind its `>`. */
  close?(name: string, end: number): void
  text?(text: string): void
}

/** Takes a part in, piece by piece, and knows the text of it that was not let go yet. */
export interface XmlReader {
  write(bytes: Buffer): void
  end(): void
  /** The text between two places of the part, neither before what was let go. */
  slice(start: number, end?: number): string
  /** Lets go of the text before a place. */
  release(end: number): void
  /** The first place that was not let go. */
  readonly base: number
  /** Behind this place the text may be half a tag. */
  readonly safe: number
  /** Characters held. */
  readonly held: number
}

const deepest = 200
const localName = (name: string): string => name.slice(name.indexOf(':') + 1)

/**
 * A reader of UTF-8 XML without document type: no entity but the five of XML itself is ever known, nothing is fetched.
 * Throws a `Refusal` at the first thing that is not well-formed.
 */
export function xmlReader(handlers: XmlHandlers): XmlReader {
  const parser = new SaxesParser()
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
  let held = ''
  let base = 0
  let depth = 0
  let failure: Refusal | null = null
  const fail = (refusal: Refusal) => {
    failure ??= refusal
  }
  parser.on('error', () => fail(damaged()))
  parser.on('doctype', () => fail(new Refusal('the workbook declares a document type')))
  parser.on('xmldecl', ({ encoding }) => {
    if (encoding !== undefined && !/^utf-?8$/i.test(encoding)) fail(damaged())
  })
  parser.on('opentag', (tag) => {
    if (++depth > deepest) fail(damaged())
    // No attribute may hold a `<`: the last one before a tag's end is its own.
    const start = () => base + held.lastIndexOf('<', parser.position - base - 1)
    if (!failure) handlers.open?.(localName(tag.name), tag, start())
  })
  parser.on('closetag', (tag) => {
    depth--
    if (!failure) handlers.close?.(localName(tag.name), parser.position)
  })
  parser.on('text', (text) => {
    if (!failure) handlers.text?.(text)
  })
  parser.on('cdata', (text) => {
    if (!failure) handlers.text?.(text)
  })
  const take = (text: string) => {
    held += text
    parser.write(text)
    if (failure) throw failure
  }
  return {
    write(bytes) {
      take(decoded(decoder, bytes))
      // The declaration of a document type is refused as it begins: what it holds is never even read to its end.
      if (/<!DOCTYPE/i.test(held.slice(0, 65_536)) && base === 0)
        throw new Refusal('the workbook declares a document type')
    },
    end() {
      take(decoded(decoder))
      parser.close()
      if (failure) throw failure
    },
    slice: (start, end) => held.slice(start - base, end === undefined ? undefined : end - base),
    release(end) {
      held = held.slice(end - base)
      base = end
    },
    get base() {
      return base
    },
    get safe() {
      const last = held.lastIndexOf('<')
      return last < 0 ? base + held.length : base + last
    },
    get held() {
      return held.length
    },
  }
}

function decoded(decoder: TextDecoder, bytes?: Buffer): string {
  try {
    return decoder.decode(bytes, { stream: bytes !== undefined })
  } catch {
    throw damaged()
  }
}

/** Reads a part from end to end. */
export async function readXml(bytes: AsyncIterable<Buffer>, handlers: XmlHandlers): Promise<void> {
  const reader = xmlReader(handlers)
  for await (const chunk of bytes) {
    reader.write(chunk)
    reader.release(reader.safe)
  }
  reader.end()
}
