import { unescapeText } from './escaped-text.ts'
import { readXml } from './xml.ts'

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
