import { unescapeText } from './escaped-text.ts'
import { readXml, type XmlReader, xmlReader } from './xml.ts'

/** The strings that cells refer to by number: runs of rich text joined, how to pronounce them (`rPh`) left out. */
export async function readSharedStrings(bytes: AsyncIterable<Buffer>): Promise<readonly string[]> {
  const strings: string[] = []
  let current: string | null = null
  let isText = false
  let isPhonetic = false
  await readXml(bytes, {
    open(name) {
      if (name === 'si') current = ''
      if (name === 'rPh') isPhonetic = true
      if (name === 't') isText = !isPhonetic
    },
    text(text) {
      if (isText && current !== null) current += text
    },
    close(name) {
      if (name === 't') isText = false
      if (name === 'rPh') isPhonetic = false
      if (name !== 'si' || current === null) return
      strings.push(unescapeText(current))
      current = null
    },
  })
  return strings
}

/** The part again, every string that no cell shows emptied; the others keep their numbers and every byte. */
export async function* withoutUnused(
  bytes: AsyncIterable<Buffer>,
  used: ReadonlySet<number>,
): AsyncGenerator<Buffer> {
  const pieces: string[] = []
  let start: number | null = null
  let number = 0
  const reader: XmlReader = xmlReader({
    open(name, _, at) {
      if (name === 'si') start ??= at
    },
    close(name, end) {
      if (name !== 'si' || start === null) return
      const string = reader.slice(start, end)
      const prefix = /^<((?:[\w.-]+:)?)si/.exec(string)?.[1] ?? ''
      const isKept = used.has(number++)
      pieces.push(
        reader.slice(reader.base, start),
        isKept ? string : `<${prefix}si><${prefix}t/></${prefix}si>`,
      )
      reader.release(end)
      start = null
    },
  })
  for await (const chunk of bytes) {
    reader.write(chunk)
    if (start === null) {
      const { safe } = reader
      pieces.push(reader.slice(reader.base, safe))
      reader.release(safe)
    }
    yield Buffer.from(pieces.splice(0).join(''))
  }
  reader.end()
  yield Buffer.from(pieces.join('') + reader.slice(reader.base))
}
