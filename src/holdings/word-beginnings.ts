/** Bits by which one person's names and numbers are told from others', and the fewest of an index. */
const [bitsPerPerson, fewestBits] = [512, 2 ** 14]

/** How rows of words begin, as hashes of their first word, where that is all, or of their first two. */
export function wordBeginnings(people: number) {
  const size = 2 ** Math.ceil(Math.log2(Math.max(fewestBits, people * bitsPerPerson)))
  const bits = new Uint8Array(size / 8)
  const shift = 32 - Math.log2(size)
  const placeOf = (hash: number) => Math.imul(hash ^ (hash >>> 16), 0x45d9f3b) >>> shift
  const isIn = (hash: number) => {
    const place = placeOf(hash)
    return ((bits[place >> 3] ?? 0) & (1 << (place & 7))) !== 0
  }
  return {
    add([first = '', second]: readonly string[]): void {
      const place = placeOf(second === undefined ? hashOf(first) : pairOf(hashOf(first), hashOf(second)))
      bits[place >> 3] = (bits[place >> 3] ?? 0) | (1 << (place & 7))
    },
    mayBeIn(text: string): boolean | undefined {
      let mayBe = false
      let [hash, before, isInWord, isFirst] = [0, 0, false, true]
      for (let i = 0; i <= text.length; i += 1) {
        const code = i < text.length ? text.charCodeAt(i) : 0
        if (code > 127) return undefined
        const letter = lowered(code)
        if (letter > 0) hash = withLetter(hash, letter)
        else if (isInWord) {
          mayBe ||= isIn(hash) || (!isFirst && isIn(pairOf(before, hash)))
          ;[before, hash, isFirst] = [hash, 0, false]
        }
        isInWord = letter > 0
      }
      return mayBe
    },
  }
}

const withLetter = (hash: number, letter: number): number => (Math.imul(hash, 31) + letter) | 0
const pairOf = (first: number, second: number): number => (Math.imul(first, 0x2545f491) + second) | 0

function hashOf(word: string): number {
  let hash = 0
  for (let i = 0; i < word.length; i += 1) hash = withLetter(hash, word.charCodeAt(i))
  return hash
}

/** A letter or digit of ASCII in lower case; 0 for what is neither. */
function lowered(code: number): number {
  if ((code >= 97 && code <= 122) || (code >= 48 && code <= 57)) return code
  return code >= 65 && code <= 90 ? code + 32 : 0
}
